"""What the mixed model for repeated measures refuses to fit, each with a sentence (METHODS 6.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg.lapack import dgeqrf, dorgqr

from analysis.stats.crossproducts import Patterns, triangle
from analysis.stats.design_matrix import DesignError


class Disconnected(DesignError):
    """Two visits never occur in the same subject: their covariance cannot be estimated."""


class NoCovariance(DesignError):
    """The search met no positive definite covariance to begin with or to end at; too little data for the structure."""


def refuse_records(x: np.ndarray, y: np.ndarray, grouped: Patterns) -> None:
    """Every number is finite and every subject has one record a visit."""
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise DesignError("The response or a covariate is missing or infinite in a record; leave such records out.")
    if grouped.starts[-1] != len(y):
        raise DesignError("A subject has more than one record at a visit; one is allowed.")


def refuse_more_visits_than_subjects(grouped: Patterns) -> None:
    """A subject with more records than there are subjects makes the unstructured likelihood grow without end.

    The search would find that out too, after minutes: 60 visits have 1,830 parameters.
    """
    subjects, most = int(grouped.counts.sum()), int(grouped.seen.sum(axis=1).max())
    if most > subjects:
        raise NoCovariance(
            f"The UN covariance of {most} visits ({most * (most + 1) // 2} parameters) cannot be estimated from "
            f"{subjects} subjects: it wants more subjects than visits. Take a structure with fewer parameters, or "
            "fewer visits."
        )


def placed(subject: np.ndarray, visit: np.ndarray, group: np.ndarray, n_visits: int) -> np.ndarray:
    """The visits of several groups, one after the other: codes (N,). A subject belongs to one group."""
    own = np.full(int(subject.max()) + 1, -1)
    own[subject] = group
    if (own[subject] != group).any():
        raise DesignError("A subject is in more than one group; the covariance by group wants one for each subject.")
    return visit + n_visits * group


def orthonormal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """X (n, p) = Q R with orthonormal columns, by LAPACK without numpy's second copy."""
    p = x.shape[1]
    if p == 0:
        return x, np.zeros((0, 0))
    reflected, tau, _, _ = dgeqrf(x, lwork=32 * p, overwrite_a=1)
    r = reflected[:p] * triangle(p).mask
    return dorgqr(reflected, tau, lwork=32 * p, overwrite_a=1)[0], r


def refuse_rank(r: np.ndarray, names: Sequence[str] | None) -> None:
    """A column that the ones before explain has nothing of its own on the diagonal of R; its length is R's column's."""
    length = np.sqrt((r * r).sum(axis=0))
    dependent = np.flatnonzero(np.abs(r.diagonal()) <= 1e-10 * np.maximum(length, 1e-300))
    if len(dependent):
        called = [names[j] if names is not None else f"number {j}" for j in dependent.tolist()]
        raise DesignError(
            f"The design matrix has rank {len(r) - len(dependent)} of {len(r)}: {', '.join(called)} "
            "cannot be told apart from the terms before."
        )


def refuse_unseen(both: np.ndarray, visits: Sequence | None, *, together: bool, groups: Sequence = ()) -> None:
    """Each visit was observed, in each group; and, where their covariance is wanted, each two in one subject at least.

    both: (G, m, m) 1 where a pattern has both visits; the visits of several groups stand group by group.
    """
    met = both.sum(axis=0)
    count = max(len(groups), 1)
    own = np.ones((len(met) // count, len(met) // count))
    met = met + (1.0 - np.kron(np.eye(count), own))
    if met.all():
        return
    label: Sequence = visits if visits is not None else range(len(own))
    if len(groups):
        label = [f"{visit} in group {group}" for group in groups for visit in label]
    never = np.flatnonzero(met.diagonal() == 0).tolist()
    if len(never):
        raise DesignError(f"Visit {', '.join(str(label[a]) for a in never)} was never observed.")
    if together:
        a, b = np.argwhere(met == 0)[0].tolist()
        raise Disconnected(
            f"Visits {label[a]} and {label[b]} were never observed in the same subject, so their covariance is unknown."
        )
