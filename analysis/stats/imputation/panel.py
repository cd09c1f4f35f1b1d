"""Outcomes side by side, one row per subject, with the visit from which an intercurrent event counts (METHODS 8.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.stats.frame import require, two_arms
from analysis.stats.linear import design_of
from analysis.stats.results import NotEstimable

ARM = 1  # the design's column that says active


@dataclass(frozen=True)
class Panel:
    """n subjects by T visits.

    y: (n, T), NaN where missing. design: (n, q) intercept, arm (1 active, 0 reference), centred covariates, factors.
    event: (n,) the first visit affected by the subject's intercurrent event, T where there is none.
    """

    subjects: tuple
    visits: tuple
    y: np.ndarray
    design: np.ndarray
    event: np.ndarray
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def missing(self) -> np.ndarray:
        """(n, T) where there is nothing."""
        return np.isnan(self.y)

    @property
    def unseen(self) -> np.ndarray:
        """(T,) at which visits nobody was seen."""
        return np.logical_and.reduce(self.missing, axis=0)

    @property
    def active(self) -> np.ndarray:
        """(n,) who got the active arm."""
        return self.design[:, ARM] == 1

    @property
    def affected(self) -> np.ndarray:
        """(n, T) from the event on."""
        return np.arange(len(self.visits)) >= self.event[:, None]

    @cached_property
    def patterns(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For each incomplete pattern: its subjects, its missing visits, its observed visits."""
        kinds, which = np.unique(self.missing, axis=0, return_inverse=True)
        return [
            (np.flatnonzero(which.ravel() == k), np.flatnonzero(kind), np.flatnonzero(~kind))
            for k, kind in enumerate(kinds)
            if kind.any()
        ]

    def only(self, who: np.ndarray) -> Panel:
        """The same for some of the subjects, by a mask or their places."""
        return replace(
            self,
            subjects=tuple(np.array(self.subjects, dtype=object)[who]),
            y=self.y[who],
            design=self.design[who],
            event=self.event[who],
        )

    def without_affected(self) -> Panel:
        """The panel that a model of the time before the event may see: active subjects' later outcomes taken out."""
        return replace(self, y=np.where(self.affected & self.active[:, None], np.nan, self.y))


def panel(
    data: pd.DataFrame,
    *,
    subject: str,
    visit: str,
    response: str,
    arm: str,
    active: str,
    reference: str,
    covariates: Sequence[str],
    factors: Sequence[str],
    visits: Sequence,
    events: Mapping[object, object],
) -> Panel:
    """The panel of long data with one row per subject and visit; covariates and arm are the subject's own.

    `events`: subject -> first scheduled visit after the event. Who is not in it has none: gaps are missing at random.
    A subject without any outcome stays: what was never seen is what is imputed. One whose arm or covariate is not known
    is left out, with a sentence.
    """
    require(data, [subject, visit, response, arm, *covariates, *factors])
    inside = data[data[visit].isin(list(visits))]
    if inside.duplicated([subject, visit]).any():
        raise NotEstimable("A subject has two records at one visit; one a visit is analysed.")
    if strange := {name for name in events.values() if name not in list(visits)}:
        raise NotEstimable(f"The event's visit {', '.join(map(str, strange))} is not among those analysed.")
    own = [arm, *covariates, *factors]
    people = data.groupby(subject, sort=True)[own].first()
    wide = inside.pivot(index=subject, columns=visit, values=response).reindex(index=people.index, columns=list(visits))
    known = people.notna().all(axis=1)
    left_out = tuple(f"{who}: no {', '.join(people.columns[people.loc[who].isna()])}" for who in people.index[~known])
    people, wide = people[known], wide[known]
    never = tuple(people.index[wide.isna().all(axis=1)])
    if empty := [str(name) for name in visits if wide[name].isna().all()]:
        raise NotEstimable(f"Nobody was seen at {', '.join(empty)}: nothing can be imputed there.")
    for name in people[arm].unique():
        if (people[arm] == name).sum() == people.index[people[arm] == name].isin(never).sum():
            raise NotEstimable(f"Nobody on {name} was ever seen: nothing tells how an outcome there is imputed.")
    frame = people.reset_index()
    two_arms(frame, arm, active=active, reference=reference)
    made = design_of(frame, arm=arm, active=active, covariates=list(covariates), factors=list(factors))
    at = {name: place for place, name in enumerate(visits)}
    event = np.array([at[events[who]] if who in events else len(at) for who in people.index])
    said = made.warnings
    if never:
        shown = ", ".join(map(str, never[:5])) + (", ..." if len(never) > 5 else "")
        said += (f"{len(never)} without any outcome ({shown}) are imputed from their arm and covariates alone.",)
    return Panel(tuple(people.index), tuple(visits), wide.to_numpy(float), made.columns, event, left_out, said)


def dropout_visits(data: pd.DataFrame, *, subject: str, visit: str, response: str, visits: Sequence) -> dict:
    """Subject -> first visit after their last outcome: the event where the date of stopping is not recorded.

    Gaps before a later outcome are no event. Subjects seen at the last visit are not in it; who was never seen has the
    event at the first visit.
    """
    at = {name: place for place, name in enumerate(visits)}
    seen = data[data[response].notna() & data[visit].isin(list(visits))]
    last = seen[visit].map(at).astype(int).groupby(seen[subject]).max()
    last = last.reindex(sorted(data[subject].dropna().unique()), fill_value=-1)
    return {who: visits[place + 1] for who, place in last.items() if place + 1 < len(at)}
