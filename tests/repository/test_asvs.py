"""The table of OWASP's ASVS 5.0 (trialsite/decisions/asvs.md) is whole, and its tests are there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
TABLE = TESTS.parent / "trialsite" / "decisions" / "asvs.md"
#: Section and numbers of its items of levels 1 and 2, of ASVS 5.0.0.
ITEMS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3
6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2
10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3
15.3:1-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
ROW = re.compile(r"\| ((?:\d+(?:\.\d+)*(?:, | to )?)+)(.*) \| (Met|N/A|Open|Met / Open) \| (.+) \|")


def rows() -> list[tuple[str, str, str]]:
    """(numbers as written, state, test or reason)."""
    table = TABLE.read_text(encoding="utf-8").partition("## Keys")[0]
    lines = [line for line in table.splitlines() if re.match(r"\| \d", line)]
    found = [ROW.fullmatch(line) for line in lines]
    assert all(found), [line for line, row in zip(lines, found, strict=True) if not row]
    return [(row[1].strip(), row[3], row[4]) for row in found]


def every() -> set[str]:
    found = set()
    for section, numbers in (said.split(":") for said in ITEMS.split()):
        for low, _, high in (one.partition("-") for one in numbers.split(",")):
            found |= {f"{section}.{number}" for number in range(int(low), int(high or low) + 1)}
    return found


def named(written: str) -> set[str]:
    """1.2.1, 1.3 and 2.3 to 2.5: each item that is meant."""
    met = set()
    for part in written.split(", "):
        first, _, last = part.partition(" to ")
        low, high = ([int(one) for one in said.split(".")] for said in (first, last or first))
        met |= {one for one in every() if low <= [int(word) for word in one.split(".")][: len(low)] <= high}
    return met


def test_each_item_of_levels_one_and_two_has_its_row():
    assert len(every()) == 253
    assert every() - set().union(*(named(written) for written, _, _ in rows())) == set()


def test_what_is_met_names_tests_that_are_there_and_what_is_open_says_so():
    for written, state, reason in rows():
        for path, test in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)(?:::(\w+))?`", reason):
            file = next((one for one in (TESTS / path, TESTS.parent / path) if one.exists()), None)
            assert file, (written, path)
            if test:
                tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                assert test in {one.name for one in tree if isinstance(one, ast.FunctionDef)}, (written, test)
        assert ("Open" in state) == ("Open: " in reason or state == "Open"), written
