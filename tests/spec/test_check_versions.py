"""CHK-03: the version of a check changes with what it does and says, and with nothing else."""

import importlib.util
import itertools
import sys

import pytest

from crf import trial
from crf.chart.check_version import rule_in_full, version_of

NUMBERS = itertools.count()  # no module's source is read twice
pytestmark = pytest.mark.req("CHK-03")

SOURCE = '''
from crf.spec import OPEN, Check, Form, Integer, Item
from crf.spec.people import READERS, SITE_TEAM
LIMIT = 30
def is_low(r):
    """Whatever."""
    return r.level <= LIMIT
class Level(Form):
    code, title, discloses = "LEVEL", "Level", OPEN
    entered_by, read_by = SITE_TEAM, READERS
    level = Item("Level", Integer(0, 99))
    checks = (
        Check("LEVEL-01", "Too high.", lambda r: r.level <= 40),
        Check("LEVEL-02", "Not low.", is_low, items=("level",)),
    )
'''


@pytest.fixture
def versions(tmp_path):
    """versions(source) -> the versions of the two checks as that source declares them."""
    names = []

    def read(source: str) -> list[str]:
        name = f"level_{next(NUMBERS)}"
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        module_spec = importlib.util.spec_from_file_location(name, path)
        module = sys.modules[name] = importlib.util.module_from_spec(module_spec)
        names.append(name)
        module_spec.loader.exec_module(module)
        return [version_of(check) for check in module.Level.checks]

    yield read
    for name in names:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("r.level <= 40", "r.level < 40", [True, False]),
        ('"Too high."', '"Much too high."', [True, False]),
        ("lambda r: r.level <= 40)", "lambda r: r.level <= 40, hard=True)", [True, False]),
        ("LIMIT = 30", "LIMIT = 31", [False, True]),
        ("r.level <= LIMIT", "r.level < LIMIT", [False, True]),
        ("lambda r: r.level <= 40", "lambda r: (r.level  <=  40)", [False, False]),
        ('"""Whatever."""', '"""Something else."""', [False, False]),
        ("LIMIT = 30", "LIMIT = 30  # as the label says\n\n", [False, False]),
    ],
    ids=["rule", "sentence", "refuses", "limit", "function", "layout", "docstring", "comment"],
)
def test_it_changes_with_what_the_check_does(versions, old, new, changed):
    assert old in SOURCE
    before, after = versions(SOURCE), versions(SOURCE.replace(old, new))
    assert [a != b for a, b in zip(before, after, strict=True)] == changed


def test_every_check_has_a_version_of_its_own():
    found = [version_of(check) for form in trial.FORMS for check in form.checks]
    assert len(set(found)) == len(found)


def test_a_limit_of_the_study_is_part_of_the_rule():
    check = next(check for check in trial.form("DOSING").checks if check.code == "DOSING-03")
    assert "LADDER.early_days = 2" in rule_in_full(check.rule)
