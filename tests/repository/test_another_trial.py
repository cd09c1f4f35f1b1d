"""Another trial is another folder: written, checked and played as a person does it, in a copy of the repository."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trialsite import declaration

REPOSITORY = Path(declaration.__file__).resolve().parent.parent
CODE = "made_here"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The files of the repository in a folder of their own, with a new trial in it."""
    folder = tmp_path_factory.mktemp("copy") / "ecrf"
    shutil.copytree(
        REPOSITORY, folder, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "tests")
    )
    done = manage(folder, "start_trial", CODE)
    assert done.returncode == 0, done.stderr
    assert f"make run TRIAL={CODE}" in done.stdout
    return folder


def manage(folder: Path, *words: str, **surroundings: str) -> subprocess.CompletedProcess:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ECRF_", "DATABASE_", "DJANGO_"))}
    env |= {"ECRF_MODE": "demo"} | surroundings
    command = [sys.executable, "-W", "ignore", "manage.py", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=900)


def changed(folder: Path, file: str, before: str, after: str) -> str:
    """What check_trial says while the file of the new trial says something else."""
    path = folder / "crf" / "trials" / CODE / file
    was = path.read_text()
    assert before in was
    path.write_text(was.replace(before, after, 1))
    try:
        done = manage(folder, "check_trial", CODE)
    finally:
        path.write_text(was)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.mark.finding("F-102")
@pytest.mark.req("VAL-02")
def test_a_new_trial_has_nothing_wrong_and_says_what_it_does_without(copy, tmp_path):
    done = manage(copy, "check_trial", CODE, "--record", str(tmp_path / "check.txt"))
    record = (tmp_path / "check.txt").read_text()
    assert "Nothing is wrong." in record and "Checked against the protocol by" in record
    definition = (copy / "crf" / "trials" / CODE / "protocol.py").read_bytes()
    assert f"{hashlib.sha256(definition).hexdigest()}  protocol.py" in record
    assert done.returncode == 0
    assert f"Nothing is wrong with {CODE}." in done.stdout
    assert "Missing: No form serves adverse events" in done.stdout


@pytest.mark.finding("F-102")
def test_a_new_trial_is_played_from_screening_to_both_reports(copy):
    done = manage(copy, "rehearse", "--subjects", "8", ECRF_TRIAL=CODE)
    assert "8 randomised" in done.stdout
    assert "Nothing broke." in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_it_touches_no_other_file_of_the_program(copy):
    def files(folder):
        return {
            path.relative_to(folder)
            for path in (folder / "crf").rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and CODE not in path.parts
        }

    assert files(copy) == files(REPOSITORY)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(CODE, "There is a folder"), ("Big", "cannot name a trial"), ("class", "cannot name a trial"), ("1st", "cannot")],
)
def test_a_code_that_is_taken_or_no_name_is_refused_and_nothing_is_written(copy, code, sentence):
    before = sorted(path.name for path in (copy / "crf" / "trials").iterdir())
    done = manage(copy, "start_trial", code)
    assert done.returncode == 1 and sentence in done.stderr
    assert sorted(path.name for path in (copy / "crf" / "trials").iterdir()) == before


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        ("protocol.py", "place=Place.BASELINE", "place=None", "No visit is declared as baseline"),
        ("protocol.py", "    MOOD      x   x   x", "    MOOD      x   .   x", "MOOD is not planned"),
        ("protocol.py", "block_sizes=(4,)", "block_sizes=(3,)", "Blocks of 3 cannot hold the shares 1:1"),
        ("outcomes.py", 'visit="W2"', 'visit="W9"', "The primary visit 'W9' is none of the analysed visits."),
        ("outcomes.py", '"MOOD", "total"', '"MOOD", "sum"', "The outcome mood is sum of MOOD, which has none."),
        ("forms/consent.py", "    discloses = OPEN\n", "", "does not say what it discloses"),
        ("forms/consent.py", "    entered_by, read_by = SITE_TEAM, READERS\n", "", "does not say who it is entered by"),
        pytest.param(
            "forms/mood.py",
            "entered_by, read_by = RATERS, READERS_AND_RATERS",
            'entered_by, read_by = ("investigator",), READERS_AND_RATERS',
            "is a rating that no rater can open",
            marks=pytest.mark.finding("F-105"),
        ),
        ("forms/mood.py", 'sleep = Item("Sleep"', 'version = Item("Sleep"', "forms/mood.py, line"),
        ("forms/mood.py", 'scale(0, 4), testcd="MD03"', 'scale(0, 5), testcd="MD03"', "The tables are not what"),
        ("forms/mood.py", '"Interest"', '"Interest in anything"', "Documents are not current"),
        ("forms/consent.py", '"signed_at": "09:00"', '"signed_at": "at nine"', "typical answers of CONSENT cannot"),
        ("apps.py", f'label = "{CODE}"', 'label = "other"', "does not give the app the label"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(copy, file, before, after, sentence):
    assert sentence in changed(copy, file, before, after)


def test_a_definition_that_cannot_be_read_stops_every_command_with_its_line(copy):
    path = copy / "crf" / "trials" / CODE / "protocol.py"
    was = path.read_text()
    path.write_text(was.replace("SITES = (Site(", "SITES = (Sight(", 1))
    try:
        done = manage(copy, "check", ECRF_TRIAL=CODE)
    finally:
        path.write_text(was)
    assert done.returncode == 1
    assert re.search(rf"Wrong: NameError: .*Sight.* \(crf/trials/{CODE}/protocol.py, line \d+\)", done.stderr)
