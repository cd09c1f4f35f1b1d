#!/usr/bin/env python3
"""Verify an exported audit trail: one file, Python's standard library, no database and nothing else of the eCRF.

    python3 verify_audit.py trail.jsonl
    python3 verify_audit.py trail.csv --anchors anchors/ --key 'ecrf.example.org/audit+1a2b3c4d+AZ...'

It reads the export of SPECIFICATION.md, checks every hash, the order and the times of every chain, every column beside
its body, the heads of the chains, and (with --anchors) that all that was anchored is still there. Exit status: 0
nothing found, 1 something found, 2 the files cannot be read.
"""

import argparse
import base64
import csv
import hashlib
import json
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

FORMAT = 2
_HEAD, _BODY, _TAIL = b'{"hash":"', b'","body":', b"}\n"
_BODY_AT = len(_HEAD) + 64 + len(_BODY)
_COMMITMENT, _STONE = b'","commitment":"', b'","redacted":'
_STONE_AT = len(_HEAD) + 64 + len(_COMMITMENT) + 64 + len(_STONE)
REDACTIONS = "crf_redaction"
#: The columns of the CSV that say again what the body says.
COLUMNS = (
    "chain sequence at received table record operation actor actor_name full_name organisation role reason subject site"
).split()


# -- the chains (SPECIFICATION.md, 3)


def commitment(body: bytes) -> bytes:
    """What stands for a body in the chain."""
    return hashlib.sha256(body).digest()


def next_hash(previous: bytes, body: bytes, format: int = FORMAT) -> bytes:
    """The hash of an event: SHA-256 over the hash before it and the commitment (format 1: and the body itself)."""
    return hashlib.sha256(previous + (body if format == 1 else hashlib.sha256(body).digest())).digest()


@dataclass
class Chain:
    """How far a chain was followed."""

    sequence: int = 0
    hash: bytes = b""
    at: str = ""


