#!/usr/bin/env python3
"""Hold an opened allocation list against the commitment that was printed before the first randomisation.

Stand-alone: standard Python 3.11 or newer, nothing of this system. See SPECIFICATION.md beside this file.

    python verify_list.py OPENED.csv COMMITMENT

Exit status: 0 the list agrees, 1 it does not, 2 it cannot be read.
"""

import csv
import hashlib
import json
import sys

COLUMNS = ("stratum", "sequence", "kit", "block", "arm", "salt", "subject_id")


def leaf(salt: bytes, stratum: str, sequence: int, kit: str, block: int, arm: str) -> bytes:
    """SHA-256(0x00 salt row)."""
    row = json.dumps([stratum, sequence, kit, block, arm], separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return hashlib.sha256(b"\x00" + salt + row).digest()


def root(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:left]) + root(leaves[left:])).digest()


def findings(rows: list[dict[str, str]], commitment: str) -> list[str]:
    """What speaks against the list, a sentence each. Raises KeyError or ValueError where a row is not one of a list."""
    rows = sorted(rows, key=lambda row: (row["stratum"], int(row["sequence"])))
    leaves = [
        leaf(
            bytes.fromhex(row["salt"]), row["stratum"], int(row["sequence"]), row["kit"], int(row["block"]), row["arm"]
        )
        for row in rows
    ]
    found = []
    if root(leaves).hex() != commitment.strip().lower():
        found.append("The list is not the one that was committed to: its root is another.")
    place, free, before = 0, False, None
    for row in rows:
        if row["stratum"] != before:
            place, free, before = 0, False, row["stratum"]
        place += 1
        if int(row["sequence"]) != place:
            found.append(f"{before}: place {place} is missing, or stands there twice.")
            place = int(row["sequence"])
        if row["subject_id"] and free:
            found.append(f"{before}: place {place} was given although an earlier one was free.")
        free = free or not row["subject_id"]
    return found


def main(arguments: list[str]) -> int:
    """Read, compare, say."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
                raise ValueError(f"it has no column {', '.join(missing)}")
            rows = list(table)
        found = findings(rows, arguments[1])
    except (OSError, KeyError, ValueError) as trouble:
        print(f"{arguments[0]} cannot be read as an opened list: {trouble}", file=sys.stderr)
        return 2
    for sentence in found:
        print(sentence)
    if not found:
        print(
            f"All {len(rows)} places agree with the commitment; {sum(bool(r['subject_id']) for r in rows)} were given."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
