"""Subjects grouped by missing-data pattern: the sums of products that the likelihood needs (METHODS 6.3).

The cost of a fit then depends on the number of patterns, not of subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the numbers of each missing-data pattern lie: computed once, so that a step of the search only gathers.

    both: (G, m, m) 1 where a pattern has both visits; gaps: (G, m, m) 1 on the diagonal of a visit it lacks.
    rows: (3, R) pattern, visit a <= visit b of each kept pair; weight: (R,) 1 where a = b, else 2.
    ends: (2, R) rows of a and b among the (G m, m) rows of all precisions; pair: (R,) their place in the flat array.
    places: (G, m, m) row of each pair, R where a visit is missing.
    """

    both: np.ndarray
    gaps: np.ndarray
    rows: np.ndarray
    weight: np.ndarray
    ends: np.ndarray
    pair: np.ndarray
    places: np.ndarray
    complete: bool


@dataclass(frozen=True, eq=False)
class Triangle:
    """The upper triangle of a q x q matrix, row by row: its places and how to go to and from it.

    rows, cols: (r,). flat, turned: (r,) places in the flat matrix of (row, col) and (col, row). square: (q, q) place
    in the triangle of each element of the matrix. twice: (r,) 1 on the diagonal, else 2. mask: (q, q) 1 in the
    triangle, else 0. Not to be written to.
    """

    rows: np.ndarray
    cols: np.ndarray
    flat: np.ndarray
    turned: np.ndarray
    square: np.ndarray
    twice: np.ndarray
    mask: np.ndarray


@cache
def triangle(size: int) -> Triangle:
    """The upper triangle of a size x size matrix."""
    rows, cols = np.triu_indices(size)
    square = np.empty((size, size), dtype=np.intp)
    square[rows, cols] = square[cols, rows] = np.arange(len(rows))
    twice = np.where(rows == cols, 1.0, 2.0)
    return Triangle(rows, cols, rows * size + cols, cols * size + rows, square, twice, np.triu(np.ones((size, size))))


@dataclass(frozen=True, eq=False)
class Crossproducts:
    """Sums of z_ia z_ib' over the subjects of each pattern, z = [x, y]; only a <= b and the upper triangle of z kept.

    seen: (G, m) whether pattern g has visit a. counts: (G,) subjects per pattern.
    products: (R + 1, q(q+1)/2) symmetrised sums by the rows of `layout`; the last row is zero.
    """

    n_visits: int
    width: int
    seen: np.ndarray
    counts: np.ndarray
    layout: Layout
    products: np.ndarray

    def unpack(self, packed: np.ndarray) -> np.ndarray:
        """(..., q(q+1)/2) upper triangles as (..., q, q) symmetric matrices."""
        return packed.take(triangle(self.width).square, axis=-1)

    def pack(self, matrix: np.ndarray) -> np.ndarray:
        """The upper triangle of a symmetric (q, q) matrix, off-diagonal entries doubled, for inner products."""
        upper = triangle(self.width)
        return matrix.take(upper.flat) * upper.twice


@dataclass(frozen=True)
class Patterns:
    """Who has which visits: the row order that groups records by pattern, and where each pattern starts.

    order: rows sorted by pattern, subject, visit. seen: (G, m). counts: (G,). starts: (G + 1,) in sorted rows.
    """

    order: np.ndarray
    seen: np.ndarray
    counts: np.ndarray
    starts: np.ndarray

    @cached_property
    def layout(self) -> Layout:
        """Where the numbers of the patterns lie."""
        return layout(self.seen)

    def blocks(self, z: np.ndarray):
        """For each pattern: its visits and the sorted rows of z as (n_g, k, width)."""
        for g, seen in enumerate(self.seen):
            visits = np.flatnonzero(seen)
            yield g, visits, z[self.starts[g] : self.starts[g + 1]].reshape(self.counts[g], len(visits), -1)


def patterns(subject: np.ndarray, visit: np.ndarray, n_visits: int) -> Patterns:
    """Group records by missing-data pattern; subject and visit are codes 0, 1, ... without duplicates."""
    n_subjects = int(subject.max()) + 1
    flat = np.zeros(n_subjects * n_visits, dtype=bool)
    flat[subject * n_visits + visit] = True
    seen = flat.reshape(n_subjects, n_visits)
    key = seen @ (1 << np.arange(n_visits, dtype=np.int64))[::-1]
    by_key = key.argsort(kind="stable")
    key = key[by_key]
    first = np.flatnonzero(key != np.append(key[1:], -1)) + 1  # one past the last subject of each pattern
    position = np.empty(n_subjects, dtype=np.int64)
    position[by_key] = np.arange(0, n_subjects * n_visits, n_visits)
    order = np.argsort(position[subject] + visit, kind="stable")
    counts = np.diff(first, prepend=0)
    seen = seen[by_key[first - 1]]
    if key[0] == 0:  # codes with no record at all
        counts, seen = counts[1:], seen[1:]
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts * seen.sum(axis=1), out=starts[1:])
    return Patterns(order, seen, counts, starts)


def layout(seen: np.ndarray) -> Layout:
    """Where the numbers of the patterns `seen` (G, m) lie."""
    count, m = seen.shape
    upper = triangle(m)
    both = (seen[:, :, None] & seen[:, None, :]).reshape(count, m * m)
    kept = both[:, upper.flat].ravel().nonzero()[0]
    pattern, kind = np.divmod(kept, len(upper.flat))
    a, b = upper.rows[kind], upper.cols[kind]
    number = np.full(count * len(upper.flat), len(kept))
    number[kept] = np.arange(len(kept))
    start, gaps = pattern * m, np.zeros((count, m * m))
    gaps[:, :: m + 1] = ~seen
    return Layout(
        both.astype(float).reshape(count, m, m),
        gaps.reshape(count, m, m),
        np.array((pattern, a, b)),
        upper.twice[kind],
        np.array((start + a, start + b)),
        start * m + upper.flat[kind],
        number.reshape(count, -1)[:, upper.square],
        bool(seen[-1].all()),
    )


def crossproducts(z: np.ndarray, grouped: Patterns) -> Crossproducts:
    """Sums of products of z (N, q), whose rows are already in the order of `grouped`."""
    m, q = grouped.seen.shape[1], z.shape[1]
    where = grouped.layout
    products = np.zeros((len(where.pair) + 1, q * (q + 1) // 2))
    at = 0
    starts = grouped.starts.tolist()
    for start, stop, k in zip(starts, starts[1:], grouped.seen.sum(axis=1).tolist(), strict=False):
        wide = z[start:stop].reshape(-1, k * q)
        first, second = _pairs(k, q)
        gram = wide.T @ wide
        rows = products[at : at + len(first)]
        np.add(gram.take(first), gram.take(second), out=rows)
        at += len(first)
    products *= 0.5
    return Crossproducts(m, q, grouped.seen, grouped.counts, where, products)


@lru_cache(maxsize=64)
def _pairs(k: int, q: int) -> tuple[np.ndarray, np.ndarray]:
    """In the flat (k q, k q) product of a pattern, element (i, j) and (j, i) of each pair of visits, (pairs, r)."""
    visits, upper = triangle(k), triangle(q)
    first, second = visits.rows[:, None] * q, visits.cols[:, None] * q
    return ((first + upper.rows) * (k * q) + second + upper.cols, (first + upper.cols) * (k * q) + second + upper.rows)
