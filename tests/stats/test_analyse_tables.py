"""`manage.py analyse` on tables that are not in long form: doses, events, subjects, ratings (METHODS 1, 2, 11, 12)."""

import pandas as pd
import pytest

from tests.stats.analysed import document, refused, run, table
from tests.stats.said_by_r import said_by_r


@pytest.fixture
def doses(tmp_path):
    return table(
        tmp_path,
        "doses.csv",
        """SUBJECT,ARM,FIRST,LAST,MG
        a,DCS,1,3,250
        a,DCS,4,21,500
        a,DCS,22,28,750
        a,DCS,29,42,1000
        b,PLACEBO,1,8,250""",
    )


TAKEN = ["--subject", "SUBJECT", "--first", "FIRST", "--last", "LAST", "--mg", "MG"]
COURSE = ["--method", "exposure", "--steps", "250,500,750,1000", "--planned-mg", "29000"]


def test_exposure_of_the_planned_schedule_is_29000_mg(tmp_path, doses):
    """PROTOCOL 5: 3, 18, 7 and 14 days, 29 g."""
    counts = table(tmp_path, "c.csv", "SUBJECT,dispensed,returned,lost,prescribed\na,18,4,0,14\nb,18,2,,14")
    found = document(doses, *TAKEN, *COURSE, "--arm", "ARM", "--capsules", counts)["exposure"]
    a, b = found["subjects"]
    assert (a["cumulative_mg"], a["relative_dose_intensity"], a["compliance"]) == (29_000, 1, 1)
    assert [a[f"days_{mg}"] for mg in (250, 500, 750, 1000)] == [3, 18, 7, 14]
    assert (b["compliance"], b["compliance_missing"]) == (None, "lost unknown")
    assert [one["name"] for one in found["summary"]["cumulative_mg"]] == ["DCS", "PLACEBO"]
    out = tmp_path / "out.csv"
    assert "cumulative_mg" in run(doses, *TAKEN, *COURSE, "--csv", out)
    assert pd.read_csv(out)["cumulative_mg"].tolist() == [29_000, 2000]


def test_adverse_events_are_counted_by_term_and_by_dose_at_onset(tmp_path, doses):
    """Rate by R's poisson.test: reference/analyse.txt."""
    subjects = table(
        tmp_path,
        "subjects.csv",
        """SUBJECT,ARM,FIRST_DOSE,LAST_DOSE
        a,DCS,2026-03-02,2026-04-12
        b,PLACEBO,2026-03-02,2026-03-09
        c,DCS,2026-03-02,2026-03-09
        d,DCS,,""",
    )
    events = table(
        tmp_path,
        "events.csv",
        """SUBJECT,TERM,ONSET,SERIOUS
        a,Headache,2026-03-04,no
        a,Headache,2026-03-20,no
        c,Fall,2026-04-01,yes
        b,Nausea,2026-03,no
        b,Fever,2026-04-20,no
        d,Headache,2026-03-04,no""",
    )
    options = [
        *TAKEN,
        "--method",
        "safety",
        "--subjects",
        subjects,
        "--arm",
        "ARM",
        "--reference",
        "PLACEBO",
        "--first-dose",
        "FIRST_DOSE",
        "--last-dose",
        "LAST_DOSE",
        "--onset",
        "ONSET",
        "--serious",
        "SERIOUS",
        "--by",
        "TERM",
        "--doses",
        doses,
    ]
    found = document(events, *options)["safety"]
    said = said_by_r("analyse")
    assert (found["events"], found["emergent"], found["in_doubt"]) == (6, 4, 1)
    assert found["warnings"] == ["1 subject(s) with events are not in the safety set: d."]
    total, *_ = found["by"]["TERM"]
    rate = total["active_rate"]
    assert (rate["estimate"], rate["low"], rate["high"]) == pytest.approx(
        (said["rate"], said["rate.low"], said["rate.high"]), rel=1e-10
    )
    rows = {row["name"]: row for row in found["by"]["dose at onset"]}
    assert (rows["250 mg"]["active_events"], rows["500 mg"]["active_events"]) == (1, 1)
    assert (rows["unknown"]["active_events"], rows["unknown"]["reference_events"]) == (1, 1)
    assert "no p-values" in run(events, *options)
    out = tmp_path / "out.csv"
    run(events, *options, "--csv", out)
    assert set(pd.read_csv(out)["by"]) == {"TERM", "dose at onset"}