@dataclass
class Trail:
    """Follows all chains of one export; what is wrong is kept as sentences in `findings`."""

    anchored: dict[str, dict[int, str]] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    events: int = 0
    withheld: int = 0
    stamps: int = 0
    stones: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    allowed: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)

    def event(self, stated: bytes, body: bytes, told: dict | None = None) -> dict | None:
        """One event with its body; gives what the body says, or None where it cannot be read."""
        if told is None:
            try:
                told = json.loads(body)
            except ValueError:
                self.say("A body is not JSON: it was edited.")
                return None
        try:
            name, sequence, at = told["chain"], told["sequence"], told["at"]
            chain = self.chains.get(name)
        except (KeyError, TypeError):
            self.say("A body lacks its chain, sequence or time: it was edited.")
            return None
        self.events += 1
        if chain is None:
            chain = self.chains[name] = Chain()
        hashed = next_hash(chain.hash, body, told.get("format", 1))
        if hashed != stated or sequence != chain.sequence + 1:
            self._broken(name, chain, sequence, body, stated, told.get("format", 1))
        if at < chain.at:
            self.say(f"{name} {sequence}: its time is before that of the event before it.")
        chain.sequence, chain.hash, chain.at = sequence, stated, at
        if name in self.anchored:
            self._compare_anchor(name, sequence, stated)
        if told.get("table") == REDACTIONS:
            self._allow(name, told)
        return told

    def redacted(self, stated: bytes, committed: bytes, body: bytes) -> dict | None:
        """One event of which two people took personal data out: its chain goes on by the commitment (section 6)."""
        try:
            told = json.loads(body)
            name, sequence = told["chain"], told["sequence"]
        except (ValueError, KeyError, TypeError):
            self.say("A redacted body cannot be read: it was edited.")
            return None
        self._go_on_by(name, sequence, committed, stated)
        self.stones[name, sequence] = (committed.hex(), hashlib.sha256(body).hexdigest())
        return told

    def _go_on_by(self, name: str, sequence: int, committed: bytes, stated: bytes) -> None:
        """The next link of a chain of which the commitment stands for the body."""
        self.events += 1
        chain = self.chains.setdefault(name, Chain())
        if sequence != chain.sequence + 1:
            self._gap(name, chain.sequence, sequence)
        elif hashlib.sha256(chain.hash + committed).digest() != stated:
            self.say(f"{name} {sequence}: the commitment does not give the hash: it was changed.")
        chain.sequence, chain.hash = sequence, stated
        self._compare_anchor(name, sequence, stated)

    def _allow(self, name: str, told: dict) -> None:
        """A redaction that was carried out names each event that it changed, and what stands there now."""
        try:
            entries = told["changes"].get("entries", [None, []])[1] or []
            self.allowed.update({(name, place): (was, now) for place, was, now in entries})
        except (TypeError, ValueError, AttributeError, KeyError):
            self.say(f"{name} {told['sequence']}: what this redaction changed cannot be read.")

    def redactions_left(self) -> None:
        """Every redacted event must be as the latest redaction of it says."""
        for (name, sequence), stone in self.stones.items():
            if self.allowed.get((name, sequence)) != stone:
                self.say(f"{name} {sequence}: it is redacted, and no redaction on the trail says that it stands so.")
        for name, sequence in self.allowed:
            if (name, sequence) not in self.stones and name in self.chains:
                self.say(f"{name} {sequence}: a redaction changed it, and here it stands as it was before.")

    def held_back(self, name: str, sequence: int, committed: bytes, stated: bytes) -> None:
        """One event of which the copy holds only the commitment."""
        self.withheld += 1
        self._go_on_by(name, sequence, committed, stated)

    def on_trust(self, name: str, sequence: int, stated: bytes) -> None:
        """One event of the first format that would unblind: its hash is taken as stated."""
        self.events += 1
        self.withheld += 1
        chain = self.chains.setdefault(name, Chain())
        if sequence != chain.sequence + 1:
            self._gap(name, chain.sequence, sequence)
        chain.sequence, chain.hash = sequence, stated

    def head(self, name: str, sequence: int, stated: bytes) -> None:
        """Where the database says that a chain ends."""
        chain = self.chains.get(name)
        if chain is None:
            self.say(f"{name}: {sequence} events are missing altogether; the head of the chain is still there.")
        elif chain.sequence != sequence:
            self.say(
                f"{name}: the chain ends at {chain.sequence}, its head says {sequence}: the tail was cut or added to."
            )
        elif chain.hash != stated:
            self.say(f"{name}: the head of the chain does not bear the hash of its last event.")

    def anchors_left(self) -> None:
        """What was anchored of chains that are in this export must be there."""
        for name, places in self.anchored.items():
            latest, chain = max(places, default=0), self.chains.get(name)
            if chain is None:
                self.say(f"{name}: anchored up to event {latest}, and nothing of it is here.")
            elif chain.sequence < latest:
                self.say(f"{name}: anchored up to event {latest}, and it ends at {chain.sequence}: it was rolled back.")

    def say(self, sentence: str) -> None:
        self.findings.append(sentence)

    def _broken(self, name, chain, sequence, body, stated, format) -> None:
        if sequence == chain.sequence + 1:
            self.say(
                f"{name} {sequence}: the hash does not follow from the body and the event before: one was changed."
            )
        else:
            self._gap(name, chain.sequence, sequence)

    def _gap(self, name: str, before: int, sequence: int) -> None:
        if sequence > before + 1:
            self.say(f"{name}: events {before + 1} to {sequence - 1} are missing.")
        else:
            self.say(f"{name} {sequence}: it follows event {before}: inserted, repeated or out of order.")

    def _compare_anchor(self, name: str, sequence: int, stated: bytes) -> None:
        anchored = self.anchored.get(name, {}).get(sequence)
        if anchored is not None and anchored != stated.hex():
            self.say(f"{name} {sequence}: another hash was anchored: the history was rewritten.")


# -- the files (SPECIFICATION.md, 4)


def read_lines(path: Path, trail: Trail, *, is_whole_wanted: bool = True) -> None:
    """The canonical export, trail.jsonl."""
    digest, ended, complete, heads = hashlib.sha256(), False, False, set()
    event = trail.event
    with open(path, "rb") as lines:
        for number, line in enumerate(lines):
            if line[:9] == _HEAD and line[73:82] == _BODY:
                try:
                    stated = bytes.fromhex(line[9:73].decode("ascii"))
                except ValueError:
                    trail.say(f"Line {number + 1}: the hash is not hexadecimal.")
                    stated = b""
                event(stated, line[_BODY_AT:-2])
                digest.update(line)
                continue
            try:
                told = json.loads(line)
            except ValueError:
                trail.say(f"Line {number + 1} cannot be read.")
                continue
            if "end" in told:
                ended = True
                if told.get("events") != trail.events:
                    trail.say(f"The export says {told.get('events')} events, and there are {trail.events}.")
                if told.get("sha256") != digest.hexdigest():
                    trail.say("The export's own checksum differs: the file was changed after it was written.")
                continue
            digest.update(line)
            if "redacted" in told:
                if line[_STONE_AT - len(_STONE) : _STONE_AT] != _STONE:
                    trail.say(f"Line {number + 1}: a redacted event is not written as section 4 says.")
                stated, committed = bytes.fromhex(told["hash"]), bytes.fromhex(told["commitment"])
                trail.redacted(stated, committed, line[_STONE_AT:-2])
            elif "commitment" in told:
                _held_back(trail, told)
            elif "head" in told:
                heads.add(told["head"])
                trail.head(told["head"], told["sequence"], bytes.fromhex(told["hash"]))
            elif "withheld" in told:
                trail.on_trust(told["chain"], int(told["sequence"]), bytes.fromhex(told["hash"]))
            elif "ecrf-trail" in told:
                complete = bool(told.get("complete"))
            else:
                trail.say(f"Line {number + 1} is of no known kind: it was edited.")
    if is_whole_wanted and not ended:
        trail.say("The export has no last line: it is not whole.")
    for name in sorted(set(trail.chains) - heads):
        trail.say(f"{name}: there are events of it and no head.")
    if not complete:  # a part: anchors of other chains say nothing about it
        trail.anchored = {name: places for name, places in trail.anchored.items() if name in trail.chains}


