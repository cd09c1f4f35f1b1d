"""Prints results as tables: which numbers, in which order, with how many places. Computes nothing."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.reports.document import NOTHING, Number, PValue, Table, Told
from analysis.stats.results import Count, Estimate, Significance, Summary


def number(value: float, places: int = 1, *, signed: bool = False) -> str:
    """The number as printed in a sentence."""
    return str(Number(value, places, signed))


def p_value(p: float) -> str:
    """The p-value as printed in a sentence."""
    return str(PValue(p))


def interval(low: float, high: float, places: int = 1) -> str:
    """Both ends of an interval; a dash where there is none."""
    ends = Number(low, places), Number(high, places)
    return NOTHING if NOTHING in map(str, ends) else Told(f"{ends[0]} to {ends[1]}", low=low, high=high)


def mean_sd(found: Summary, places: int = 1) -> str:
    """25.1 (5.6)"""
    words = f"{Number(found.mean, places)} ({Number(found.sd, places)})"
    return NOTHING if found.n == 0 else Told(words, mean=found.mean, sd=found.sd)


def mean_se(mean: float, se: float, places: int = 2) -> str:
    """-4.89 (0.72)"""
    return Told(f"{Number(mean, places)} ({Number(se, places)})", mean=mean, se=se)


def of_all(events: int, n: int) -> str:
    """7 of 13"""
    return Told(f"{events} of {n}", events=events, n=n)


def percent(found: Count) -> str:
    """7 of 13 (53.8 %)"""
    if found.n == 0:
        return NOTHING
    words = f"{found.events} of {found.n} ({Number(100 * found.proportion, 1)} %)"
    return Told(words, events=found.events, n=found.n, percent=100 * found.proportion)


def by_visit(
    key: str,
    title: str,
    rows: Iterable[tuple[str, str, Summary, Summary | None]],
    *,
    notes: tuple[str, ...] = (),
    grouped: bool,
    intervals: str,
) -> Table:
    """Scores by visit: (visit, group, summary of the score, summary of the change); `intervals` heads their column."""
    head = (
        "Visit",
        *(("Arm",) if grouped else ()),
        "n",
        "Mean",
        "SD",
        intervals,
        "Median",
        "Range",
        "Change, mean",
        "Change, SD",
    )
    printed = []
    for visit, group, score, change in rows:
        moved = (Number(change.mean, 1), Number(change.sd, 1)) if change else (NOTHING, NOTHING)
        printed.append(
            (
                visit,
                *((group,) if grouped else ()),
                score.n,
                Number(score.mean, 1),
                Number(score.sd, 1),
                interval(score.low, score.high),
                Number(score.median, 1),
                NOTHING
                if score.n == 0
                else Told(f"{score.minimum:.0f} to {score.maximum:.0f}", low=score.minimum, high=score.maximum),
                *moved,
            )
        )
    return Table(key, title, head, tuple(printed), notes)


def estimates(
    key: str,
    title: str,
    rows: Iterable[tuple[str, Estimate]],
    *,
    intervals: str,
    places: int = 2,
    notes: tuple[str, ...] = (),
) -> Table:
    """Differences (active minus reference) or coefficients, one a row."""
    head = ("Analysis", "n", "Estimate", "SE", "df", intervals, "t", "p")
    printed = tuple(
        (
            label,
            one.n,
            Number(one.estimate, places),
            Number(one.se, places),
            Number(one.df, 1),
            interval(one.low, one.high, places),
            Number(one.statistic, 2),
            PValue(one.p),
        )
        for label, one in rows
    )
    return Table(key, title, head, printed, notes)


def contrasts(
    key: str,
    title: str,
    frames: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    means: Mapping[tuple[str, str], str],
    arms: Sequence[tuple[str, str]],
    *,
    intervals: str,
    notes: tuple[str, ...],
) -> Table:
    """The mixed model by visit: each arm's mean (SE), by (visit, arm), and each difference. `arms` are (code, name).

    frames: the differences by visit, by what they are of; of several, a column says which stands in the row.
    """
    several = len(frames) > 1
    head = (
        "Visit",
        *(f"{name}, mean (SE)" for _, name in arms),
        *(("Compared",) if several else ()),
        *("Difference", "SE", "df", intervals, "t", "p"),
    )
    rows = [(row, what) for what, frame in frames.items() for row in frame.to_dict("records")]
    rows.sort(key=lambda pair: list(labels).index(pair[0]["visit"]))
    printed = tuple(
        (
            labels[row["visit"]],
            *(means[row["visit"], code] for code, _ in arms),
            *((what,) if several else ()),
            Number(row["estimate"], 2),
            Number(row["se"], 2),
            Number(row["df"], 1),
            interval(row["low"], row["high"], 2),
            Number(row["t"], 2),
            PValue(row["p"]),
        )
        for row, what in rows
    )
    return Table(key, title, head, printed, notes)


def tests(key: str, title: str, rows: Sequence[tuple[str, Significance]], *, notes: tuple[str, ...] = ()) -> Table:
    """Tests without an estimate, one a row."""
    head = ("Test", "Statistic", "df", "p")
    printed = tuple((label, Number(one.statistic, 3), Number(one.df, 0), PValue(one.p)) for label, one in rows)
    return Table(key, title, head, printed, notes)


def counts(key: str, title: str, head: tuple[str, ...], rows: Iterable[tuple], *, notes: tuple[str, ...] = ()) -> Table:
    """Rows of plain counts and words."""
    return Table(key, title, head, tuple(tuple(row) for row in rows), notes)
