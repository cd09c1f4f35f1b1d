"""The mixed model for repeated measures: fit, fall back, and carry its own trouble (METHODS 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd
import scipy
from scipy.linalg.lapack import dpotrf, dtrtri

from analysis.stats.covariance import FALLBACK, structure
from analysis.stats.crossproducts import Crossproducts, Patterns, crossproducts, patterns
from analysis.stats.design_matrix import Design, DesignError
from analysis.stats.grouped import Grouped, Structure
from analysis.stats.guards import (
    Disconnected,
    NoCovariance,
    orthonormal,
    placed,
    refuse_more_visits_than_subjects,
    refuse_rank,
    refuse_records,
    refuse_unseen,
)
from analysis.stats.optimise import Optimum, newton, sas_path, warmed_start
from analysis.stats.records import Records, records
from analysis.stats.results import NotEstimable

VERSION = "1.0"
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class ArrayFit:
    """A fit on arrays, for callers that refit many times.

    beta (p,), vcov (p, p), sigma (m, m), deviance, and the optimum in the scaled, orthonormal basis: y = origin + X
    beta where X = Q r and residuals are divided by `scale`.
    """

    beta: np.ndarray
    vcov: np.ndarray
    sigma: np.ndarray
    deviance: float
    converged: bool
    optimum: Optimum
    structure: Structure
    cross: Crossproducts
    patterns: Patterns
    r: np.ndarray
    scale: float
    reml: bool


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: estimates, what they rest on, and how the search went.

    beta and vcov are by `names`; sigma is a frame visits x visits; deviance is -2 restricted log likelihood for
    method "reml", else -2 log likelihood. fallback: (structure tried, why it was left) for each earlier attempt.
    """

    beta: np.ndarray
    names: tuple[str, ...]
    vcov: np.ndarray
    visits: tuple
    covariance: str
    method: str
    algorithm: str
    deviance: float
    n_subjects: int
    n_observations: int
    left_out: int
    iterations: int
    decrement: float
    smallest_eigenvalue: float
    condition: float
    converged: bool
    history: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]
    fallback: tuple[tuple[str, str], ...]
    design: Design
    records: Records = field(repr=False)
    arrays: ArrayFit = field(repr=False)

    @cached_property
    def sigma(self) -> pd.DataFrame:
        """The covariance of the visits, visits x visits; where groups have their own, by group and visit."""
        if self.records.groups:
            labels = pd.MultiIndex.from_product([self.records.groups, self.visits], names=["group", "visit"])
        else:
            labels = list(self.visits)
        return pd.DataFrame(self.arrays.sigma, index=labels, columns=labels)

    @property
    def variances(self) -> np.ndarray:
        """The variance at the visit, and of the group, of each record used, (N,)."""
        own = 0 if self.records.group is None else self.records.group
        return self.arrays.sigma.diagonal()[self.records.visit + len(self.visits) * own]

    @property
    def n_parameters(self) -> int:
        """Covariance parameters."""
        return self.arrays.structure.size

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 of the records used, in the order of subject label and visit: the same for any row order."""
        data = self.records
        labels = pd.util.hash_array(np.asarray(data.subjects, dtype=object))
        order = np.lexsort((data.visit, labels[data.subject]))
        digest = hashlib.sha256(repr((self.visits, self.names)).encode())
        for part in (labels[data.subject], data.visit, data.y, data.x):
            digest.update(np.ascontiguousarray(part[order]).tobytes())
        return digest.hexdigest()

    @property
    def versions(self) -> dict[str, str]:
        """The programs that made the numbers."""
        return {"mmrm": VERSION, "numpy": np.__version__, "scipy": scipy.__version__, "pandas": pd.__version__}


class NotConverged(NotEstimable):
    """The structure, or none of the fall-back list, converged; the message says how far the search came."""


def converged(fit: Fit) -> Fit:
    """The fit, where its search ended; NotConverged else: numbers of a search cut short are never used."""
    if not fit.converged:
        raise NotConverged(f"{fit.warnings[0]} Take a simpler covariance, or the fall-back list.")
    return fit


def first_converged(make: Callable[[str], Made], structures: Sequence[str] = FALLBACK) -> tuple[Made, tuple]:
    """What `make` makes of the first structure of the list that it can be made with, and (structure, why left) before.

    As `fit_with_fallback`, for whatever else rests on a mixed model. Raises NotConverged when none does.
    """
    trail: list[tuple[str, str]] = []
    for name in structures:
        try:
            return make(name), tuple(trail)
        except (NotConverged, Disconnected, NoCovariance) as why:
            trail.append((name, str(why)))
    raise NotConverged("; ".join(f"{name}: {why}" for name, why in trail))


def fit_arrays(
    x: np.ndarray,
    y: np.ndarray,
    subject: np.ndarray,
    visit: np.ndarray,
    *,
    n_visits: int,
    covariance: str,
    method: str,
    start: np.ndarray | None = None,
    algorithm: str = "newton",
    names: Sequence[str] | None = None,
    visits: Sequence | None = None,
    grouped: Patterns | None = None,
    group: np.ndarray | None = None,
    groups: Sequence = (),
) -> ArrayFit:
    """Fit on arrays: x (N, p), y (N,), codes of subject and visit (N,). start: a Sigma (m, m) to begin from.

    group: codes (N,) into `groups` of subjects with a covariance each; Sigma then has the visits group by group.

    Raises DesignError with a sentence for a rank-deficient design, a disconnected pattern, a perfect fit, or data from
    which no positive definite covariance can be had. A search that did not converge is returned with converged False.
    """
    if algorithm not in ("newton", "sas"):
        raise ValueError(f"The algorithm is 'newton' or 'sas', not {algorithm!r}.")
    if algorithm == "sas" and covariance != "un":
        raise ValueError("SAS's path is followed for the unstructured covariance only.")
    if method not in ("reml", "ml"):
        raise ValueError(f"The method is 'reml' or 'ml', not {method!r}.")
    each = structure(covariance, n_visits)
    kind: Structure = each
    n, p = x.shape
    if n <= p:
        raise DesignError(f"The model has {p} fixed effects but only {n} records; more records are needed.")
    if group is not None:
        if algorithm == "sas":
            raise ValueError("SAS's path is followed for one covariance of all subjects only.")
        kind = Grouped(each, len(groups))
        visit = placed(subject, visit, group, n_visits)
    grouped = grouped or patterns(subject, visit, kind.m)
    refuse_records(x, y, grouped)
    refuse_unseen(grouped.layout.both, visits, together=covariance == "un", groups=groups)
    if covariance == "un" and group is None:
        refuse_more_visits_than_subjects(grouped)
    y = y[grouped.order]
    q, r = orthonormal(x[grouped.order])
    refuse_rank(r, names)
    origin = q.T @ y
    z = np.empty((n, p + 1))
    z[:, :p] = q
    residual = y - q @ origin
    again = q.T @ residual  # a second projection: residuals orthogonal to the last digit
    residual -= q @ again
    origin += again
    scale = float(np.sqrt(residual @ residual / (n - p)))
    if scale <= 1e-10 * float(np.sqrt(y @ y / n)):
        raise DesignError("The fixed effects fit the response perfectly; there is no variance left to estimate.")
    z[:, p] = residual / scale
    cross = crossproducts(z, grouped)
    reml = method == "reml"
    degrees = n - p if reml else n
    offset = degrees * np.log(scale**2) + (2.0 * np.log(np.abs(np.diag(r))).sum() if reml else 0.0)
    try:
        if algorithm == "sas":
            best = sas_path(cross, reml=reml, offset=offset)
        else:
            first = warmed_start(cross, reml=reml) if start is None else np.asarray(start) / scale**2
            best = newton(cross, kind, kind.start(first), reml=reml)
    except np.linalg.LinAlgError:
        raise NoCovariance(
            f"The {covariance.upper()} covariance of {n_visits} visits ({kind.size} parameters) cannot be estimated "
            f"from {int(grouped.counts.sum())} subjects with {n} records and {p} fixed effects: it does not stay "
            "positive definite. Take a structure with fewer parameters, fewer fixed effects, or fewer visits."
        ) from None
    inverse = dtrtri(r)[0]
    half = inverse @ dpotrf(best.point.phi, lower=1)[0] * scale
    return ArrayFit(
        beta=inverse @ (origin + scale * best.point.beta),
        vcov=half @ half.T,
        sigma=best.sigma * scale**2,
        deviance=best.point.value + offset + degrees * np.log(2.0 * np.pi),
        converged=best.converged,
        optimum=best,
        structure=kind,
        cross=cross,
        patterns=grouped,
        r=r,
        scale=scale,
        reml=reml,
    )


def fit(
    data: pd.DataFrame,
    *,
    subject: str,
    visit: str,
    response: str,
    fixed: str,
    covariance: str,
    method: str,
    visits: Sequence | None = None,
    reference: Mapping[str, object] | None = None,
    algorithm: str = "newton",
    group: str | None = None,
    weights: str | None = None,
) -> Fit:
    """Fit a mixed model for repeated measures to long data (METHODS 6).

    fixed: formula such as "ARM*VISIT + BASE + SITE". covariance: un, toep, toeph, ar1, ar1h, ante1, ante1h, cs, csh.
    method: "reml" or "ml". reference: factor -> reference level. algorithm "sas" follows SAS's path (UN only).
    group: a column, such as the arm, whose levels have a covariance each (SAS's GROUP=). weights: a column by whose
    values records weigh (SAS's WEIGHT, METHODS 6.4).
    Raises DesignError with a sentence; a fit that did not converge comes back with converged False and a warning.
    """
    used = records(
        data,
        subject=subject,
        visit=visit,
        response=response,
        fixed=fixed,
        reference=reference,
        visits=visits,
        group=group,
        weights=weights,
    )
    return _fit_records(used, covariance=covariance, method=method, algorithm=algorithm, fallback=())


def fit_with_fallback(
    data: pd.DataFrame,
    *,
    subject: str,
    visit: str,
    response: str,
    fixed: str,
    method: str,
    visits: Sequence | None = None,
    reference: Mapping[str, object] | None = None,
    structures: Sequence[str] = FALLBACK,
    weights: str | None = None,
) -> Fit:
    """Fit with the first structure of the pre-specified list that converges (METHODS 6.6).

    The list is moved along only where a structure does not converge or cannot be identified, never on a p-value.
    Raises NotConverged when none does.
    """
    used = records(
        data,
        subject=subject,
        visit=visit,
        response=response,
        fixed=fixed,
        reference=reference,
        visits=visits,
        weights=weights,
    )
    trail: list[tuple[str, str]] = []
    for name in structures:
        try:
            found = _fit_records(used, covariance=name, method=method, algorithm="newton", fallback=tuple(trail))
        except (Disconnected, NoCovariance) as why:
            trail.append((name, str(why)))
            continue
        if found.converged:
            return found
        trail.append((name, found.warnings[0]))
    raise NotConverged("; ".join(f"{name}: {why}" for name, why in trail))


def _fit_records(used: Records, *, covariance, method, algorithm, fallback) -> Fit:
    arrays = fit_arrays(
        used.x,
        used.y,
        used.subject,
        used.visit,
        n_visits=len(used.visits),
        covariance=covariance,
        method=method,
        algorithm=algorithm,
        names=used.design.names,
        visits=used.visits,
        group=used.group,
        groups=used.groups,
    )
    best, warnings = arrays.optimum, []
    if not arrays.converged:
        warnings.append(
            f"The {covariance.upper()} fit did not converge: decrement {best.decrement:.1e} after {best.iterations} "
            f"iterations, smallest eigenvalue of the Hessian {best.smallest_eigenvalue:.1e}."
        )
    elif best.condition > 1e10:
        warnings.append(f"The Hessian is nearly singular (condition {best.condition:.1e}).")
    if fallback:
        warnings.append(f"{covariance.upper()} was used because {', '.join(n.upper() for n, _ in fallback)} failed.")
    deviance = arrays.deviance - (0.0 if used.weights is None else float(np.log(used.weights).sum()))
    shift = deviance - best.point.value
    return Fit(
        beta=arrays.beta,
        names=tuple(used.design.names),
        vcov=arrays.vcov,
        visits=used.visits,
        covariance=covariance,
        method=method,
        algorithm=algorithm,
        deviance=deviance,
        n_subjects=int(arrays.patterns.counts.sum()),
        n_observations=len(used.y),
        left_out=used.left_out,
        iterations=best.iterations,
        decrement=best.decrement,
        smallest_eigenvalue=best.smallest_eigenvalue,
        condition=best.condition,
        converged=arrays.converged,
        history=tuple((value + shift, step) for value, step in best.history),
        warnings=tuple(warnings),
        fallback=fallback,
        design=used.design,
        records=used,
        arrays=arrays,
    )
