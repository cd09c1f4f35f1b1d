"""Take the audit trail out: whole or of one subject, for a purpose that is asked for, written down with its hash."""

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
    if not shows_something(purpose):
        raise Refusal("Say what the audit trail is wanted for. Nothing was handed out.")
    if subject:
        permissions.require(by, "export trail", subject.site_id)
        asked = files.Asked(f"subject {subject}", (f"subject:{subject.pk}",), unblinded)
    else:
        permissions.require_anywhere(by, "export trail")
        if set(_all_sites()) - by.sites_as(*permissions.DEEDS["export trail"]):
            raise NotAllowed("The whole trail is about all sites, and your role covers only some. Take one subject's.")
        asked = files.Asked("whole trail", None, unblinded)
    made = files.write(path, asked, format=format, study=trial.STUDY_ID, at=timezone.now(), anchors=anchors().folder)
    return note_export(
        by=by,
        what=f"{WHAT}, {asked.scope}",
        format=format,
        sha256=made,
        is_unblinded=unblinded,
        purpose=purpose.strip(),
    )


def _all_sites() -> list[int]:
    return list(Site.objects.values_list("pk", flat=True))
