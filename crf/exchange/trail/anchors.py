"""Anchors: the heads of all chains, appended to a second place, with a signed root over all that was ever appended.

The place is a folder (ECRF_ANCHORS; var/anchors when not said): `leaves`, a line for each head that moved since it was
anchored last; `checkpoints.jsonl`, every signed checkpoint with its time; `checkpoint`, the newest alone, and `key`,
the public half of the signing key. Only appended to: a chain that went back is refused, and stays as it was anchored.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from crf.exchange.trail import verify_audit


class WentBack(Exception):
    """A chain is shorter than, or other than, what was anchored of it. The sentence names it."""


@dataclass(frozen=True)
class Anchors:
    """The folder of the anchors, and the file of the key that signs them (kept elsewhere)."""

    folder: Path
    key_file: Path
    origin: str

    def append(self, heads: Iterable[tuple[str, int, bytes]], *, at: datetime) -> verify_audit.Checkpoint:
        """Append the heads that moved, and a checkpoint over everything. Raises WentBack, and then appends nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            leaves = self.leaves()
            latest = _latest(leaves)
            moved = []
            for chain, sequence, hashed in heads:
                before, was = latest.pop(chain, (0, ""))
                if sequence < before or (sequence == before and hashed.hex() != was):
                    raise WentBack(f"{chain} is at event {sequence}; it was anchored at {before} with another hash.")
                if sequence > before:
                    moved.append(f"{chain} {sequence} {hashed.hex()}".encode())
            if latest:
                raise WentBack(f"{', '.join(sorted(latest))}: anchored, and not there any more.")
            _append(self.folder / "leaves", b"".join(leaf + b"\n" for leaf in moved))
            note = self._signed(len(leaves) + len(moved), verify_audit.merkle_root([*leaves, *moved]))
            line = json.dumps({"at": at.astimezone(UTC).isoformat(timespec="seconds"), "note": note})
            _append(self.folder / "checkpoints.jsonl", line.encode() + b"\n")
            (self.folder / "checkpoint").write_text(note)
            (self.folder / "key").write_text(f"{self.key()}\n")
        return verify_audit.Checkpoint.read(note)

    def leaves(self) -> list[bytes]:
        path = self.folder / "leaves"
        return verify_audit.leaves_of(path) if path.exists() else []

    def latest(self) -> tuple[datetime, verify_audit.Checkpoint] | None:
        """When the newest checkpoint was written, and the checkpoint; None before the first."""
        told = self.latest_note()
        return (told[0], verify_audit.Checkpoint.read(told[1])) if told else None

    def latest_note(self) -> tuple[datetime, str] | None:
        """The same with its signed text as it was written."""
        path = self.folder / "checkpoints.jsonl"
        if not path.exists():
            return None
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            told = json.loads(file.read().splitlines()[-1])
        return datetime.fromisoformat(told["at"]), told["note"]

    def key(self) -> verify_audit.Key:
        """The public half of the key that signs."""
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return verify_audit.Key(self.origin, public)

    def _signed(self, size: int, root: bytes) -> str:
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self.key().number + self._private().sign(text.encode())).decode()
        return f"{text}\n\N{EM DASH} {self.origin} {signature}\n"

    def _private(self) -> Ed25519PrivateKey:
        """Made once. Whoever has it can sign another history, so witnesses remember, and do not only check."""
        if not self.key_file.exists():
            self.key_file.parent.mkdir(parents=True, exist_ok=True)
            made = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            with open(os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(base64.b64encode(made))
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.key_file.read_text()))


def _latest(leaves: list[bytes]) -> dict[str, tuple[int, str]]:
    found = {}
    for leaf in leaves:
        chain, sequence, hashed = leaf.decode().rsplit(" ", 2)
        found[chain] = (int(sequence), hashed)
    return found


def _append(path: Path, data: bytes) -> None:
    with open(path, "ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
