"""Which ratings the primary analysis leaves out, and that both reports say so (METHODS 2.10 to 2.12)."""

import datetime as dt

import pytest

from analysis.derive import plan, variables
from analysis.reports import blinded, final
from analysis.reports.comparison import Comparison
from tests import made_up

(PAIR,) = plan.pairs()
LATE = "JER-003"  # stays to the end; the antidepressant is changed on day 30


@pytest.fixture(scope="module")
def plain():
    return made_up.trial(1)


@pytest.fixture(scope="module")
def changed(plain):
    begun = plain.subjects.set_index("subject").loc[LATE, "day_1"]
    on = (begun + dt.timedelta(days=29)).date().isoformat()
    return made_up.with_rows(plain, "medication", (LATE, 1, "Sertraline", "AD", "NEW", on, None))


def table(report, key):
    return next(one for one in report.tables if one.key == key)


def row(found, label):
    return next(dict(zip(found.head, map(str, one), strict=True)) for one in found.rows if str(one[0]) == label)


def ratings(course) -> set[tuple]:
    return set(zip(course.frame["subject"], course.frame["visit"], strict=True))


@pytest.mark.req("EST-01")
def test_a_late_change_of_antidepressant_takes_exactly_the_later_ratings_from_the_primary(plain, changed):
    two = Comparison(changed, made_up.arms(1))
    assert ratings(two.every) - ratings(two.counted) == {(LATE, "W5"), (LATE, "W6")}
    assert ratings(two.counted) < ratings(two.every)
    assert ratings(two.every) == ratings(Comparison(plain, made_up.arms(1)).every)


def test_each_rating_that_left_has_a_sentence(changed):
    cut = variables.cuts(variables.happened(changed).frame)
    said = variables.course(changed, "hamd21", cut=cut).left_out
    for visit in ("week 5", "week 6"):
        assert f"{LATE}: HAMD-21 of {visit} came after “New antidepressant” and is not in the primary analysis" in said


def test_an_earlier_rating_stands_for_the_visit_once_the_later_one_has_left(changed):
    """Two ratings in the window of week 4: the nearer one comes after the change of day 30, the other before."""
    begun = changed.subjects.set_index("subject").loc[LATE, "day_1"]
    scores = changed.scores.copy()
    here = (scores["subject"] == LATE) & (scores["visit"] == "W4") & (scores["outcome"] == "hamd21")
    scores.loc[here, ["day", "on"]] = [31, begun + dt.timedelta(days=30)]
    early = scores[here].assign(visit="UNS", day=26, on=begun + dt.timedelta(days=25), value=33)
    both = made_up.with_rows(
        made_up.dataclasses.replace(changed, scores=scores), "scores", *early.itertuples(index=False, name=None)
    )
    two = Comparison(both, made_up.arms(1))

    def at_week_4(course):
        frame = course.frame[(course.frame["subject"] == LATE) & (course.frame["visit"] == "W4")]
        return frame["day"].tolist()

    assert (at_week_4(two.every), at_week_4(two.counted)) == ([31], [26])
    out = final.build(both, made_up.circumstances(), made_up.arms(1)).data.frame
    out = out[(out["subject"] == LATE) & (out["visit"] == "W4") & (out["score"] == "HAMD-21")]
    assert out[["day", "in_primary", "in_treatment_policy"]].values.tolist() == [[26, "Y", "N"], [31, "N", "Y"]]


def test_both_reports_count_the_event_and_what_left_for_it(changed):
    pooled = blinded.build(changed, made_up.circumstances())
    assert row(table(pooled, "events"), "New antidepressant") == {
        "Event": "New antidepressant",
        "Subjects": "1",
        "Events": "1",
        "Ratings left": "2",
    }
    assert row(table(pooled, "last_visit"), "Rated, left after an intercurrent event")["Subjects"] == "1"
    by_arm = final.build(changed, made_up.circumstances(), made_up.arms(1))
    arm = "DCS" if made_up.arms(1)[LATE] == "DCS" else "Placebo"
    assert row(table(by_arm, "events"), "New antidepressant")[f"{arm}, ratings left"] == "2"
    assert [str(cell) for cell in table(by_arm, "removed").rows[0]][:3] == [LATE, "Week 5", "36"]


def responders(two) -> int:
    found = two.response(PAIR)
    return found.active.events + found.reference.events


def test_a_suicide_attempt_makes_a_later_responder_a_non_responder(plain):
    two = Comparison(plain, made_up.arms(1))
    who = two.answered.loc[two.answered["responded"].fillna(False).astype(bool), "subject"].iloc[0]
    begun = plain.subjects.set_index("subject").loc[who, "day_1"]
    attempt = (who, 1, "ATTEMPT", begun + dt.timedelta(days=42), None)
    after = Comparison(made_up.with_rows(plain, "intercurrent", attempt), made_up.arms(1))
    assert responders(after) == responders(two) - 1
    assert (who, "W6") in ratings(after.counted)  # of its own day: it stays for the mean


def test_a_reduction_and_a_code_break_change_nothing_but_the_table(plain):
    begun = plain.subjects.set_index("subject").loc[LATE, "day_1"]
    also = made_up.with_rows(plain, "intercurrent", (LATE, 1, "REDUCTION", begun + dt.timedelta(days=9), "AE"))
    also = made_up.with_rows(also, "code_breaks", (LATE, begun + dt.timedelta(days=20), "Emergency"))
    one, other = (Comparison(each, made_up.arms(1)) for each in (plain, also))
    assert one.contrast(PAIR) == other.contrast(PAIR)
    assert set(other.events["kind"]) - set(one.events["kind"]) == {"REDUCTION", "CODEBREAK"}