def _held_back(trail: Trail, told: dict) -> None:
    trail.held_back(
        told["chain"], int(told["sequence"]), bytes.fromhex(told["commitment"]), bytes.fromhex(told["hash"])
    )


def read_csv(path: Path, trail: Trail) -> None:
    """The same as a table, in any order: sorted by chain and place first, then each column is held against its body."""
    csv.field_size_limit(2**31 - 1)
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["chain"], int(row["sequence"] or 0)))
    for row in rows:
        if row["commitment"] and not row["body"]:
            _held_back(trail, row)
            continue
        if row["commitment"]:
            committed = bytes.fromhex(row["commitment"])
            told = trail.redacted(bytes.fromhex(row["hash"]), committed, row["body"].encode())
        else:
            told = trail.event(bytes.fromhex(row["hash"]), row["body"].encode())
        for name in compared(told, row) if told else ():
            trail.say(f"{told['chain']} {told['sequence']}: the column “{name}” says another thing than the body.")


def compared(told: dict, row: dict) -> list[str]:
    """The columns that differ from what was hashed. A quotation mark before a formula's sign is the spreadsheet's."""
    differing = []
    for name in COLUMNS:
        if name in row:
            value = told.get(name)
            text = "" if value is None else str(value)
            if row[name] not in (text, "'" + text):
                differing.append(name)
    return differing


# -- anchors: an append-only Merkle tree over heads, its root as a signed checkpoint (SPECIFICATION.md, 5)


def merkle_root(leaves) -> bytes:
    """The root of RFC 6962 (C2SP tlog): leaf SHA-256(0x00 leaf), node SHA-256(0x01 left right)."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, hashlib.sha256(b"\0" + leaf).digest()
        while peaks and peaks[-1][0] == size:
            _, left = peaks.pop()
            size, node = size * 2, hashlib.sha256(b"\1" + left + node).digest()
        peaks.append((size, node))
    if not peaks:
        return hashlib.sha256(b"").digest()
    node = peaks.pop()[1]
    while peaks:
        node = hashlib.sha256(b"\1" + peaks.pop()[1] + node).digest()
    return node


@dataclass(frozen=True)
class Checkpoint:
    """A signed note: whose log, how many leaves, which root; `signed` is the text that was signed."""

    origin: str
    size: int
    root: bytes
    signed: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, note: str) -> "Checkpoint":
        """ValueError with a sentence for anything that is no checkpoint."""
        text, found, signatures = note.partition("\n\n")
        lines = text.split("\n")
        if not found or len(lines) < 3 or not lines[1].isdecimal():
            raise ValueError("This is no checkpoint: origin, size and root are expected, then signatures.")
        given = []
        for line in signatures.splitlines():
            dash, name, value = (line.split(" ") + ["", ""])[:3]
            if dash != "\N{EM DASH}":
                raise ValueError("A signature line of the checkpoint cannot be read.")
            given.append((name, base64.b64decode(value)))
        return cls(lines[0], int(lines[1]), base64.b64decode(lines[2]), (text + "\n").encode(), tuple(given))

    def is_signed_by(self, key: "Key") -> bool:
        return any(
            name == key.name and value[:4] == key.number and verify_ed25519(key.public, self.signed, value[4:])
            for name, value in self.signatures
        )


@dataclass(frozen=True)
class Key:
    """A public key as signed notes write it: name+number+base64(0x01 key)."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> "Key":
        name, _, rest = text.strip().partition("+")
        value = base64.b64decode(rest.partition("+")[2])
        if len(value) != 33 or value[0] != 1 or cls(name, value[1:]).number.hex() != rest.partition("+")[0]:
            raise ValueError("This is no key of a signed note with Ed25519.")
        return cls(name, value[1:])

    @property
    def number(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.number.hex()}+{base64.b64encode(bytes([1]) + self.public).decode()}"


