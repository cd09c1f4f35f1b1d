"""Which question the primary analysis answers, which intercurrent events there were, and which ratings left for them.

The blinded and the final report run this same code; what differs is the one argument `groups` (METHODS 2.10 to 2.12).
"""

from dataclasses import dataclass

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Analysis, Number, Section, Table
from crf import trial
from crf.spec import outcomes

LISTED_ROWS = 60  # rows of a listing; beyond, the data set has them


def question() -> str:
    """Which question the primary analysis answers. It names no arm: blinded reports print it."""
    declared = trial.ANALYSIS
    hypothetical = any(one.mean == outcomes.HYPOTHETICAL for one in declared.strategies)
    had = f", {declared.without_events} (hypothetical strategy; strategies in the table)" if hypothetical else ""
    return (
        f"The primary analysis estimates the difference in mean change of {plan.primary().label} from baseline to "
        f"{plan.at_last()} between {declared.treatments}, in all randomised subjects{had or ', whatever happened'}. "
        "Withdrawal from the study and missed visits are missing data and no events; they are taken as missing at "
        "random."
    )


def strategies() -> dict[str, outcomes.Strategy]:
    """How each kind of intercurrent event is treated, by its code."""
    return {one.kind: one for one in trial.ANALYSIS.strategies}


@dataclass(frozen=True)
class IntercurrentEvents:
    """What the section tells of: the events, the course of every rating and the one of the primary analysis."""

    subjects: pd.DataFrame
    events: pd.DataFrame
    every: variables.Course
    primary: variables.Course

    @classmethod
    def of(cls, collected: Collected) -> "IntercurrentEvents":
        """From what was collected, for the primary score."""
        events = variables.happened(collected).frame
        code = plan.primary().code
        primary = variables.course(collected, code, cut=variables.cuts(events))
        return cls(collected.randomised, events, variables.course(collected, code), primary)


