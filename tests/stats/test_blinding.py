"""The blinding indices against R's BI (reference/blinding.R), and where there is no number (METHODS 16)."""

import math

import pandas as pd
import pytest

from analysis.stats.blinding import Guesses, bang, guesses, james
from analysis.stats.results import NotEstimable
from tests.stats.said_by_r import said_by_r

TABLES = {
    "crisp": Guesses((82, 25, 170), (29, 27, 83)),  # Bang, Ni and Davis 2004, table 7
    "small": Guesses((7, 3, 2), (5, 4, 3)),
    "investigators": Guesses((48, 4, 330), (30, 22, 319)),  # Houweling et al. 2014, table 2
}


@pytest.mark.parametrize("name", TABLES)
def test_the_indices_are_those_of_r(name):
    said, active_and_reference = said_by_r("blinding"), bang(TABLES[name], level=0.95)
    both = zip(("james", "active", "reference"), (james(TABLES[name], level=0.95), *active_and_reference), strict=True)
    for which, found in both:
        for part in ("estimate", "se", "low", "high"):
            assert getattr(found, part) == pytest.approx(said[f"{name}.{which}.{part}"], rel=1e-10), (which, part)


def test_nobody_who_guesses_is_a_perfect_blind_without_an_interval():
    found = Guesses((0, 0, 12), (0, 0, 11))
    assert james(found, level=0.95).estimate == 1
    assert [one.estimate for one in bang(found, level=0.95)] == [0, 0]
    for one in (james(found, level=0.95), *bang(found, level=0.95)):
        assert math.isnan(one.low) and one.warnings


def test_all_who_guess_right_is_no_blind_at_all():
    found = Guesses((9, 0, 0), (8, 0, 0))
    assert james(found, level=0.95).estimate == 0
    assert [one.estimate for one in bang(found, level=0.95)] == [1, 1]


def test_guesses_are_counted_by_the_arm_that_was_given():
    rows = [("A", "A"), ("A", "B"), ("A", None), ("B", "A"), ("B", "B"), ("B", "B")]
    frame = pd.DataFrame([(place, *row) for place, row in enumerate(rows)], columns=["subject", "arm", "guessed"])
    parts = {"subject": "subject", "arm": "arm", "guessed": "guessed", "active": "A", "reference": "B"}
    assert guesses(frame, **parts) == Guesses((1, 1, 1), (2, 1, 0))
    with pytest.raises(NotEstimable, match="names neither"):
        guesses(frame.replace({"guessed": {"A": "C"}}), **parts)
    with pytest.raises(NotEstimable, match="Nobody was asked"):
        james(Guesses((0, 0, 0), (0, 0, 0)), level=0.95)