def leaves_of(path: Path) -> list[bytes]:
    """The leaves, a line each: chain, sequence and hash with a blank between."""
    return path.read_bytes().splitlines()


def read_anchors(folder: Path, trail: Trail, key: Key | None) -> None:
    """Hold every checkpoint against the leaves, the newest against the key, and remember what was anchored."""
    leaves = leaves_of(folder / "leaves")
    notes = [json.loads(line)["note"] for line in (folder / "checkpoints.jsonl").read_text().splitlines()]
    checkpoints = [Checkpoint.read(note) for note in notes]
    for before, after in pairwise(checkpoints):
        if after.size < before.size or after.origin != before.origin:
            trail.say(f"The checkpoint of size {after.size} follows one of size {before.size} of {before.origin}.")
    for point in checkpoints[-24:] + checkpoints[:-24:24]:
        if point.size > len(leaves) or merkle_root(leaves[: point.size]) != point.root:
            trail.say(f"The leaves do not give the root of the checkpoint of size {point.size}: they were changed.")
    if not checkpoints:
        trail.say("There is no checkpoint among the anchors.")
    elif key and not checkpoints[-1].is_signed_by(key):
        trail.say("The newest checkpoint is not signed by the key that was given.")
    stamped = {str(point.size): note for point, note in zip(checkpoints, notes, strict=True)}
    for path in sorted((folder / "stamps").glob("*.tsr")):
        # Who made it and when is said by `openssl ts -verify`; here, that it is of this checkpoint and of no other.
        note = stamped.get(path.stem)
        if note is None or hashlib.sha256(note.encode()).digest() not in path.read_bytes():
            trail.say(f"The time stamp {path.name} is of no checkpoint among the anchors.")
        trail.stamps += 1
    for leaf in leaves:
        name, sequence, value = leaf.decode().rsplit(" ", 2)
        trail.anchored.setdefault(name, {})[int(sequence)] = value


# -- Ed25519 (RFC 8032), verifying only: slow, and in no need of anything that is not in this file

_P, _L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)


def _recover(data: bytes):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _I % _P
    if y >= _P or v * x * x % _P != u or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else _P - x), y


def _add(one, two):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, two
    a, b = (y1 - x1) * (y2 - x2) % _P, (y1 + x1) * (y2 + x2) % _P
    c, d = 2 * t1 * t2 * _D % _P, 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point):
    total, point = (0, 1, 1, 0), (point[0], point[1], 1, point[0] * point[1] % _P)
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _same(one, two) -> bool:
    return (one[0] * two[2] - two[0] * one[2]) % _P == 0 and (one[1] * two[2] - two[1] * one[2]) % _P == 0


_BASE = _recover((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of the message was made with the private half of the key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _recover(public), _recover(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    return _same(_times(s, _BASE), _add((r[0], r[1], 1, r[0] * r[1] % _P), _times(k, a)))


# -- the command


def verify(path: Path, *, anchors: Path | None = None, key: Key | None = None) -> Trail:
    """Everything that can be said about one export."""
    trail = Trail()
    if anchors:
        read_anchors(anchors, trail, key)
    (read_csv if path.suffix == ".csv" else read_lines)(path, trail)
    trail.anchors_left()
    trail.redactions_left()
    return trail


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify an exported audit trail.")
    parser.add_argument("export", type=Path, help="trail.jsonl or trail.csv")
    parser.add_argument("--anchors", type=Path, help="the folder with leaves and checkpoints.jsonl")
    parser.add_argument("--key", help="the public key of the checkpoints: name+number+base64")
    given = parser.parse_args(words)
    try:
        trail = verify(given.export, anchors=given.anchors, key=Key.read(given.key) if given.key else None)
    except (OSError, ValueError, KeyError) as trouble:
        print(f"This cannot be read: {trouble}", file=sys.stderr)
        return 2
    for finding in trail.findings[:100]:
        print(finding)
    if len(trail.findings) > 100:
        print(f"... and {len(trail.findings) - 100} more.")
    withheld = f", {trail.withheld} of them withheld and told by commitment" if trail.withheld else ""
    if trail.stamps:
        print(f"{trail.stamps} time stamps are of these checkpoints; whose, and of when, says openssl ts -verify.")
    print(f"{trail.events} events{withheld} in {len(trail.chains)} chains: {len(trail.findings) or 'no'} finding(s).")
    return 1 if trail.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
