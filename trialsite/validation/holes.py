"""Known holes of the packages that are locked, as pip-audit tells them: one that nobody explained stops a release.

A package that it could not look at counts like one with a hole: nothing is known of it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trialsite.validation import matrix


class NoReport(ValueError):
    """The sentence names the file."""


@dataclass(frozen=True)
class Told:
    """What one or several reports of pip-audit (--format json) say."""

    looked_at: tuple[str, ...]
    not_looked_at: tuple[str, ...]
    holes: tuple[tuple[str, str], ...]  # (number of the hole, package with version)

    def unexplained(self) -> list[str]:
        """Sentences: the holes that are no open finding of the release (open.csv), and what was not looked at."""
        known = {one["id"] for one in matrix.open_findings()}
        said = [f"{package} has the known hole {hole}" for hole, package in self.holes if hole not in known]
        if self.not_looked_at:
            some = ", ".join(self.not_looked_at[:5]) + (", …" if len(self.not_looked_at) > 5 else "")
            said.append(f"of the packages these {len(self.not_looked_at)} could not be looked at: {some}")
        if not self.looked_at and not self.not_looked_at:
            said.append("the packages were not looked at: there is no report of pip-audit")
        return said


def read(reports: Iterable[Path]) -> Told:
    """Raises NoReport for a file that is none of pip-audit's."""
    looked_at, without, holes = set(), set(), set()
    for report in reports:
        told = json.loads(report.read_text(encoding="utf-8"))
        if not isinstance(told, dict) or not isinstance(told.get("dependencies"), list):
            raise NoReport(f"{report} is no report of pip-audit")
        for package in told["dependencies"]:
            if "skip_reason" in package:
                without.add(package["name"])
                continue
            named = f"{package['name']} {package['version']}"
            looked_at.add(named)
            holes.update((one["id"], named) for one in package.get("vulns", []))
    return Told(tuple(sorted(looked_at)), tuple(sorted(without)), tuple(sorted(holes)))
