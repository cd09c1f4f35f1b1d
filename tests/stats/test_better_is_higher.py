"""`manage.py analyse --better higher`: a score that rises is one that improves, in every method that asks."""

import pytest

from tests.stats.analysed import document, refused, run, table

PARTS = ["--subject", "who", "--visit", "visit", "--arm", "arm", "--reference", "B", "--response", "change"]
RISES = {  # baseline, then the score at V1 and V2
    "a1": (10, 16, 15),
    "a2": (10, 12, 15),
    "a3": (20, 22, 29),
    "a4": (12, 12, 19),
    "b1": (10, 10, 14),
    "b2": (20, 30, 20),
    "b3": (14, 15, 16),
    "b4": (12, 13, None),
}


@pytest.fixture
def file(tmp_path):
    rows = [
        f"{who},{who[0].upper()},V{place},{base},{score - base if score is not None else ''}"
        for who, (base, *scores) in RISES.items()
        for place, score in enumerate(scores, start=1)
    ]
    return table(tmp_path, "rises.csv", "\n".join(["who,arm,visit,base,change", *rows]))


def counts(found):
    return [found[arm][key] for arm in ("active", "reference") for key in ("events", "n")]


def test_a_rise_by_the_threshold_is_a_response(file):
    found = document(file, *PARTS, "--covariate", "base", "--method", "responders", "--better", "higher")["responders"]
    assert found["non_response"]["rule"].startswith("responder: 100 x (base + change) >= 150 x base")
    assert counts(found["non_response"]) == [3, 4, 0, 4]
    assert counts(found["observed_case"]) == [3, 4, 0, 3]
    fell = document(file, *PARTS, "--covariate", "base", "--method", "responders")["responders"]
    assert counts(fell["non_response"]) == [0, 4, 0, 4]
    wide = [*PARTS, "--covariate", "base", "--method", "responders", "--threshold", "120"]
    assert "--threshold lies between 0 and 100" in refused(file, *wide)
    assert "220 x base" in run(file, *wide, "--better", "higher")


def test_time_to_response_begins_at_the_visit_of_the_rise(file):
    options = [*PARTS, "--covariate", "base", "--method", "survival", "--visit-days", "V1=8,V2=15"]
    found = document(file, *options, "--better", "higher")["survival"]
    for arm, left in (("active", [0.75, 0.25]), ("reference", [0.75, 0.75])):  # b2 responded, and fell back again
        assert [(step[0], step[4]) for step in found[arm]["steps"]] == list(zip((8.0, 15.0), left, strict=True))


def test_who_fares_better_is_turned_round(file):
    options = [*PARTS, "--covariate", "base", "--method", "effects"]
    low, high = (
        document(file, *options, *more)["effects"]["superiority"]["estimate"] for more in ((), ("--better", "higher"))
    )
    assert low + high == pytest.approx(1) and high > 0.8


def test_a_derived_response_is_a_rise(tmp_path):
    ratings = table(tmp_path, "ratings.csv", "who,day,score\ns1,1,10\ns1,8,15\ns2,1,10\ns2,8,5")
    options = ["--method", "derive", "--subject", "who", "--day", "day", "--score", "score", "--windows", "V1:2-11@8"]
    rows = document(ratings, *options, "--better", "higher")["derive"]["rows"]
    assert {row["who"]: row["responded"] for row in rows} == {"s1": True, "s2": False}
