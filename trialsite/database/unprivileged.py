"""PostgreSQL does not run as root: its programs get an account without rights, which must reach what it needs."""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

ACCOUNT = "ecrf-postgres"


class ClusterFailed(Exception):
    """The cluster cannot be made or started. The text is a sentence for the person at the keyboard."""


def identity() -> dict:
    """The environment, and as root the account, under which PostgreSQL's programs run."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    words: dict = {"env": clean | {"LC_ALL": "C", "TZ": "UTC"}}
    if account := account_for_postgres():
        words |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return words


def account_for_postgres() -> pwd.struct_passwd | None:
    """None for an ordinary user, who runs PostgreSQL himself; for root an account without rights, made when missing."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise ClusterFailed("PostgreSQL does not run as root, and there is no useradd. Start this as an ordinary user.")
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
        capture_output=True,
        check=False,  # two at once: one fails, and both find the account
    )
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise ClusterFailed(f"The account {ACCOUNT} could not be made. Start this as an ordinary user.") from None


def as_account(words: list) -> subprocess.CompletedProcess:
    """Run a program of PostgreSQL's and keep what it says; being forbidden to is an exit status too."""
    try:
        return subprocess.run(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            **identity(),
        )
    except PermissionError as refusal:
        return subprocess.CompletedProcess(words, 126, stdout=str(refusal))


def give(path: Path) -> None:
    """To the account, if there is one."""
    if account := account_for_postgres():
        os.chown(path, account.pw_uid, account.pw_gid)


def open_the_way(to: Iterable[Path], say: Callable[[str], None]) -> None:
    """The account must be able to pass through the folders down to these: `x` for others, only where it is missing."""
    if not (account := account_for_postgres()):
        return
    for folder in dict.fromkeys(above for path in to for above in reversed([path, *path.resolve().parents])):
        found = folder.stat()
        if not found.st_mode & stat.S_IXOTH and found.st_uid != account.pw_uid:
            say(f"Opening {folder} for passing through (chmod o+x): PostgreSQL runs as {ACCOUNT}, not as root.")
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def make_runnable(programs: Path, say: Callable[[str], None]) -> None:
    """The account must be able to read the programs and what comes with them: a careful umask may have closed them."""
    if not account_for_postgres() or as_account([programs / "postgres", "--version"]).returncode == 0:
        return
    say(f"Making the PostgreSQL programs in {programs.parent} readable for {ACCOUNT}.")
    for path in [programs.parent, *programs.parent.rglob("*")]:
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or mode & stat.S_IXUSR else 0))
