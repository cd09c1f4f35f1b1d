"""Who was rated until when: the pattern of what is missing, means by pattern, and every subject's own line.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

from functools import partial

import pandas as pd

from analysis.derive import plan, variables
from analysis.papers import lines
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import NOTHING, Analysis, Figure, Number, Section, Table

TITLE = "Drop-out and single courses"
GAP = "   of them with a visit missing before"
ONE_LINE_EACH = 200  # subjects whose lines can be told apart


def dropout(every: variables.Course, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """The patterns of the primary score's ratings, with every rating that was made."""
    frame = every.frame.dropna(subset=["value"])
    frame = frame.assign(group=frame["subject"].map(groups))
    visits = [visit for visit in plan.all_visits() if visit in every.visits]
    last = _last(frame, groups, visits)
    blocks: list = [_patterns(frame, last, groups, order, visits), _means(frame, last, order, visits)]
    if 0 < frame["subject"].nunique() <= ONE_LINE_EACH:
        blocks.append(_lines(every, frame, order, visits))
    return Section("dropout", TITLE, tuple(blocks), whom.RANDOMISED)


def _last(frame: pd.DataFrame, groups: pd.Series, visits: list[str]) -> pd.Series:
    """The last analysis visit with a rating, by subject; None for who was never rated."""
    place = {visit: at for at, visit in enumerate(visits)}
    at = frame["visit"].map(place).groupby(frame["subject"]).max().reindex(groups.index)
    return at.map(lambda one: None if pd.isna(one) else visits[int(one)]).astype(object)


def _patterns(frame: pd.DataFrame, last: pd.Series, groups: pd.Series, order, visits: list[str]) -> Table:
    rated = frame.groupby("subject")["visit"].nunique().reindex(groups.index).fillna(0)
    due = last.map(lambda visit: 0 if visit is None else visits.index(visit) + 1)
    has_gap = rated < due
    labels = plan.labels()
    rows = [("Never rated", *(int((last.isna() & (groups == group)).sum()) for group in order))]
    for visit in visits:
        here = last == visit
        rows.append((f"Last rated at {plan.at(visit)}", *(int((here & (groups == group)).sum()) for group in order)))
        if (here & has_gap).any():
            gaps = (int((here & has_gap & (groups == group)).sum()) for group in order)
            rows.append((GAP, *gaps))
    head = ("", *(("Subjects",) if len(order) == 1 else order))
    note = f"By analysis visit, from {labels[visits[0]].lower()} on. Who is still treated is among those last rated."
    table = counts("dropout", f"{plan.primary().label}: until when subjects were rated", head, rows, notes=(note,))
    facts = {"rows": tuple(f"Last rated at {plan.at(one)}" for one in visits), "never": rows[0][0], "gap": GAP.strip()}
    return table.by(*_made("dropout_table", visits, order, **facts))


def _means(frame: pd.DataFrame, last: pd.Series, order, visits: list[str]) -> Table:
    """Means by visit of those last rated at the same visit: whether who leaves had gone another way."""
    of = frame.assign(last=frame["subject"].map(last))
    several, rows = len(order) > 1, []
    for visit in visits:
        for group in order:
            own = of[(of["last"] == visit) & (of["group"] == group)]
            if own.empty:
                continue
            by = own.groupby("visit")["value"].mean()
            cells = [Number(float(by[one]), 1) if one in by.index else NOTHING for one in visits]
            rows.append((plan.labels()[visit], *((group,) if several else ()), own["subject"].nunique(), *cells))
    head = ("Last rated at", *(("Arm",) if several else ()), "Subjects", *(plan.labels()[visit] for visit in visits))
    table = counts("dropout_means", f"{plan.primary().label}: mean by visit and pattern of drop-out", head, rows)
    return table.by(*_made("dropout_means", visits, order))


def _made(method: str, visits: list[str], order, **facts):
    """How the table was made; of one group no other program is asked."""
    if len(order) > 1:
        labels = {visit: plan.labels()[visit] for visit in visits}
        yield Analysis.of(method, outcome=plan.primary().code, visits=labels, arms=plan.names(), **facts)


def _lines(every: variables.Course, frame: pd.DataFrame, order, visits: list[str]) -> Figure:
    place = {visit: float(at) for at, visit in enumerate(visits)}
    drawn, points = [], []
    for who, own in frame.groupby("subject", sort=True):
        seen = sorted((place[visit], float(value)) for visit, value in zip(own["visit"], own["value"], strict=True))
        x, y = zip(*seen, strict=True)
        drawn.append(lines.Line(own["group"].iloc[0], x, y))
        by = dict(seen)
        points.append(
            (
                who,
                own["group"].iloc[0],
                *(Number(by[at], 0) if (at := place[visit]) in by else NOTHING for visit in visits),
            )
        )
    ticks = [(place[visit], plan.labels()[visit]) for visit in visits]
    says = (
        f"One line a subject, {len(drawn)} in all: {every.score} at each analysis visit, whatever happened before it."
    )
    data = counts(
        "courses_points",
        f"{every.score} of each subject, the numbers of the figure",
        ("Subject", "Arm" if len(order) > 1 else "Group", *(label for _, label in ticks)),
        points,
    )
    if len(order) > 1:
        visits = {code: plan.labels()[code] for code in every.visits}
        data = data.by(Analysis.of("courses_table", outcome=every.outcome.code, visits=visits))
    draw = partial(lines.spaghetti, tuple(drawn), groups=order, ticks=ticks, y=f"{every.score} total")
    return Figure("courses", f"{every.score} of each subject", says, says, draw, data)
