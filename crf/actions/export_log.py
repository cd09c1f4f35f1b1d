"""Write down what leaves: who took which report, in which format, and what was refused (BLI-11, PRV-06)."""

from django.utils import timezone

from crf.models import ExportLog, User

from .act import act


def note_export(
    *,
    by: User,
    what: str,
    format: str,
    sha256: str = "",
    is_unblinded: bool = False,
    was_refused: bool = False,
    purpose: str = "",
) -> ExportLog:
    """One row for one file handed out or one request refused. `sha256` is the file's, empty when nothing was given."""
    with act(by=by, role=""):
        return ExportLog.objects.create(
            at=timezone.now(),
            by=by,
            what=what[:60],
            format=format[:10],
            is_unblinded=is_unblinded,
            was_refused=was_refused,
            purpose=purpose[:300],
            sha256=sha256,
        )
