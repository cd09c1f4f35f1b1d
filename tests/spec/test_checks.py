"""Every check of every form with answers that pass, answers that fail and the values at the boundary.

The tables stand in tests/spec/checks, one file for each file of forms. A check without a table fails here, and so
does a table row that no form knows.
"""

import importlib.util
from pathlib import Path

import pytest

from crf import trial
from tests.spec.rows import OtherRecords

FOLDER = Path(__file__).parent / "checks"


def tables() -> dict:
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"checks_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        twice = set(found) & set(module.CHECKS)
        assert not twice, f"{twice} stand in two tables"
        found |= module.CHECKS
    return found


TABLES = tables()
DECLARED = {check.code: (form, check) for form in trial.FORMS for check in form.checks}
ROWS = [
    pytest.param(code, row, expected, id=f"{code} {'passes' if expected else 'fails'}: {row}")
    for code, table in TABLES.items()
    for expected, rows in ((True, table["passes"]), (False, table["fails"]))
    for row in rows
]


@pytest.mark.parametrize(("code", "row", "expected"), ROWS)
def test_a_check_passes_what_is_right_and_fails_what_is_not(code, row, expected):
    form, check = DECLARED[code]
    assert set(row.answers) <= set(form.items)
    assert check.holds(form, row.answers, row.at, OtherRecords(row.beside)) is expected


def test_every_check_has_a_table_and_every_table_a_check():
    assert sorted(TABLES) == sorted(DECLARED)


def test_every_table_has_rows_on_both_sides():
    assert [code for code, table in TABLES.items() if not table["passes"] or not table["fails"]] == []


@pytest.mark.parametrize("form", trial.FORMS, ids=lambda form: form.code)
def test_no_check_stumbles_over_an_empty_record(form):
    for check in form.checks:
        assert check.holds(form, {}, None, OtherRecords()) in (True, False)
