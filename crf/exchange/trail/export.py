"""The trail as a file: whole chains, streamed from the database to the disk, with the verifier beside them.

Chains are exported whole, because only a whole chain can be verified. What would unblind is told by its commitment
unless the copy is made for somebody who may read it.
"""

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection, transaction

from crf.exchange.cells import harmless
from crf.exchange.trail import verify_audit
from crf.models import RECORDS, AuditEntry
from crf.spec import UNBLINDS
from trialsite.database.wall import seeing_levels

APART = "apart"
HERE = Path(__file__).resolve().parent
TOLD_EVERY = 5000  # events
FORMATS = {"jsonl": "JSON lines (canonical)", "csv": "CSV, with a table of single values", "parquet": "Parquet"}
_MADE = (1980, 1, 1, 0, 0, 0)  # of a file in the archive: no time, so that the same trail gives the same bytes
_UNBLINDING = frozenset(model._meta.db_table for model in RECORDS.values() if model.form.discloses is UNBLINDS)
A_ROW = ("chain", "sequence", "body", "hash", "commitment")


class NoParquet(Exception):
    """The optional package is not installed."""


@dataclass(frozen=True)
class Asked:
    """Which part: all chains, or those named; `scope` says it in words. `unblinded`: with the bodies that unblind."""

    scope: str
    chains: tuple[str, ...] | None = None
    unblinded: bool = False

    def covers(self, chain: str) -> bool:
        return self.chains is None or chain in self.chains


@contextmanager
def one_moment():
    """Everything that is read inside is as of one moment. Inside another transaction it is that one's."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def heads() -> list[tuple[str, int, bytes]]:
    """Where each chain ends: name, place, hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain, sequence, hash FROM public.crf_chain_heads()")
        return [(chain, sequence, bytes(hashed)) for chain, sequence, hashed in cursor.fetchall()]


def rows(asked: Asked) -> Iterator[tuple[str, int, str, bytes, bytes | None]]:
    """(chain, sequence, body, hash, commitment of a redacted one), chain by chain, from a cursor of the server's."""
    found = AuditEntry.objects.order_by("chain", "sequence")
    if asked.chains is not None:
        found = found.filter(chain__in=asked.chains)
    return found.values_list(*A_ROW).iterator(chunk_size=5000)


