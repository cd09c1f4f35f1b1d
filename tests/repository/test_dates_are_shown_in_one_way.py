"""Dates and times reach people through crf/spec/dates.py, in one form and with their zone (F-411)."""

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-411")]
HERE = Path(__file__).parents[2]
#: A day written for people in another form, and the browser's own field, which shows it in the order of its language.
OTHER_FORMS = re.compile(
    r"""%Y-%m-%d|%d[./-]%m|%b\ %Y|\|date:["'](?!j\ M\ Y|H:i)|\{\w[\w.]*\.isoformat\(\)\}
    |type=["'](date|time|datetime-local)["']""",
    re.VERBOSE,
)
#: Where ISO 8601 is meant: names of files and marks by which a finding is known again, never read by a person as a day.
MEANT = (
    re.compile(r"filename=|self\.name, \*marks|\?on=\{\{ on\|date"),
    re.compile(r'f"(BOTTLE|AFTERSTOP|BEFORERANDOM):'),
)
ROOMS = (
    "crf/actions",
    "crf/chart",
    "crf/models",
    "crf/papers",
    "crf/rules",
    "crf/shown",
    "crf/views",
    "crf/templatetags",
)


def test_no_page_deed_or_report_writes_a_date_in_a_form_of_its_own():
    files = [file for room in (*ROOMS, "analysis/reports") for file in (HERE / room).rglob("*.py")]
    files += [file for kind in ("html", "txt") for file in (HERE / "templates").rglob(f"*.{kind}")]
    assert len(files) > 200
    found = [
        f"{file.relative_to(HERE)}:{number}: {line.strip()[:80]}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if OTHER_FORMS.search(line) and not any(meant.search(line) for meant in MEANT)
    ]
    assert found == []
