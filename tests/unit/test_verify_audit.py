"""The verifier that is handed out: by the test vectors, alone on an export, and on planted tamperings of the file."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from crf.exchange.trail import export, verify_audit
from crf.exchange.trail.anchors import Anchors, WentBack
from crf.models import AuditEntry, Site
from tests import trial
from trialsite.database.wall import seeing
from trialsite.operations import facts, witness_drill

HERE = Path(verify_audit.__file__).resolve().parent
VECTORS = json.loads((HERE / "vectors.json").read_text())
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-18")
def test_the_vectors_hold_by_the_words_of_the_specification_and_by_the_verifier():
    """The formulas are written out here once more, from the specification and not from the verifier."""
    for chain in VECTORS["chains"]:
        before, trail = b"", verify_audit.Trail()
        for event in chain["events"]:
            body = event["body"].encode()
            assert event["commitment"] == hashlib.sha256(body).hexdigest() == verify_audit.commitment(body).hex()
            before = hashlib.sha256(before + hashlib.sha256(body).digest()).digest()
            assert event["hash"] == before.hex()
            trail.event(before, body)
        assert trail.findings == []
    old = VECTORS["format_1"]
    assert verify_audit.next_hash(b"", old["body"].encode(), 1).hex() == old["hash"]
    leaves = [leaf.encode() for leaf in VECTORS["leaves"]]
    for size, root in VECTORS["roots_of_the_first"].items():
        assert verify_audit.merkle_root(leaves[: int(size)]).hex() == root
    point = verify_audit.Checkpoint.read(VECTORS["checkpoint"]["note"])
    key = verify_audit.Key.read(VECTORS["checkpoint"]["key"])
    assert point.is_signed_by(key) and point.size == 7
    assert not verify_audit.Checkpoint.read(VECTORS["checkpoint"]["note"].replace("\n7\n", "\n6\n")).is_signed_by(key)


def test_a_chain_goes_on_from_the_first_format_to_the_second():
    trail, before = verify_audit.Trail(), b""
    for number, format in enumerate((1, 1, 2, 2), start=1):
        told = {"chain": "study", "sequence": number, "at": "2026-03-02T09:15:27.123456Z"}
        body = json.dumps(told | ({"format": 2} if format == 2 else {})).encode()
        before = hashlib.sha256(before + (body if format == 1 else hashlib.sha256(body).digest())).digest()
        trail.event(before, body)
    trail.head("study", 4, before)
    assert trail.findings == []


@pytest.fixture
def taken(db, tmp_path) -> Path:
    """The whole trail of the small world as an auditor takes it, with anchors, unpacked."""
    with seeing(Site.objects.all()):
        trial.fill(trial.subject("JER-001"), None, "DRUGLEVEL", trial.subject("JER-001").site.today(), "sofia")
        place = Anchors(tmp_path / "anchors", tmp_path / "anchor.key", "ecrf.example.org/audit-trail")
        place.append(export.heads(), at=NOW)
        archive = tmp_path / "trail.zip"
        export.write(archive, export.Asked("whole"), format="csv", study="X", at=NOW, anchors=place.folder)
    shutil.unpack_archive(archive, tmp_path / "out")
    return tmp_path / "out"


def said(folder: Path, *more: str, name="trail.jsonl") -> tuple[int, str]:
    """What a stranger's Python says: isolated, in an empty environment, in the unpacked folder."""
    ran = subprocess.run(
        [sys.executable, "-I", "verify_audit.py", name, *more], cwd=folder, env={}, capture_output=True, text=True
    )
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-18")
def test_the_verifier_runs_alone_on_the_export_and_needs_no_application_code(taken):
    source = (taken / "verify_audit.py").read_text()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
    key = (taken / "anchors" / "key").read_text()
    for name in ("trail.jsonl", "trail.csv"):
        assert said(taken, "--anchors", "anchors", "--key", key, name=name) == (0, said(taken, name=name)[1])
    assert "1 of them withheld" in said(taken)[1] and "no finding" in said(taken)[1]


