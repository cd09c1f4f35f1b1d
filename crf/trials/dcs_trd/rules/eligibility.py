"""Who may be randomised: the criteria with the answer that meets each, and the automatic cross-checks (PROTOCOL 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from crf.spec.ages import ages_possible
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.forms.eligibility import Eligibility


@dataclass(frozen=True)
class Criterion:
    """A criterion of the protocol: its code (I1, E13), its text, and the answers that meet it."""

    code: str
    text: str
    item: str
    meeting: tuple[str, ...]

    @property
    def is_inclusion(self) -> bool:
        return self.code.startswith("I")


def _criteria() -> tuple[Criterion, ...]:
    found = []
    for name, item in Eligibility.items.items():
        if item.testcd is None:
            continue
        code, text = item.label.split(" ", 1)
        meeting = ("N",) if code.startswith("E") else ("Y", "NA")
        found.append(Criterion(code, text, name, meeting))
    return tuple(found)


CRITERIA = _criteria()


@dataclass(frozen=True)
class Reason:
    """Why a subject is not eligible: the criterion or the check, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class ScreeningFacts:
    """What other forms say about the criteria; None where it is not known.

    `hamd_21`: totals by visit code. Creatinine is in mg/dL, ALT and its upper limit in U/L, haemoglobin in g/dL.
    """

    consent_on: date | None = None
    birth_year: int | None = None
    sex: str | None = None
    may_become_pregnant: bool = False
    pregnancy_test: str | None = None
    hamd_21: Mapping[str, int | None] = field(default_factory=dict)
    hamd_suicide: int | None = None
    creatinine: Decimal | None = None
    alt: Decimal | None = None
    alt_upper_limit: Decimal | None = None
    haemoglobin: Decimal | None = None
    adequate_trials: int | None = None
    antidepressant_changed_on: date | None = None


def unmet_criteria(answers: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The criteria of one eligibility record (values by item name) that are not answered or not met."""
    found = []
    for criterion in CRITERIA:
        answer = answers.get(criterion.item)
        if answer is None:
            found.append(Reason(criterion.code, f"{criterion.code} is not answered: {criterion.text}."))
        elif answer not in criterion.meeting:
            met = "not met" if criterion.is_inclusion else "present"
            found.append(Reason(criterion.code, f"{criterion.code} is {met}: {criterion.text}."))
    return tuple(found)


def egfr(creatinine: Decimal | float, *, age: int, sex: str) -> float:
    """eGFR in mL/min/1.73 m2 by CKD-EPI 2021 (Inker et al., N Engl J Med 2021;385:1737), without race.

    Creatinine in mg/dL (above 0), age in years, sex F or M.
    """
    if sex not in ("F", "M"):
        raise ValueError(f"eGFR needs sex F or M, not {sex!r}.")
    if creatinine <= 0:
        raise ValueError("eGFR needs a creatinine above 0 mg/dL.")
    kappa, alpha = (0.7, -0.241) if sex == "F" else (0.9, -0.302)
    ratio = float(creatinine) / kappa
    rate = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.200 * 0.9938**age
    return rate * 1.012 if sex == "F" else rate


def contradictions(answers: Mapping[str, Any], facts: ScreeningFacts, *, on: date) -> tuple[Reason, ...]:
    """Criteria affirmed at `on` that other forms speak against. What is not known contradicts nothing."""
    return tuple(_contradictions(answers, facts, on))


def _contradictions(answers, facts, on):
    entry = protocol.ENTRY
    if facts.consent_on is None:
        yield Reason("CONSENT", "There is no consent on record.")
    elif facts.consent_on > on:
        yield Reason("CONSENT", "The consent is dated after this assessment.")
    if facts.birth_year is not None:
        younger, older = ages_possible(facts.birth_year, facts.consent_on or on)
        if older < entry.age[0] or younger > entry.age[1]:
            yield Reason("I1", f"From the year of birth the subject is not {entry.age[0]} to {entry.age[1]} years old.")
    for visit, total in facts.hamd_21.items():
        if total is not None and total < entry.hamd_21:
            label = next(one.label for one in protocol.VISITS if one.code == visit).lower()
            yield Reason("I3", f"HAMD-21 at {label} is below {entry.hamd_21}.")
    if facts.adequate_trials is not None and facts.adequate_trials < entry.adequate_trials:
        yield Reason("I4", f"Fewer than {entry.adequate_trials} adequate antidepressant trials are on record.")
    changed_on = facts.antidepressant_changed_on
    if changed_on is not None and (on - changed_on).days < 7 * entry.stable_weeks:
        yield Reason("I5", f"The antidepressant was changed less than {entry.stable_weeks} weeks ago.")
    if facts.may_become_pregnant and answers.get("i7") == "NA":
        yield Reason("I7", "The subject may become pregnant, so I7 cannot be called not applicable.")
    if facts.pregnancy_test == "POSITIVE":
        yield Reason("E5", "The pregnancy test is positive.")
    if facts.hamd_suicide is not None and facts.hamd_suicide >= protocol.SAFETY.hamd_suicide_serious:
        yield Reason("E8", "HAMD item 3 is rated 4.")
    yield from _laboratory_contradictions(facts, on)


def _laboratory_contradictions(facts, on):
    entry = protocol.ENTRY
    if facts.creatinine is not None and facts.birth_year is not None and facts.sex is not None:
        older = ages_possible(facts.birth_year, on)[1]
        if egfr(facts.creatinine, age=older, sex=facts.sex) < entry.egfr:
            yield Reason("E3", f"eGFR from creatinine, age and sex is below {entry.egfr} mL/min/1.73 m2.")
    known = facts.alt is not None and facts.alt_upper_limit is not None
    if known and facts.alt > entry.alt_times_uln * facts.alt_upper_limit:
        yield Reason("E11", "ALT is above twice the upper limit of normal.")
    if facts.haemoglobin is not None and facts.haemoglobin < entry.haemoglobin:
        yield Reason("E11", f"Haemoglobin is below {entry.haemoglobin} g/dL.")


def reasons_against(answers: Mapping[str, Any], facts: ScreeningFacts, *, on: date) -> tuple[Reason, ...]:
    """Everything that stands against randomising: unmet criteria first, then what other forms contradict."""
    return unmet_criteria(answers) + contradictions(answers, facts, on=on)
