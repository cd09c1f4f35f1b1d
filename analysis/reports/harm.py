"""Adverse events: which are treatment-emergent, by term, severity, relatedness and dose at onset (METHODS 12).

Described, not tested. Pooled for the blinded report, which does not name what could tell the arm (the trial says); by
arm, with risk differences, in the final one.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import doses
from analysis.derive.derivations import study_day
from analysis.papers.tables import counts, interval, percent
from analysis.reports.comparison import ACTIVE, NAMES, ORDER, REFERENCE
from analysis.reports.document import NOTHING, Number, Section, Table
from analysis.reports.outcome import LEVEL
from analysis.stats.descriptive import count
from analysis.stats.exposure import dose_on
from analysis.stats.results import Estimate
from analysis.stats.safety import days_it_may_mean, events_by, rate, treatment_emergent
from crf import trial
from crf.spec.kinds import DeclarationError
from crf.trials.dcs_trd.forms.adverse_event import SPECIAL

SHOWN = 60  # rows of a table of terms or of a listing
ANY = "Any"
SEVERITIES = {"MILD": "Mild", "MODERATE": "Moderate", "SEVERE": "Severe"}
DAYS = 365.25


@dataclass(frozen=True)
class Harm:
    """The safety set with days at risk, and the treatment-emergent events with what each is counted by."""

    subjects: pd.DataFrame
    events: pd.DataFrame
    others: int

    @classmethod
    def of(cls, collected: Collected, *, until: date) -> "Harm":
        """From what was collected; `until` is the day of the cut, to which who is still treated is at risk."""
        dosed = collected.randomised[collected.randomised["first_dose_on"].notna()].copy()
        after = pd.Timedelta(days=trial.ANALYSIS.treatment_emergent_days)
        over = pd.concat([dosed["last_dose_on"] + after, dosed["ended_on"]], axis=1).min(axis=1)
        end = over.where(dosed["treatment_ended"].notna(), pd.Timestamp(until))
        dosed["days_at_risk"] = ((end - dosed["first_dose_on"]).dt.days + 1).clip(lower=1)
        events = collected.adverse_events.reset_index(drop=True)
        events = events.assign(is_serious=events["serious"] == "Y", worsened=_worsened(events, dosed))
        events = treatment_emergent(
            events,
            subject="subject",
            onset="onset",
            worsened="worsened",
            serious="is_serious",
            dosing=dosed[["subject", "first_dose_on", "last_dose_on"]],
            first_dose="first_dose_on",
            last_dose="last_dose_on",
            days_after=trial.ANALYSIS.treatment_emergent_days,
            days_after_serious=trial.ANALYSIS.serious_emergent_days,
        )
        emergent = events[events["emergent"].astype(bool)].reset_index(drop=True)
        emergent = emergent.assign(
            name=emergent["preferred"].fillna(emergent["term"]).fillna("without a term").str.strip().str.capitalize(),
            onset_dose=_onset_dose(collected, emergent, dosed),
            could_tell=_could_tell(emergent),
        )
        return cls(dosed, emergent, len(events) - len(emergent))


def _worsened(events: pd.DataFrame, dosed: pd.DataFrame) -> list[str | None]:
    """When something present before the first dose grew worse. The form has no date for it, only that it did: where
    the onset lies before the first dose, some day of the first dose's year stands for it, so that it counts, in doubt.
    """
    begun = dosed.set_index("subject")["first_dose_on"]
    found = []
    for who, onset, worse in zip(events["subject"], events["onset"], events["worsening"], strict=True):
        first = begun.get(who)
        earlier = first is not None and days_it_may_mean(onset)[1] < first.date()
        found.append(str(first.year) if worse == "Y" and earlier else None)
    return found


def _onset_dose(collected: Collected, events: pd.DataFrame, dosed: pd.DataFrame) -> pd.Series:
    """The daily dose on the day of onset, in words; unknown for a date in part (METHODS 12.3)."""
    whole = events["onset"].astype("string").str.len() == 10
    on = pd.to_datetime(events["onset"].where(whole.fillna(False).astype(bool)), errors="coerce")
    begun = dict(zip(dosed["subject"], dosed["day_1"], strict=True))
    day = study_day(on, day_1=pd.to_datetime(events["subject"].map(begun)))
    mg = dose_on(
        doses.periods(collected),
        events.assign(day=day.astype("Float64")),
        subject="subject",
        first="first",
        last="last",
        mg="mg",
        day="day",
    )
    words = mg.map(lambda value: f"{value:.0f} mg", na_action="ignore").astype(object)
    return words.where(mg.notna(), "0 mg").where(day.notna(), None)


def _could_tell(events: pd.DataFrame) -> pd.Series:
    """Whether the event's name could tell the arm: by its code, or a word of its term."""
    text = (events["term"].fillna("") + " " + events["preferred"].fillna("")).str.lower()
    by_word = pd.Series(False, index=events.index)
    for word in trial.ANALYSIS.unblinding_words:
        by_word |= text.str.contains(word, regex=False)
    return events["special"].isin(trial.ANALYSIS.unblinding_events) | by_word


