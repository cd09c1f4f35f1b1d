"""The commands of the randomisation statistician: drawing, loading, handing out copies of the key, verifying."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from crf import trial
from crf.allocation import custody, declared, hatch, papers, sealing, shams
from crf.allocation.schedule import Place, Stream, draw
from crf.rules.kit_numbers import labelled
from tests import sealed_room

SITES, ARMS = [site.code for site in trial.SITES], [arm.code for arm in trial.ARMS]


@pytest.fixture
def statistician(real_commits, owner, settings, tmp_path):
    """The folder of the statistician, with a seed in it; nothing is loaded yet."""
    settings.ARM_KEY_FILE = tmp_path / "var" / "arm.key"
    sealed_room.empty(owner)
    (tmp_path / "seed").write_text("a seed that is kept in a safe\n")
    return tmp_path


def run(*arguments, **options):
    """What the command printed."""
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def load(folder, *more, source="--seed-file", name="seed"):
    with sealed_room.as_owner():
        return run("load_allocation", source, str(folder / name), "--by", "statistician", *more)


def open_the_list(owner):
    sealed_room.lock_study(owner)
    for approver in (1, 2):
        hatch.approve_opening(by=approver, reason="The database is locked.")


def write_list(path, places):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["stratum", "sequence", "block", "kit", "arm"])
        writer.writerows([p.stratum, p.sequence, p.block, p.kit, p.arm] for p in places)


@pytest.mark.req("RND-06")
def test_the_list_of_the_trials_sites_is_loaded_and_its_commitment_printed(statistician, owner):
    sealed_room.let_any_number_be_randomised(owner)
    printed = load(statistician)
    assert hatch.commitment() in printed
    assert all(hatch.allocate(subject_id=n, stratum=site, by=1) for n, site in enumerate(SITES))
    assert (statistician / "var" / "arm.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.req("RND-09")
def test_what_is_printed_tells_neither_arms_nor_lengths_unless_asked(statistician):
    printed = load(statistician).replace(hatch.commitment(), "").replace(str(statistician), "")
    assert not [word for word in (*ARMS, "block", "240", "120") if word in printed]
    assert f"{SITES[0]}: 240 places in 60 blocks; DCS 120, PLACEBO 120" in load(statistician, "--summary", "--replace")


@pytest.mark.finding("F-106")
def test_the_command_line_overrides_the_declaration_with_a_sentence(statistician):
    assert "Not as the trial declares" not in load(statistician)
    printed = load(statistician, "--block-sizes", "4", "6", "--places", "120", "--replace")
    assert "Not as the trial declares: --block-sizes of the command line holds." in printed
    assert "Not as the trial declares: --places of the command line holds." in printed


@pytest.mark.finding("F-604")
def test_packed_kits_that_tell_the_arm_are_refused(statistician):
    rows = "".join(f"{ARMS[number % 2][0]}{number},{ARMS[number % 2]}\n" for number in range(20_000, 20_100))
    (statistician / "kits.csv").write_text("kit,arm\n" + rows)
    with pytest.raises(CommandError, match=r"The list was not loaded(.|\n)*The kit numbers tell the arm"):
        load(statistician, "--kits", str(statistician / "kits.csv"), "--places", "40")
    assert hatch.commitment() is None


@pytest.mark.req("ACC-04")
def test_the_web_role_cannot_load_a_list(statistician):
    with pytest.raises(CommandError, match="ECRF_ROLE=owner"):
        run("load_allocation", "--seed-file", str(statistician / "seed"))
    assert hatch.commitment() is None
    assert not (statistician / "var" / "arm.key").exists()


@pytest.mark.req("RND-08")
def test_a_second_list_is_refused_and_replaced_only_while_unused(statistician):
    load(statistician)
    with pytest.raises(CommandError, match="--replace"):
        load(statistician)
    before = hatch.commitment()
    load(statistician, "--replace")
    assert hatch.commitment() != before
    hatch.allocate(subject_id=1, stratum=SITES[0], by=1)
    with pytest.raises(CommandError, match="a kit of it has been given"):
        load(statistician, "--replace")


def test_no_new_key_is_made_beside_a_list_whose_key_is_lost(statistician):
    load(statistician)
    (statistician / "var" / "arm.key").unlink()
    with pytest.raises(CommandError):
        load(statistician)
    assert not (statistician / "var" / "arm.key").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("short", "fewer than 16 characters"), (" " * 40, "fewer than 16 characters"), (b"\xff" * 40, "cannot be read")],
)
def test_a_seed_that_could_be_guessed_or_not_read_is_refused(statistician, content, sentence):
    (statistician / "seed").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError, match=sentence):
        load(statistician)


def test_a_missing_file_or_no_source_is_a_sentence(statistician):
    with pytest.raises(CommandError, match="There is no file"):
        load(statistician, name="nothing")
    with pytest.raises(CommandError, match="--seed-file or --list-file"):
        run("load_allocation")


@pytest.mark.req("RND-10")
def test_a_list_made_elsewhere_is_checked_and_loaded_as_it_is(statistician, owner):
    places = draw("another program", strata=SITES, arms=ARMS, block_sizes=[6], length=60)
    write_list(statistician / "list.csv", places)
    with pytest.raises(CommandError, match=r"The list was not loaded(.|\n)*blocks do not follow"):
        load(statistician, source="--list-file", name="list.csv")
    load(statistician, "--block-size", "6", source="--list-file", name="list.csv")
    open_the_list(owner)
    assert {Place(r["stratum"], r["sequence"], r["block"], r["kit"], r["arm"]) for r in hatch.opened()} == set(places)


@pytest.mark.req("RND-10")
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stratum,sequence,block,kit\n", "has no column arm"),
        ("stratum,sequence,block,kit,arm\nJER,one,1,12345,DCS\n", "line 2: sequence and block must be whole numbers"),
        ("stratum,sequence,block,kit,arm\n", "0 places"),
        ("", "has no column"),
    ],
)
def test_a_broken_file_is_told_what_is_wrong_with_it(statistician, text, sentence):
    (statistician / "list.csv").write_text(text)
    with pytest.raises(CommandError, match=sentence):
        load(statistician, source="--list-file", name="list.csv")


@pytest.mark.req("RND-12")
def test_packed_kits_are_given_and_the_packing_list_names_them_by_arm_not_by_place(statistician, owner):
    numbers = Stream("how kits were packed", "numbers").sample(range(20_000, 20_100), 100)
    rows = "".join(f"{number},{ARMS[at % 2]}\n" for at, number in enumerate(numbers))
    (statistician / "kits.csv").write_text("kit,arm\n" + rows)
    folder = statistician / "packing.csv"
    load(statistician, "--kits", str(statistician / "kits.csv"), "--places", "40", "--packing-list", str(folder))
    packed = list(csv.DictReader(folder.read_text().splitlines()))
    assert [row["kit"] for row in packed] == sorted(row["kit"] for row in packed)
    open_the_list(owner)
    assert {row["kit"]: row["arm"] for row in hatch.opened()} == {row["kit"]: row["arm"] for row in packed}
    assert folder.stat().st_mode & 0o777 == 0o600


@pytest.mark.req("BLI-04")
@pytest.mark.req("BCK-04")
def test_sealed_envelopes_are_printed_once_where_the_list_is(statistician, owner):
    """Two pages a kit, for nobody else to read: its arm is told inside, and not outside. A file that is there is not
    overwritten."""
    printed = statistician / "envelopes.pdf"
    load(statistician, "--places", "16", "--envelopes", str(printed))
    kits = len({row["kit"] for row in sealed_kits(owner)})
    content = printed.read_bytes()
    assert content.startswith(b"%PDF") and f"/Count {2 * kits}".encode() in content
    assert printed.stat().st_mode & 0o777 == 0o600
    root = hatch.commitment()
    with pytest.raises(CommandError, match="Nothing was loaded"):
        load(statistician, "--places", "16", "--replace", "--envelopes", str(printed))
    assert hatch.commitment() == root  # the envelopes are still those of the list
    open_the_list(owner)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    told = [[arm.code for arm in trial.ARMS if arm.label in page.replace(trial.STUDY_ID, "")] for page in pages]
    for row in hatch.opened():
        of_kit = [arms for page, arms in zip(pages, told, strict=True) if labelled(row["kit"]) in page]
        assert of_kit == [[row["arm"]], []], "the inside, then the outside"


def sealed_kits(owner) -> list[dict]:
    return [{"kit": kit} for (kit,) in sealed_room.as_sealed(owner, "SELECT kit FROM sealed.slot")]


@pytest.mark.req("BLI-04")
def test_a_lost_key_comes_back_from_a_custodians_copy(statistician, owner, monkeypatch):
    monkeypatch.setattr(custody, "COST", 2**4)
    passphrases = iter(["first custodian's words"] * 2 + ["second custodian's words"] * 3)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(passphrases))
    printed = load(statistician, "--custodian-copies", str(statistician / "copies"))
    assert "Give each custodian one copy" in printed
    key_file = statistician / "var" / "arm.key"
    key = sealing.read_key(key_file)
    key_file.unlink()
    run("restore_arm_key", str(statistician / "copies" / "custodian-2.json"))
    assert sealing.read_key(key_file) == key


def test_passphrases_that_differ_write_no_copy(statistician, monkeypatch):
    load(statistician)
    passphrases = iter(["one passphrase", "another passphrase"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(passphrases))
    with pytest.raises(CommandError, match="differ"):
        run("load_allocation", "--custodian-copies", str(statistician / "copies"))
    assert not (statistician / "copies").exists()


@pytest.mark.req("RND-07")
def test_after_the_opening_anyone_can_verify_the_list(statistician, owner):
    sealed_room.let_any_number_be_randomised(owner)
    load(statistician)
    printed = hatch.commitment()
    for number in range(5):
        hatch.allocate(subject_id=number, stratum=SITES[0], by=1)
    with pytest.raises(CommandError, match="two people have approved"):
        run("verify_allocation")
    open_the_list(owner)
    proof = statistician / "proof.csv"
    said = run("verify_allocation", root=printed, seed_file=statistician / "seed", csv=proof)
    assert f"All 480 rows agree with {printed}; 5 were given" in said
    leaves = [  # as an outsider would: the file and SHA-256, nothing of the database
        sealing.leaf_of(
            bytes.fromhex(row["salt"]),
            Place(row["stratum"], int(row["sequence"]), int(row["block"]), row["kit"], row["arm"]),
        )
        for row in csv.DictReader(proof.read_text().splitlines())
    ]
    assert sealing.root_of(leaves).hex() == printed
    assert proof.stat().st_mode & 0o777 == 0o600
    with pytest.raises(papers.PaperTrouble, match="not overwritten"):
        papers.write_proof(proof, [])


@pytest.mark.req("RND-07")
def test_another_root_or_another_seed_is_noticed(statistician, owner):
    load(statistician)
    open_the_list(owner)
    (statistician / "other").write_text("another seed kept in another safe")
    with pytest.raises(CommandError, match="not the one that was committed to"):
        run("verify_allocation", root="0" * 64)
    with pytest.raises(CommandError, match="the seed gives something else"):
        run("verify_allocation", seed_file=statistician / "other")


@pytest.mark.req("RND-07")
def test_a_row_that_was_exchanged_with_the_right_key_is_named(statistician, owner, settings):
    """The worst case: somebody with the owner's rights and the key seals another arm into a place."""
    load(statistician)
    key = sealing.read_key(settings.ARM_KEY_FILE)
    ((kit, leaf),) = sealed_room.as_sealed(
        owner, "SELECT kit, leaf FROM sealed.slot WHERE stratum = %s AND sequence = 2", [SITES[0]]
    )
    forged = [sealing.seal(Place(SITES[0], 2, 1, kit, arm), key) for arm in ARMS]
    for row in forged:
        sealed_room.as_sealed(owner, "ALTER TABLE sealed.slot DISABLE TRIGGER guard")
        sealed_room.as_sealed(
            owner,
            "UPDATE sealed.slot SET nonce = %s, sealed = %s WHERE stratum = %s AND sequence = 2",
            [row.nonce, row.sealed, SITES[0]],
        )
    open_the_list(owner)
    with pytest.raises(CommandError, match=f"{SITES[0]}, place 2: the row is not the one that was committed to"):
        run("verify_allocation")
    assert leaf not in [row.leaf for row in forged]


