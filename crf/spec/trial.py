"""The whole trial: who and where, visits, forms, dosing, outcomes, settings. One that contradicts itself is refused.

What a program of ours cannot do is refused here too, with a sentence; CONTRIBUTING.md lists what it can.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from crf.spec.arms import Allocation, Arm, Site, police_arms
from crf.spec.conditions import Elsewhere
from crf.spec.disclosure import UNBLINDS
from crf.spec.dosing import Dosing, Ladder, police_dosing
from crf.spec.forms import Form
from crf.spec.kinds import Coded, DeclarationError
from crf.spec.laboratory import LaboratoryPlan
from crf.spec.outcomes import Analysis, police_analysis
from crf.spec.published import Published, police_published
from crf.spec.purposes import SEVERAL, Purpose
from crf.spec.result_files import Specification, police_imports
from crf.spec.supply import Kits, police_supply
from crf.spec.typed import police_types
from crf.spec.visits import Epoch, Place, Planned, Visit, police_visits, read_schedule

#: Conditions of the schedule that the engine knows (crf/rules/conditions.py); a trial may bring more.
CONDITIONS = ("may_become_pregnant", "was_randomised", "has_capsules", "is_treated", "goes_on_with_the_drug")


_WORDS = re.compile(r"[\w-]+").findall


def _nothing(*_args, **_named) -> tuple:
    return ()


def _no_measurements(*_args, **_named) -> dict:
    return {}


def _always(*_args, **_named) -> bool:
    return True


@dataclass(frozen=True)
class Rules:
    """Decisions of this trial that the engine asks for. Each is a pure function of the chart (crf/chart/others.py).

    contradictions(answers, chart, on=, visit=): what other forms say against criteria that were affirmed.
    before_randomising(chart): sentences on what is still wanted. stop(chart), decide(chart): reasons to stop the drug,
    or to judge before the next dose. panel_on(chart, on): date of the latest safety panel that counts for a step up.
    ends_treatment(chart): (day, words, form code) of each record that ends treatment by itself, such as a pregnancy.
    measured(chart): by code of a criterion, what other forms have measured about it, in words.
    tells_of(alert_kind, event): whether an adverse event is of the kind that an alert asks for.
    gates: by name, gate(chart) gives sentences against passing from one epoch to the next. conditions: further
    conditions of the schedule, by name: (holds(circumstances), how the documents say it).
    """

    contradictions: Callable[..., Sequence] = _nothing
    before_randomising: Callable[[Any], Sequence[str]] = _nothing
    stop: Callable[[Any], Sequence] = _nothing
    decide: Callable[[Any], Sequence] = _nothing
    panel_on: Callable[..., Any] | None = None
    ends_treatment: Callable[[Any], Sequence[tuple]] = _nothing
    tells_of: Callable[[str, Any], bool] = _always
    measured: Callable[[Any], Mapping[str, Sequence[str]]] = _no_measurements
    gates: Mapping[str, Callable[[Any], Sequence[str]]] = field(default_factory=dict)
    conditions: Mapping[str, tuple[Callable[[Any], bool], str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """What a sponsor may decide otherwise; the defaults are PROTOCOL's."""

    rater_sees_total: bool = False
    rater_sees_bands: bool = False
    rater_sees_earlier_ratings: bool = False
    rater_sees_entry_threshold: bool = False
    investigator_sees_total_after_saving: bool = True
    alert_hours: int = 4
    sae_hours: int = 24
    draft_hours: int = 24
    late_days: int = 7  # entered later than this after the day that it tells of: late transcription; our assumption
    usual_code_breaks: int = 1  # in 24 hours, at all sites; what goes beyond is told as unusual


