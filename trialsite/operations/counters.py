"""Counts of requests, kept for all workers of one web server in memory that they share.

The memory is made when the module is read, before the workers part (gunicorn's `preload`); each process writes to a
row of its own, so no lock between processes can be left behind by one that was killed.
"""

import mmap
import os
import struct
import threading

BOUNDS = (0.05, 0.1, 0.3, 1.0, 3.0, 10.0)  # seconds; the aims are 0.3 for a page and 0.5 for a save
KINDS = [(method, status) for method in ("read", "write") for status in ("2xx", "3xx", "4xx", "5xx")]
COUNTS = [*KINDS, *[f"le {bound}" for bound in BOUNDS], "le inf", "microseconds"]
ROWS = 128  # processes; two that share a number modulo this may lose a count, which a metric survives
PLACE = {name: place for place, name in enumerate(COUNTS)}

_memory = mmap.mmap(-1, ROWS * len(COUNTS) * 8)  # anonymous, shared with every child
_lock = threading.Lock()


def _add(name, amount: int = 1) -> None:
    at = ((os.getpid() % ROWS) * len(COUNTS) + PLACE[name]) * 8
    (count,) = struct.unpack_from("<Q", _memory, at)
    struct.pack_into("<Q", _memory, at, count + amount)


def count(method: str, status: int, seconds: float) -> None:
    """One answered request."""
    kind = "read" if method in ("GET", "HEAD", "OPTIONS") else "write"
    with _lock:
        _add((kind, f"{min(max(status, 200), 599) // 100}xx"))
        for bound in BOUNDS:
            if seconds <= bound:
                _add(f"le {bound}")
        _add("le inf")
        _add("microseconds", int(seconds * 1_000_000))


def totals() -> dict:
    """Name -> the sum over all processes."""
    numbers = struct.unpack(f"<{ROWS * len(COUNTS)}Q", _memory[:])
    return {name: sum(numbers[place :: len(COUNTS)]) for name, place in PLACE.items()}
