"""From ratings to analysis variables: windows, baseline, change, carrying forward, response (METHODS 2).

Pure functions of dataframes. Ratings stand one a row: subject, study day (no day 0), score. A derived frame stands one
a row and visit. Nothing is filled in that the function's name does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.stats.results import NotEstimable


@dataclass(frozen=True)
class Window:
    """Study days first to last count as the visit; the rating nearest to target stands for it."""

    visit: str
    first: int
    last: int
    target: int

    def __post_init__(self):
        if not self.first <= self.target <= self.last:
            raise NotEstimable(f"The window of {self.visit}, {self.first} to {self.last}, does not hold {self.target}.")


@dataclass(frozen=True)
class Derived:
    """A derived frame and a sentence for each rating or subject that is not in it."""

    frame: pd.DataFrame
    left_out: tuple[str, ...]


def study_day(on: pd.Series, *, day_1: pd.Series) -> pd.Series:
    """Days since day 1, which is 1; the day before is -1 (METHODS 2.1). Missing where either date is."""
    days = (pd.to_datetime(on) - pd.to_datetime(day_1)).dt.days
    return (days + (days >= 0)).astype("Int64")


def windowed(ratings: pd.DataFrame, *, subject: str, day: str, score: str, windows: tuple[Window, ...]) -> Derived:
    """One rating a subject and visit (METHODS 2.2): nearest to the target, on a tie the later; adds the column `visit`.

    Unscheduled and early-termination ratings compete like the others. A missing score is no rating. A subject rated
    twice on one day keeps the last in the order handed in.
    """
    days = sorted((w.first, w.last, w.visit) for w in windows)
    for (_, last, one), (first, _, other) in pairwise(days):
        if first <= last:
            raise NotEstimable(f"The windows of {one} and {other} overlap.")
    ratings = ratings.loc[ratings[score].notna() & ratings[day].notna()].assign(visit=None, _away=0)
    for window in windows:
        inside = ratings[day].between(window.first, window.last).astype(bool)
        ratings.loc[inside, "visit"] = window.visit
        ratings.loc[inside, "_away"] = (ratings.loc[inside, day] - window.target).abs()
    outside = ratings[ratings["visit"].isna()]
    inside = ratings[ratings["visit"].notna()].assign(_row=range(int(ratings["visit"].notna().sum())))
    inside = inside.sort_values([subject, "visit", "_away", day, "_row"], ascending=[True, True, True, False, False])
    again = inside.duplicated([subject, "visit"])
    sentences = [
        f"{who}: rating of day {on} is in no window" for who, on in zip(outside[subject], outside[day], strict=True)
    ]
    sentences += [
        f"{who}: rating of day {on} gives way to another of {where}"
        for who, on, where in inside.loc[again, [subject, day, "visit"]].itertuples(index=False, name=None)
    ]
    order = {window.visit: place for place, window in enumerate(windows)}
    kept = inside[~again].drop(columns=["_away", "_row"])
    kept = kept.sort_values("visit", key=lambda v: v.map(order), kind="stable").sort_values(subject, kind="stable")
    return Derived(kept.reset_index(drop=True), tuple(sentences))


def baseline(ratings: pd.DataFrame, *, subject: str, day: str, score: str, subjects: pd.Series) -> Derived:
    """The last rating on or before day 1 (METHODS 2.3): columns subject, `base`, `base_day`; only who has one."""
    before = ratings.loc[ratings[score].notna() & (ratings[day] <= 1).fillna(False).astype(bool)]
    before = before[before[subject].isin(subjects)].sort_values([subject, day], kind="stable")
    last = before.groupby(subject, sort=True).tail(1)
    frame = pd.DataFrame({subject: last[subject], "base": last[score], "base_day": last[day]}).reset_index(drop=True)
    absent = sorted(set(subjects) - set(frame[subject]))
    return Derived(frame, tuple(f"{who}: no baseline" for who in absent))


def change_from_baseline(scores: pd.DataFrame, *, subject: str, score: str, base: pd.DataFrame) -> pd.DataFrame:
    """Adds `base`, `change` = score - base and `percent` = 100 change / base (METHODS 2.4); of base 0 it is missing."""
    scores = scores.merge(base[[subject, "base"]], on=subject, how="left", validate="many_to_one")
    change = scores[score] - scores["base"]
    percent = (100 * change / scores["base"].where(scores["base"] != 0)).astype(float)
    return scores.assign(change=change, percent=percent)


def observed_at(scores: pd.DataFrame, *, subject: str, visit: str, at: str, subjects: pd.DataFrame) -> pd.DataFrame:
    """One row for each of subjects, with what was seen at the visit (METHODS 2.5); who was not seen has missing values.

    subjects: one row each, with the columns that do not change (arm, site, base); those win over scores' own.
    """
    own = [column for column in scores.columns if column == subject or column not in subjects.columns]
    rows = scores.loc[scores[visit] == at, own]
    if rows[subject].duplicated().any():
        who = rows.loc[rows[subject].duplicated(), subject].iloc[0]
        raise NotEstimable(f"Subject {who} has more than one row at visit {at}.")
    return subjects.merge(rows, on=subject, how="left")


def locf(
    scores: pd.DataFrame, *, subject: str, visit: str, values: list[str], order: list, subjects: pd.Series
) -> Derived:
    """Last observation carried forward (METHODS 2.6): every subject at every visit of order, with `carried_from`.

    values are carried together, from the last visit where the first of them was seen. A baseline is no visit of order
    and is never carried: who was not seen yet stays missing, who was never seen is left out and named. Other visits are
    not looked at.
    """
    scores = scores[scores[visit].isin(order) & scores[values[0]].notna() & scores[subject].isin(subjects)]
    if scores.duplicated([subject, visit]).any():
        twice = scores[scores.duplicated([subject, visit])].iloc[0]
        raise NotEstimable(f"Subject {twice[subject]} has more than one row at visit {twice[visit]}.")
    present = set(scores[subject])
    seen = [who for who in pd.unique(subjects) if who in present]
    index = pd.MultiIndex.from_product([seen, order], names=[subject, visit])
    panel = scores.set_index([subject, visit])[values].reindex(index).reset_index()
    panel["carried_from"] = panel[visit].astype(object).where(panel[values[0]].notna(), None)
    row = pd.Series(np.arange(len(panel), dtype=float)).where(panel[values[0]].notna())
    source = row.groupby(panel[subject], sort=False).ffill()
    known = source.notna()
    carried = [*values, "carried_from"]
    filled = panel.loc[source[known].astype(int), carried].set_axis(panel.index[known])
    panel = pd.concat([panel[[subject, visit]], filled.reindex(panel.index)], axis=1)
    never = sorted(f"{who}: no value after baseline to carry" for who in pd.unique(subjects) if who not in present)
    return Derived(panel, tuple(never))


def is_response(score: pd.Series, *, base: pd.Series, percent: float, lower_is_better: bool) -> pd.Series:
    """Better than the baseline by `percent` of it at least (METHODS 2.7): of integers, no rounding.

    Missing where either is, and where higher is better and the baseline is not above 0: it has no share.
    """
    if lower_is_better:
        return _known(100 * score <= (100 - percent) * base, score.notna() & base.notna())
    return _known(100 * score >= (100 + percent) * base, score.notna() & base.notna() & (base > 0).fillna(False))


def is_remission(score: pd.Series, *, at_most: float | None, at_least: float | None) -> pd.Series:
    """The score is at most, or at least, the threshold (METHODS 2.8). Missing where the score is."""
    return _known(score <= at_most if at_most is not None else score >= at_least, score.notna())


def sustained(
    scores: pd.DataFrame, *, subject: str, visit: str, responded: str, order: list, run: int, until_end: bool
) -> pd.Series:
    """Response at `run` consecutive visits of order (METHODS 2.9), by subject; until_end: the run must be the last one.

    A visit without a rating breaks the run. Indexed by subject.
    """
    if not 1 <= run <= len(order):
        raise NotEstimable(f"A run of {run} visits does not fit into {len(order)}.")
    if (twice := scores[scores[visit].isin(order)].duplicated([subject, visit])).any():
        who = scores[scores[visit].isin(order)].loc[twice, subject].iloc[0]
        raise NotEstimable(f"Subject {who} has more than one row at a visit.")
    wide = scores[scores[visit].isin(order)].pivot(index=subject, columns=visit, values=responded)
    yes = wide.reindex(columns=order).map(lambda verdict: not pd.isna(verdict) and bool(verdict)).to_numpy(bool)
    runs = np.stack([yes[:, start : start + run].all(axis=1) for start in range(len(order) - run + 1)], axis=1)
    return pd.Series(runs[:, -1] if until_end else runs.any(axis=1), index=wide.index, name="sustained")


def first_response_day(scores: pd.DataFrame, *, subject: str, day: str, responded: str) -> pd.DataFrame:
    """Time to response (METHODS 15.1): columns subject, `time` and `event`, censored at the last rating."""
    rated = scores[scores[responded].notna() & scores[day].notna()].sort_values([subject, day], kind="stable")
    last = rated.groupby(subject, sort=True)[day].last()
    first = rated[rated[responded].astype(bool)].groupby(subject, sort=True)[day].first().reindex(last.index)
    time = first.where(first.notna(), last).astype(float)
    return pd.DataFrame({subject: last.index, "time": time.to_numpy(), "event": first.notna().to_numpy()})


def first_response_interval(scores: pd.DataFrame, *, subject: str, time: str, responded: str) -> pd.DataFrame:
    """When response began, between two visits (METHODS 15.4): columns subject, `left` and `right`.

    time is the planned day of the visit. left: the last visit rated before the first with response, 0 if there is none;
    right: that first visit. Without response left is the last visit rated and right infinite.
    """
    rated = scores[scores[responded].notna() & scores[time].notna()].sort_values([subject, time], kind="stable")
    rows = []
    for who, own in rated.groupby(subject, sort=True):
        days, yes = own[time].to_numpy(float), own[responded].to_numpy(bool)
        place = int(yes.argmax()) if yes.any() else len(days)
        rows.append(
            {
                subject: who,
                "left": days[place - 1] if place else 0.0,
                "right": days[place] if place < len(days) else np.inf,
            }
        )
    return pd.DataFrame(rows, columns=[subject, "left", "right"])


def _known(verdict, known):
    return verdict.fillna(False).astype("boolean").where(known, pd.NA)