def write(
    path: Path,
    asked: Asked,
    *,
    format: str,
    study: str,
    at: datetime,
    anchors: Path | None = None,
    tell: Callable[[int], None] = lambda events: None,
) -> str:
    """Write the archive; gives its SHA-256. The caller sees the sites of everything that was asked for, and is told
    how many events were written."""
    with one_moment(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        put_trail(archive, asked, format=format, study=study, at=at, anchors=anchors, tell=tell)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_trail(
    archive: zipfile.ZipFile,
    asked: Asked,
    *,
    format: str,
    study: str,
    at: datetime,
    anchors: Path | None,
    tell: Callable[[int], None] = lambda events: None,
) -> None:
    """The trail, its specification, the verifier and the anchors, into an archive that holds other things too."""
    with seeing_levels():  # what would unblind goes out as a commitment alone, where the copy is for blinded people
        if format == "parquet":
            _parquet(archive, asked)
        elif format == "csv":
            _csv(archive, asked)
        _lines(archive, asked, study=study, at=at, tell=tell)  # beside each format: it holds the heads
        for name in ("verify_audit.py", "witness.py", "SPECIFICATION.md", "vectors.json"):
            put(archive, name, (HERE / name).read_bytes())
        if anchors and (anchors / "leaves").exists():
            for name in ("leaves", "checkpoints.jsonl", "checkpoint", "key"):
                put(archive, f"anchors/{name}", (anchors / name).read_bytes())
            for stamp in sorted((anchors / "stamps").glob("*.tsr")):
                put(archive, f"anchors/stamps/{stamp.name}", stamp.read_bytes())


def lines(asked: Asked, *, study: str, at: datetime) -> Iterator[bytes]:
    """The canonical export, line by line (SPECIFICATION.md, 4)."""
    digest, events = hashlib.sha256(), 0
    for line, is_event in _told(asked, study, at):
        digest.update(line)
        events += is_event
        yield line
    yield _line({"end": True, "events": events, "sha256": digest.hexdigest()})


def _told(asked: Asked, study: str, at: datetime) -> Iterator[tuple[bytes, bool]]:
    yield (
        _line(
            {
                "ecrf-trail": verify_audit.FORMAT,
                "study": study,
                "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
                "scope": asked.scope,
                "complete": asked.chains is None,
                "unblinded": asked.unblinded,
            }
        ),
        False,
    )
    for chain, sequence, body, hashed, committed in rows(asked):
        held = _held_back(asked, chain, body)
        if held is None and committed is not None:
            marks = (bytes(hashed).hex().encode(), bytes(committed).hex().encode(), body.encode())
            yield b'{"hash":"%b","commitment":"%b","redacted":%b}\n' % marks, True
        elif held is None:
            yield b'{"hash":"%b","body":%b}\n' % (bytes(hashed).hex().encode(), body.encode()), True
        else:
            yield _line({"hash": bytes(hashed).hex(), "chain": chain, "sequence": sequence} | held), True
    for chain, sequence, hashed in heads():
        if asked.covers(chain):
            yield _line({"head": chain, "sequence": sequence, "hash": hashed.hex()}), False


def _held_back(asked: Asked, chain: str, body: str) -> dict | None:
    """What a blinded copy holds in place of a body that unblinds; None where the body is for everybody."""
    if asked.unblinded:
        return None
    if chain == APART:
        return {"commitment": verify_audit.commitment(body.encode()).hex()}
    if '"format": 2' not in body and json.loads(body).get("table") in _UNBLINDING:  # not salted: nothing can be told
        return {"withheld": "format 1"}
    return None


# -- the forms


def _lines(archive: zipfile.ZipFile, asked: Asked, *, study: str, at: datetime, tell: Callable[[int], None]) -> None:
    with archive.open(entry("trail.jsonl"), "w", force_zip64=True) as file:
        for number, line in enumerate(lines(asked, study=study, at=at)):
            if number % TOLD_EVERY == 0:
                tell(number)
            file.write(line)


def _csv(archive: zipfile.ZipFile, asked: Asked) -> None:
    """trail.csv, an event a row, which the verifier reads; values.csv, a changed value a row, for people."""
    with archive.open(entry("trail.csv"), "w", force_zip64=True) as file:
        for line in _csv_lines([*verify_audit.COLUMNS, "changes", "body", "hash", "commitment"], _events(asked)):
            file.write(line)
    head = ["at", "subject", "site", "table", "record", "item", "old", "new", "actor_name", "full_name"]
    head += ["organisation", "role", "reason", "operation", "chain", "sequence"]
    with archive.open(entry("values.csv"), "w", force_zip64=True) as file:
        for line in _csv_lines(head, _values(asked, head)):
            file.write(line)


def _events(asked: Asked) -> Iterator[list]:
    for chain, sequence, body, hashed, committed in rows(asked):
        held = _held_back(asked, chain, body)
        if held is not None:
            cells = {"chain": chain, "sequence": sequence}
            yield [cells.get(name, "") for name in verify_audit.COLUMNS] + [
                "",
                "",
                bytes(hashed).hex(),
                held.get("commitment", ""),
            ]
            continue
        told = json.loads(body)
        cells = [_cell(told.get(name)) for name in verify_audit.COLUMNS]
        kept = "" if committed is None else bytes(committed).hex()
        yield [*cells, json.dumps(told["changes"], ensure_ascii=False), body, bytes(hashed).hex(), kept]


def _values(asked: Asked, head: list[str]) -> Iterator[list]:
    for chain, _, body, _, _ in rows(asked):
        if _held_back(asked, chain, body) is None:
            told = json.loads(body)
            for item, (old, new) in sorted(told["changes"].items()):
                row = told | {"item": item, "old": old, "new": new}
                yield [_cell(row.get(name)) for name in head]


def _parquet(archive: zipfile.ZipFile, asked: Asked) -> None:
    """The table of trail.csv as Parquet, in row groups of a bounded size."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise NoParquet("Parquet wants the optional package pyarrow. Take CSV, or have it installed.") from None
    names = [*verify_audit.COLUMNS, "changes", "body", "hash", "commitment"]
    schema = pyarrow.schema([(name, pyarrow.string()) for name in names])
    with (
        archive.open(entry("trail.parquet"), "w", force_zip64=True) as file,
        parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for rows_of_group in _groups(_events(asked), 20_000):
            columns = list(zip(*rows_of_group, strict=True))
            arrays = [pyarrow.array([str(cell) for cell in column], pyarrow.string()) for column in columns]
            writer.write_table(pyarrow.table(arrays, schema=schema))


def _groups(rows: Iterable[list], size: int) -> Iterator[list[list]]:
    group = []
    for row in rows:
        group.append(row)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


class _Line:
    """A file for the csv module that gives back what was written last."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _csv_lines(head: list[str], rows: Iterable[list]) -> Iterator[bytes]:
    writer = csv.writer(_Line())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(row)


def _cell(value) -> str:
    if value is None:
        return ""
    return harmless(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _line(told: dict) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def entry(name: str) -> zipfile.ZipInfo:
    """A file of the archive, compressed and under no date: the same content gives the same bytes."""
    found = zipfile.ZipInfo(name, _MADE)
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


def put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write a whole file into the archive."""
    archive.writestr(entry(name), content)
