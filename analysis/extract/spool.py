"""Rows on their way out: written once to a file of Arrow record batches, read from there by every format.

So the database is asked once, of one moment, and no data set is ever held whole. Batches have one length, however the
rows came, so that files whose bytes hang on it (Parquet) hang on the data alone.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from analysis.extract.sets import Holds, Shape

AT_ONCE = 5_000  # rows held in memory


class Spool:
    """The rows of one data set. `widest`: the bytes of the longest text of each column of text."""

    def __init__(self, shape: Shape, folder: Path, name: str = ""):
        self.shape, self.path, self.rows = shape, folder / f"{name or shape.name}.arrow", 0
        self.widest = {one.name: 1 for one in shape.columns if one.holds is Holds.TEXT}
        self._waiting: list[pa.RecordBatch] = []
        self._file = pa.OSFile(str(self.path), "wb")
        self._writer = pa.ipc.new_file(self._file, shape.schema)

    def add(self, batch: pa.RecordBatch) -> None:
        """Any number of rows, in the order of the data set."""
        self._waiting.append(batch)
        if sum(one.num_rows for one in self._waiting) >= AT_ONCE:
            self._write(AT_ONCE)

    def close(self) -> None:
        self._write(1)
        self._writer.close()
        self._file.close()

    def _write(self, least: int) -> None:
        """What waits, in batches of AT_ONCE, as long as there are `least` rows."""
        (whole,) = pa.Table.from_batches(self._waiting, self.shape.schema).combine_chunks().to_batches() or [None]
        start, rows = 0, 0 if whole is None else whole.num_rows
        while rows - start >= least:
            batch = whole.slice(start, AT_ONCE)
            for name in self.widest:
                longest = pc.max(pc.binary_length(batch.column(name))).as_py() or 1
                self.widest[name] = max(self.widest[name], longest)
            self._writer.write_batch(batch)
            start += batch.num_rows
        self.rows += start
        # A copy: a slice would keep all that was handed in.
        self._waiting = [whole.take(pa.array(range(start, rows)))] if start < rows else []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, a batch at a time."""
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def table(self) -> pa.Table:
        """The whole: for formats whose writers want it so."""
        return pa.Table.from_batches(list(self.batches()), schema=self.shape.schema)