# -- pooled


def pooled(found: Harm) -> Section:
    """All subjects together; events that could tell the arm are counted and not named."""
    n = len(found.subjects)
    if not n:
        return Section("harm", "Adverse events", ("Nobody took a dose yet.",))
    events = found.events
    named = events[~events["could_tell"]]
    title = "Treatment-emergent adverse events by term, all subjects"
    terms = counts(
        "harm_terms",
        title,
        ("Event", "Subjects", "95 % interval (%)", "Events"),
        [_pooled_row(ANY, events, n), *_pooled_rows(named, "name", n)[:SHOWN]],
        notes=(*_rule(found), "What could tell the arm is counted in the first row and named in none."),
    )
    kinds = counts(
        "harm_kinds",
        "The same by seriousness, severity, relatedness and dose at onset",
        ("Event", "Subjects", "95 % interval (%)", "Events"),
        [row for what, column in _columns() for row in _pooled_rows(_labelled(events, what, column), column, n)],
    )
    years = found.subjects["days_at_risk"].sum() / DAYS
    one = rate(len(events), years, name="all", n=n, level=LEVEL)
    says = (
        f"{events['subject'].nunique()} of {n} subjects who took a dose had {len(events)} treatment-emergent "
        f"adverse events, {int(events['is_serious'].sum())} of them serious: {_rate(one)} events per subject-year "
        "at risk."
    )
    return Section("harm", "Adverse events", (says, terms, kinds))


def _pooled_rows(events: pd.DataFrame, by: str, n: int) -> list[tuple]:
    """A row for each value, most frequent first."""
    labels = events[by].fillna("unknown") if len(events) else pd.Series(dtype=object)
    some = [(label, events[labels == label]) for label in sorted(labels.unique())]
    some.sort(key=lambda pair: -pair[1]["subject"].nunique())
    return [_pooled_row(label, own, n) for label, own in some]


def _pooled_row(label, events, n):
    one = count(events["subject"].nunique(), n, name=label, missing=0, level=LEVEL)
    return label, percent(one), interval(100 * one.low, 100 * one.high), len(events)


def _columns():
    return (("", "is_serious"), ("Severity", "severity"), ("Related", "related"), ("At onset", "onset_dose"))


def _labelled(events: pd.DataFrame, what: str, column: str) -> pd.DataFrame:
    """The events with the values of a column in words that say what they are."""
    if column == "is_serious":
        return events.assign(is_serious=events[column].map({True: "Serious", False: "Not serious"}))
    values = events[column].replace(SEVERITIES).fillna("unknown").astype(str)
    return events.assign(**{column: what + ": " + values.str.lower()})


def _rule(found: Harm) -> tuple[str, ...]:
    doubt = int(found.events["in_doubt"].sum())
    return (
        f"Onset or worsening from the first dose to {trial.ANALYSIS.treatment_emergent_days} days after the last, of "
        f"serious "
        f"events to {trial.ANALYSIS.serious_emergent_days}. In doubt, by a date in part, and counted: {doubt}. "
        f"Outside: "
        f"{found.others}. A subject counts once in each row.",
    )


