"""The trial that is served, and the questions one asks of it. The engine reaches a trial through this module only.

`ECRF_TRIAL` names the folder below crf/trials; without it the first trial is served. One deployment serves one trial.
"""

import importlib
import importlib.util
import os
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from types import ModuleType

from crf.spec.arms import subject_number as subject_number
from crf.spec.arms import subject_number_typed as subject_number_typed
from crf.spec.arms import with_plain_dashes as with_plain_dashes
from crf.spec.consequences import ALERTS_OF_ANY_TRIAL
from crf.spec.dosing import Ladder
from crf.spec.forms import Form
from crf.spec.kinds import DeclarationError
from crf.spec.purposes import Purpose
from crf.spec.trial import Trial
from crf.spec.visits import Place, Planned, Visit

DEFAULT = "dcs_trd"
FOLDERS = Path(__file__).resolve().parent / "trials"


def known_trials() -> tuple[str, ...]:
    """The codes of the trials that have a definition, in the order of the alphabet."""
    return tuple(sorted(path.parent.name for path in FOLDERS.glob("*/definition.py")))


def load(code: str) -> Trial:
    """The trial of that code. Raises DeclarationError with a sentence where there is none or it contradicts itself."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code) or code not in known_trials():
        raise DeclarationError(f"There is no trial {code!r}. ECRF_TRIAL is one of {', '.join(known_trials())}.")
    found = importlib.import_module(f"crf.trials.{code}.definition").TRIAL
    if found.code != code:
        raise DeclarationError(f"The trial in the folder {code} calls itself {found.code!r}.")
    return found


CODE = os.environ.get("ECRF_TRIAL") or DEFAULT
TRIAL = load(CODE)
FOLDER = FOLDERS / CODE

STUDY_ID, TITLE, DESIGN, PROTOCOL_VERSION = TRIAL.study_id, TRIAL.title, TRIAL.design, TRIAL.protocol_version
SITES, ARMS, ALLOCATION = TRIAL.sites, TRIAL.arms, TRIAL.allocation
EPOCHS, VISITS, SCHEDULE, LOG_FORMS = TRIAL.epochs, TRIAL.visits, TRIAL.cells, TRIAL.log_forms
FORMS, RULES, SETTINGS, ANALYSIS, DOSING = TRIAL.forms, TRIAL.rules, TRIAL.settings, TRIAL.analysis, TRIAL.dosing
PUBLISHED, KITS = TRIAL.published, TRIAL.kits
ALERT_KINDS = {**ALERTS_OF_ANY_TRIAL, **TRIAL.alert_kinds}
PLANNED_SUBJECTS = sum(site.planned for site in SITES)
REFERENCE = next(arm for arm in ARMS if arm.reference)
ACTIVE_ARMS = tuple(arm for arm in ARMS if arm.active)
CASEBOOK_STATEMENT = TRIAL.statement
SIGNED_AFTER = tuple(visit.code for visit in VISITS if visit.signed_after)

_VISIT = {visit.code: visit for visit in VISITS}
_FORM = {form.code: form for form in FORMS}
_SERVING = {form.purpose: form for form in FORMS if form.purpose}
#: What a site is told after a drug level; None in a trial that has none, or tells nothing.
LEVEL_MESSAGES = _SERVING[Purpose.DRUG_LEVEL].messages if Purpose.DRUG_LEVEL in _SERVING else None
_PLACED = {visit.place: visit.code for visit in VISITS if visit.place}

SCREENING, BASELINE = _PLACED[Place.SCREENING], _PLACED[Place.BASELINE]
EARLY_TERMINATION, UNSCHEDULED = _PLACED.get(Place.EARLY_TERMINATION), _PLACED.get(Place.UNSCHEDULED)
#: The visits up to the one at which subjects are randomised.
BEFORE_RANDOMISATION = tuple(
    visit.code for visit in VISITS if visit.is_planned and visit.number <= _VISIT[BASELINE].number
)
#: The visits whose ratings are analysed, in order, and the study days that count as each.
ANALYSED = tuple(visit.code for visit in VISITS if visit.analysed)
ANALYSIS_WINDOWS = {visit.code: visit.analysed for visit in VISITS if visit.analysed}
DISPENSING_VISITS = tuple(visit.code for visit in VISITS if visit.dispenses)
#: The last visit of the treatment period: the last that is analysed.
LAST_TREATMENT_VISIT = ANALYSED[-1]
LADDER: Ladder | None = DOSING if isinstance(DOSING, Ladder) else None


def demo() -> ModuleType | None:
    """What tells the trial's own demo (crf/spec/demo.py has the words); None where it has none."""
    name = f"crf.trials.{CODE}.demo"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def alert_in_words(kind: str) -> str:
    """What an alert of that kind is called in a sentence: the trial's own word, else the engine's."""
    return ALERT_KINDS.get(kind, kind).lower()


_ARM_WORDS = re.compile(
    "|".join(rf"\b{re.escape(word)}\b" for arm in ARMS for word in {arm.code, arm.label, arm.called}), re.IGNORECASE
)


def names_an_arm(text: str) -> bool:
    """Whether a text that blinded people read says the code or the name of an arm."""
    return _ARM_WORDS.search(text) is not None


# -- forms


def form(code: str) -> type[Form]:
    """The form of that code; KeyError where none is declared."""
    return _FORM[code]


def is_declared(code: str) -> bool:
    return code in _FORM


def serving(purpose: Purpose) -> type[Form] | None:
    """The form that serves the purpose; None where the trial has none."""
    return _SERVING.get(purpose)


def code_serving(purpose: Purpose) -> str | None:
    """The code of the form that serves the purpose; None where the trial has none."""
    found = _SERVING.get(purpose)
    return found.code if found else None


def serves(form: type[Form], *purposes: Purpose) -> bool:
    """Whether the form serves one of the purposes."""
    return form.purpose in purposes


def log_forms() -> tuple[type[Form], ...]:
    """The forms that belong to a subject and to no visit."""
    return tuple(form for form in FORMS if form.log)


def codes_of(forms: Collection[type[Form]]) -> frozenset[str]:
    return frozenset(form.code for form in forms)


# -- visits


def visit(code: str) -> Visit:
    """The visit of that code; an unknown code is a mistake in the caller."""
    try:
        return _VISIT[code]
    except KeyError:
        raise DeclarationError(f"There is no visit {code!r}; the visits are {', '.join(_VISIT)}.") from None


@cache
def planned_at(visit_code: str) -> tuple[Planned, ...]:
    """The forms of a visit in the order in which they are prompted, required and optional."""
    visit(visit_code)
    return tuple(cell for cell in SCHEDULE if cell.visit == visit_code)


def visits_of(form_code: str) -> tuple[str, ...]:
    """The visits at which a form is planned, in visit order; nothing for a log form."""
    return tuple(v.code for v in VISITS if any(c.form == form_code and c.visit == v.code for c in SCHEDULE))
