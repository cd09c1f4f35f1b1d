"""Reading a CSV in long form: what is wrong is said with line and column."""

from dataclasses import replace

import pytest

from analysis.command.longform import Columns, Unreadable, read

COLUMNS = Columns(
    subject="ID", visit="WEEK", arm="ARM", response="Y", covariates=("BASE",), factors=(), numbers=(), others=()
)
GOOD = """ID,WEEK,ARM,Y,BASE,SITE
a,1,DCS,-3,20,JER
a,2,DCS,-5,20,JER
b,1,PLACEBO,-1,22,AFU
b,2,PLACEBO,,22,AFU
"""


def reading(tmp_path, text, *, columns=COLUMNS, reference="PLACEBO", active=None, visits=None):
    path = tmp_path / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, columns, reference=reference, active=active, visits=visits)


def test_a_good_file_is_read(tmp_path):
    found = reading(tmp_path, GOOD)
    assert (found.active, found.reference, found.visits, found.notes) == ("DCS", "PLACEBO", ("1", "2"), ())
    assert found.subjects.to_dict("records") == [
        {"ID": "a", "ARM": "DCS", "BASE": 20.0},
        {"ID": "b", "ARM": "PLACEBO", "BASE": 22.0},
    ]
    assert found.rows["Y"].tolist()[:3] == [-3, -5, -1]
    assert found.rows["Y"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("ID,WEEK", "ID,VISIT", "line 1: there is no column WEEK. The columns are ID, VISIT, ARM, Y, BASE, SITE."),
        ("BASE,SITE", "BASE,BASE", "line 1: two columns are called BASE."),
        ("a,2,DCS,-5", "a,2,DCS,five", "line 3, column Y: 'five' is not a number."),
        ("a,2,DCS,-5", 'a,2,DCS,"-5,5"', "column Y: '-5,5' is not a number. Write a decimal point, not a comma."),
        ("a,2,DCS,-5", "a,2,DCS,1e999", "line 3, column Y: '1e999' is too large."),
        ("a,2,DCS,-5", "a,2,DCS,inf", "line 3, column Y: 'inf' is not a number."),
        ("a,2,DCS,-5", "a,2,DCS,1_000", "line 3, column Y: '1_000' is not a number."),
        ("a,2,DCS,-5", "a,2,DCS," + "x" * 500, "line 3, column Y: '" + "x" * 37 + "...' is not a number."),
        ("a,2,DCS", "a,1,DCS", "line 3, column WEEK: subject a has visit 1 a second time (first in line 2)."),
        ("a,2,DCS", ",2,DCS", "line 3, column ID: the value is missing."),
        ("a,2,DCS", "a,NA,DCS", "line 3, column WEEK: the value is missing."),
        ("a,2,DCS", "a,2,", "line 3, column ARM: the arm is missing."),
        ("a,2,DCS", "a,2,PLACEBO", "line 3, column ARM: subject a has PLACEBO, but DCS in line 2."),
        ("-5,20", "-5,21", "line 3, column BASE: subject a has 21.0, but 20.0 in line 2."),
        ("a,2,DCS,-5,20,JER", "a,2,DCS,-5,20", "line 3: 5 cells, the header has 6."),
        ("a,2,DCS", "a,2,\0DCS", "line 3: there is a NUL character. This is no text file."),
        ("a,2,DCS,-5", 'a,2,DCS,"-5', "this is not CSV"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(tmp_path, old, new, sentence):
    assert old in GOOD
    with pytest.raises(Unreadable) as refusal:
        reading(tmp_path, GOOD.replace(old, new, 1))
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"ID,WEEK,ARM,Y,BASE\n", "has a header and no rows"),
        (GOOD.encode() + b"\x81", "line 6: the text is neither UTF-8 nor UTF-16 nor Windows-1252"),
        (GOOD.replace("PLACEBO", "DCS"), "there is no PLACEBO"),
        (GOOD.replace("-3", "").replace("-5", "").replace("-1", ""), "column Y: no row has a value"),
    ],
)
def test_a_file_that_is_no_data_set_is_refused(tmp_path, text, sentence):
    with pytest.raises(Unreadable) as refusal:
        reading(tmp_path, text)
    assert sentence in str(refusal.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path, sentence in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "is a folder")):
        with pytest.raises(Unreadable, match=sentence):
            read(path, COLUMNS, reference="PLACEBO", active=None, visits=None)