@pytest.mark.req("RND-06")
def test_a_list_that_was_made_away_from_the_server_is_the_one_of_its_seed_to_the_last_sham_message(
    statistician, owner, django_db_blocker
):
    words = ("--seed-file", str(statistician / "seed"), "--list-file", str(statistician / "made.csv"))
    with django_db_blocker.block():  # no database is asked
        printed = run("make_allocation", *words, "--summary")
    assert "UNBLINDS" in printed and (statistician / "made.csv").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="is there already"):
        run("make_allocation", *words)
    seed, share = papers.read_seed(statistician / "seed"), declared.sham_act()
    places = draw(seed, **declared.shape())
    assert papers.read_list(statistician / "made.csv") == places
    rows = shams.drawn(seed, places, share) if share else {}
    assert papers.read_shams(statistician / "made.csv") == rows
    load(statistician, source="--list-file", name="made.csv")
    key = sealing.read_key(statistician / "var" / "arm.key")
    stored = sealed_room.as_sealed(owner, "SELECT kit, nonce, sealed FROM sealed.sham")
    assert {kit: sealing.unseal_shams(kit, nonce, sealed, key) for kit, nonce, sealed in stored} == rows
    assert [row.arm for row in places] != [row.arm for row in draw(f"{seed}!", **declared.shape())]
