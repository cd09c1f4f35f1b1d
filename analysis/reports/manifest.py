"""What another person needs to make the same bytes again: data, code, packages, seed, and the list's commitment."""

import platform
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from analysis.collect.frames import Collected
from crf import trial
from crf.code_digest import code_digest
from crf.spec import dates

PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "typst", "XlsxWriter")


@dataclass(frozen=True)
class Circumstances:
    """What a report is told about the world besides the data.

    cut: the time of the last write to the record, or of the lock. commitment: the Merkle root of the allocation list,
    None while none is loaded. locked: the time and content hash of the standing lock, None without one.
    changed_after_opening: what was changed since the list was first open, a row a value: when, subject, what, old, new,
    who, why. annulled: subject numbers that were given in error, which no table counts.
    """

    cut: datetime
    commitment: str | None
    is_synthetic: bool
    locked: tuple[datetime, str] | None = None
    changed_after_opening: tuple[tuple[str, ...], ...] = ()
    annulled: tuple[str, ...] = ()

    @property
    def is_locked(self) -> bool:
        return self.locked is not None


def manifest(
    collected: Collected, circumstances: Circumstances, *, extra: tuple[tuple[str, str], ...] = ()
) -> tuple[tuple[str, str], ...]:
    """(what, value) pairs, in the order in which they are printed."""
    lock = (
        ((f"Lock of {dates.moment(circumstances.locked[0])}, SHA-256 of the record", circumstances.locked[1]),)
        if circumstances.locked
        else ()
    )
    return (
        ("Data as of", dates.moment(circumstances.cut)),
        ("Data read, SHA-256", collected.digest()),
        *lock,
        *extra,
        ("Study and protocol version", f"{trial.STUDY_ID}, {trial.PROTOCOL_VERSION}"),
        ("Design", trial.DESIGN),
        ("Commitment to the allocation list", circumstances.commitment or "no list is loaded"),
        ("Code, SHA-256 of its files", code_digest()),
        ("Python and packages", ", ".join([f"Python {platform.python_version()}", *_packages()])),
    )


def _packages() -> list[str]:
    return [f"{name} {version(name)}" for name in PACKAGES]
