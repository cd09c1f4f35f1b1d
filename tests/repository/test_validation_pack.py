"""The validation pack: every mark of a test is a requirement of the register, and the pack says what was not proved."""

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trialsite.validation import holes, matrix, pack

TESTS = Path(__file__).resolve().parent.parent
#: Without a test of their own, and why; the matrix names them as untested. An id that gets a test leaves this list.
UNTESTED: dict[str, str] = {}
WORDS = ("what", "mitigation")
REPORT = """<testsuites><testsuite>
<testcase classname="a" name="passes"><properties><property name="req" value="AUD-01"/></properties></testcase>
<testcase classname="a" name="fails"><properties><property name="req" value="SIG-05"/></properties><failure/></testcase>
<testcase classname="a" name="skips"><properties><property name="req" value="RND-01"/></properties><skipped/></testcase>
</testsuite></testsuites>"""


def marked() -> Counter:
    """How often each requirement stands on a test."""
    found = Counter()
    for path in TESTS.rglob("*.py"):
        found.update(re.findall(r'req\("([A-Z]+-\d+)"\)', path.read_text(encoding="utf-8")))
    return found


@pytest.mark.req("VAL-01")
@pytest.mark.req("VAL-03")
def test_every_requirement_has_a_risk_and_a_test_or_is_named_as_untested():
    known = {one.id for one in matrix.register()}
    bears = set(marked())
    assert bears <= known, bears - known
    assert known - bears <= UNTESTED.keys(), known - bears - UNTESTED.keys()
    high = {one.id for one in matrix.register() if one.risk == "high"}
    assert {"RND-01", "RND-02", "CHK-05", "AUD-18", "BLI-09"} <= high


def table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.req("VAL-01")
@pytest.mark.req("VAL-05")
@pytest.mark.req("SEC-17")
def test_the_pack_traces_each_requirement_to_its_tests_of_the_run_and_lists_what_is_open(tmp_path):
    report = tmp_path / "run.xml"
    report.write_text(REPORT)
    assert pack.main([str(report), "--to", str(tmp_path / "pack")]) == 1  # a requirement is broken
    folder = tmp_path / "pack"
    rows = {row["requirement"]: row for row in table(folder / "matrix.csv")}
    assert len(rows) == len(matrix.register())
    assert (rows["AUD-01"]["state"], rows["AUD-01"]["test"], rows["AUD-01"]["risk"]) == ("met", "a.passes", "high")
    assert rows["SIG-05"]["state"] == "broken" and rows["RND-01"]["state"] == "untested"
    assert rows["AUD-01"]["commit"] == json.loads((folder / "run.json").read_text())["commit"]
    bill = json.loads((folder / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    django = next(one for one in bill["components"] if one["name"] == "django")
    assert django["purl"] == f"pkg:pypi/django@{django['version']}" and django["properties"][0]["name"].endswith(
        "sha256"
    )
    opened = table(folder / "open-findings.csv")
    assert opened and all(row["risk"] in matrix.RISKS and row["mitigation"] for row in opened)
    assert "SIG-05" in (folder / "summary.md").read_text()
    report.write_text(REPORT.replace("AUD-01", "AUD-99"))
    with pytest.raises(matrix.BadRegister, match="AUD-99"):
        pack.write([report], folder, told=holes.read([]), now=datetime.now(UTC))


@pytest.mark.req("SEC-17")
def test_no_release_is_made_of_packages_with_a_known_hole_or_that_nobody_looked_at(tmp_path, monkeypatch, capsys):
    run, told = tmp_path / "run.xml", tmp_path / "told.json"
    run.write_text("<testsuites/>")

    def of(*packages) -> tuple[int, str]:
        told.write_text(json.dumps({"dependencies": packages}))
        status = pack.main([str(run), "--holes", str(told), "--to", str(tmp_path / "pack")])
        return status, capsys.readouterr().out + (tmp_path / "pack" / "summary.md").read_text()

    sound = {"name": "django", "version": "5.2.19", "vulns": []}
    holed = {"name": "django", "version": "5.2.0", "vulns": [{"id": "PYSEC-2025-1"}]}
    assert of(sound)[0] == 0
    status, said = of(sound, holed)
    assert status == 1 and said.count("django 5.2.0 has the known hole PYSEC-2025-1.") == 2
    status, said = of(sound, {"name": "psycopg", "skip_reason": "Dependency not found"})
    assert status == 1 and "these 1 could not be looked at: psycopg" in said
    monkeypatch.setattr(
        matrix, "open_findings", lambda: [{"id": "PYSEC-2025-1", "risk": "low"} | dict.fromkeys(WORDS, "")]
    )
    assert of(sound, holed)[0] == 0
    assert pack.main([str(run), "--to", str(tmp_path / "pack")]) == 1
    assert "the packages were not looked at" in capsys.readouterr().out


def test_the_report_of_a_run_names_what_each_test_bears(request):
    """The trace stands on what pytest writes into its report: this test's own is looked at."""
    bearing = [item for item in request.session.items if item.get_closest_marker("req")]
    assert bearing and all(("req", item.get_closest_marker("req").args[0]) in item.user_properties for item in bearing)