@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-15")
@pytest.mark.req("BLI-03")
def test_a_blinded_copy_holds_no_drug_level_and_no_hole_and_still_verifies(taken):
    text = (taken / "trail.jsonl").read_text() + (taken / "trail.csv").read_text() + (taken / "values.csv").read_text()
    assert "druglevel" not in text
    withheld = [
        json.loads(line) for line in (taken / "trail.jsonl").read_text().splitlines() if '"commitment":"' in line
    ]
    assert [set(one) for one in withheld] == [{"hash", "chain", "sequence", "commitment"}]
    assert withheld[0]["chain"] == "apart"


@pytest.mark.req("AUD-15")
def test_a_commitment_cannot_be_guessed_at_because_the_body_is_salted(taken):
    with seeing(Site.objects.all()):
        (entry,) = AuditEntry.objects.filter(chain="apart")
        assert len(entry.told["salt"]) == 64
        subject = trial.subject("JER-001")
        assert not AuditEntry.objects.filter(chain=f"subject:{subject.pk}", table="crf_form_druglevel").exists()


def lines_of(taken: Path) -> list[str]:
    return (taken / "trail.jsonl").read_text().splitlines(keepends=True)


def _with(lines, at, text):
    return [*lines[:at], text, *lines[at + 1 :]]


def _middle(lines) -> int:
    """An event of a subject that is neither the first nor the last of its chain."""
    return next(i for i, line in enumerate(lines) if '"chain": "subject:1"' in line and '"sequence": 9,' in line)


TAMPERINGS = {
    "a value": lambda lines, i: _with(lines, i, lines[i].replace('"changes": {', '"changes": {"x": [null, 1], ', 1)),
    "who": lambda lines, i: _with(lines, i, lines[i].replace('"actor_name": "ines"', '"actor_name": "ruth"')),
    "when": lambda lines, i: _with(lines, i, lines[i].replace('"at": "2', '"at": "1', 1)),
    "a blank in the body": lambda lines, i: _with(lines, i, lines[i].replace('"body":{', '"body":{ ')),
    "the hash": lambda lines, i: _with(lines, i, '{"hash":"' + "0" * 64 + lines[i][73:]),
    "removed": lambda lines, i: lines[:i] + lines[i + 1 :],
    "repeated": lambda lines, i: [*lines[:i], lines[i], *lines[i:]],
    "swapped": lambda lines, i: [*lines[:i], lines[i + 1], lines[i], *lines[i + 2 :]],
    "tail cut": lambda lines, i: [line for line in lines if not _is_tail(line)],
    "head changed": lambda lines, i: [
        line.replace('"sequence":', '"sequence":1') if '"head":"subject:1"' in line else line for line in lines
    ],
    "a subject missing": lambda lines, i: [line for line in lines if '"chain": "subject:1"' not in line],
    "no last line": lambda lines, i: lines[:-1],
    "a commitment": lambda lines, i: [
        line.replace('"commitment":"', '"commitment":"0')[:-4] + '"}\n' if '"commitment":"' in line else line
        for line in lines
    ],
    "an unknown line": lambda lines, i: [*lines[:i], '{"x":1}\n', *lines[i:]],
}


def _is_tail(line: str) -> bool:
    return '"chain": "subject:1"' in line and json.loads(line)["body"]["sequence"] > 20


@pytest.mark.finding("F-502")
@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-18")
@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_changed_export_is_found(taken, what):
    lines = lines_of(taken)
    changed = TAMPERINGS[what](lines, _middle(lines))
    assert changed != lines
    (taken / "trail.jsonl").write_text("".join(changed))
    code, text = said(taken)
    assert code == 1, text
    about = {"no last line": "not whole", "an unknown line": "no known kind", "a commitment": "apart 1"}
    assert about.get(what, "subject:1") in text


@pytest.mark.req("AUD-18")
def test_a_subject_that_is_missing_with_its_head_is_missed_by_the_anchors(taken):
    lines = [line for line in lines_of(taken)[:-1] if '"subject:1"' not in line]
    digest, events = hashlib.sha256("".join(lines).encode()), sum(line[1:9] == '"hash":"' for line in lines)
    end = json.dumps({"end": True, "events": events, "sha256": digest.hexdigest()})
    (taken / "trail.jsonl").write_text("".join(lines) + end + "\n")
    assert said(taken)[0] == 0  # by itself such a file is whole
    code, text = said(taken, "--anchors", "anchors")
    assert code == 1 and "subject:1: anchored up to event" in text


