"""Adverse events: which are treatment-emergent, by term, severity, relatedness and dose at onset (METHODS 12).

Described, not tested. Pooled for the blinded report, which does not name what could tell the arm (the trial says); by
arm, with risk differences, in the final one.
"""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import doses, plan
from analysis.derive.derivations import study_day
from analysis.derive.plan import Pair
from analysis.papers.tables import counts, interval, percent
from analysis.reports import whom
from analysis.reports.document import NOTHING, Analysis, Number, Section, Table
from analysis.stats.descriptive import count
from analysis.stats.exact_difference import MOST_PER_ARM, exact_difference
from analysis.stats.exposure import dose_on
from analysis.stats.results import Estimate
from analysis.stats.safety import EventRow, days_it_may_mean, events_by, rate, treatment_emergent
from analysis.stats.two_by_two import Table as TwoByTwo
from crf import trial
from crf.spec.purposes import Purpose

LISTED_ROWS = 60  # rows of a table of terms or of a listing
ANY = "Any"
SEVERITIES = {"MILD": "Mild", "MODERATE": "Moderate", "SEVERE": "Severe"}
DAYS = 365.25


def is_recorded() -> bool:
    """Whether the trial has a form for adverse events."""
    return trial.serving(Purpose.ADVERSE_EVENTS) is not None


@dataclass(frozen=True)
class Harm:
    """The safety set with days at risk, the treatment-emergent events, every event, and the day of the cut."""

    subjects: pd.DataFrame
    events: pd.DataFrame
    recorded: pd.DataFrame
    until: date

    @classmethod
    def of(cls, collected: Collected, *, until: date) -> "Harm":
        """From what was collected; `until` is the day of the cut, to which who is still treated is at risk."""
        dosed = collected.randomised[collected.randomised["first_dose_on"].notna()].copy()
        after = pd.Timedelta(days=trial.ANALYSIS.treatment_emergent_days)
        over = pd.concat([dosed["last_dose_on"] + after, dosed["ended_on"]], axis=1).min(axis=1)
        end = over.where(dosed["treatment_ended"].notna(), pd.Timestamp(until))
        dosed["days_at_risk"] = ((end - dosed["first_dose_on"]).dt.days + 1).clip(lower=1)
        events = recorded(collected)
        return cls(dosed, events[events["emergent"].astype(bool)].reset_index(drop=True), events, until)

    @property
    def others(self) -> int:
        """How many events are not treatment-emergent."""
        return len(self.recorded) - len(self.events)


def recorded(collected: Collected) -> pd.DataFrame:
    """Every adverse event, with whether it is treatment-emergent, the dose at onset, and what it is counted by."""
    dosed = collected.randomised[collected.randomised["first_dose_on"].notna()]
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
    return events.assign(
        name=events["preferred"].fillna(events["term"]).fillna("without a term").str.strip().str.capitalize(),
        onset_dose=_onset_dose(collected, events, dosed),
        could_tell=_could_tell(events),
    )


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
    """The daily dose on the day of onset, in words; unknown for a date in part, or without a ladder (METHODS 12.3)."""
    if trial.LADDER is None:
        return pd.Series(None, index=events.index, dtype=object)
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
    unit = trial.LADDER.unit.split("/")[0]
    words = mg.map(lambda value: f"{value:.0f} {unit}", na_action="ignore").astype(object)
    return words.where(mg.notna(), f"0 {unit}").where(day.notna(), None)


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
        ("Event", "Subjects", f"{plan.interval()} (%)", "Events"),
        [_pooled_row(ANY, events, n), *_pooled_rows(named, "name", n)[:LISTED_ROWS]],
        notes=(*rule(found), "What could tell the arm is counted in the first row and named in none."),
    )
    kinds = counts(
        "harm_kinds",
        _kinds_title(),
        ("Event", "Subjects", f"{plan.interval()} (%)", "Events"),
        [row for what, column in _columns() for row in _pooled_rows(_labelled(events, what, column), column, n)],
    )
    years = found.subjects["days_at_risk"].sum() / DAYS
    one = rate(len(events), years, name="all", n=n, level=plan.level())
    says = (
        f"{events['subject'].nunique()} of {n} subjects who took a dose had {len(events)} treatment-emergent "
        f"adverse events, {int(events['is_serious'].sum())} of them serious: {_rate(one)} events per subject-year "
        "at risk."
    )
    return Section("harm", "Adverse events", (says, terms, kinds), whom.DOSED)


