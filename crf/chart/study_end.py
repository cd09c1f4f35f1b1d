"""Whether the study has ended for a subject, for lists that PostgreSQL filters."""

from django.db.models import BooleanField, Exists, OuterRef, Value

from crf import trial
from crf.models import RECORDS
from crf.spec.purposes import Purpose

#: The code of the form that says so; None in a trial without one, where the study ends for nobody.
FORM = trial.code_serving(Purpose.END_OF_STUDY)


def has_ended(subject: str = "pk"):
    """The condition that the subject, named from the outer query by this field, has a standing end of study."""
    if FORM is None:
        return Value(False, output_field=BooleanField())
    return Exists(RECORDS[FORM].objects.standing().filter(subject=OuterRef(subject)))


#: The statement that says of all subjects whose study has ended.
ENDED = (
    f"SELECT DISTINCT subject_id FROM {RECORDS[FORM]._meta.db_table} WHERE voided_at IS NULL"  # nosec B608 - our own names
    if FORM
    else "SELECT NULL::bigint AS subject_id WHERE false"
)
