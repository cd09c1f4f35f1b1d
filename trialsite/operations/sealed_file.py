"""A file that only its key opens: AES-256-GCM in pieces, so that any size takes little memory.

Each piece's nonce holds its number and whether it is the last one: a piece that was left out, put elsewhere, changed or
cut off at the end is noticed. What was not noticed to be whole must not be used; so readers raise at the end as well.
"""

import os
import secrets
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ecrf sealed file 1\n"
PIECE = 1 << 20
TAG = 16
PREFIX = 7


class SealBroken(Exception):
    """Not a sealed file, not with this key, or damaged. The text is a sentence."""


def new_key(path: Path) -> bytes:
    """A key of its own in a file that only its owner reads; none is overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.hex() + "\n")
    return key


def read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise SealBroken(f"The key of the backups is not at {path}. Put it there from its copy.") from None
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise SealBroken(f"{path} holds no key of backups.")
    return key


def seal(chunks: Iterable[bytes], path: Path, key: bytes) -> int:
    """Compress and encrypt into a new file, whole or not there. Returns its size."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    prefix, cipher, squeezed = secrets.token_bytes(PREFIX), AESGCM(key), zlib.compressobj(6)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(MAGIC + prefix)
            waiting, number = bytearray(), 0
            for chunk in chunks:
                waiting += squeezed.compress(chunk)
                while len(waiting) > PIECE:
                    file.write(cipher.encrypt(_nonce(prefix, number, False), bytes(waiting[:PIECE]), MAGIC))
                    del waiting[:PIECE]
                    number += 1
            waiting += squeezed.flush()
            while len(waiting) > PIECE:
                file.write(cipher.encrypt(_nonce(prefix, number, False), bytes(waiting[:PIECE]), MAGIC))
                del waiting[:PIECE]
                number += 1
            file.write(cipher.encrypt(_nonce(prefix, number, True), bytes(waiting), MAGIC))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def unseal(path: Path, key: bytes) -> Iterator[bytes]:
    """What was sealed, in chunks. Raises SealBroken, at the latest after the last chunk."""
    cipher, loose = AESGCM(key), zlib.decompressobj()
    with open(path, "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise SealBroken(f"{path.name} is no sealed file of ours.")
        prefix, number = file.read(PREFIX), 0
        piece = file.read(PIECE + TAG)
        while True:
            following = file.read(PIECE + TAG)
            try:
                clear = cipher.decrypt(_nonce(prefix, number, not following), piece, MAGIC)
            except (InvalidTag, ValueError):
                raise SealBroken(f"{path.name} is damaged, or was sealed with another key.") from None
            yield loose.decompress(clear)
            number += 1
            if not following:
                break
            piece = following
    yield loose.flush()
    if not loose.eof:
        raise SealBroken(f"{path.name} ends too early.")


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


class Reader:
    """A file-like over chunks, as tarfile wants one."""

    def __init__(self, chunks: Iterator[bytes]):
        self.chunks, self.buffer = chunks, bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self.buffer) < size:
            chunk = next(self.chunks, None)
            if chunk is None:
                break
            self.buffer += chunk
        size = len(self.buffer) if size < 0 else size
        given = bytes(self.buffer[:size])
        del self.buffer[:size]
        return given
