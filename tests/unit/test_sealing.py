"""Sealing of single places, the commitment to all, comparing with it, and the custodians' copies of the key."""

import itertools
import os
from dataclasses import replace

import pytest

from crf.allocation import custody, sealing, verify
from crf.allocation.schedule import Place, draw
from crf.allocation.sealing import KeyTrouble

KEY = bytes(range(32))
PLACE = Place("JER", 3, 1, "48213", "DCS")
PLACES = draw("a seed of some length", strata=["JER", "AFU"], arms=["DCS", "PLACEBO"], block_sizes=[4], length=12)


# -- one place


@pytest.mark.req("BLI-01")
def test_a_sealed_place_opens_with_its_key():
    sealed = sealing.seal(PLACE, KEY)
    place, salt = sealing.unseal(sealed, KEY)
    assert place == PLACE
    assert sealing.leaf_of(salt, place) == sealed.leaf


def test_another_key_does_not_open_it():
    with pytest.raises(KeyTrouble, match="does not open this row"):
        sealing.unseal(sealing.seal(PLACE, KEY), bytes(32))


@pytest.mark.parametrize("moved", [{"stratum": "AFU"}, {"sequence": 4}, {"kit": "48214"}])
def test_a_sealed_part_moved_to_another_place_does_not_open(moved):
    with pytest.raises(KeyTrouble):
        sealing.unseal(replace(sealing.seal(PLACE, KEY), **moved), KEY)


def test_a_changed_bit_is_noticed_wherever_it_is():
    sealed = sealing.seal(PLACE, KEY)
    for at in range(len(sealed.sealed)):
        spoilt = sealed.sealed[:at] + bytes([sealed.sealed[at] ^ 1]) + sealed.sealed[at + 1 :]
        with pytest.raises(KeyTrouble):
            sealing.unseal(replace(sealed, sealed=spoilt), KEY)


@pytest.mark.req("BLI-08")
def test_size_and_repetition_of_the_sealed_part_tell_nothing():
    twice = [sealing.seal(place, KEY) for place in (*PLACES, *PLACES)]
    assert len({len(row.sealed) for row in twice}) == 1
    for column in ("sealed", "nonce", "leaf"):
        assert len({getattr(row, column) for row in twice}) == len(twice)


@pytest.mark.parametrize("arm", ["", "A" * 33, "A\0"])
def test_an_arm_that_would_not_come_out_as_it_went_in_is_refused(arm):
    with pytest.raises(ValueError, match="1 to 32 bytes"):
        sealing.seal(replace(PLACE, arm=arm), KEY)


def test_the_row_is_hashed_in_a_form_that_anyone_can_write():
    assert sealing.canonical(PLACE) == b'["JER",3,"48213",1,"DCS"]'


def test_parameters_come_out_as_they_went_in_and_their_size_tells_nothing():
    few, many = {"block_sizes": [4]}, {"block_size": 12, "strata": ["JER", "AFU"]}
    (nonce, sealed), (_, other) = (sealing.seal_parameters(parameters, KEY) for parameters in (few, many))
    assert sealing.unseal_parameters(nonce, sealed, KEY) == few
    assert len(sealed) == len(other)
    with pytest.raises(ValueError, match="longer than"):
        sealing.seal_parameters({"strata": "x" * 3_000}, KEY)


# -- the whole list

# Reference vectors of Certificate Transparency for RFC 6962 (google/certificate-transparency, merkle_tree_test.cc):
# eight entries, the roots over the first 0 to 8 of them, and audit paths.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}


@pytest.mark.req("RND-07")
@pytest.mark.parametrize("count", range(9))
def test_the_root_is_that_of_rfc_6962(count):
    assert sealing.root_of([sealing.leaf_hash(entry) for entry in ENTRIES[:count]]).hex() == ROOTS[count]


@pytest.mark.req("RND-07")
@pytest.mark.parametrize(("at", "count"), PATHS)
def test_audit_paths_are_those_of_rfc_6962(at, count):
    leaves = [sealing.leaf_hash(entry) for entry in ENTRIES[:count]]
    assert [step.hex() for step in sealing.path_of(at, leaves)] == PATHS[at, count]


@pytest.mark.req("RND-07")
@pytest.mark.parametrize(("at", "count"), [(at, count) for count in range(1, 20) for at in range(count)])
def test_every_row_alone_leads_to_the_root_by_its_path(at, count):
    leaves = [bytes([number]) * 32 for number in range(count)]
    path, root = sealing.path_of(at, leaves), sealing.root_of(leaves)
    assert sealing.root_by_path(leaves[at], at, count, path) == root
    assert sealing.root_by_path(bytes(32 * [255]), at, count, path) != root


# -- comparing an opened list with the root


def opened_list(given=()):
    """Sealed and opened again; the places named in `given` (stratum, sequence) have subjects 1, 2, ..."""
    subjects = {place: number for number, place in enumerate(given, start=1)}
    return [
        verify.opened(sealing.seal(place, KEY), KEY, subjects.get((place.stratum, place.sequence))) for place in PLACES
    ]


def root_of(rows):
    return sealing.root_of([row.leaf for row in verify.in_order(rows)]).hex()


