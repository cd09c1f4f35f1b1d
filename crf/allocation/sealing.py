"""Seals the places of the list one by one, and binds the whole list to one printed number. Pure: no Django.

What is secret of a place (its arm, its block, its salt) is encrypted with AES-256-GCM under a random nonce and bound to
the place's stratum, sequence and kit: a sealed part that is moved to another place no longer opens. Every sealed part
has the same length, so that its size does not tell the arm.

The commitment is the Merkle tree hash of RFC 6962 (section 2.1) over salted rows: a leaf is SHA-256(0x00 salt row), an
inner node SHA-256(0x01 left right). The salts are sealed with the arms; without them a leaf or the root tells nothing.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crf.allocation.schedule import Place

KEY_BYTES, NONCE_BYTES, SALT_BYTES, ARM_BYTES, PARAMETER_BYTES = 32, 12, 32, 32, 2048
_as_json = json.JSONEncoder(separators=(",", ":")).encode  # made once: json.dumps makes one for every row


class KeyTrouble(Exception):
    """The arm key cannot be read or does not fit; the message says what to do."""


@dataclass(frozen=True)
class Sealed:
    """A place as the database keeps it. The leaf is the salted hash of the open place."""

    stratum: str
    sequence: int
    kit: str
    leaf: bytes
    nonce: bytes
    sealed: bytes


# -- the key ---------------------------------------------------------------------------------------------------------


def create_key(path: Path) -> bytes:
    """A new random key in a file that only its owner can read. Fails when the file is there: no key is overwritten."""
    return keep_key(secrets.token_bytes(KEY_BYTES), path)


def keep_key(key: bytes, path: Path) -> bytes:
    """Write the key to a new file (0600) and give it back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyTrouble(f"{path} already holds a key; it is not overwritten. Move it away first.") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex() + "\n")
    return key


def read_key(path: Path) -> bytes:
    """The key (32 bytes). Raises KeyTrouble when it is missing, broken or readable by others."""
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except FileNotFoundError:
        raise KeyTrouble(
            f"The arm key is not at {path}. Restore it from a custodian's copy: manage.py restore_arm_key COPY"
        ) from None
    except (OSError, UnicodeDecodeError) as trouble:  # another account's, a folder, a damaged disk
        raise KeyTrouble(f"The arm key at {path} cannot be read by this account: {type(trouble).__name__}.") from None
    if mode & 0o077:
        raise KeyTrouble(f"Other accounts can read the arm key. Run: chmod 600 {path}")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"{path} does not hold an arm key. Restore it from a custodian's copy.")
    return key


def mark_of(key: bytes) -> str:
    """A short public mark by which a key is recognised; it does not help to guess the key."""
    return hashlib.sha256(b"allocation/1 key mark\0" + key).hexdigest()[:16]


def letters_of(arms: Sequence[str], key: bytes) -> dict[str, str]:
    """A letter for each arm, A for the first, in an order that only who has the key can find."""
    shuffled = sorted(arms, key=lambda arm: hmac.digest(key, b"allocation/1 monitoring\0" + arm.encode(), "sha256"))
    return {arm: chr(ord("A") + place) for place, arm in enumerate(shuffled)}


# -- one place -------------------------------------------------------------------------------------------------------


def canonical(place: Place) -> bytes:
    """The row as hashed: a JSON array [stratum, sequence, kit, block, arm], ASCII, without blanks."""
    return _as_json([place.stratum, place.sequence, place.kit, place.block, place.arm]).encode()


def leaf_of(salt: bytes, place: Place) -> bytes:
    """SHA-256(0x00 salt row)."""
    return leaf_hash(salt + canonical(place))


def _bound_to(stratum: str, sequence: int, kit: str) -> bytes:
    return b"allocation/1\0" + _as_json([stratum, sequence, kit]).encode()


def seal(place: Place, key: bytes) -> Sealed:
    """Encrypt what is secret of the place: 32 bytes of salt, 4 of block, 32 of arm (filled up with NUL)."""
    arm = place.arm.encode()
    if not 0 < len(arm) <= ARM_BYTES or b"\0" in arm:
        raise ValueError(f"An arm's code has 1 to {ARM_BYTES} bytes and no NUL.")
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    secret = salt + place.block.to_bytes(4, "big") + arm.ljust(ARM_BYTES, b"\0")
    sealed = AESGCM(key).encrypt(nonce, secret, _bound_to(place.stratum, place.sequence, place.kit))
    return Sealed(place.stratum, place.sequence, place.kit, leaf_of(salt, place), nonce, sealed)


def unseal(row: Sealed, key: bytes) -> tuple[Place, bytes]:
    """The open place and its salt. Raises KeyTrouble when key and row do not belong together or the row was changed."""
    secret = _decrypt(key, row.nonce, row.sealed, _bound_to(row.stratum, row.sequence, row.kit))
    salt, block, arm = secret[:SALT_BYTES], secret[SALT_BYTES : SALT_BYTES + 4], secret[SALT_BYTES + 4 :]
    place = Place(row.stratum, row.sequence, int.from_bytes(block, "big"), row.kit, arm.rstrip(b"\0").decode())
    return place, salt


def _decrypt(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(bytes(nonce), bytes(sealed), bound_to)
    except InvalidTag:
        raise KeyTrouble(
            "The arm key does not open this row of the allocation list: it is another list's key, or the row was "
            "changed. Compare with a custodian's copy of the key and call the randomisation statistician."
        ) from None


def seal_parameters(parameters: dict, key: bytes) -> tuple[bytes, bytes]:
    """How the list was made (block size among it), sealed likewise: nonce and sealed bytes of a fixed length."""
    text = json.dumps(parameters, sort_keys=True).encode()
    if len(text) > PARAMETER_BYTES:
        raise ValueError(f"The description of the list is longer than {PARAMETER_BYTES} bytes.")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce, AESGCM(key).encrypt(nonce, text.ljust(PARAMETER_BYTES), b"allocation/1 parameters")


def unseal_parameters(nonce: bytes, sealed: bytes, key: bytes) -> dict:
    return json.loads(_decrypt(key, nonce, sealed, b"allocation/1 parameters"))


def seal_shams(kit: str, row: str, key: bytes) -> tuple[bytes, bytes]:
    """The sham messages of a kit: nonce and sealed bytes, bound to the kit."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce, AESGCM(key).encrypt(nonce, row.encode(), b"allocation/1 shams\0" + kit.encode())


def unseal_shams(kit: str, nonce: bytes, sealed: bytes, key: bytes) -> str:
    return _decrypt(key, nonce, sealed, b"allocation/1 shams\0" + kit.encode()).decode()


# -- the whole list (RFC 6962, 2.1) ----------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _left_of(count: int) -> int:
    """The largest power of two smaller than count: how many leaves stand in the left subtree."""
    return 1 << (count - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root over leaf hashes, in the order given."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = _left_of(len(leaves))
    return node_hash(root_of(leaves[:left]), root_of(leaves[left:]))


def path_of(at: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `at` (from 0): the hashes that, with the leaf, give the root."""
    if len(leaves) == 1:
        return []
    left = _left_of(len(leaves))
    if at < left:
        return [*path_of(at, leaves[:left]), root_of(leaves[left:])]
    return [*path_of(at - left, leaves[left:]), root_of(leaves[:left])]


def root_by_path(leaf: bytes, at: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that one leaf and its audit path lead to, without any other row."""
    if count == 1:
        return leaf
    left = _left_of(count)
    if at < left:
        return node_hash(root_by_path(leaf, at, left, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(leaf, at - left, count - left, path[:-1]))