def test_populations_are_told_with_the_reasons(tmp_path):
    subjects = table(
        tmp_path,
        "subjects.csv",
        """SUBJECT,randomised,doses,has_baseline,later_ratings,major_deviations,compliance,final_visit_in_window
        a,yes,10,yes,4,0,0.95,yes
        b,yes,0,yes,2,0,,no
        c,no,,no,0,0,,""",
    )
    options = ["--method", "populations", "--subject", "SUBJECT"]
    found = document(subjects, *options)["populations"]
    assert {name: one["members"] for name, one in found.items()} == {
        "randomised": ["a", "b"],
        "full analysis": ["a", "b"],
        "modified": ["a"],
        "per protocol": ["a"],
        "safety": ["a"],
    }
    assert "b: no dose taken" in run(subjects, *options)
    assert "yes nor no" in refused(
        table(tmp_path, "bad.csv", subjects.read_text().replace("yes,10", "maybe,10")), *options
    )


RATINGS = """SUBJECT,DATE,DAY_1,SCORE
a,2026-02-20,2026-03-02,28
a,2026-03-02,2026-03-02,26
a,2026-03-09,2026-03-02,20
a,2026-03-16,2026-03-02,13
b,2026-03-01,2026-03-02,30
b,2026-03-08,2026-03-02,29
c,2026-03-09,2026-03-02,19"""
DERIVED = ["--method", "derive", "--subject", "SUBJECT", "--date", "DATE", "--day-1", "DAY_1", "--score", "SCORE"]
WINDOWS = ["--windows", "W1:2-11@8,W2:12-18@15"]


def test_raw_ratings_become_analysis_variables(tmp_path):
    """PROTOCOL 9's windows; by hand: day 8 is 2026-03-09, baseline the last rating on or before day 1."""
    made = table(tmp_path, "ratings.csv", RATINGS)
    rows = document(made, *DERIVED, *WINDOWS)["derive"]["rows"]
    keys = ("SUBJECT", "visit", "day", "base", "change", "responded", "carried_from")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("a", "W1", 8, 26, -6, False, "W1"),
        ("a", "W2", 15, 26, -13, True, "W2"),
        ("b", "W1", 7, 30, -1, False, "W1"),
        ("b", "W2", None, 30, None, None, "W1"),
        ("c", "W1", 8, None, None, None, "W1"),
        ("c", "W2", None, None, None, None, "W1"),
    ]
    assert rows[3]["carried_change"] == -1


def test_what_was_derived_can_be_analysed(tmp_path):
    rows = ["SUBJECT,ARM,DAY,SCORE"]
    for k, (arm, base, *weeks) in enumerate(
        [
            ("A", 25, 20, 14),
            ("A", 28, 20, 13),
            ("A", 22, 18, 12),
            ("B", 26, 25, 22),
            ("B", 24, 22, 23),
            ("B", 23, 20, 18),
        ]
    ):
        rows += [f"s{k},{arm},{day},{score}" for day, score in zip((-1, 8, 15), (base, *weeks), strict=True)]
    made, out = table(tmp_path, "r.csv", "\n".join(rows)), tmp_path / "long.csv"
    run(made, *DERIVED[:4], "--day", "DAY", "--score", "SCORE", "--arm", "ARM", *WINDOWS, "--csv", out)
    found = document(
        out,
        "--subject",
        "SUBJECT",
        "--visit",
        "visit",
        "--arm",
        "ARM",
        "--reference",
        "B",
        "--response",
        "change",
        "--covariate",
        "base",
        "--method",
        "ancova",
    )
    assert found["ancova"]["observed_case"]["n"] == 6
    assert found["ancova"]["observed_case"]["contrast"]["estimate"] < -5


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--windows", "W1:2-11"], "W1:2-11 is not visit:first-last@target"),
        (["--windows", "W1:2-11@20"], "does not hold 20"),
        ([], "wants --windows"),
    ],
)
def test_windows_that_cannot_be_are_refused(tmp_path, options, sentence):
    assert sentence in refused(table(tmp_path, "r.csv", RATINGS), *DERIVED, *options)


def test_a_date_that_is_none_is_refused(tmp_path):
    bad = table(tmp_path, "r.csv", RATINGS.replace("2026-03-16", "16.3.2026"))
    assert refused(bad, *DERIVED, *WINDOWS) == "column DATE: '16.3.2026' is not a date such as 2026-03-09."
