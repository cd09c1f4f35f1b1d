"""The files that the randomisation statistician brings and takes. Those that tell arms are written 0600."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from crf.allocation import shams
from crf.allocation.schedule import BadList, Place
from crf.allocation.verify import Opened
from crf.papers.packing import envelopes
from crf.rules.kit_numbers import labelled

MIN_SEED = 16


class PaperTrouble(Exception):
    """A file that cannot be read or written as asked; the message says what to do."""


def read_seed(path: Path) -> str:
    """The seed, without blanks around it. Whoever guesses it knows all arms, so a short one is refused."""
    seed = _text(path).strip()
    if len(seed) < MIN_SEED:
        raise PaperTrouble(
            f"The seed in {path} has fewer than {MIN_SEED} characters and could be guessed. "
            f"Make one: python -c 'import secrets; print(secrets.token_hex(32))' > {path}"
        )
    return seed


def read_kits(path: Path) -> dict[str, str]:
    """Packed kits: CSV with the columns kit, arm."""
    rows = _table(path, ("kit", "arm"))
    kits = {row["kit"]: row["arm"] for row in rows}
    if len(kits) != len(rows):
        raise BadList(f"{path} names a kit more than once.")
    return kits


def read_list(path: Path) -> tuple[Place, ...]:
    """A list made elsewhere: CSV with the columns stratum, sequence, block, kit, arm, one row a place, in order."""
    places = []
    for number, row in enumerate(_table(path, ("stratum", "sequence", "block", "kit", "arm")), start=2):
        try:
            sequence, block = int(row["sequence"]), int(row["block"])
        except ValueError:
            raise PaperTrouble(f"{path}, line {number}: sequence and block must be whole numbers.") from None
        places.append(Place(row["stratum"], sequence, block, row["kit"], row["arm"]))
    return tuple(places)


def read_shams(path: Path) -> dict[str, str]:
    """The sham messages of such a list, by kit, where it has a column of them."""
    rows = list(csv.DictReader(_text(path).splitlines()))
    found = {row["kit"].strip(): row["sham"].strip() for row in rows if row.get("sham")}
    if found and len(found) != len(rows):
        raise PaperTrouble(f"{path} has sham messages for some kits only: for each or for none.")
    if wrong := sorted(kit for kit, row in found.items() if len(row) != shams.LENGTH or set(row) - set("01")):
        raise PaperTrouble(f"{path}: the sham messages of kit {wrong[0]} are not {shams.LENGTH} times 0 or 1.")
    return found


def write_list(path: Path, places: Sequence[Place], rows: Mapping[str, str]) -> None:
    """The list as `load_allocation --list-file` reads it, with the sham messages of each kit where there are any."""
    head = ("stratum", "sequence", "block", "kit", "arm", *(("sham",) if rows else ()))
    told = ((p.stratum, p.sequence, p.block, p.kit, p.arm, *((rows[p.kit],) if rows else ())) for p in places)
    _write(path, head, told)


def write_packing_list(path: Path, places: Sequence[Place]) -> None:
    """For who packs and labels the bottles: which kit holds which arm, by kit number, so that places are not told."""
    _write(path, ("kit", "label", "arm"), sorted((place.kit, labelled(place.kit), place.arm) for place in places))


def write_shams(path: Path, rows: Mapping[str, str]) -> None:
    """The sham messages by kit, a digit a sample: 1 asks to act."""
    _write(path, ("kit", "messages"), sorted(rows.items()))


def write_envelopes(path: Path, places: Sequence[Place]) -> None:
    """Two pages for each kit, to be printed on both sides, folded and sealed: by kit number, without places.

    They can be made here alone, where the list is; a second print wants the seed, or the list, again.
    """
    _write_bytes(path, envelopes({place.kit: place.arm for place in places}))


def refuse_existing(*paths: Path | None) -> None:
    """Before a list is loaded: what is to be written must not be there. Raises PaperTrouble."""
    for path in paths:
        if path is not None and path.exists():
            raise PaperTrouble(f"{path} is there already; it is not overwritten. Nothing was loaded.")


def write_proof(path: Path, rows: Iterable[Opened]) -> None:
    """The opened list with salts: with it anyone can compute the printed root."""
    _write(
        path,
        ("stratum", "sequence", "kit", "block", "arm", "salt", "subject_id"),
        (
            (p.stratum, p.sequence, p.kit, p.block, p.arm, row.salt.hex(), row.subject_id)
            for row in rows
            for p in [row.place]
        ),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PaperTrouble(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PaperTrouble(f"{path} cannot be read: {error}") from None


def _table(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    rows = csv.DictReader(_text(path).splitlines(), restval="", restkey="")
    if missing := [column for column in columns if column not in (rows.fieldnames or ())]:
        raise PaperTrouble(f"{path} has no column {', '.join(missing)}; it needs {', '.join(columns)}.")
    return [{column: row[column].strip() for column in columns} for row in rows]


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    _write_bytes(path, text.getvalue().encode())


def _write_bytes(path: Path, content: bytes) -> None:
    """Into a new file that nobody else reads."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise PaperTrouble(f"{path} is there already; it is not overwritten.") from None
    except OSError as error:
        raise PaperTrouble(f"{path} cannot be written: {error}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
