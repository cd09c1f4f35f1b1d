"""Scores and response by visit, for groups that are handed in: one group of all subjects, or the arms.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

from functools import partial

import pandas as pd

from analysis.derive import plan, variables
from analysis.papers import figures
from analysis.papers.tables import by_visit, counts, interval, number, percent
from analysis.reports import made_by, whom
from analysis.reports.document import NOTHING, Analysis, Figure, Number, Section, Table
from analysis.stats.descriptive import count, summary
from crf import trial
from crf.spec.outcomes import Kind

NAMED = 30  # subjects that a cell names


def everyone(subjects: pd.DataFrame) -> pd.Series:
    """One group of all subjects: what a blinded report hands in."""
    return pd.Series("All", index=pd.Index(subjects["subject"]), name="group", dtype=object)


def scores(taken: variables.Course, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """The outcome by visit in each group: a table with the change from baseline, and a figure where changes count."""
    key, labels, visits = taken.outcome.code, plan.labels(), plan.all_visits()
    frame = taken.frame.assign(group=taken.frame["subject"].map(groups))
    rows, series, points = [], [], []
    for group in order:
        of_group = frame[frame["group"] == group]
        line = []
        for visit in taken.visits:
            at = of_group[of_group["visit"] == visit]
            score = summary(at["value"], name=visit, level=plan.level())
            moves = visit != trial.BASELINE and taken.has_baseline
            change = summary(at["change"], name=visit, level=plan.level()) if moves else None
            rows.append((visit, group, score, change))
            if score.n:
                line.append((float(visits.index(visit)), score))
        if line:
            series.append(_series(group, line))
            points += [
                (group, labels[visits[int(x)]], one.n, Number(one.mean, 2), Number(one.low, 2), Number(one.high, 2))
                for x, one in line
            ]
    rows.sort(key=lambda row: visits.index(row[0]))
    table = by_visit(
        f"{key}_visits",
        f"{taken.score} by visit",
        [(labels[visit], group, score, change) for visit, group, score, change in rows],
        grouped=len(order) > 1,
        intervals=plan.interval(),
        notes=(plan.bounds(taken.outcome),),
    ).by(made_by.summaries(taken.outcome, order, taken.visits, points=False))
    says = _says(taken.score, series)
    blocks: list = [] if series and taken.outcome.kind is Kind.CHANGE else [says]
    if series and taken.outcome.kind is Kind.CHANGE:
        ticks = [(float(place), labels[visit]) for place, visit in enumerate(visits) if visit in taken.visits]
        numbers = counts(
            f"{key}_points",
            f"{taken.score}, the numbers of the figure",
            ("Group", "Visit", "n", "Mean", "Low", "High"),
            points,
        ).by(made_by.summaries(taken.outcome, order, taken.visits, points=True))
        blocks.append(
            Figure(
                f"{key}_figure",
                f"{taken.score} by visit: mean and {plan.interval()}, observed cases",
                says,
                says,
                partial(
                    figures.course,
                    tuple(series),
                    ticks=tuple(ticks),
                    y=f"{taken.score} total",
                    floor=float(taken.outcome.low),
                ),
                numbers,
            )
        )
    return Section(key, f"{taken.score} by visit", (*blocks, table), whom.RATED)


def _series(group: str, line) -> figures.Series:
    x, found = zip(*line, strict=True)
    # One value has a mean and no interval: it is drawn as a point.
    low = tuple(one.mean if one.n < 2 else one.low for one in found)
    high = tuple(one.mean if one.n < 2 else one.high for one in found)
    return figures.Series(group, x, tuple(one.mean for one in found), low, high, tuple(one.n for one in found))


def _says(score: str, series: list[figures.Series]) -> str:
    """The sentence under the figure, made from its numbers."""
    if not series:
        return f"No {score} was rated yet."
    parts = []
    for one in series:
        who = "The pooled mean" if len(series) == 1 else f"The mean in the {one.label} arm"
        first, last = (plan.at(plan.all_visits()[int(x)]) for x in (one.x[0], one.x[-1]))
        went = "fell" if one.mean[-1] < one.mean[0] else "rose" if one.mean[-1] > one.mean[0] else "stayed"
        if len(one.x) == 1:
            parts.append(f"{who} is {number(one.mean[0])} at {first} (n = {one.n[0]}).")
        elif went == "stayed":
            parts.append(
                f"{who} stayed at {number(one.mean[0])} from {first} (n = {one.n[0]}) to {last} (n = {one.n[-1]})."
            )
        else:
            parts.append(
                f"{who} {went} from {number(one.mean[0])} at {first} (n = {one.n[0]}) to "
                f"{number(one.mean[-1])} at {last} (n = {one.n[-1]})."
            )
    return " ".join(parts)


def response(
    key: str, courses: dict[str, variables.Course], groups: pd.Series, order: tuple[str, ...]
) -> Section | None:
    """Response and remission by visit among those rated, with Wilson's interval; None where no rule is declared.

    courses: of the outcome of each rule, by code.
    """
    verdicts, notes = [], []
    if (rule := trial.ANALYSIS.response) is not None:
        verdicts.append(("Response", "responded", courses[rule.outcome]))
        notes.append(f"Response: {plan.responds()}.")
    if (rule := trial.ANALYSIS.remission) is not None:
        other = "" if trial.ANALYSIS.response and trial.ANALYSIS.response.outcome == rule.outcome else rule.outcome
        label = f"{trial.ANALYSIS.outcome(other).label} " if other else ""
        verdicts.append(("Remission", "remitted", courses[rule.outcome]))
        notes.append(f"Remission: {label}{plan.remits()}.")
    if not verdicts:
        return None
    title = " and ".join(word if place == 0 else word.lower() for place, (word, _, _) in enumerate(verdicts))
    frames = {column: variables.responses(course) for _, column, course in verdicts}
    frames = {column: frame.assign(group=frame["subject"].map(groups)) for column, frame in frames.items()}
    rows = []
    for visit in plan.visits():
        if not any(visit in course.visits for _, _, course in verdicts):
            continue
        for group in order:
            cells = []
            for column, frame in frames.items():
                known = frame.loc[(frame["visit"] == visit) & (frame["group"] == group), column].dropna()
                found = count(int(known.sum()), len(known), name=visit, missing=0, level=plan.level())
                cells += [percent(found), interval(100 * found.low, 100 * found.high)] if found.n else [NOTHING] * 2
            rows.append((plan.labels()[visit], *((group,) if len(order) > 1 else ()), *cells))
    intervals = f"{plan.interval()} (%)"
    head = ("Visit", *(("Arm",) if len(order) > 1 else ()), *(x for word, *_ in verdicts for x in (word, intervals)))
    table = counts(
        f"{key}_visits",
        f"{title} by visit, among those rated",
        head,
        rows,
        notes=(" ".join([*notes, "Wilson's interval."]),),
    )
    if len(order) > 1:
        rated = [code for code in plan.visits() if any(code in course.visits for _, _, course in verdicts)]
        table = table.by(
            Analysis.of(
                "rated_response",
                rules={word.lower(): made_by.rule(word.lower()) for word, _, _ in verdicts},
                visits={code: plan.labels()[code] for code in rated},
                arms=plan.names(),
                level=plan.level(),
            )
        )
    return Section(key, f"{title} by visit", (table,), whom.RATED)


def left_out(sentences: tuple[str, ...]) -> tuple[str | Table, ...]:
    """What did not enter the analysis, and why."""
    if not sentences:
        return ("Every rating entered the analysis.",)
    by_reason: dict[str, list[str]] = {}
    for sentence in sentences:
        who, why = sentence.split(": ", 1)
        by_reason.setdefault(why, []).append(who)
    rows = [(why, len(who), named(sorted(who))) for why, who in sorted(by_reason.items())]
    return (
        counts(
            "left_out", "Ratings and subjects that are not in the tables above", ("Why", "Number", "Subjects"), rows
        ),
    )


def named(who: list[str]) -> str:
    """The subjects' numbers; of many the first ones."""
    shown = ", ".join(who[:NAMED])
    return shown if len(who) <= NAMED else f"{shown} and {len(who) - NAMED} more"