THIRD = GOOD + "c,1,OTHER,-2,21,JER\n"


def test_more_than_two_arms_want_the_active_one_named(tmp_path):
    with pytest.raises(Unreadable, match=r"The arms in column ARM are DCS, OTHER, PLACEBO: more than two\. Say which"):
        reading(tmp_path, THIRD)
    found = reading(tmp_path, THIRD, active="DCS")
    assert found.subjects["ID"].tolist() == ["a", "b"]
    assert found.notes == ("Arm OTHER is left out: DCS is compared with PLACEBO.",)


@pytest.mark.parametrize(
    ("arms", "sentence"),
    [
        ({"reference": "placebo"}, "there is no placebo"),
        ({"active": "DRUG"}, "there is no DRUG"),
        ({"active": "PLACEBO"}, "named as active and as reference"),
    ],
)
def test_an_unknown_arm_is_refused(tmp_path, arms, sentence):
    with pytest.raises(Unreadable, match=sentence):
        reading(tmp_path, GOOD, **arms)


@pytest.mark.parametrize(
    ("names", "order", "noted"),
    [
        (("1", "2", "10"), ("1", "2", "10"), False),
        (("10", "2", "1"), ("1", "2", "10"), False),
        (("W10", "W2", "W1"), ("W1", "W2", "W10"), False),
        (("end", "start", "mid"), ("end", "start", "mid"), True),
    ],
)
def test_visits_are_ordered_by_their_number_or_as_the_file_has_them(tmp_path, names, order, noted):
    rows = "".join(f"a,{name},DCS,1,20,x\n" for name in names) + f"b,{names[0]},PLACEBO,2,20,x\n"
    found = reading(tmp_path, GOOD.splitlines()[0] + "\n" + rows)
    assert found.visits == order
    assert bool(found.notes) == noted


def test_the_order_of_visits_can_be_said_and_others_are_left_out(tmp_path):
    found = reading(tmp_path, GOOD, visits=("2",))
    assert (found.visits, found.notes) == (("2",), ("Visit 1 is left out.",))
    assert set(found.rows["WEEK"]) == {"2"}
    assert len(found.subjects) == 2
    with pytest.raises(Unreadable, match="there is no visit 9"):
        reading(tmp_path, GOOD, visits=("1", "9"))


def test_a_byte_order_mark_blank_lines_and_line_breaks_in_quotes_do_no_harm(tmp_path):
    text = "\ufeff" + GOOD.replace("\n", "\r\n").replace("JER", '"JER\nusalem"', 1) + "\r\n\r\n"
    assert len(reading(tmp_path, text).rows) == 4
    with pytest.raises(Unreadable, match="line 4, column Y"):
        reading(tmp_path, text.replace("-5", "x"))


def test_a_column_used_in_two_ways_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="Column BASE is named as a number and as a category"):
        reading(tmp_path, GOOD, columns=replace(COLUMNS, factors=("BASE",)))


@pytest.mark.finding("F-710")
def test_calendar_dates_that_subjects_do_not_share_are_no_visits(tmp_path):
    arms = {who: "DCS" if place % 2 else "PLACEBO" for place, who in enumerate("abcdef")}
    rows = [
        f"{who},2026-0{month}-{day:02},{arm},-{day},20,JER"
        for day, (who, arm) in enumerate(arms.items(), start=1)
        for month in (1, 2)
    ]
    text = "\n".join([GOOD.splitlines()[0], *rows])
    with pytest.raises(Unreadable, match="column WEEK: its visits are dates, and none has half of the subjects"):
        reading(tmp_path, text)
    assert reading(tmp_path, text, visits=("2026-01-01", "2026-01-02")).visits == ("2026-01-01", "2026-01-02")