@dataclass(frozen=True)
class Trial:
    """One trial. `code` names its folder below crf/trials; `study_id` is what pages, mails and files call it.

    `schedule`: the table that crf/spec/visits.read_schedule reads. `log_forms`: codes of forms that belong to no visit.
    `alert_kinds`: code -> words. `words`: ordinary words with a capital that name nobody (places, scales, drugs).
    `subject_word`, `statement`: what the investigator signs. `imports`: the trial's own files of results.
    `laboratory`: tests, units and limits of normal of the form that serves as the safety laboratory. `published`: what
    a paper printed, to stand beside the numbers of the synthetic demo. `kits`: how the drug comes to the sites; None
    where the trial sends no kits.
    """

    code: str
    study_id: str
    title: str
    design: str
    protocol_version: str
    sites: tuple[Site, ...]
    arms: tuple[Arm, ...]
    allocation: Allocation
    epochs: tuple[Epoch, ...]
    visits: tuple[Visit, ...]
    schedule: str
    log_forms: tuple[str, ...]
    forms: tuple[type[Form], ...]
    dosing: Dosing
    analysis: Analysis
    rules: Rules = Rules()
    settings: Settings = Settings()
    alert_kinds: Mapping[str, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    statement: str = "I have reviewed this casebook and confirm that its forms are complete and correct."
    imports: tuple[Specification, ...] = ()
    laboratory: LaboratoryPlan | None = None
    published: Published | None = None
    kits: Kits | None = None
    cells: tuple[Planned, ...] = field(init=False, default=())

    def __post_init__(self):
        police_types(self, f"the trial {self.code}")
        _refuse_duplicates("Site", [site.code for site in self.sites])
        _refuse_duplicates("Arm", [arm.code for arm in self.arms])
        _refuse_duplicates("Visit", [visit.code for visit in self.visits])
        _refuse_duplicates("Visit number", [visit.number for visit in self.visits])
        _refuse_duplicates("Epoch", [epoch.code for epoch in self.epochs])
        _refuse_duplicates("Form", [form.code for form in self.forms])
        if not self.sites:
            raise DeclarationError("A trial has one site or more.")
        police_visits(self.visits, self.epochs)
        police_arms(self.arms, self.allocation)
        dispensing = [visit.code for visit in self.visits if visit.dispenses]
        police_dosing(self.dosing, dispensing)
        police_supply(self.kits, self.allocation)
        known = {*CONDITIONS, *self.rules.conditions}
        object.__setattr__(self, "cells", read_schedule(self.schedule, visits=self._codes, conditions=known))
        _refuse_duplicates("Form", [*dict.fromkeys(cell.form for cell in self.cells), *self.log_forms])
        self._police_forms()
        analysed = [visit.code for visit in self.visits if visit.analysed]
        by_code = {form.code: form for form in self.forms}
        first = next(visit.number for visit in self.visits if visit.place is Place.BASELINE)
        police_analysis(
            self.analysis,
            forms=by_code,
            planned={code: [cell.visit for cell in self.cells if cell.form == code] for code in by_code},
            analysed=analysed,
            before=[visit.code for visit in self.visits if visit.is_planned and visit.number <= first],
        )
        if self.published is not None:
            police_published(self.published, self.analysis)
        police_imports(self.imports, forms=by_code)
        self._police_laboratory()
        self._police_guesses()
        for factor in self.allocation.factors:
            form = by_code.get(factor.form)
            if form is None or factor.item not in (*form.items, *form.scores):
                raise DeclarationError(f"The factor {factor.code} is made from no item or score of a declared form.")
            baseline = next(visit.number for visit in self.visits if visit.place is Place.BASELINE)
            if factor.visit not in [visit.code for visit in self.visits if visit.number <= baseline]:
                raise DeclarationError(f"The factor {factor.code} is asked at no visit before randomisation.")
            if not any(cell.form == factor.form and cell.visit == factor.visit for cell in self.cells):
                raise DeclarationError(
                    f"The factor {factor.code} is made from {factor.form}, which is not planned at {factor.visit}."
                )
        for epoch in self.epochs:
            if epoch.gate is not None and epoch.gate not in self.rules.gates:
                raise DeclarationError(f"The epoch {epoch.code} has the gate {epoch.gate!r}, which no rule decides.")

    @property
    def _codes(self) -> Collection[str]:
        return [visit.code for visit in self.visits]

    def _police_laboratory(self):
        form = next((form for form in self.forms if form.purpose is Purpose.LABORATORY), None)
        if (form is None) != (self.laboratory is None):
            raise DeclarationError("A laboratory needs both: a plan of its tests, and a form that serves as it.")
        if form is not None and (form.log or not form.repeating):
            raise DeclarationError(f"The form {form.code} serves as the laboratory: it has rows, at visits.")
        if form is not None and self.laboratory is not None:
            tests = form.items["analyte"].kind
            if not isinstance(tests, Coded) or tests.codes != self.laboratory.codes:
                raise DeclarationError(f"The form {form.code} names other tests than the plan of the laboratory.")
        levels = next((form for form in self.forms if form.purpose is Purpose.DRUG_LEVEL), None)
        if levels is not None and not (levels.discloses is UNBLINDS and levels.log and levels.repeating):
            raise DeclarationError(f"The form {levels.code} takes drug levels: it unblinds, and has rows at no visit.")
        if levels is not None and not levels.items["level"].unit:
            raise DeclarationError(f"The form {levels.code} takes drug levels and does not say in which unit.")
        if levels is not None and levels.messages is not None:
            words = f"{levels.messages.go_on} {levels.messages.act}".casefold()
            named = (arm.code for arm in self.arms if {arm.code.casefold(), arm.label.casefold()} & set(_WORDS(words)))
            if told := sorted(named):
                raise DeclarationError(f"A message after a drug level names the arm {told[0]}: blinded people read it.")

    def _police_guesses(self):
        arms = [arm.code for arm in self.arms]
        for form in self.forms:
            if form.purpose is not Purpose.BLINDING_GUESS:
                if form.guesses:
                    raise DeclarationError(f"The form {form.code} names arms of guesses and serves no such purpose.")
                continue
            kind = form.items["guess"].kind
            if not isinstance(kind, Coded) or form.repeating:
                raise DeclarationError(f"The form {form.code} asks for one guess of the arm by a coded item “guess”.")
            if not form.guesses:
                raise DeclarationError(f"The form {form.code} does not say which arm each guess names (`guesses`).")
            known = {str(code) for code, _ in kind.codes}
            if wrong := [code for code, arm in form.guesses.items() if code not in known or arm not in arms]:
                raise DeclarationError(f"The guess {wrong[0]} of {form.code} is no answer of it, or names no arm.")

    def _police_elsewhere(self, form: type[Form], one: Elsewhere) -> None:
        other = next((other for other in self.forms if other.code == one.form), None)
        if other is None or one.item not in other.items:
            raise DeclarationError(f"The form {form.code} hangs on {one.key}, which is no item of a declared form.")
        kind = other.items[one.item].kind
        known = {code for code, _ in kind.codes} if isinstance(kind, Coded) else set()
        if unknown := set(one.codes) - known:
            raise DeclarationError(f"The form {form.code} hangs on the unknown code {min(unknown)} of {one.key}.")
        if one.visit is not None and one.visit not in self._codes:
            raise DeclarationError(f"The form {form.code} hangs on {one.key} at the unknown visit {one.visit}.")

    def _police_forms(self):
        order = [*dict.fromkeys(cell.form for cell in self.cells), *self.log_forms]
        declared = [form.code for form in self.forms]
        for code in order:
            if code not in declared:
                raise DeclarationError(f"The schedule names the form {code}, which is not declared.")
        for form in self.forms:
            if form.code not in order:
                raise DeclarationError(f"The form {form.code} is not in the schedule.")
            for one in form.elsewhere:
                self._police_elsewhere(form, one)
            if form.log != (form.code in self.log_forms):
                raise DeclarationError(f"The form {form.code} is a log form in itself or in the schedule, not in both.")
        for purpose in Purpose:
            served = [form.code for form in self.forms if form.purpose is purpose]
            if len(served) > 1 and purpose not in SEVERAL:
                raise DeclarationError(f"The forms {' and '.join(served)} both serve as {purpose.value}.")
        if not any(form.purpose is Purpose.CONSENT for form in self.forms):
            raise DeclarationError("No form is declared as the consent.")
        if isinstance(self.dosing, Ladder) and not any(form.purpose is Purpose.DOSING for form in self.forms):
            raise DeclarationError("A dose ladder is declared, but no form for dosing decisions.")
        ordered = tuple(sorted(self.forms, key=lambda form: order.index(form.code)))
        object.__setattr__(self, "forms", ordered)


def forms_in(package: ModuleType) -> tuple[type[Form], ...]:
    """Every form that the modules of the package declare, whichever order they stand in."""
    found: list[type[Form]] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found += [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type)
            and issubclass(thing, Form)
            and thing.__module__ == module.__name__
            and thing.code
        ]
    return tuple(found)


def _refuse_duplicates(what: str, codes: list) -> None:
    twice = sorted({str(code) for code in codes if codes.count(code) > 1})
    if twice:
        raise DeclarationError(f"{what} declared twice: {', '.join(twice)}.")


__all__ = ["CONDITIONS", "Place", "Rules", "Settings", "Trial", "forms_in"]
