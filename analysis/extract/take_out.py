"""Take the data out: what a person may read, for a purpose that is asked for, written down with its hash (PRV-06)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from analysis.extract import archive, of_forms
from analysis.extract.archive import FORMATS, Made, Wanted
from crf import permissions, trial
from crf.actions.export_log import note_export
from crf.models import ExportLog, RoleHeld, User
from crf.refusals import NotYet, Refusal
from crf.rules import disclosure
from crf.spec.kinds import shows_something

WHAT = "data"
DEED = "export data"
#: Who reads the data of the trial as a whole, and so what is derived of them.
WHOLE = {RoleHeld.Role.STATISTICIAN, RoleHeld.Role.DATA_MANAGER, RoleHeld.Role.MEDICAL_MONITOR, RoleHeld.Role.AUDITOR}


def require_past(moment: datetime | None) -> None:
    """Raises Refusal for a moment that has not come: nobody knows what the forms will hold then."""
    if moment is not None and moment > timezone.now():
        raise Refusal("This moment is in the future. Leave it empty for the record as it stands now.")


def wanted_by(user: User, *, formats: Sequence[str] = (), past: datetime | None = None) -> Wanted:
    """What the person gets who asks: their sites, their forms. Raises NotAllowed, Refusal for an unknown format."""
    role = permissions.require_anywhere(user, DEED)
    if unknown := [one for one in formats if one not in FORMATS]:
        raise Refusal(f"There is no format {unknown[0]}. There are {', '.join(FORMATS)}.")
    sites = tuple(sorted(user.sites_as(role)))
    open_forms = [form for form in trial.FORMS if of_forms.may_leave(form)]
    if role in WHOLE:
        return Wanted(sites, tuple(form.code for form in open_forms), formats=_in_order(formats), past=past)
    readable = tuple(form.code for form in open_forms if role in permissions.may_read_form(form))
    sees = all(disclosure.sees_totals(user.roles_at(site)) for site in sites)
    return Wanted(sites, readable, sees, with_derived=False, formats=_in_order(formats), past=past)


def _in_order(formats: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in FORMATS if one in formats) or tuple(FORMATS)


def require_purpose(purpose: str) -> str:
    """The purpose without blanks around it. Raises NotYet without one."""
    if not shows_something(purpose):
        raise NotYet("Say what the data are wanted for. Nothing was handed out.")
    return purpose.strip()


def file_name(wanted: Wanted, made: Made) -> str:
    """The name of the archive: of which study and moment; what it holds that must not be overlooked says so."""
    marks = [mark.split()[0] for mark in made.manifest["marks"]]
    moment = made.manifest["data_as_of"][:10]
    return "_".join([trial.STUDY_ID.replace(" ", "-"), "data", *marks, moment]) + ".zip"


def take_out(
    path: Path,
    wanted: Wanted,
    *,
    by: User,
    purpose: str,
    is_synthetic: bool,
    tell: Callable[[int, str], None] = lambda *_: None,
) -> tuple[Made, ExportLog]:
    """Write the archive to `path` and a row of the export log. The caller sees the sites that are wanted."""
    purpose = require_purpose(purpose)
    made = archive.write(path, wanted, is_synthetic=is_synthetic, tell=tell)
    return made, noted(made.sha256, by=by, purpose=purpose, is_unblinded=wanted.is_unblinded)


def noted(sha256: str, *, by: User, purpose: str, is_unblinded: bool) -> ExportLog:
    """The row of the export log for one archive that somebody was given."""
    return note_export(by=by, what=WHAT, format="zip", sha256=sha256, purpose=purpose, is_unblinded=is_unblinded)