def _pooled_rows(events: pd.DataFrame, by: str, n: int) -> list[tuple]:
    """A row for each value, most frequent first."""
    labels = events[by].fillna("unknown") if len(events) else pd.Series(dtype=object)
    some = [(label, events[labels == label]) for label in sorted(labels.unique())]
    some.sort(key=lambda pair: -pair[1]["subject"].nunique())
    return [_pooled_row(label, own, n) for label, own in some]


def _pooled_row(label, events, n):
    one = count(events["subject"].nunique(), n, name=label, missing=0, level=plan.level())
    return label, percent(one), interval(100 * one.low, 100 * one.high), len(events)


def _columns() -> tuple[tuple[str, str], ...]:
    """By what events are counted, and what it is called: as far as the form asks for it and the trial has a ladder."""
    form = trial.serving(Purpose.ADVERSE_EVENTS)
    asked = [
        (what, column) for what, column in (("Severity", "severity"), ("Related", "related")) if column in form.items
    ]
    return (("", "is_serious"), *asked, *([("At onset", "onset_dose")] if trial.LADDER else []))


def _kinds_title() -> str:
    named = {
        "is_serious": "seriousness",
        "severity": "severity",
        "related": "relatedness",
        "onset_dose": "dose at onset",
    }
    words = [named[column] for _, column in _columns()]
    return "The same by " + (", ".join(words[:-1]) + " and " if len(words) > 1 else "") + words[-1]


def _labelled(events: pd.DataFrame, what: str, column: str) -> pd.DataFrame:
    """The events with the values of a column in words that say what they are."""
    if column == "is_serious":
        return events.assign(is_serious=events[column].map({True: "Serious", False: "Not serious"}))
    values = events[column].replace(SEVERITIES).fillna("unknown").astype(str)
    return events.assign(**{column: what + ": " + values.str.lower()})


def rule(found: Harm) -> tuple[str, ...]:
    """Which events count, as the note of a table says it."""
    doubt = int(found.events["in_doubt"].sum())
    return (
        f"Onset or worsening from the first dose to {trial.ANALYSIS.treatment_emergent_days} days after the last, of "
        f"serious events to {trial.ANALYSIS.serious_emergent_days}. In doubt, by a date in part, and counted: {doubt}. "
        f"Outside: {found.others}. A subject counts once in each row.",
    )


# -- by arm


def by_arm(found: Harm, arms: pd.Series) -> Section:
    """The arms beside each other, with the exact interval of each risk difference and rates by time at risk."""
    subjects = found.subjects.assign(arm=found.subjects["subject"].map(arms))
    pairs, names = plan.pairs(), plan.names()
    several = len(pairs) > 1
    head = (
        "Event",
        *(f"{name}{what}" for name in plan.order() for what in ("", ", events")),
        *(
            f"{pair.difference}: {what[:1].lower()}{what[1:]}" if several else what
            for pair in pairs
            for what in ("Risk difference (points)", plan.interval())
        ),
    )
    rows = _compared(found.events, subjects, "name")
    terms = counts(
        "harm_terms",
        "Treatment-emergent adverse events by term",
        head,
        [_arm_row(row) for row in rows[: LISTED_ROWS + 1]],
        notes=(*rule(found), "Exact intervals (Chan and Zhang); no p-values, by design."),
    ).by(_made(["name"], [""], total=ANY))
    kinds = counts(
        "harm_kinds",
        _kinds_title(),
        head,
        [
            _arm_row(row)
            for what, column in _columns()
            for row in _compared(_labelled(found.events, what, column), subjects, column)[1:]
        ],
    ).by(_made([column for _, column in _columns()], [what for what, _ in _columns()], total=""))
    years = {arm: subjects.loc[subjects["arm"] == arm, "days_at_risk"].sum() / DAYS for arm in names}
    per_year = {arm: getattr(row, f"{side}_rate") for arm, (row, side) in _sides(rows[0]).items()}
    rates = counts(
        "harm_rates",
        "Events by time at risk",
        ("Arm", "Events", "Subject-years", "Per subject-year", plan.interval()),
        [
            (
                names[arm],
                getattr(row, f"{side}_events"),
                Number(years[arm], 2),
                Number(per_year[arm].estimate, 2),
                interval(per_year[arm].low, per_year[arm].high, 2),
            )
            for arm, (row, side) in _sides(rows[0]).items()
        ],
        notes=("Exact Poisson intervals.",),
    ).by(
        Analysis.of(
            "rates_table",
            arms=names,
            after=trial.ANALYSIS.treatment_emergent_days,
            until=found.until.isoformat(),
            level=plan.level(),
        )
    )
    shares = [
        f"{percent(getattr(row, side))} of those {'who took a dose of' if place == 0 else 'on'} "
        f"{names[arm] if trial.REFERENCE.code != arm else plan.in_sentence(names[arm])}"
        for place, (arm, (row, side)) in enumerate(_sides(rows[0]).items())
    ]
    says = ", ".join(shares[:-1]) + f" and {shares[-1]} had a treatment-emergent adverse event."
    return Section("harm", "Adverse events", (says, terms, kinds, rates, serious(found, arms)), whom.DOSED)


