"""What the caller of an analysis asked for; every method takes from it what it needs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.command.datafile import Reading
from analysis.stats.executor import Progress
from analysis.stats.results import NotEstimable


@dataclass(frozen=True, kw_only=True)
class Asked:
    """at: the visit of endpoint analyses. None where something was not asked for; a method that needs it refuses.

    executor runs what is drawn or simulated (METHODS 7.6); progress(what) tells how far it is, None tells nobody.
    """

    at: str | None
    level: float
    seed: int
    draws: int | None
    executor: Executor
    progress: Callable[[str], Progress | None]
    # columns
    subject: str | None
    visit: str | None
    arm: str | None
    response: str | None
    reference: str | None
    active: str | None
    covariates: tuple[str, ...]
    factors: tuple[str, ...]
    block: str | None
    stratum: str | None
    moderator: str | None
    score: str | None
    day: str | None
    date: str | None
    day_1: str | None
    first: str | None
    last: str | None
    mg: str | None
    onset: str | None
    worsened: str | None
    serious: str | None
    first_dose: str | None
    last_dose: str | None
    days_at_risk: str | None
    by: tuple[str, ...]
    reading: Reading
    # rules and numbers
    threshold: float
    better: Literal["lower", "higher"]
    visits: tuple[str, ...] | None
    windows: tuple[tuple[str, int, int, int], ...]
    visit_days: dict[str, float]
    fixed: str | None
    covariance: str
    covariance_by: str | None
    weights: str | None
    df: str
    likelihood: str
    contrasts: tuple[str, ...]
    strategies: tuple[str, ...]
    samples: int | None
    deltas: tuple[float, ...]
    pattern: str
    profile: dict[str, float]
    refit: bool
    block_size: int | None
    allocation_list: Path | None
    steps: tuple[float, ...]
    planned_mg: float | None
    capsules: Path | None
    subjects: Path | None
    doses: Path | None
    days_after: int
    days_after_serious: int
    compliance_bounds: tuple[float, float]
    analyses: tuple[str, ...]
    trials: int
    power: float | None
    planning_effect: float | None
    planned: int | None
    maximum: int | None
    retention: float
    adjusted: bool

    def need(self, method: str, *names: str) -> None:
        """NotEstimable, with the option to give, for the first of `names` that was not asked for."""
        for name in names:
            if getattr(self, name) in (None, (), {}):
                option = OPTIONS.get(name, "--" + name.replace("_", "-"))
                raise NotEstimable(f"--method {method} wants {option}. See --help for an example.")


OPTIONS = {
    **{
        name: f"--{name.replace('_', '-')} COLUMN"
        for name in (
            "subject",
            "visit",
            "arm",
            "response",
            "day",
            "first",
            "last",
            "mg",
            "onset",
            "worsened",
            "serious",
            "first_dose",
            "last_dose",
            "days_at_risk",
            "score",
            "by",
        )
    },
    "reference": "--reference ARM",
    "subjects": "--subjects FILE.csv",
    "windows": '--windows "V1:2-11@8,V2:12-18@15"',
    "deltas": "--deltas 0,1,2,3",
    "steps": "--steps 250,500,750,1000",
    "planned_mg": "--planned-mg 29000",
    "visits": "--visits A,B,C",
    "planned": "--planned N",
    "maximum": "--maximum N",
    "power": "--power 0.8",
}
