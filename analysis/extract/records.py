"""Records of one length, as transport files of SAS, SPSS and Stata keep them, made by whole columns.

Numbers are eight bytes, texts as many as the longest of the data set.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.extract import texts

#: What stands for a number that is missing.
MISSING_IN_SPSS = np.float64(-np.finfo(np.float64).max).view(np.uint64)
MISSING_IN_STATA = np.uint64(0x7FE0000000000000)
MISSING_IN_SAS = np.uint64(0x2E << 56)  # its first byte is a full stop
SEGMENT = 255  # bytes of a long text that SPSS keeps together; one more is stored


@dataclass(frozen=True)
class Cell:
    """How a variable stands in each record: `made` gives `width` bytes for each of its texts, or of its numbers."""

    width: int
    made: Callable[[Any], np.ndarray]


def record_of(cells: Sequence[Cell], columns: Sequence[Any]) -> np.ndarray:
    """The records: a row each, as bytes."""
    made, at = np.empty((len(columns[0]), sum(one.width for one in cells)), np.uint8), 0
    for cell, values in zip(cells, columns, strict=True):
        made[:, at : at + cell.width] = cell.made(values)
        at += cell.width
    return made


# -- texts


def text(width: int, filled: str) -> Cell:
    """A text of at most so many bytes of UTF-8, filled up; a blank is the empty text."""

    def made(values: pa.Array) -> np.ndarray:
        found = pc.ascii_rpad(pc.fill_null(values, ""), width, filled)  # by bytes, whatever the letters
        return np.frombuffer(found.buffers()[2], np.uint8, len(found) * width).reshape(len(found), width)

    return Cell(width, made)


def text_of_spss(longest: int) -> Cell:
    """In SPSS whole eights of bytes; a text of more than 255 goes on in segments, each with a byte that is not used."""
    if longest <= SEGMENT:
        return text(-(-longest // 8) * 8, " ")
    segments = -(-longest // 252)
    width = (segments - 1) * (SEGMENT + 1) + -(-(longest - (segments - 1) * 252) // 8) * 8

    def stored(value: str) -> bytes:
        parts = [value.encode()[at : at + SEGMENT] for at in range(0, max(len(value.encode()), 1), SEGMENT)]
        return b"".join(part.ljust(SEGMENT + 1) for part in parts)[:width].ljust(width)

    def made(values: pa.Array) -> np.ndarray:
        found = texts.said(pc.fill_null(values, ""), stored, pa.binary(width))
        return np.frombuffer(found.buffers()[1], np.uint8, len(found) * width).reshape(len(found), width)

    return Cell(width, made)


# -- numbers, not a number where there is none


def number(missing: np.uint64) -> Cell:
    """IEEE 754, least byte first."""

    def made(numbers: np.ndarray) -> np.ndarray:
        bits = np.where(np.isfinite(numbers), numbers.view(np.uint64), missing)
        return bits.astype("<u8").view(np.uint8).reshape(len(bits), 8)

    return Cell(8, made)


def number_of_sas() -> Cell:
    """As IBM's mainframes hold it, largest byte first: a power of 16 and a fraction of 56 bits."""

    def made(numbers: np.ndarray) -> np.ndarray:
        known = np.isfinite(numbers)
        bits = np.where(known, _ibm(np.where(known, numbers, 0.0)), MISSING_IN_SAS)
        return bits.astype(">u8").view(np.uint8).reshape(len(bits), 8)

    return Cell(8, made)


def _ibm(numbers: np.ndarray) -> np.ndarray:
    fraction, power = np.frexp(np.abs(numbers))  # at least a half, below one
    sixteens = -(-power // 4)
    digits = np.ldexp(fraction, power - 4 * sixteens + 56).astype(np.uint64)  # 53 bits in 56: exact
    bits = (sixteens + 64).astype(np.uint64) << np.uint64(56) | digits
    return np.where(numbers == 0, np.uint64(0), bits | np.signbit(numbers).astype(np.uint64) << np.uint64(63))
