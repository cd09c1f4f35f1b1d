"""What may be said while blinded, and what a trial of this design would find (METHODS 13, 14)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.command.csvfile import Unreadable, content
from analysis.command.estimators.asked import Asked
from analysis.command.estimators.robustness import spacing
from analysis.command.longform import baseline_visits, order_of
from analysis.command.tableform import TableForm, read_table
from analysis.stats.blinded import pooled_variance, reestimate_sample_size
from analysis.stats.design import operating_characteristics, sample_size
from analysis.stats.formula import formula
from analysis.stats.frame import singular_is_refused as said
from analysis.stats.results import NotEstimable
from analysis.stats.simulation import Scenario

LISTS = ("visits", "change", "effect", "site_shift")
NUMBERS = ("block", "baseline_mean", "baseline_sd", "slope", "drop_out", "dependence")


def read_blinded(path: Path, asked: Asked) -> TableForm:
    """Long form without an arm: a blinded estimation is not given one."""
    asked.need("blinded", "subject", "visit", "response")
    if asked.arm:
        raise NotEstimable("Blinded estimation is given no arm: leave --arm out.")
    needed = (asked.subject, asked.visit)
    named = {*needed, asked.response, *asked.covariates}
    terms = formula(asked.fixed).variables if asked.fixed else ()
    categories = [name for name in dict.fromkeys((*asked.factors, *terms)) if name not in named]
    numbers = (asked.response, *asked.covariates)
    return read_table(path, texts=(*needed, *categories), numbers=numbers, wanted=needed, reading=asked.reading)


def blinded(data: TableForm, asked: Asked) -> dict:
    """The pooled variance at the visit, and the size re-estimated where the planning effect and power are given.

    The mean is visit, covariates and factors, or visit and --fixed; a name in it that is no --covariate is a category.
    """
    order, _ = order_of(data.rows[asked.visit], asked.visits, asked.visit)
    rows = data.rows[data.rows[asked.visit].isin(order)]
    base, told = baseline_visits(
        rows,
        visit=asked.visit,
        response=asked.response,
        base=asked.covariates[0] if asked.covariates else None,
        order=order,
        asked=asked.visits,
        named=asked.reading.baseline,
    )
    if base:
        rows = rows[~rows[asked.visit].isin(base)]
        order, _ = order_of(rows[asked.visit], asked.visits, asked.visit)
    at = asked.at or order[-1]
    if at not in order:
        raise NotEstimable(f"There is no visit {at}; the visits are {', '.join(order)}.")
    with said("The model without arm"):
        pooled = pooled_variance(
            rows,
            subject=asked.subject,
            visit=asked.visit,
            response=asked.response,
            at=at,
            visits=order,
            covariates=(asked.fixed,) if asked.fixed else (*asked.covariates, *asked.factors),
            covariance=None if asked.covariance == "fallback" else asked.covariance,
        )
    found = {
        "pooled": {
            "visit": at,
            "variance": pooled.variance,
            "visits": list(order),
            "sigma": pooled.sigma.to_numpy(),
            "n": pooled.n,
            "method": pooled.method,
            "warnings": (*told, *pooled.warnings, *spacing(pooled.covariance, order)),
            "converged": pooled.converged,
        }
    }
    if asked.planning_effect is not None:
        asked.need("blinded", "power", "planned", "maximum")
        found["sample_size"] = reestimate_sample_size(
            pooled,
            planning_effect=asked.planning_effect,
            alpha=1 - asked.level,
            power_wanted=asked.power,
            planned=asked.planned,
            maximum=asked.maximum,
            adjusted=asked.adjusted,
            retention=asked.retention,
        )
    return found


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario and the file it stood in."""

    scenario: Scenario
    name: str
    sha256: str

    @property
    def described(self) -> dict:
        """What was simulated, for the head of the JSON."""
        sites = ", ".join(f"{code} {count}" for code, count in self.scenario.sites)
        return {"file": self.name, "sha256": self.sha256, "subjects": self.scenario.total, "sites": sites}

    @property
    def heading(self) -> str:
        """What was simulated, in a line."""
        return f"{self.name}: {self.scenario.total} subjects, visits {', '.join(self.scenario.visits)}."


def read_scenario(path: Path, asked: Asked) -> ScenarioFile:
    """A scenario (METHODS 14.1) as JSON: the words of `Scenario`, sites as code -> subjects, and for the covariance
    either `covariance` or `sd` with `correlation`."""
    raw = content(path)
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as trouble:
        raise Unreadable(f"{path} is not JSON: {trouble}.") from None
    wanted = [*LISTS, *NUMBERS, "sites"]
    if not isinstance(told, dict) or (absent := [word for word in wanted if word not in told]):
        raise Unreadable(f"{path} does not say {', '.join(absent) if isinstance(told, dict) else 'a scenario'}.")
    try:
        covariance = _covariance(told)
        made = Scenario(
            **{word: float(told[word]) for word in NUMBERS if word != "block"},
            block=int(told["block"]),
            visits=tuple(map(str, told["visits"])),
            **{word: tuple(map(float, told[word])) for word in LISTS if word != "visits"},
            sites=tuple((str(code), int(count)) for code, count in told["sites"].items()),
            covariance=tuple(map(tuple, covariance.tolist())),
        )
    except NotEstimable:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as trouble:
        raise Unreadable(f"{path} is no scenario: {trouble}. analysis/scenario.json is an example.") from None
    return ScenarioFile(made, Path(path).name, hashlib.sha256(raw).hexdigest())


def _covariance(told) -> np.ndarray:
    if "covariance" in told:
        return np.array(told["covariance"], dtype=float)
    sd = np.array(told["sd"], dtype=float)
    return np.outer(sd, sd) * np.array(told["correlation"], dtype=float)


def design(data: ScenarioFile, asked: Asked) -> dict:
    """Power and type I error of each analysis; the size for a power where one is asked for."""
    analyses = asked.analyses or ("mmrm", "ancova_locf")
    kept = {"trials": asked.trials, "seed": asked.seed, "level": asked.level, "executor": asked.executor}
    if asked.power is not None:
        return {
            "sizes": {
                name: sample_size(
                    data.scenario, analysis=name, power=asked.power, progress=asked.progress(f"{name}, size"), **kept
                )
                for name in analyses
            }
        }
    return {
        "power": operating_characteristics(data.scenario, analyses=analyses, progress=asked.progress("power"), **kept),
        "type_one_error": operating_characteristics(
            data.scenario.without_effect(), analyses=analyses, progress=asked.progress("no effect"), **kept
        ),
    }
