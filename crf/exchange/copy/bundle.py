"""A certified copy as one archive: casebooks, tables, the whole trail of the subjects, and a manifest over all of it.

It says how it was made, and holds the programs that verify it and compare it with another one; they need nothing of
this system.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crf.exchange.copy import tables, verify_copy
from crf.exchange.trail import export

HERE = Path(__file__).resolve().parent
PROCEDURE = (HERE / "PROCEDURE.txt").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Stated:
    """What a copy says of itself: whose, of what, when, by whom, what for. `subject` "": the whole site."""

    study: str
    title: str
    protocol: str
    site: str
    site_name: str
    subject: str
    made_at: datetime
    made_by: dict[str, str]
    purpose: str
    how: str

    @property
    def scope(self) -> str:
        return f"subject {self.subject}" if self.subject else f"site {self.site}"


@dataclass(frozen=True)
class Written:
    """The finished archive: its checksum, its size, and one hash over where its chains end."""

    sha256: str
    size: int
    heads_sha256: str


def heads_of(chains: Iterable[str]) -> dict[str, list]:
    """Chain -> [sequence, hash] of its last event, for those that are named."""
    asked = set(chains)
    return {chain: [sequence, hashed.hex()] for chain, sequence, hashed in export.heads() if chain in asked}


def heads_sha256(heads: dict[str, list]) -> str:
    """One hash for where all these chains end: two moments at which nothing was written have the same one."""
    return hashlib.sha256(json.dumps(heads, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def chain_of(subject: int) -> str:
    """The chain of everything that is told about a subject."""
    return f"subject:{subject}"


def write(
    path: Path,
    stated: Stated,
    *,
    readable,
    names: tables.Names,
    casebooks: Iterable[tuple[str, bytes]],
    anchors: Path | None,
) -> Written:
    """Write the archive. The caller sees the site, and reads everything as of one moment."""
    chains = [chain_of(subject) for subject in names.subjects]
    heads, rows, defaults = heads_of(chains), {}, {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for number, content in casebooks:
            export.put(archive, f"casebooks/{number}.pdf", content)
        for part in tables.parts(readable):
            rows[part.table] = _table(archive, part, names)
            defaults[part.table] = part.defaults
        head, meanings = tables.dictionary(readable)
        export.put(archive, "tables/dictionary.csv", _csv(head, meanings))
        asked = export.Asked(stated.scope, tuple(chains))
        export.put_trail(archive, asked, format="csv", study=stated.study, at=stated.made_at, anchors=anchors)
        export.put(archive, "verify_copy.py", Path(verify_copy.__file__).read_bytes())
        export.put(archive, "HOW-THIS-COPY-WAS-MADE.txt", _how(stated).encode())
    told = {
        "ecrf-copy": verify_copy.FORMAT,
        "study": stated.study,
        "title": stated.title,
        "protocol": stated.protocol,
        "site": stated.site,
        "subject": stated.subject,
        "subjects": sorted(names.subjects.values()),
        "made_at": stated.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "made_by": stated.made_by,
        "purpose": stated.purpose,
        "how": stated.how,
        "heads": heads,
        "defaults": defaults,
        "rows": rows,
        "files": _checksums(path),
    }
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        export.put(archive, "manifest.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
    with open(path, "rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(checksum, path.stat().st_size, heads_sha256(heads))


def _table(archive: zipfile.ZipFile, part: tables.Part, names: tables.Names) -> dict[str, str]:
    """The table twice, as JSON lines and as CSV; gives the fingerprint of each row by its id."""
    found, for_people = {}, []
    with archive.open(export.entry(f"tables/{part.table}.jsonl"), "w", force_zip64=True) as file:
        for line in part.lines(names.subjects):
            file.write(line + b"\n")
            found[str(json.loads(line)["id"])] = tables.fingerprint(line)
            for_people.append(tables.row(part, line, names))
    export.put(archive, f"tables/{part.table}.csv", _csv(tables.head(part), for_people))
    return found


def _csv(head: list[str], rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def _checksums(path: Path) -> dict[str, dict]:
    found = {}
    with zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            with archive.open(one) as file:
                found[one.filename] = {
                    "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
                    "bytes": one.file_size,
                }
    return found


def _how(stated: Stated) -> str:
    by = stated.made_by
    who = ", ".join(filter(None, (by.get("name"), by.get("role"), by.get("organisation"))))
    return PROCEDURE.format(
        study=stated.study,
        title=stated.title,
        protocol=stated.protocol,
        scope=f"subject {stated.subject} of {stated.site_name}"
        if stated.subject
        else f"all subjects of {stated.site_name}",
        made_at=f"{stated.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        made_by=who,
        how=stated.how,
        purpose=stated.purpose,
    )
