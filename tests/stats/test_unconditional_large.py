"""Barnard and Boschloo of arms whose binomial coefficients pass the largest number (METHODS 5.3)."""

import warnings

import numpy as np
import pytest

from analysis.stats import unconditional
from analysis.stats.two_by_two import Table
from tests.stats.said_by_r import said_by_r

LARGE = Table(600, 1200, 550, 1240)


@pytest.mark.parametrize("test", [unconditional.boschloo, unconditional.barnard])
def test_large_arms_agree_with_r_and_overflow_nowhere(test):
    """large_tables.txt, brute force over R's dhyper and dbinom; both take logarithms good to 1e-12."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = test(LARGE).p
    assert found == pytest.approx(said_by_r("large_tables")[f"unequal.{test.__name__}"], rel=1e-10)


@pytest.mark.parametrize("rate", [0.0, 1e-9, 0.3, 1.0])
def test_the_probabilities_of_all_tables_sum_to_one(rate):
    every = unconditional.Runs.of(np.ones((41, 2001), bool))
    ways = [unconditional.log_choose(n, np.arange(n + 1)) for n in (40, 2000)]
    assert unconditional.probability_of(every, *ways, np.array([rate])) == pytest.approx([1.0], rel=1e-11)


def test_a_set_with_holes_is_told_in_runs():
    extreme = np.array([[True, False, True, True], [False] * 4, [False, True, True, False]])
    runs = unconditional.Runs.of(extreme)
    assert list(zip(runs.row, runs.start, runs.stop, strict=True)) == [(0, 0, 1), (0, 2, 4), (2, 1, 3)]


def test_memory_does_not_grow_with_the_product_of_grid_and_subjects():
    parts = unconditional._steps(np.arange(unconditional.GRID), 20_000)
    assert all(part.stop - part.start <= 50 for part in parts)
    assert parts[-1].stop >= unconditional.GRID
