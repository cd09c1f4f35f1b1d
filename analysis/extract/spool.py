"""Rows on their way out: written once to a file of Arrow record batches, read from there by every format.

So the database is asked once, of one moment, and no data set is ever held whole but by the formats that want it so.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from analysis.extract.sets import Holds, Row, Shape

AT_ONCE = 2000


class Spool:
    """The rows of one data set. `widest`: the bytes of the longest text of each column of text."""

    def __init__(self, shape: Shape, folder: Path):
        self.shape, self.path, self.rows = shape, folder / f"{shape.name}.arrow", 0
        self.widest = {one.name: 1 for one in shape.columns if one.holds is Holds.TEXT}
        self._waiting: list[Row] = []
        self._file = pa.OSFile(str(self.path), "wb")
        self._writer = pa.ipc.new_file(self._file, shape.schema)

    def add(self, row: Row) -> None:
        self._waiting.append(row)
        if len(self._waiting) == AT_ONCE:
            self._write()

    def close(self) -> None:
        self._write()
        self._writer.close()
        self._file.close()

    def _write(self) -> None:
        if not self._waiting:
            return
        columns = list(zip(*self._waiting, strict=True))
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self.shape.schema, strict=True)]
        for name, array in zip(self.shape.schema.names, arrays, strict=True):
            if name in self.widest:
                widest = pc.max(pc.binary_length(array)).as_py() or 1
                self.widest[name] = max(self.widest[name], widest)
        self._writer.write_batch(pa.record_batch(arrays, schema=self.shape.schema))
        self.rows += len(self._waiting)
        self._waiting = []

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, a batch at a time."""
        with pa.memory_map(str(self.path)) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def table(self) -> pa.Table:
        """The whole: for formats whose writers want it so."""
        return pa.Table.from_batches(list(self.batches()), schema=self.shape.schema)
