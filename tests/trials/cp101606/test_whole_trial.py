"""The second trial is whole: made-up subjects go from enrolment to the final report, and no word of the first is there.

Played in a process of its own, as a person rehearses a trial.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from trialsite import declaration

REPOSITORY = Path(declaration.__file__).resolve().parent.parent
OF_THE_FIRST = ("HAMD-21", "HAM-A", "BDI", "cycloserine", "DCS", "Heresco", "glycine", "capsule", "week 6", "95 %")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ECRF_", "DATABASE_", "DJANGO_"))}
    command = [sys.executable, "manage.py", "rehearse", "--subjects", "12", "--seed", "1", "--reports", str(folder)]
    env |= {"ECRF_MODE": "demo", "ECRF_TRIAL": "cp101606"}
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=900)
    return done, folder


def text(folder: Path, which: str) -> str:
    (path,) = [path for path in folder.glob("*.pdf") if ("UNBLINDED" in path.name) == (which == "final")]
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_nothing_breaks_from_enrolment_to_the_final_report(played):
    done, _ = played
    assert "Nothing broke." in done.stdout, done.stdout + done.stderr


def test_responders_of_the_run_in_are_not_randomised(played):
    done, _ = played
    assert "12 randomised" in done.stdout
    assert "Responded to paroxetine" in done.stdout


@pytest.mark.parametrize("which", ["blinded", "final"])
def test_a_report_says_day_5_and_80_per_cent_and_nothing_of_the_first_trial(played, which):
    said = text(played[1], which)
    assert "MADRS" in said and "80 %" in said and "day 5" in said.lower()
    assert [word for word in OF_THE_FIRST if word in said] == []
