"""The embedded cluster's passwords: random, made once, each in a file of its own that only its owner may read."""

import os
from pathlib import Path

from trialsite.database import roles

ADMIN = "postgres"
PASSFILES = {ADMIN: "admin.pgpass"} | {role: f"{role.removeprefix('ecrf_')}.pgpass" for role in roles.LOGINS}


def passfile(var: Path, role: str) -> Path:
    """Where the password of `role` lies, in libpq's own format."""
    return var / PASSFILES[role]


def write_secret(path: Path, text: str) -> None:
    """A file that was never readable for others, not even for a moment, and is whole or not there."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.rename(path)


def read_password(path: Path) -> str:
    """The last field of the one line of a password file of ours (our passwords hold no colon)."""
    return path.read_text().strip().rsplit(":", 1)[1]
