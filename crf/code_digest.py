"""The code that is served, as one hash: printed with what was made by it, and part of what decides its bytes."""

import functools
import hashlib
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
ROOMS = ("analysis", "crf")  # what the numbers depend on


@functools.cache
def code_digest() -> str:
    """SHA-256 over the Python, R and typst files of the rooms that the numbers depend on, by path."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((HOUSE / room).rglob("*")):
            if path.suffix in (".py", ".typ", ".R"):
                digest.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
