"""What waits for a monitor: kept by the database beside the records, so that nobody looks through all of them."""

from django.db import models

COLUMNS = "form, record, version, subject_id, site_id, visit_id, row_number, since"


def following(code: str, table: str) -> str:
    """The statement that says of a form what of `COLUMNS` follows from its records and their verifications."""
    return (
        f"SELECT '{code}' AS form, id, version, subject_id, site_id, visit_id, row_number, changed_at"  # nosec B608 - our own names
        f" FROM {table} AS stored WHERE voided_at IS NULL AND completed_at IS NOT NULL AND NOT EXISTS ("
        f" SELECT FROM crf_verification AS seen WHERE seen.form = '{code}' AND seen.record = stored.id"
        " AND seen.version = stored.version AND seen.withdrawn_at IS NULL)"
    )


class ToVerify(models.Model):
    """A complete record that no monitor compared with its source as it is now.

    Rows come and go by triggers in the transaction that writes the record or the verification (sql/to_verify.sql), and
    by nothing else: the web may only read them. Of ten thousand subjects' records most are verified, so this is short.
    """

    form = models.CharField(max_length=20)
    record = models.BigIntegerField(help_text="the row of the form's table")
    version = models.PositiveIntegerField()
    # The triggers copy what the record itself refers to, so nothing is checked twice.
    subject = models.ForeignKey(
        "crf.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    visit = models.ForeignKey(
        "crf.Visit", null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    row_number = models.PositiveSmallIntegerField()
    since = models.DateTimeField(help_text="when the record was changed last")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "record"], name="to_verify_once")]

    def __str__(self):
        return f"{self.form}, version {self.version}"
