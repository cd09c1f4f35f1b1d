#!/usr/bin/env python3
"""Verify a certified copy of a site's record, and compare it with an earlier one.

    python3 verify_copy.py copy.zip
    python3 verify_copy.py copy.zip --before earlier-copy.zip --key 'ecrf.example.org/audit+1a2b3c4d+AZ...'

Standard library, and verify_audit.py beside it. Exit status: 0 nothing found, 1 something found, 2 a file cannot be
read. What was changed with a trace is listed and is no finding.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

try:
    import verify_audit  # beside this file, in a copy
except ImportError:
    from crf.exchange.trail import verify_audit

FORMAT = 1
LARGEST = 8 * 1024**3  # bytes unpacked; more is no copy of a site


@dataclass(frozen=True)
class Said:
    """What the trail says was written last in a cell, and by whom."""

    value: object
    chain: str
    sequence: int
    at: str
    who: str
    why: str


@dataclass(frozen=True)
class Change:
    """A cell that differs between two copies, and who changed it; `said` None: nobody, as far as the trail knows."""

    table: str
    record: str
    column: str
    old: object
    new: object
    said: Said | None

    def __str__(self) -> str:
        words = f"{self.table} {self.record}, {self.column}: {_shown(self.old)} -> {_shown(self.new)}"
        if self.said is None:
            return f"{words}. The trail does not say who changed it."
        why = f", because: {self.said.why}" if self.said.why else ""
        return f"{words}. {self.said.who}, {self.said.at}{why}"


@dataclass
class Copy:
    """One copy: its manifest, its rows, what its trail says, and what is wrong with it."""

    manifest: dict
    sha256: str = ""
    rows: dict[str, dict[str, dict]] = field(default_factory=dict)
    said: dict[tuple[str, str], dict[str, Said]] = field(default_factory=dict)
    hashes: dict[str, dict[int, str]] = field(default_factory=dict)
    removed: set[tuple[str, str]] = field(default_factory=set)
    events: int = 0
    findings: list[str] = field(default_factory=list)


def verify(path: Path, key: "verify_audit.Key | None" = None) -> Copy:
    """Everything that can be said about one copy: an archive, or the folder that it was unpacked to."""
    with unpacked(path) as folder:
        copy = Copy(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
        if copy.manifest.get("ecrf-copy") != FORMAT:
            raise ValueError("This is no copy of a record, or one of another format.")
        if path.is_file():
            with open(path, "rb") as file:
                copy.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        _files(folder, copy)
        if copy.findings:
            return copy  # what the files say is worth nothing then
        anchors = folder / "anchors"
        trail = verify_audit.verify(
            folder / "trail.jsonl", anchors=anchors if (anchors / "leaves").exists() else None, key=key
        )
        copy.findings += trail.findings
        copy.events = trail.events
        for chain, (sequence, hashed) in copy.manifest["heads"].items():
            found = trail.chains.get(chain)
            if found is None or found.sequence != sequence or found.hash.hex() != hashed:
                copy.findings.append(f"{chain}: the manifest says that it ends at {sequence}, and the trail does not.")
        _read(folder, copy)
        _cells(copy)
        return copy


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder of the copy; an archive is unpacked for as long as it takes."""
    if path.is_dir():
        yield path
        return
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        if sum(one.file_size for one in archive.infolist()) > LARGEST:
            raise ValueError("The archive unpacks to more than a copy of a site can hold.")
        archive.extractall(folder)
        yield Path(folder)


