"""What other forms say against criteria that were affirmed (PROTOCOL 4): the automatic cross-checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crf.spec import dates
from crf.spec.ages import ages_possible
from crf.spec.consequences import Reason
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules.kidney import egfr
from crf.trials.dcs_trd.rules.laboratory import creatinine_mg_per_dl, laboratory_of
from crf.trials.dcs_trd.rules.medication import PROHIBITED


@dataclass(frozen=True)
class Taken:
    """A drug with its begin and end, ISO 8601 and perhaps partial; without an end it goes on."""

    drug: str
    began: str | None
    stopped: str | None

    def on(self, day: date) -> bool:
        """Whether it was surely or possibly taken on that day."""
        on = day.isoformat()
        return (self.began is None or self.began <= on[: len(self.began)]) and (
            self.stopped is None or on[: len(self.stopped)] <= self.stopped
        )


@dataclass(frozen=True)
class ScreeningFacts:
    """What other forms say about the criteria; None where it is not known.

    `hamd_21`: totals by visit code. Creatinine is in mg/dL, ALT and its upper limit in U/L, haemoglobin in g/dL.
    """

    consent_on: date | None
    birth_year: int | None
    sex: str | None
    may_become_pregnant: bool
    pregnancy_test: str | None
    hamd_21: Mapping[str, int | None]
    hamd_suicide: int | None
    creatinine: Decimal | None
    alt: Decimal | None
    alt_upper_limit: Decimal | None
    haemoglobin: Decimal | None
    adequate_trials: int | None
    antidepressant_changes: tuple[date, ...]
    prohibited_drugs: tuple[Taken, ...]


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
    if any(0 <= (on - changed).days < 7 * entry.stable_weeks for changed in facts.antidepressant_changes):
        yield Reason("I5", f"The antidepressant was changed less than {entry.stable_weeks} weeks ago.")
    interfering = [taken.drug for taken in facts.prohibited_drugs if taken.on(on)]
    if interfering and answers.get("e6") == "N":
        yield Reason("E6", f"A drug that interferes is among the medication: {', '.join(interfering)}.")
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


# -- hooks of the trial: the chart of a subject


def screening_facts(chart) -> ScreeningFacts:
    """What the other forms say about the criteria as the chart stands."""
    codes = (protocol.SCREENING, protocol.BASELINE)
    suicide = [chart.value("HAMD", "suicide", visit=code) for code in codes]
    pregnancy = [chart.value("PREG", "result", visit=code) for code in codes]
    adequate = [answer.value for answer in chart.series("ADTRIAL", "adequate")]
    values = laboratory_of(chart, protocol.SCREENING)
    return ScreeningFacts(
        consent_on=chart.value("CONSENT", "signed_on", visit=protocol.SCREENING),
        birth_year=chart.value("DEMOG", "birth_year", visit=protocol.SCREENING),
        sex=chart.value("DEMOG", "sex", visit=protocol.SCREENING),
        may_become_pregnant=chart.value("DEMOG", "may_become_pregnant", visit=protocol.SCREENING) == "Y",
        pregnancy_test=next((result for result in pregnancy if result and result != "NEGATIVE"), None),
        hamd_21={code: chart.value("HAMD", "total_21", visit=code) for code in codes},
        hamd_suicide=max((score for score in suicide if score is not None), default=None),
        creatinine=creatinine_mg_per_dl(chart, protocol.SCREENING),
        alt=values.alt,
        alt_upper_limit=values.alt_upper_limit,
        haemoglobin=values.haemoglobin,
        adequate_trials=adequate.count("Y") if adequate else None,
        antidepressant_changes=_antidepressant_changes(chart),
        prohibited_drugs=tuple(
            Taken(row.drug or row.group, row.began, row.stopped if row.ongoing == "N" else None)
            for row in chart.records("CONMED")
            if row.group in PROHIBITED
        ),
    )


def _antidepressant_changes(chart) -> tuple[date, ...]:
    """The days on which an antidepressant began or ended; of a partial date its first day."""
    return tuple(
        date.fromisoformat((text + "-01-01")[:10])
        for row in chart.records("CONMED")
        if row.group == "AD"
        for text in (row.began, row.stopped)
        if text
    )


def before_randomising(chart) -> list[str]:
    """Randomisation needs the glycine sample, not its result (PROTOCOL 4)."""
    if chart.value("GLYCINE", "taken", visit=protocol.BASELINE) == "Y":
        return []
    return ["The glycine sample before the first dose is not taken."]


def measured(chart) -> dict[str, list[str]]:
    """What other forms have measured about each criterion, in words; nothing where nothing is known."""
    facts, found = screening_facts(chart), dict[str, list[str]]()

    def tell(code: str, words: str, value) -> None:
        if value is not None:
            found.setdefault(code, []).append(f"{words} {value}")

    tell("I1", "year of birth", facts.birth_year)
    for visit, total in facts.hamd_21.items():
        tell("I3", f"HAMD-21 at {next(one.label for one in protocol.VISITS if one.code == visit).lower()}", total)
    tell("I4", "adequate trials on record", facts.adequate_trials)
    tell("I5", "last change of the antidepressant", _day(max(facts.antidepressant_changes, default=None)))
    tell("I6", "consent of", _day(facts.consent_on))
    for code in (protocol.SCREENING, protocol.BASELINE):
        result = chart.value("PREG", "result", visit=code)
        for criterion in ("I7", "E5"):
            tell(criterion, "pregnancy test", result and result.lower())
    if facts.creatinine and facts.birth_year and facts.sex:
        age = ages_possible(facts.birth_year, facts.consent_on or chart.today())[1]
        tell("E3", "eGFR", f"{egfr(facts.creatinine, age=age, sex=facts.sex):.0f} mL/min/1.73 m2")
    tell("E6", "among the medication", ", ".join(one.drug for one in facts.prohibited_drugs) or None)
    tell("E8", "HAMD item 3, highest", facts.hamd_suicide)
    if facts.alt is not None and facts.alt_upper_limit is not None:
        tell("E11", "ALT", f"{facts.alt} U/L, upper limit {facts.alt_upper_limit}")
    tell("E11", "haemoglobin", facts.haemoglobin and f"{facts.haemoglobin} g/dL")
    return found


def _day(on: date | None) -> str | None:
    return dates.day(on) if on else None


def contradicted(answers: Mapping[str, Any], chart, *, on: date) -> tuple[Reason, ...]:
    """The trial's hook: cross-checks of one eligibility record."""
    return contradictions(answers, screening_facts(chart), on=on)
