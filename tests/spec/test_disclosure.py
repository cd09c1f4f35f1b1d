"""Who is shown totals, bands and the entry threshold (PROTOCOL 6): the defaults, and each setting the other way."""

from dataclasses import replace

import pytest

from crf import trial
from crf.rules.disclosure import entry_threshold, sees_bands, sees_totals

DEFAULT = trial.SETTINGS


@pytest.mark.parametrize(
    ("roles", "changed", "totals", "bands"),
    [
        ({"rater"}, {}, False, False),
        (set(), {}, False, False),
        ({"rater"}, {"rater_sees_total": True}, True, False),
        ({"rater"}, {"rater_sees_bands": True}, False, False),
        ({"rater"}, {"rater_sees_total": True, "rater_sees_bands": True}, True, True),
        ({"investigator"}, {}, True, True),
        ({"investigator", "rater"}, {}, True, True),
        ({"investigator"}, {"investigator_sees_total_after_saving": False}, False, False),
        ({"investigator", "coordinator"}, {"investigator_sees_total_after_saving": False}, True, True),
        ({"monitor"}, {"investigator_sees_total_after_saving": False}, True, True),
    ],
)
def test_totals_and_bands(roles, changed, totals, bands):
    settings = replace(DEFAULT, **changed)
    assert (sees_totals(roles, settings), sees_bands(roles, settings)) == (totals, bands)


@pytest.mark.parametrize(
    ("form", "visit", "shown"),
    [("HAMD", "SCR", 20), ("HAMD", "BL", 20), ("HAMD", "W1", None), ("BDI", "BL", None), ("AE", None, None)],
)
def test_the_entry_threshold_is_shown_only_where_the_study_says_so(form, visit, shown):
    assert entry_threshold(trial.form(form), visit, DEFAULT) is None
    assert entry_threshold(trial.form(form), visit, replace(DEFAULT, rater_sees_entry_threshold=True)) == shown
