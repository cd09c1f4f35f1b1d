"""The archive while it is written: each file is packed, counted and hashed as its bytes come, and never held whole.

No clock is looked at: every file is of the first day of 1980. Packed lightly: what is taken out repeats itself so much
that more effort takes three times as long for a third less.
"""

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

_MADE = (1980, 1, 1, 0, 0, 0)
_PACKED = (".parquet", ".xlsx", ".pdf")  # as small as they get
_LEVEL = 1


class Packed:
    """`files`: what is in it, by name: the hash of its bytes, and how many they are."""

    def __init__(self, path: Path):
        self.files: dict[str, dict] = {}
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def __enter__(self) -> "Packed":
        return self

    def __exit__(self, *failure) -> None:
        self._archive.close()

    def put(self, name: str, content: bytes) -> None:
        """A whole small file."""
        with self.file(name) as file:
            file.write(content)

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator["File"]:
        """A file that is written by and by."""
        told: str | zipfile.ZipInfo = name  # by its name alone it is packed at the archive's level
        if name.endswith(_PACKED):
            told = zipfile.ZipInfo(name, _MADE)
        with self._archive.open(told, "w", force_zip64=True) as entry:
            file = File(entry)
            yield file
        self._archive.getinfo(name).external_attr = 0o644 << 16
        self.files[name] = {"sha256": file.hashed.hexdigest(), "bytes": file.size}


class File(io.RawIOBase):
    """Written once, from the beginning to the end."""

    def __init__(self, entry):
        self._entry, self.hashed, self.size = entry, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, content) -> int:
        content = memoryview(content).cast("B")
        self._entry.write(content)
        self.hashed.update(content)
        self.size += len(content)
        return len(content)