# -- by arm


def by_arm(found: Harm, arms: pd.Series) -> Section:
    """Both arms beside each other, with the exact interval of the risk difference and rates by time at risk."""
    subjects = found.subjects.assign(arm=found.subjects["subject"].map(arms))
    parts = {
        "subject": "subject",
        "arm": "arm",
        "active": ACTIVE,
        "reference": REFERENCE,
        "level": LEVEL,
        "days_at_risk": "days_at_risk",
        "total": ANY,
    }
    rows = events_by(found.events, subjects, by="name", **parts)
    head = (
        "Event",
        *(f"{name}{what}" for name in ORDER for what in ("", ", events")),
        "Risk difference (points)",
        "95 % interval",
    )
    terms = counts(
        "harm_terms",
        "Treatment-emergent adverse events by term",
        head,
        [_arm_row(row) for row in rows[: SHOWN + 1]],
        notes=(*_rule(found), "Exact intervals (Chan and Zhang); no p-values, by design."),
    )
    kinds = counts(
        "harm_kinds",
        "The same by seriousness, severity, relatedness and dose at onset",
        head,
        [
            _arm_row(row)
            for what, column in _columns()
            for row in events_by(_labelled(found.events, what, column), subjects, by=column, **parts)[1:]
        ],
    )
    total = rows[0]
    years = {arm: subjects.loc[subjects["arm"] == arm, "days_at_risk"].sum() / DAYS for arm in (ACTIVE, REFERENCE)}
    rates = counts(
        "harm_rates",
        "Events by time at risk",
        ("Arm", "Events", "Subject-years", "Per subject-year", "95 % interval"),
        [
            (NAMES[arm], events, Number(years[arm], 2), Number(one.estimate, 2), interval(one.low, one.high, 2))
            for arm, events, one in (
                (ACTIVE, total.active_events, total.active_rate),
                (REFERENCE, total.reference_events, total.reference_rate),
            )
        ],
        notes=("Exact Poisson intervals.",),
    )
    says = (
        f"{percent(total.active)} of those who took a dose of {NAMES[ACTIVE]} and {percent(total.reference)} of "
        f"those on {NAMES[REFERENCE].lower()} had a treatment-emergent adverse event."
    )
    return Section("harm", "Adverse events", (says, terms, kinds, rates, serious(found, arms)))


def _arm_row(row) -> tuple:
    gap = row.difference
    between = interval(100 * gap.low, 100 * gap.high) if gap.low == gap.low else NOTHING
    return (
        row.name,
        percent(row.active),
        row.active_events,
        percent(row.reference),
        row.reference_events,
        Number(100 * gap.estimate, 1),
        between,
    )


def serious(found: Harm, arms: pd.Series) -> Table | str:
    """Every serious treatment-emergent event."""
    some = found.events[found.events["is_serious"]]
    if some.empty:
        return "There was no serious treatment-emergent adverse event."
    rows = [
        (
            row["subject"],
            NAMES[arms[row["subject"]]],
            row["name"],
            row["onset"] or "unknown",
            row["onset_dose"] or "unknown",
            str(row["related"]).lower(),
            str(row["outcome"]).lower(),
        )
        for row in some.head(SHOWN).to_dict("records")
    ]
    head = ("Subject", "Arm", "Event", "Onset", "Dose at onset", "Related", "Outcome")
    return counts("serious", "Serious treatment-emergent adverse events", head, rows)


def _rate(one: Estimate) -> str:
    return f"{Number(one.estimate, 1)} ({interval(one.low, one.high)})"


CODES = {code for code, _ in SPECIAL.codes}
if unknown := set(trial.ANALYSIS.unblinding_events) - CODES:
    raise DeclarationError(f"No event of special interest is called {', '.join(sorted(unknown))}.")
