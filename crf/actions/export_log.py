"""Write down what leaves: who took which report, in which format, and what was refused (BLI-11, PRV-06)."""

import hashlib
import secrets

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


def salted(content: bytes) -> tuple[str, str]:
    """A number for the name of a file that tells groups or arms, and the hash to log: of the number, then the file.

    Blinded people read the log. Whoever knows all of such a file but who belongs to which group could write it for
    each way to deal the groups, and find by its bare hash the one that is true.
    """
    number = secrets.token_hex(16)
    return number, hashlib.sha256(number.encode() + content).hexdigest()