@pytest.mark.req("RND-07")
def test_an_untouched_list_agrees_with_its_root_in_whatever_order_it_comes():
    rows = opened_list([("JER", 1), ("JER", 2), ("AFU", 1)])
    assert verify.disagreements(reversed(rows), root_of(rows)) == []


@pytest.mark.req("RND-07")
@pytest.mark.parametrize("change", [{"arm": "PLACEBO"}, {"arm": "DCS"}, {"block": 9}, {"kit": "00000"}])
def test_a_changed_row_is_named(change):
    rows = opened_list()
    at = next(at for at, row in enumerate(rows) if replace(row.place, **change) != row.place)
    place = rows[at].place
    root, rows[at] = root_of(rows), replace(rows[at], place=replace(place, **change))
    assert verify.disagreements(rows, root) == [
        f"{place.stratum}, place {place.sequence}: the row is not the one that was committed to.",
        f"The list as a whole is not the one that was committed to: its root is not {root}.",
    ]


@pytest.mark.req("RND-07")
def test_a_list_sealed_anew_does_not_agree_with_the_printed_root():
    printed = root_of(opened_list())
    assert len(verify.disagreements(opened_list(), printed)) == 1


@pytest.mark.req("RND-07")
def test_a_missing_row_is_noticed():
    rows = opened_list()
    assert verify.disagreements(rows[:-1], root_of(rows))


@pytest.mark.req("RND-02")
def test_a_skipped_place_is_named():
    rows = opened_list([("JER", 1), ("JER", 3)])
    assert verify.disagreements(rows, root_of(rows)) == ["JER: place 3 was given although place 2 was free."]


PARAMETERS = {"strata": ["JER", "AFU"], "arms": ["DCS", "PLACEBO"], "block_sizes": [4], "length": 12, "kits": "drawn"}


@pytest.mark.req("RND-06")
def test_the_seed_gives_the_list_again():
    assert verify.differences_from_seed(opened_list(), "a seed of some length", PARAMETERS) == []
    assert verify.differences_from_seed(opened_list(), "another seed", PARAMETERS)
    assert verify.differences_from_seed(opened_list()[1:], "a seed of some length", PARAMETERS) == [
        "JER, place 1: missing in the list."
    ]


# -- the key and its copies


def test_a_new_key_can_be_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "arm.key"
    key = sealing.create_key(path)
    assert sealing.read_key(path) == key and len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_key_is_overwritten(tmp_path):
    key = sealing.create_key(tmp_path / "arm.key")
    with pytest.raises(KeyTrouble, match="not overwritten"):
        sealing.create_key(tmp_path / "arm.key")
    assert sealing.read_key(tmp_path / "arm.key") == key


def test_a_key_that_others_can_read_is_refused(tmp_path):
    sealing.create_key(tmp_path / "arm.key")
    os.chmod(tmp_path / "arm.key", 0o640)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        sealing.read_key(tmp_path / "arm.key")


@pytest.mark.parametrize("content", ["", "not hexadecimal", "00" * 31, "é"])
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    path = tmp_path / "arm.key"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(KeyTrouble, match="does not hold an arm key"):
        sealing.read_key(path)


def test_a_missing_key_is_told_where_to_come_from(tmp_path):
    with pytest.raises(KeyTrouble, match="custodian's copy"):
        sealing.read_key(tmp_path / "arm.key")


@pytest.mark.req("BLI-04")
def test_a_custodians_copy_gives_the_key_back(tmp_path, monkeypatch):
    monkeypatch.setattr(custody, "COST", 2**4)  # the cost is for guessers, not for tests
    custody.write_copy(tmp_path / "custodian-1.json", KEY, "correct horse battery")
    assert custody.read_copy(tmp_path / "custodian-1.json", "correct horse battery") == KEY
    assert KEY.hex() not in (tmp_path / "custodian-1.json").read_text()
    assert (tmp_path / "custodian-1.json").stat().st_mode & 0o777 == 0o600


def test_a_copy_is_refused_with_a_wrong_passphrase_or_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(custody, "COST", 2**4)
    copy = custody.wrap(KEY, "correct horse battery")
    with pytest.raises(KeyTrouble, match="passphrase is wrong"):
        custody.unwrap(copy, "correct horse batterx")
    for damaged in ({**copy, "key_mark": "0" * 16}, {**copy, "wrapped": "00" * 48}):
        with pytest.raises(KeyTrouble, match="damaged"):
            custody.unwrap(damaged, "correct horse battery")
    for no_copy in ({}, {**copy, "salt": "xyz"}, {**copy, "n": 2**40}, {**copy, "n": "many"}):
        with pytest.raises(KeyTrouble, match="no custodian's copy"):
            custody.unwrap(no_copy, "correct horse battery")


def test_two_copies_of_one_key_differ_and_a_short_passphrase_is_refused(monkeypatch):
    monkeypatch.setattr(custody, "COST", 2**4)
    first, second = (custody.wrap(KEY, "correct horse battery") for _ in range(2))
    assert all(first[name] != second[name] for name in ("salt", "nonce", "wrapped"))
    with pytest.raises(KeyTrouble, match="at least 12"):
        custody.wrap(KEY, "short")


def test_the_marks_of_keys_differ():
    marks = [sealing.mark_of(bytes([number]) * 32) for number in range(50)]
    assert all(a != b for a, b in itertools.combinations(marks, 2))
