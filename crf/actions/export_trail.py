"""Take the audit trail out: whole or of one subject, for a purpose that is asked for, written down with its hash."""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from crf import permissions, trial
from crf.actions.export_log import note_export
from crf.actions.verify_record import anchors
from crf.exchange.trail import export as files
from crf.models import ExportLog, Site, Subject, User
from crf.refusals import NotAllowed, Refusal
from crf.spec.kinds import shows_something

WHAT = "audit trail"


def export(
    path: Path, *, by: User, purpose: str, format: str, subject: Subject | None = None, unblinded: bool = False
) -> ExportLog:
    """Write the archive to `path` and a row of the export log. The caller sees the person's sites.

    Raises NotAllowed, Refusal without a purpose, files.NoParquet.
    """
    made = write(path, by=by, purpose=purpose, format=format, subject=subject, unblinded=unblinded)
    return note_export(
        by=by,
        what=f"{WHAT}, {_scope(subject)}",
        format=format,
        sha256=made,
        is_unblinded=unblinded,
        purpose=purpose.strip(),
    )


def write(
    path: Path,
    *,
    by: User,
    purpose: str,
    format: str,
    subject: Subject | None = None,
    unblinded: bool = False,
    tell: Callable[[int], None] = lambda events: None,
) -> str:
    """The same without a row of the log, which is written when the file is handed out; gives its SHA-256. `tell`: how
    many events were written so far."""
    if not shows_something(purpose):
        raise Refusal("Say what the audit trail is wanted for. Nothing was handed out.")
    if subject:
        permissions.require(by, "export trail", subject.site_id)
    else:
        require_all_sites(by)
    chains = (f"subject:{subject.pk}",) if subject else None
    asked = files.Asked(_scope(subject), chains, unblinded)
    at, folder = timezone.now(), anchors().folder
    return files.write(path, asked, format=format, study=trial.STUDY_ID, at=at, anchors=folder, tell=tell)


def require_all_sites(user: User) -> None:
    """Raises NotAllowed where the person may not take the whole trail, which is about all sites."""
    permissions.require_anywhere(user, "export trail")
    if set(_all_sites()) - user.sites_as(*permissions.DEEDS["export trail"]):
        raise NotAllowed("The whole trail is about all sites, and your role covers only some. Take one subject's.")


def _scope(subject: Subject | None) -> str:
    return f"subject {subject}" if subject else "whole trail"


def _all_sites() -> list[int]:
    return list(Site.objects.values_list("pk", flat=True))
