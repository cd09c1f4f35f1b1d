"""Which file an imported value came from, for the page of its record (XFR-02)."""

from crf import spec
from crf.models import ImportedRow, LevelRow, Record
from crf.rules.result_files import SPECIFICATIONS

_IMPORTED = {one.form for one in SPECIFICATIONS.values() if one.form}


def imported_rows(record: Record | None) -> list:
    """The rows of files that filled the record, the latest first; no statement for a form that no file fills."""
    if record is None or record.form.code not in _IMPORTED:
        return []
    rows = LevelRow if record.form.discloses is spec.UNBLINDS else ImportedRow
    found = rows.objects.filter(form=record.form.code, record=record.pk).select_related("file__imported_by")
    return list(found.order_by("-pk"))
