"""Scores and response by week, for groups that are handed in: one group of all subjects, or the arms.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

from functools import partial

import pandas as pd

from analysis.derive import variables
from analysis.papers import figures
from analysis.papers.tables import by_visit, counts, interval, number, percent
from analysis.reports.document import NOTHING, Figure, Number, Section, Table
from analysis.stats.descriptive import count, summary
from crf import trial

LEVEL = 0.95
NAMED = 30  # subjects that a cell names
VISITS = (variables.BASELINE, *variables.WEEKS)
LABELS = {code: trial.visit(code).label for code in VISITS}


def everyone(subjects: pd.DataFrame) -> pd.Series:
    """One group of all subjects: what a blinded report hands in."""
    return pd.Series("All", index=pd.Index(subjects["subject"]), name="group", dtype=object)


def scores(key: str, taken: variables.Course, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """The score by week in each group: a figure, and a table with the change from baseline."""
    frame = taken.frame.assign(group=taken.frame["subject"].map(groups))
    rows, series, points = [], [], []
    for group in order:
        of_group = frame[frame["group"] == group]
        line = []
        for visit in taken.visits:
            at = of_group[of_group["visit"] == visit]
            score = summary(at["value"], name=visit, level=LEVEL)
            change = summary(at["change"], name=visit, level=LEVEL) if visit != variables.BASELINE else None
            rows.append((visit, group, score, change))
            if score.n:
                line.append((float(VISITS.index(visit)), score))
        if line:
            series.append(_series(group, line))
            points += [
                (group, LABELS[VISITS[int(x)]], one.n, Number(one.mean, 2), Number(one.low, 2), Number(one.high, 2))
                for x, one in line
            ]
    rows.sort(key=lambda row: VISITS.index(row[0]))
    printed = [(LABELS[visit], group, score, change) for visit, group, score, change in rows]
    table = by_visit(f"{key}_weeks", f"{taken.score} by week", printed, grouped=len(order) > 1)
    says = _says(taken.score, series)
    blocks: list = [] if series else [says]
    if series:
        ticks = [(float(place), LABELS[visit]) for place, visit in enumerate(VISITS) if visit in taken.visits]
        numbers = counts(
            f"{key}_points",
            f"{taken.score}, the numbers of the figure",
            ("Group", "Visit", "n", "Mean", "Low", "High"),
            points,
        )
        blocks.append(
            Figure(
                f"{key}_figure",
                f"{taken.score} by week: mean and 95 % interval, observed cases",
                says,
                says,
                partial(figures.course, tuple(series), ticks=tuple(ticks), y=f"{taken.score} total"),
                numbers,
            )
        )
    return Section(key, f"{taken.score} by week", (*blocks, table))


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
        last = LABELS[VISITS[int(one.x[-1])]].lower()
        went = "fell" if one.mean[-1] < one.mean[0] else "rose" if one.mean[-1] > one.mean[0] else "stayed"
        if len(one.x) == 1:
            parts.append(f"{who} is {number(one.mean[0])} at baseline (n = {one.n[0]}).")
        else:
            parts.append(
                f"{who} {went} from {number(one.mean[0])} at baseline (n = {one.n[0]}) to "
                f"{number(one.mean[-1])} at {last} (n = {one.n[-1]})."
            )
    return " ".join(parts)


def response(key: str, taken: variables.Course, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """Response and remission by week among those rated, with Wilson's interval."""
    frame = variables.responses(taken)
    frame = frame.assign(group=frame["subject"].map(groups))
    rows = []
    for visit in variables.WEEKS:
        for group in order:
            at = frame[(frame["visit"] == visit) & (frame["group"] == group)]
            cells = []
            for verdict in ("responded", "remitted"):
                known = at[verdict].dropna()
                found = count(int(known.sum()), len(known), name=visit, missing=0, level=LEVEL)
                cells += [percent(found), interval(100 * found.low, 100 * found.high)] if found.n else [NOTHING] * 2
            rows.append((LABELS[visit], *((group,) if len(order) > 1 else ()), *cells))
    head = (
        "Visit",
        *(("Arm",) if len(order) > 1 else ()),
        "Response",
        "95 % interval (%)",
        "Remission",
        "95 % interval (%)",
    )
    table = counts(
        f"{key}_weeks",
        "Response and remission by week, among those rated",
        head,
        rows,
        notes=(
            f"Response: {taken.score} at most half of baseline. Remission: at most {trial.ANALYSIS.remission.at_most}. "
            "Wilson's interval.",
        ),
    )
    return Section(key, "Response and remission by week", (table,))


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