@pytest.mark.finding("F-502")
@pytest.mark.parametrize("column", verify_audit.COLUMNS)
def test_a_forged_column_of_the_table_is_found(taken, column):
    with open(taken / "trail.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["chain"] == "subject:1" and row["sequence"] == "9")
    row[column] = {"sequence": "7", "chain": "subject:2"}.get(column, f"{row[column]}9")
    with open(taken / "trail.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert said(taken, name="trail.csv")[0] == 1


# -- anchors and witness


@pytest.fixture
def place(tmp_path) -> Anchors:
    return Anchors(tmp_path / "anchors", tmp_path / "anchor.key", "ecrf.example.org/audit-trail")


def hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def witnessed(place: Anchors, folder: Path | None = None) -> tuple[int, str]:
    words = [folder or place.folder, "--state", place.folder.parent / "witness.json", "--key", str(place.key())]
    ran = subprocess.run([sys.executable, HERE / "witness.py", *words], env={}, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.finding("F-503")
def test_a_witness_follows_a_history_that_goes_on(place):
    place.append([("study", 3, hashed("a"))], at=NOW)
    assert witnessed(place)[0] == 0
    place.append([("study", 3, hashed("a")), ("subject:1", 2, hashed("b"))], at=NOW + timedelta(hours=1))
    code, text = witnessed(place)
    assert code == 0 and "witnessed 2 leaves" in text
    assert len(json.loads((place.folder.parent / "witness.json").read_text())["history"]) == 2
    assert place.key_file.stat().st_mode & 0o077 == 0


@pytest.mark.finding("F-503")
@pytest.mark.parametrize("how", ["rolled back", "forked", "rewritten"])
def test_a_witness_refuses_another_history_though_it_is_rightly_signed(place, how):
    place.append([("study", 3, hashed("a")), ("subject:1", 5, hashed("b"))], at=NOW)
    shutil.copytree(place.folder, place.folder.parent / "yesterday")
    place.append([("study", 4, hashed("c")), ("subject:1", 5, hashed("b"))], at=NOW + timedelta(hours=1))
    assert witnessed(place)[0] == 0
    shutil.rmtree(place.folder)
    if how == "rolled back":
        (place.folder.parent / "yesterday").rename(place.folder)
    elif how == "forked":
        (place.folder.parent / "yesterday").rename(place.folder)
        for number in (4, 5):
            heads = [("study", number, hashed(f"other {number}")), ("subject:1", 5, hashed("b"))]
            place.append(heads, at=NOW + timedelta(hours=number))
    else:
        place.append([("study", 4, hashed("x")), ("subject:1", 5, hashed("y")), ("z", 1, hashed("z"))], at=NOW)
    code, text = witnessed(place)
    assert code == 1 and ("Rolled back" if how == "rolled back" else "Forked or rewritten") in text


@pytest.mark.finding("F-503")
def test_the_drill_of_the_witness_plays_over_the_anchors_of_the_installation(place, capsys, monkeypatch):
    place.append([("study", 3, hashed("a")), ("subject:1", 5, hashed("b"))], at=NOW)
    assert witness_drill.main([str(place.folder)]) == 0
    said = capsys.readouterr().out
    assert "the anchors of this installation: 2 chains" in said and said.count("as it should") == 4
    monkeypatch.setattr(witness_drill, "WITNESS", place.folder / "none.py")  # a witness that is away
    assert witness_drill.main([]) == 1


@pytest.mark.parametrize(
    "heads", [[("study", 2, hashed("a"))], [("study", 3, hashed("other"))], []], ids=["shorter", "other", "gone"]
)
def test_a_chain_that_went_back_is_not_anchored_anew(place, heads):
    place.append([("study", 3, hashed("a"))], at=NOW)
    before = (place.folder / "leaves").read_bytes()
    with pytest.raises(WentBack, match="study"):
        place.append(heads, at=NOW)
    assert (place.folder / "leaves").read_bytes() == before


@pytest.mark.finding("F-503")
@pytest.mark.req("AUD-12")
@pytest.mark.req("AUD-18")
def test_the_three_places_that_know_the_recipe_of_the_hash_agree_over_the_vectors(real_commits, owner):
    """The pages' model, the verifier that is handed out, the SQL of the restore drill: each right, each wrong alike."""
    chains = {chain["chain"]: chain["events"] for chain in VECTORS["chains"]} | {
        VECTORS["redacted"]["chain"]: VECTORS["redacted"]["events"],
        "study": [{"body": VECTORS["format_1"]["body"], "hash": VECTORS["format_1"]["hash"]}],
    }
    owner.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER USER")
    owner.execute("ALTER TABLE crf_chainhead DISABLE TRIGGER USER")
    with owner.transaction():
        owner.execute("DELETE FROM crf_auditentry")
        owner.execute("DELETE FROM crf_chainhead")
        for events in chains.values():
            put(owner, events)
    assert facts.breaks_in_the_chains(owner) == 0
    assert said_by_the_verifier() == [] and said_by_the_model() == []
    edits = {
        "the body": "body = replace(body, '\"record\": 12', '\"record\": 13')",
        "the hash": "hash = sha256(hash)",
        "the kept commitment": "commitment = sha256(commitment)",
        "the event before": "previous = sha256(previous)",
    }
    for what, edit in edits.items():
        with owner.transaction(force_rollback=True):
            owner.execute(f"UPDATE crf_auditentry SET {edit}")
            assert facts.breaks_in_the_chains(owner) > 0, what
            rows = owner.execute("SELECT body, hash, previous, commitment FROM crf_auditentry ORDER BY chain, sequence")
            rows = rows.fetchall()
        assert any(not AuditEntry(**as_told(*row)).is_as_hashed for row in rows), what
        assert what == "the event before" or followed(rows), what


def put(owner, events: list[dict]) -> None:
    """The events of one chain, and its head, as the trail would hold them."""
    previous = b""
    for event in events:
        body, hashed = event.get("body") or event["redacted"], bytes.fromhex(event["hash"])
        committed = bytes.fromhex(event["commitment"]) if "redacted" in event else None
        row = as_told(body, hashed, previous, committed)
        names = ", ".join(f'"{name}"' for name in row)
        values = [psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
        owner.execute(f"INSERT INTO crf_auditentry ({names}) VALUES ({', '.join(['%s'] * len(row))})", values)
        previous = hashed
    told = json.loads(body)
    owner.execute("INSERT INTO crf_chainhead VALUES (%s, %s, %s)", [told["chain"], told["sequence"], previous])


def as_told(body: str, hashed: bytes, previous: bytes, committed: bytes | None) -> dict:
    """A row of the trail whose columns say what its body says."""
    told = json.loads(body)
    blank = {"actor": "", "actor_name": "", "organisation": "", "role": "", "reason": "", "table": "", "record": 0}
    blank |= {"operation": "INSERT", "changes": {}, "subject": None}
    row = {name: told.get(name, value) for name, value in blank.items()}
    row |= {"chain": told["chain"], "sequence": told["sequence"], "at": datetime.fromisoformat(told["at"])}
    return row | {
        "site_id": told.get("site"), "body": body, "hash": bytes(hashed), "previous": bytes(previous),
        "commitment": committed and bytes(committed),
    }  # fmt: skip


def followed(rows) -> list[str]:
    """What the verifier says of the rows, chain by chain."""
    trail = verify_audit.Trail()
    for body, hashed, _, committed in rows:
        if committed is None:
            trail.event(bytes(hashed), body.encode())
        else:
            trail.redacted(bytes(hashed), bytes(committed), body.encode())
    trail.redactions_left()
    return trail.findings


def said_by_the_verifier() -> list[str]:
    rows = AuditEntry.objects.order_by("chain", "sequence").values_list("body", "hash", "previous", "commitment")
    with seeing(Site.objects.all()):
        return followed(list(rows))


def said_by_the_model() -> list[str]:
    with seeing(Site.objects.all()):
        return [str(entry) for entry in AuditEntry.objects.all() if not entry.is_as_hashed]
