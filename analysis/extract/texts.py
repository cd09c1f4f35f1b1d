"""Cells and rows as text, by whole columns: how CSV, Dataset-JSON and the workbook are written.

What a value looks like is a plain function of one value. It is asked once for each distinct value of a batch, not once
for each cell: answers are codes, days and short numbers, which come again and again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def said(values: pa.Array, say: Callable[[Any], Any], type: pa.DataType = pa.string()) -> pa.Array:
    """What `say` makes of each value; a blank stays blank."""
    found = values.dictionary_encode()
    return pa.array([say(value) for value in found.dictionary.to_pylist()], type).take(found.indices)


def rows(columns: Sequence[pa.Array], *, before: str, between: str, after: str, blank: str) -> pa.Buffer:
    """All rows of texts one behind the other, as bytes of UTF-8."""
    row = pc.binary_join_element_wise(*columns, between, null_handling="replace", null_replacement=blank)
    row = pc.binary_join_element_wise(before, row, after, "")
    return row.buffers()[2]
