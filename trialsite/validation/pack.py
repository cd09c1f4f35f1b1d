"""`make validation`: the pack of a release, from a run of the whole suite. Exit status 1 when a requirement is broken,
or a package has a known hole that no open finding explains, or was not looked at.

    python -m trialsite.validation.pack REPORT.xml... --holes PIP-AUDIT.json --to FOLDER

It writes `matrix.csv` (requirement, risk, tests, result, commit), `run.json` (when, on what, how many),
`sbom.cdx.json`, `open-findings.csv`, and `summary.md` to read first. `manage.py qualify` of an installation goes
beside.
"""

import argparse
import csv
import io
import json
import platform
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

from trialsite.validation import holes, matrix, sbom

BASE = Path(__file__).resolve().parent.parent.parent


def write(reports: list[Path], folder: Path, *, told: holes.Told, now: datetime) -> list[matrix.Traced]:
    """Write the pack; gives what was traced. Raises BadRegister."""
    project = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    commit = _git("rev-parse", "HEAD") or "not known"
    if _git("status", "--porcelain"):
        commit += " with changes that are not committed"
    tests = [test for report in reports for test in matrix.tests_of(report)]
    traced = matrix.trace(matrix.register(), tests)
    run = {
        "at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "version": project["version"],
        "python": platform.python_version(),
        "system": platform.platform(),
        "results": Counter(test.result for test in tests),
        "packages": dict(sorted((one.name, one.version) for one in distributions())),
    }
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder, "matrix.csv", matrix.as_csv(traced, commit))
    _put(folder, "run.json", json.dumps(run, indent=1))
    bill = sbom.bom(BASE / "requirements.lock", name=project["name"], version=project["version"], commit=commit)
    _put(folder, "sbom.cdx.json", bill)
    _put(folder, "open-findings.csv", _as_csv(matrix.open_findings()))
    _put(folder, "summary.md", _summary(traced, run, told))
    return traced


def _summary(traced: list[matrix.Traced], run: dict, told: holes.Told) -> str:
    lines = ["# Validation pack", "", f"Commit {run['commit']}, run ended {run['at']}, Python {run['python']}.", ""]
    lines += ["Tests: " + ", ".join(f"{count} {result}" for result, count in sorted(run["results"].items())) + ".", ""]
    lines += ["| risk | met | broken | untested |", "|---|---|---|---|"]
    for risk in matrix.RISKS:
        states = Counter(one.state for one in traced if one.requirement.risk == risk)
        lines.append(f"| {risk} | {states[matrix.MET]} | {states[matrix.BROKEN]} | {states[matrix.UNTESTED]} |")
    for state in (matrix.BROKEN, matrix.UNTESTED):
        chosen = [one.requirement for one in traced if one.state == state]
        lines += ["", f"## {state.capitalize()}: {len(chosen)}", ""]
        lines += [f"- {one.id} ({one.risk}): {one.what}" for one in chosen]
    lines += ["", "## Known holes of packages", "", f"{len(told.looked_at)} packages were looked at.", ""]
    lines += [f"- {one}." for one in told.unexplained()]
    lines += ["", "## Open findings", ""]
    lines += [f"- {one['id']} ({one['risk']}): {one['what']}. {one['mitigation']}." for one in matrix.open_findings()]
    return "\n".join(lines) + "\n"


def _as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]) if rows else ["id", "risk", "what", "mitigation"])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _put(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=BASE, capture_output=True, text=True, check=True)  # nosec B603 B607
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Write the validation pack of a release.")
    parser.add_argument("reports", type=Path, nargs="+", help="what pytest --junitxml wrote")
    parser.add_argument(
        "--holes", type=Path, nargs="*", default=[], metavar="FILE", help="what pip-audit wrote as JSON"
    )
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args(words)
    try:
        told = holes.read(given.holes)
        traced = write(given.reports, given.to, told=told, now=datetime.now(UTC))
    except (OSError, ValueError) as trouble:
        print(f"The pack was not written: {trouble}", file=sys.stderr)
        return 2
    broken = [one.requirement.id for one in traced if one.state == matrix.BROKEN]
    print(f"{given.to}: {len(traced)} requirements, broken: {', '.join(broken) or 'none'}. Read summary.md first.")
    for sentence in told.unexplained():
        print(f"No release: {sentence}.")
    return 1 if broken or told.unexplained() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
