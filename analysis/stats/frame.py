"""Guards on the dataframes that come in: columns, two arms, one row a subject, nothing missing unsaid."""

from __future__ import annotations

import math
from contextlib import contextmanager

import numpy as np
import pandas as pd

from analysis.stats.results import NotEstimable


def require(frame: pd.DataFrame, columns: list[str]) -> None:
    """The columns must be there and the frame must not be empty; NotEstimable names what is missing."""
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        there = ", ".join(map(str, frame.columns))
        raise NotEstimable(f"The data have no column {', '.join(absent)}. There are: {there}.")
    if frame.empty:
        raise NotEstimable("The data have no rows.")


def complete(frame: pd.DataFrame, columns: list[str], *, subject: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows with a value in every column, in the order of subjects, and a sentence for each row left out."""
    require(frame, [subject, *columns])
    missing = frame[columns].isna()
    absent = missing.any(axis=1)
    sentences = tuple(
        f"{who}: no {', '.join(column for column in columns if row[column])}"
        for who, (_, row) in zip(frame.loc[absent, subject], missing[absent].iterrows(), strict=True)
    )
    used = frame.loc[~absent].sort_values(subject, kind="stable").reset_index(drop=True)
    if used.empty:
        raise NotEstimable(f"No row has a value for each of {', '.join(columns)}.")
    return used, tuple(sorted(sentences))


def one_row_each(frame: pd.DataFrame, subject: str) -> None:
    """Each subject once; NotEstimable names the first that comes twice."""
    twice = frame.loc[frame[subject].duplicated(), subject]
    if len(twice):
        raise NotEstimable(f"Subject {twice.iloc[0]} has more than one row; this method wants one a subject.")


def two_arms(frame: pd.DataFrame, arm: str, *, active: str, reference: str, beside: tuple[str, ...] = ()) -> None:
    """Both arms are there, with two subjects at least, and no third but those that stand beside in the model."""
    if active == reference:
        raise NotEstimable(f"The active and the reference arm are both called {active}.")
    counts = frame[arm].value_counts()
    counts = counts[counts > 0]  # a category that nobody has is no arm
    for name in (active, reference):
        if counts.get(name, 0) < 2:
            raise NotEstimable(f"Arm {name} has {counts.get(name, 0)} usable subjects; two are the least.")
    others = sorted(str(name) for name in counts.index if name not in (active, reference, *beside))
    if others:
        raise NotEstimable(f"Besides {active} and {reference} there is {', '.join(others)}; two arms are compared.")


def is_level(level: float) -> float:
    """A confidence level lies between 0 and 1; 95 is refused."""
    if not (0 < level < 1) or math.isnan(level):
        raise NotEstimable(f"A confidence level lies between 0 and 1, not {level}.")
    return level


@contextmanager
def singular_is_refused(what: str):
    """Within it a singular matrix is NotEstimable: some coefficient or covariance rests on nobody."""
    try:
        yield
    except np.linalg.LinAlgError:
        raise NotEstimable(
            f"{what} has too few subjects for its model, or outcomes that follow from one another: "
            "name fewer terms, or a simpler covariance."
        ) from None
