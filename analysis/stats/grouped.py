"""A covariance of its own for each group of subjects, such as each arm (METHODS 6.4).

The visits of all groups stand one after the other, group by group: Sigma is block diagonal, and no subject has visits
in two blocks. Likelihood, derivatives and small-sample adjustments are then those of one Sigma with more visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from analysis.stats.covariance import Derivatives, Structured, Unstructured
from analysis.stats.crossproducts import triangle


@dataclass(frozen=True)
class Grouped:
    """The structure `each`, with parameters of its own in each of `count` groups; parameters (count, ...) lie so."""

    each: Unstructured | Structured
    count: int

    @property
    def m(self) -> int:
        """Visits of all groups."""
        return self.each.m * self.count

    @property
    def name(self) -> str:
        return self.each.name

    @property
    def size(self) -> int:
        return self.each.size * self.count

    def start(self, sigma: np.ndarray) -> np.ndarray:
        return np.stack([self.each.start(block) for block in self._blocks(sigma)])

    def sigma(self, theta: np.ndarray) -> np.ndarray:
        out = np.zeros((self.m, self.m))
        for block, own in zip(self._blocks(out), theta, strict=True):
            block[:] = self.each.sigma(own)
        return out

    def moved(self, theta: np.ndarray, step: np.ndarray) -> np.ndarray:
        """As Unstructured.moved, in each group."""
        parts = step.reshape(self.count, -1)
        return np.stack([self.each.moved(own, part) for own, part in zip(theta, parts, strict=True)])

    def expansion(self, theta: np.ndarray, gradient: np.ndarray, matrix_gradient: np.ndarray) -> tuple:
        """The jacobian (k, r) and the gradient's sum of second derivatives (k, k), as Unstructured.expansion."""
        jacobian = np.zeros((self.size, len(gradient)))
        bend = np.zeros((self.size, self.size))
        places, blocks = _places(self.each.m, self.count), self._blocks(matrix_gradient)
        for own, place, block, at in zip(theta, places, blocks, self._parameters(), strict=True):
            first, second = self.each.expansion(own, gradient[place], block)
            jacobian[at, place], bend[at, at] = first, second
        return jacobian, bend

    def by_sas(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By SAS's parameters of each group."""
        return self._joined([self.each.by_sas(*own) for own in zip(theta, self._blocks(sigma), strict=True)], sigma)

    def by_mmrm(self, theta: np.ndarray, sigma: np.ndarray) -> Derivatives:
        """By mmrm's parameters of each group."""
        return self._joined([self.each.by_mmrm(*own) for own in zip(theta, self._blocks(sigma), strict=True)], sigma)

    def _joined(self, parts: list[Derivatives], sigma: np.ndarray) -> Derivatives:
        elements = len(triangle(self.m).rows)
        jacobian, second = np.zeros((self.size, elements)), np.zeros((self.size, self.size, elements))
        for part, place, at in zip(parts, _places(self.each.m, self.count), self._parameters(), strict=True):
            jacobian[at, place], second[at, at, place] = part.jacobian, part.second
        return Derivatives(sigma, jacobian, second)

    def _blocks(self, matrix: np.ndarray) -> list[np.ndarray]:
        """Views of the diagonal blocks."""
        m = self.each.m
        return [matrix[g * m : (g + 1) * m, g * m : (g + 1) * m] for g in range(self.count)]

    def _parameters(self) -> list[slice]:
        return [slice(g * self.each.size, (g + 1) * self.each.size) for g in range(self.count)]


#: Whatever the likelihood can be searched over.
Structure = Unstructured | Structured | Grouped


@cache
def _places(m: int, count: int) -> list[np.ndarray]:
    """For each group, where the elements of its block are among the elements of the whole Sigma."""
    own, square = triangle(m), triangle(m * count).square
    return [square[own.rows + g * m, own.cols + g * m] for g in range(count)]
