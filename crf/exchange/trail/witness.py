#!/usr/bin/env python3
"""A witness of the audit trail's anchors, for a site or an ethics office: it signs only what goes on from what it saw.

    python3 witness.py --key 'ecrf.example.org/audit+...' --state witness.json anchors/

Standard library, and verify_audit.py beside it. It remembers size and root of the last checkpoint, and refuses one that
is smaller (rolled back), that does not contain it (forked or rewritten), that is not signed, or in which a chain went
back. What it accepts it writes into its state with the time; keep that file where the sponsor cannot reach it.
"""

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import verify_audit


class Refused(Exception):
    """Not witnessed; the sentence says why."""


def witness(folder: Path, state: Path, key: verify_audit.Key) -> str:
    """Look at the newest checkpoint; the sentence of what was witnessed. Raises Refused."""
    leaves = verify_audit.leaves_of(folder / "leaves")
    point = verify_audit.Checkpoint.read((folder / "checkpoint").read_text())
    if not point.is_signed_by(key) or point.origin != key.name:
        raise Refused("The checkpoint is not signed by the log's key.")
    if point.size > len(leaves) or verify_audit.merkle_root(leaves[: point.size]) != point.root:
        raise Refused("The leaves do not give the root of the checkpoint.")
    seen = json.loads(state.read_text()) if state.exists() else {"size": 0, "root": "", "history": []}
    if point.size < seen["size"]:
        raise Refused(f"Rolled back: {seen['size']} leaves were witnessed, and there are {point.size}.")
    if seen["size"] and verify_audit.merkle_root(leaves[: seen["size"]]).hex() != seen["root"]:
        raise Refused(f"Forked or rewritten: the first {seen['size']} leaves are not those that were witnessed.")
    _refuse_chains_that_went_back(leaves)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told = {
        "size": point.size,
        "root": point.root.hex(),
        "history": [*seen["history"], [now, point.size, point.root.hex()]],
    }
    part = state.with_suffix(".part")
    part.write_text(json.dumps(told, indent=1))
    os.replace(part, state)
    return f"{now}: witnessed {point.size} leaves, root {point.root.hex()}."


def _refuse_chains_that_went_back(leaves: list[bytes]) -> None:
    places: dict[str, int] = {}
    for leaf in leaves:
        name, sequence, _ = leaf.decode().rsplit(" ", 2)
        if int(sequence) <= places.get(name, 0):
            raise Refused(f"The chain {name} went back to {sequence}.")
        places[name] = int(sequence)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Witness the anchors of an audit trail.")
    parser.add_argument("anchors", type=Path, help="the folder with leaves and checkpoint")
    parser.add_argument("--state", type=Path, default=Path("witness.json"))
    parser.add_argument("--key", required=True, help="the public key of the checkpoints: name+number+base64")
    given = parser.parse_args(words)
    try:
        print(witness(given.anchors, given.state, verify_audit.Key.read(given.key)))
    except Refused as refused:
        print(f"REFUSED. {refused}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as trouble:
        print(f"This cannot be read: {trouble}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