def estimand(found: IntercurrentEvents, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """The question, the strategy for each kind of event, how many there were and what left, by group."""
    removed = found.primary.removed
    lost = removed["subject"].nunique()
    says = (
        f"{found.events['subject'].nunique()} of {len(found.subjects)} randomised subjects had an intercurrent event; "
        f"{len(removed)} ratings of {plan.primary().label} ({lost} subjects) came after one of a hypothetical strategy "
        "and are not in the primary analysis. The analysis by treatment policy has every rating."
    )
    blocks = [question(), *_strategies(), says, _events(found, groups, order), _last_visit(found, groups, order)]
    if len(removed):
        blocks.append(_listing(removed))
    counted = [kind for kind, one in strategies().items() if one.response == outcomes.COMPOSITE]
    if len(some := found.events[found.events["kind"].isin(counted)]):
        blocks.append(_composite(some))
    return Section("estimand", "Estimand and intercurrent events", tuple(blocks), whom.RANDOMISED)


def _strategies() -> tuple[Table, ...]:
    rows = [
        (one.label, one.mean, one.response, _until(one) if one.mean == outcomes.HYPOTHETICAL else "all")
        for one in trial.ANALYSIS.strategies
    ]
    if not rows:
        return ()
    note = (
        f"Response, hypothetical: a later rating does not count, and who has none at {plan.at_last()} is a "
        "non-responder."
    )
    table = counts(
        "strategies",
        "Strategy for each kind of intercurrent event",
        ("Event", "For the mean", "For response", "Ratings that count"),
        rows,
        notes=(note,) if trial.ANALYSIS.response else (),
    )
    return (table,)


def _until(one: outcomes.Strategy) -> str:
    return f"to {one.days_after} days after the last dose" if one.days_after else "to the day of the event"


def _events(found: IntercurrentEvents, groups: pd.Series, order: tuple[str, ...]) -> Table:
    """Subjects with each kind of event that there was, events, and ratings of the primary score that left for it."""
    events = found.events.assign(group=found.events["subject"].map(groups))
    removed = found.primary.removed.assign(group=found.primary.removed["subject"].map(groups))
    rows = [("Any", *_cells(events, removed, order))]
    seen = [kind for kind in strategies() if (events["kind"] == kind).any()]
    for kind in seen:
        own = events[events["kind"] == kind], removed[removed["kind"] == kind]
        rows.append((strategies()[kind].label, *_cells(*own, order)))
    prefix = [""] if len(order) == 1 else [f"{group}, " for group in order]
    head = (
        "Event",
        *(
            what.capitalize() if not name else name + what
            for name in prefix
            for what in ("subjects", "events", "ratings left")
        ),
    )
    notes = (
        "From the form of intercurrent events, and from end of treatment and of study, other "
        "medication, dosing decisions, adverse events and the log of code breaks; what two sources tell "
        "counts once. No other kind of event is recorded.",
    )
    table = counts("events", "Intercurrent events after day 1", head, rows, notes=notes)
    if len(order) == 1:
        return table
    facts = {"total": "Any", "kinds": {kind: strategies()[kind].label for kind in seen}, "arms": plan.names()}
    return table.by(Analysis.of("intercurrent_table", **facts, **_leaving()))


def _leaving() -> dict[str, object]:
    """How ratings leave: of which outcome, for which kinds of event, how many days after it."""
    return {"outcome": plan.primary().code, "after": days_after()}


def days_after() -> dict[str, int]:
    """By kind of event for which later ratings leave: how many days after it still count."""
    return {kind: one.days_after for kind, one in strategies().items() if one.mean == outcomes.HYPOTHETICAL}


def _cells(events: pd.DataFrame, removed: pd.DataFrame, order: tuple[str, ...]):
    for group in order:
        own = events[events["group"] == group]
        yield from (own["subject"].nunique(), len(own), int((removed["group"] == group).sum()))


def _last_visit(found: IntercurrentEvents, groups: pd.Series, order: tuple[str, ...]) -> Table:
    """Where the rating of the primary visit is: in the primary analysis, or why not."""
    subjects = found.subjects
    known = set(found.primary.frame.loc[found.primary.frame["visit"] == plan.last(), "subject"])
    left = set(found.primary.removed["subject"])
    at_last = set(found.every.frame.loc[found.every.frame["visit"] == plan.last(), "subject"])
    withdrew = set(subjects.loc[subjects["status"] == "discontinued", "subject"])
    verdicts = []
    for who in subjects["subject"]:
        if who in known:
            verdicts.append("In the primary analysis")
        elif who in left and who in at_last:
            verdicts.append("Rated, left after an intercurrent event")
        elif who in withdrew:
            verdicts.append("Not rated: left the study")
        else:
            verdicts.append("Not rated: missed, out of window, or not yet")
    frame = pd.DataFrame({"verdict": verdicts, "group": subjects["subject"].map(groups).to_numpy()})
    names = (
        "In the primary analysis",
        "Rated, left after an intercurrent event",
        "Not rated: left the study",
        "Not rated: missed, out of window, or not yet",
    )
    rows = [
        (name, *(int(((frame["verdict"] == name) & (frame["group"] == group)).sum()) for group in order))
        for name in names
    ]
    head = ("", "Subjects") if len(order) == 1 else ("", *order)
    table = counts("last_visit", f"{plan.primary().label} of {plan.at_last()}", head, rows)
    facts = {"rows": names, "outcome": plan.primary().code, "at": plan.last(), "arms": plan.names()}
    return table.by(Analysis.of("last_visit_table", **facts)) if len(order) > 1 else table


def _listing(removed: pd.DataFrame) -> Table:
    rows = [
        (
            row["subject"],
            trial.visit(row["rated_at"]).label,
            int(row["day"]),
            Number(row["value"], 0 if row["value"] == int(row["value"]) else 2),
            row["label"],
            "not known" if pd.isna(row["event_day"]) else int(row["event_day"]),
        )
        for row in removed.head(LISTED_ROWS).to_dict("records")
    ]
    notes = (
        () if len(removed) <= LISTED_ROWS else (f"The first {LISTED_ROWS} of {len(removed)}; the data set has all.",)
    )
    return counts(
        "removed",
        f"Ratings of {plan.primary().label} that are not in the primary analysis",
        ("Subject", "Rated at", "Study day", "Score", "After", "Its day"),
        rows,
        notes=notes,
    ).by(
        Analysis.of(
            "removed_table", visits={one.code: one.label for one in trial.VISITS}, most=LISTED_ROWS, **_leaving()
        )
    )


def _composite(some: pd.DataFrame) -> Table:
    rows = [
        (
            row["subject"],
            strategies()[row["kind"]].label,
            "not known" if pd.isna(row["day"]) else int(row["day"]),
            row["source"],
        )
        for row in some.head(LISTED_ROWS).to_dict("records")
    ]
    head = ("Subject", "Event", "Study day", "Told by")
    kinds = {kind: strategies()[kind].label for kind in dict.fromkeys(some["kind"])}
    return counts("composite", "Events that count as non-response", head, rows).by(
        Analysis.of("composite_table", kinds=kinds, most=LISTED_ROWS)
    )
