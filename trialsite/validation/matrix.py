"""The trace from requirement to test to run: which test proved what, on which commit, how it ended (VAL-01, VAL-03).

It reads the report of a run (pytest's --junitxml), in which each test carries the requirements that it bears, and the
register of requirements with their risk. A requirement is met when a test of it passed and none failed.
"""

import csv
import io
import xml.etree.ElementTree as ET  # nosec B405 - a file that our own run wrote
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
RISKS = ("high", "medium", "low")
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
MET, BROKEN, UNTESTED = "met", "broken", "untested"


@dataclass(frozen=True)
class Requirement:
    id: str
    risk: str
    what: str


@dataclass(frozen=True)
class Test:
    """One test of a run, with what it bears."""

    name: str
    result: str
    requirements: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass
class Traced:
    """A requirement with the tests that bear it."""

    requirement: Requirement
    tests: list[Test] = field(default_factory=list)

    @property
    def state(self) -> str:
        results = {test.result for test in self.tests}
        if FAILED in results:
            return BROKEN
        return MET if PASSED in results else UNTESTED


class BadRegister(ValueError):
    """The register and the tests do not go together; the sentence says how."""


def register() -> list[Requirement]:
    """Every requirement, the riskiest first. Raises BadRegister for a risk that is none, or an id that comes twice."""
    with open(HERE / "requirements.csv", encoding="utf-8", newline="") as file:
        found = [Requirement(row["id"], row["risk"], row["what"]) for row in csv.DictReader(file)]
    for one in found:
        if one.risk not in RISKS or not one.what:
            raise BadRegister(f"{one.id} says no risk of {', '.join(RISKS)}, or not what it is.")
    if len({one.id for one in found}) != len(found):
        raise BadRegister("A requirement stands twice in the register.")
    return sorted(found, key=lambda one: RISKS.index(one.risk))


def open_findings() -> list[dict[str, str]]:
    """What is known to be open in this release, with its risk and what is done about it (VAL-05)."""
    with open(HERE / "open.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tests_of(report: Path) -> list[Test]:
    """Every test of the run."""
    found = []
    for case in ET.parse(report).iter("testcase"):  # nosec B314
        named = defaultdict(list)
        for one in case.iter("property"):
            named[one.get("name")].append(one.get("value"))
        kinds = {child.tag for child in case}
        result = FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        found.append(Test(name, result, tuple(named["req"]), tuple(named["finding"])))
    return found


def trace(requirements: Iterable[Requirement], tests: Iterable[Test]) -> list[Traced]:
    """Each requirement with its tests. Raises BadRegister where a test bears an id that the register does not know."""
    found = {one.id: Traced(one) for one in requirements}
    for test in tests:
        for one in test.requirements:
            if one not in found:
                raise BadRegister(f"{test.name} bears {one}, which is not in the register.")
            found[one].tests.append(test)
    return list(found.values())


def as_csv(traced: Iterable[Traced], commit: str) -> str:
    """A row for each requirement and test; one without a test has a row too."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["requirement", "risk", "what", "state", "test", "result", "commit"])
    for one in traced:
        head = [one.requirement.id, one.requirement.risk, one.requirement.what, one.state]
        for test in one.tests or [Test("", "", (), ())]:
            writer.writerow([*head, test.name, test.result, commit])
    return out.getvalue()