def _made(by: list[str], prefixes: list[str], *, total: str) -> Analysis:
    """How the counts of a table were made, and the exact interval of each difference."""
    columns = ["serious" if column == "is_serious" else column for column in by]
    facts = {"arms": plan.names(), "by": columns, "prefixes": prefixes, "words": SEVERITIES, "total": total}
    pairs = {pair.active: pair.reference for pair in plan.pairs()}
    return Analysis.of("events_table", **facts, pairs=pairs, level=plan.level(), most=MOST_PER_ARM)


def _compared(events: pd.DataFrame, subjects: pd.DataFrame, by: str) -> list[dict[Pair, EventRow]]:
    """One row for each value of `by`, most frequent first, the first of any: the comparison of each pair of arms."""
    total: dict[Pair, EventRow] = {}
    found: dict[str, dict[Pair, EventRow]] = {}
    for pair in plan.pairs():
        own = subjects[subjects["arm"].isin(pair.arms)]
        total[pair], *rows = events_by(
            events,
            own,
            subject="subject",
            by=by,
            level=plan.level(),
            days_at_risk="days_at_risk",
            total=ANY,
            **pair.parts,
        )
        for row in rows:
            found.setdefault(row.name, {})[pair] = row
    for name, row in found.items():  # what one pair of arms had and another had not
        for pair in plan.pairs():
            if pair not in row:
                row[pair] = without_events(total[pair], name, level=plan.level())
    return [total] + sorted(
        (found[name] for name in sorted(found)),
        key=lambda row: -sum(getattr(one, side).events for one, side in _sides(row).values()),
    )


def without_events(total: EventRow, name: str, *, level: float) -> EventRow:
    """The row of an event that neither arm of the comparison had; `total` has the sizes of the arms."""
    n = total.active.n, total.reference.n
    active, reference = (
        count(0, size, name=one.name, missing=0, level=level)
        for size, one in zip(n, (total.active, total.reference), strict=True)
    )
    return replace(
        total,
        name=name,
        active=active,
        reference=reference,
        active_events=0,
        reference_events=0,
        difference=exact_difference(TwoByTwo(0, n[0], 0, n[1]), level=level),
    )


def _sides(row: dict[Pair, EventRow]) -> dict[str, tuple[EventRow, str]]:
    """Where the numbers of each arm stand, in the order declared: in which comparison, and on which side of it."""
    reference = next(iter(row.values()))
    found = {pair.active: (one, "active") for pair, one in row.items()} | {
        trial.REFERENCE.code: (reference, "reference")
    }
    return {arm: found[arm] for arm in plan.names()}


def _arm_row(row: dict[Pair, EventRow]) -> tuple:
    arms = [(percent(getattr(one, side)), getattr(one, f"{side}_events")) for one, side in _sides(row).values()]
    gaps = [row[pair].difference for pair in plan.pairs()]
    return (
        next(iter(row.values())).name,
        *(cell for pair in arms for cell in pair),
        *(
            cell
            for gap in gaps
            for cell in (
                Number(100 * gap.estimate, 1),
                interval(100 * gap.low, 100 * gap.high) if gap.low == gap.low else NOTHING,
            )
        ),
    )


def serious(found: Harm, arms: pd.Series) -> Table | str:
    """Every serious treatment-emergent event."""
    some = found.events[found.events["is_serious"]]
    if some.empty:
        return "There was no serious treatment-emergent adverse event."
    rows = [
        (
            row["subject"],
            plan.names()[arms[row["subject"]]],
            row["name"],
            row["onset"] or "unknown",
            row["onset_dose"] or "unknown",
            str(row["related"]).lower(),
            str(row["outcome"]).lower(),
        )
        for row in some.head(LISTED_ROWS).to_dict("records")
    ]
    head = ("Subject", "Arm", "Event", "Onset", "Dose at onset", "Related", "Outcome")
    return counts("serious", "Serious treatment-emergent adverse events", head, rows)


def _rate(one: Estimate) -> str:
    return f"{Number(one.estimate, 1)} ({interval(one.low, one.high)})"
