"""The code that is served, as one hash: printed with what was made by it, and part of what decides its bytes."""

import functools
import hashlib
import os
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
ROOMS = ("analysis", "crf")  # what the numbers depend on
KINDS = (".py", ".typ", ".R")


@functools.cache
def code_digest() -> str:
    """SHA-256 over the Python, R and typst files of the rooms that the numbers depend on, by path."""
    digest = hashlib.sha256()
    for room in ROOMS:
        # One walk that looks at names alone: what Python keeps beside its sources is as many files again.
        found = [
            Path(folder, name) for folder, _, names in os.walk(HOUSE / room) for name in names if name.endswith(KINDS)
        ]
        for path in sorted(found):
            digest.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