def _files(folder: Path, copy: Copy) -> None:
    """Each file that the manifest names, and no other."""
    stated = copy.manifest["files"]
    there = {str(one.relative_to(folder).as_posix()) for one in folder.rglob("*") if one.is_file()}
    there = {name for name in there if "__pycache__" not in name} - {"manifest.json"}
    for name in sorted(set(stated) - there):
        copy.findings.append(f"{name}: the manifest names it, and it is not there.")
    for name in sorted(there - set(stated)):
        copy.findings.append(f"{name}: it is there, and the manifest does not name it.")
    for name in sorted(there & set(stated)):
        with open(folder / name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != stated[name]["sha256"]:
                copy.findings.append(f"{name}: its checksum is not that of the manifest: it was changed.")


def _read(folder: Path, copy: Copy) -> None:
    for table, stated in copy.manifest["rows"].items():
        rows = copy.rows[table] = {}
        for line in (folder / "tables" / f"{table}.jsonl").read_bytes().splitlines():
            row = json.loads(line)
            rows[str(row["id"])] = row
            if stated.get(str(row["id"])) != hashlib.sha256(line).hexdigest():
                copy.findings.append(f"{table} {row['id']}: its fingerprint is not that of the manifest.")
        for record in sorted(set(stated) - set(rows)):
            copy.findings.append(f"{table} {record}: the manifest names it, and it is not there.")
    for hashed, told in events(folder / "trail.jsonl"):
        copy.hashes.setdefault(told["chain"], {})[told["sequence"]] = hashed
        place = (told["table"], str(told["record"]))
        cells = copy.said.setdefault(place, {})
        if told["operation"] == "DELETE":
            copy.removed.add(place)
        who = told.get("full_name") or told["actor_name"]
        for column, (_, new) in told["changes"].items():
            cells[column] = Said(new, told["chain"], told["sequence"], told["at"], who, told["reason"])


def events(path: Path) -> Iterator[tuple[str, dict]]:
    """Hash and body of every event that the copy tells."""
    with open(path, "rb") as lines:
        for line in lines:
            told = json.loads(line)
            if "body" in told or "redacted" in told:
                yield told["hash"], told.get("body") or told["redacted"]


def _cells(copy: Copy) -> None:
    """Every cell of every table, beside what the trail says was written last."""
    for table, rows in copy.rows.items():
        defaults = copy.manifest["defaults"].get(table, {})
        for record, row in rows.items():
            cells = copy.said.get((table, record))
            if cells is None:
                copy.findings.append(f"{table} {record}: the trail does not say that it was entered.")
                continue
            for column in sorted(row.keys() | cells.keys()):
                value, said = row.get(column), cells.get(column)
                if said is None and (value is None or value == defaults.get(column)):
                    continue
                if not same(value, said and said.value):
                    copy.findings.append(f"{table} {record}: “{column}” is not what the trail says was written last.")
    for table, record in copy.said:
        if table in copy.rows and record not in copy.rows[table] and (table, record) not in copy.removed:
            copy.findings.append(f"{table} {record}: the trail says that it was entered, and the row is not there.")


def same(one, other) -> bool:
    """Equal, or the same moment written in two time zones."""
    if one == other:
        return True
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False


def compare(before: Copy, now: Copy) -> list[Change]:
    """What differs. Adds to the findings of `now` whatever the trail does not explain, or contradicts."""
    for name in ("study", "site"):
        if before.manifest[name] != now.manifest[name]:
            raise ValueError(f"The two copies are not of the same {name}.")
    if before.manifest["made_at"] > now.manifest["made_at"]:
        raise ValueError("The copy that is called earlier was made later.")
    for chain, hashes in before.hashes.items():
        if chain not in now.hashes:
            if not now.manifest["subject"]:
                now.findings.append(f"{chain}: it is in the earlier copy, and not in this one.")
            continue
        for sequence, hashed in hashes.items():
            if now.hashes[chain].get(sequence) != hashed:
                now.findings.append(f"{chain} {sequence}: the earlier copy has another event: history was rewritten.")
                break
    found = []
    for table, rows in before.rows.items():
        for record, row in rows.items():
            later = now.rows.get(table, {}).get(record)
            if later is None:
                if (table, record) not in now.removed and not now.manifest["subject"]:
                    now.findings.append(f"{table} {record}: it is in the earlier copy, and not in this one.")
                continue
            for column in sorted(row.keys() | later.keys()):
                if not same(row.get(column), later.get(column)):
                    change = _change(before, now, table, record, column, row.get(column), later.get(column))
                    found.append(change)
    for table, rows in now.rows.items():
        for record, row in rows.items():
            if record not in before.rows.get(table, {}):
                said = now.said.get((table, record), {}).get("id")
                found.append(Change(table, record, "the row", None, row["id"], said))
    now.findings += [str(change) for change in found if change.said is None]
    return found


def _change(before: Copy, now: Copy, table: str, record: str, column: str, old, new) -> Change:
    """The change with whoever made it, if the trail tells of it after the earlier copy."""
    said = now.said.get((table, record), {}).get(column)
    if said is not None:
        ended = max(before.hashes.get(said.chain, {0: ""}))
        if said.sequence <= ended:
            said = None
    elif old is None and new == now.manifest["defaults"].get(table, {}).get(column):
        said = Said(new, "", 0, now.manifest["made_at"], "a new column of the table", "")
    return Change(table, record, column, old, new, said)


def _shown(value) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify a certified copy, and compare it with an earlier one.")
    parser.add_argument("copy", type=Path, help="the archive, or the folder that it was unpacked to")
    parser.add_argument("--before", type=Path, metavar="COPY", help="an earlier copy of the same site")
    parser.add_argument("--key", help="the public key of the anchors: name+number+base64")
    given = parser.parse_args(words)
    try:
        key = verify_audit.Key.read(given.key) if given.key else None
        now = verify(given.copy, key)
        changes = []
        if given.before:
            before = verify(given.before, key)
            now.findings += [f"In the earlier copy: {finding}" for finding in before.findings]
            changes = compare(before, now)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as trouble:
        print(f"This cannot be read: {trouble}", file=sys.stderr)
        return 2
    told = now.manifest
    print(f"Copy of {told['subject'] or told['site']}, {told['study']}, made {told['made_at']}: {told['how']}.")
    for change in changes:
        if change.said is not None:
            print(change)
    for finding in now.findings[:200]:
        print(f"FOUND: {finding}")
    if len(now.findings) > 200:
        print(f"... and {len(now.findings) - 200} more.")
    rows = sum(map(len, now.rows.values()))
    print(
        f"{len(told['files'])} files, {rows} rows, {now.events} events: {len(now.findings) or 'no'} finding(s)"
        + (f"; {len(changes)} change(s) since the earlier copy." if given.before else ".")
    )
    if now.sha256:
        print(f"SHA-256 of this copy: {now.sha256}")
    return 1 if now.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
