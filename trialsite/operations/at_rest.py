"""Is what lies on this machine's disk encrypted there? The kernel tells of dm-crypt, and of no other way."""

import os
from pathlib import Path

SYS = Path("/sys/dev/block")


def is_encrypted(folder: Path) -> bool | None:
    """True where each device below the folder's file system is dm-crypt's, or stands on such; None where none is named.

    A container's layer, a network's file system and one in memory have no device of their own.
    """
    number = os.stat(folder).st_dev
    device = SYS / f"{os.major(number)}:{os.minor(number)}"
    if not device.exists():
        return None
    return _stands_on_crypt(device.resolve())


def _stands_on_crypt(device: Path) -> bool:
    uuid = device / "dm" / "uuid"
    if uuid.exists() and uuid.read_text().startswith("CRYPT-"):
        return True
    below = list((device / "slaves").iterdir()) if (device / "slaves").exists() else []
    if not below and (device / "partition").exists():
        return _stands_on_crypt(device.parent)
    return bool(below) and all(_stands_on_crypt(one.resolve()) for one in below)
