"""The layout of the commitment is written down with vectors, and a program that knows nothing of ours checks a list."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from crf.allocation import papers, schedule, sealing, verify, verify_list
from crf.allocation.places import Place

pytestmark = [pytest.mark.finding("F-607"), pytest.mark.req("RND-07")]
HERE = Path(verify_list.__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
SHAPE = {"strata": ("AFU", "JER"), "arms": ("ONE", "TWO"), "block_sizes": (4,), "length": 20}


def place_of(vector) -> Place:
    return Place(*(vector[name] for name in ("stratum", "sequence", "block", "kit", "arm")))


@pytest.mark.parametrize("vector", VECTORS["places"], ids=lambda one: f"{one['stratum']} {one['sequence']}")
def test_row_and_leaf_of_each_vector_come_out_by_the_product_by_the_verifier_and_by_the_words_of_the_page(vector):
    place, salt = place_of(vector), bytes.fromhex(vector["salt"])
    assert sealing.canonical(place).decode("ascii") == vector["row"]
    assert hashlib.sha256(b"\x00" + salt + vector["row"].encode()).hexdigest() == vector["leaf"]
    assert sealing.leaf_of(salt, place).hex() == vector["leaf"]
    told = [vector[name] for name in ("stratum", "sequence", "kit", "block", "arm")]
    assert verify_list.leaf(salt, *told).hex() == vector["leaf"]


def test_the_roots_over_the_first_places_are_those_of_the_vectors():
    leaves = [bytes.fromhex(vector["leaf"]) for vector in VECTORS["places"]]
    for told in VECTORS["roots"]:
        some = leaves[: told["first_places"]]
        assert sealing.root_of(some).hex() == verify_list.root(some).hex() == told["root"]
    assert VECTORS["roots"][0]["root"] == hashlib.sha256(b"").hexdigest()


@pytest.fixture
def opened(tmp_path):
    """An opened list of which some places were given: the file, the commitment, its rows."""
    key = sealing.create_key(tmp_path / "arm.key")
    places = schedule.draw("a seed for tests that nobody uses", **SHAPE)
    rows = verify.in_order(
        verify.opened(sealing.seal(place, key), key, 100 + at if place.sequence <= 7 else None)
        for at, place in enumerate(places)
    )
    papers.write_proof(tmp_path / "opened.csv", rows)
    return tmp_path / "opened.csv", sealing.root_of([row.leaf for row in rows]).hex()


def run(file: Path, commitment: str):
    """As an outsider does it: a Python without any package, in a folder of its own."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(HERE / "verify_list.py"), str(file), commitment],
        capture_output=True,
        text=True,
        cwd=file.parent,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def changed(file: Path, change) -> Path:
    with open(file, newline="") as read:
        rows = list(csv.DictReader(read))
    change(rows)
    with open(file.with_name("changed.csv"), "w", newline="") as written:
        writer = csv.DictWriter(written, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file.with_name("changed.csv")


def test_a_list_that_agrees_is_found_to_agree_by_a_program_that_has_nothing_of_ours(opened):
    file, commitment = opened
    assert run(file, commitment) == (0, "All 40 places agree with the commitment; 14 were given.\n")
    assert run(file, commitment.upper())[0] == 0
    shuffled = changed(file, lambda rows: rows.reverse())
    assert run(shuffled, commitment)[0] == 0


def swap_two_arms(rows):
    one, other = next((a, b) for a in rows for b in rows if a["arm"] != b["arm"])
    one["arm"], other["arm"] = other["arm"], one["arm"]


CHANGES = {
    "two arms swapped": (swap_two_arms, "not the one that was committed to"),
    "a kit exchanged": (lambda rows: rows[3].update(kit="99999"), "not the one that was committed to"),
    "a block renumbered": (lambda rows: rows[0].update(block="9"), "not the one that was committed to"),
    "a place left out": (lambda rows: rows.pop(4), "AFU: place 5 is missing"),
    "a place skipped": (lambda rows: rows[2].update(subject_id=""), "given although an earlier one was free"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_list_that_was_changed_is_found(opened, what):
    file, commitment = opened
    change, sentence = CHANGES[what]
    status, said = run(changed(file, change), commitment)
    assert status == 1 and sentence in said


def test_what_is_no_opened_list_is_said_to_be_none(opened, tmp_path):
    _, commitment = opened
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert [run(one, commitment)[0] for one in (other, tmp_path / "none.csv")] == [2, 2]
