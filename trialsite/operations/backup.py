"""`make backup` and `make restore`: the embedded cluster as one encrypted file, and back; its log of changes between.

    python -m trialsite.operations.backup make      one base backup now
    python -m trialsite.operations.backup follow    also every change, as long as it runs (the starter does this)
    python -m trialsite.operations.backup restore FILE --into FOLDER [--at "2026-11-26 14:00:00+00"]

ECRF_BACKUPS names the folder: on another disk or machine. A file holds the cluster, the database's passwords and the
secret key (without it every second factor would be lost); it never holds the arm key, nor the key that opens it
(ECRF_BACKUP_KEY_FILE). Two custodians keep copies of both keys apart from the backups.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from trialsite import environment
from trialsite.database import postgres, roles
from trialsite.database.passwords import PASSFILES, passfile, write_secret
from trialsite.database.unprivileged import ClusterFailed, account_for_postgres, give, identity
from trialsite.operations import facts, sealed_file

ENDING = ".ecrf-backup"
CHUNK = 1 << 20
KEPT = 14  # base backups; one a day makes two weeks


class BackupTrouble(Exception):
    """A sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Places:
    """Where the data are, where backups go, and which key closes them."""

    var: Path
    folder: Path
    key_file: Path

    @classmethod
    def of_the_environment(cls) -> "Places":
        base = Path(__file__).resolve().parent.parent.parent
        var = environment.folder(os.environ, base)
        folder = Path(os.environ.get("ECRF_BACKUPS") or var / "backups").absolute()
        return cls(var, folder, Path(os.environ.get("ECRF_BACKUP_KEY_FILE") or var / "backup.key").absolute())

    @property
    def changes(self) -> Path:
        return self.folder / "changes"

    def key(self) -> bytes:
        """Made with the first backup."""
        if not self.key_file.exists() and not self.files():
            say(
                f"A key for the backups was made: {self.key_file}. It is in no backup, and without it none can be read:"
            )
            say("give two custodians a copy each, on media of their own.")
            return sealed_file.new_key(self.key_file)
        return sealed_file.read_key(self.key_file)

    def files(self) -> list[Path]:
        """Oldest first: the names are times."""
        return sorted(self.folder.glob(f"*{ENDING}"))


def say(line: str) -> None:
    print(line, flush=True)


# -- making


def make(places: Places) -> Path:
    """One base backup, read back once it is written."""
    refuse_a_real_server()
    places.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = places.key()
    with postgres.Cluster(places.var, say=say).in_use() as cluster:
        postgres.bootstrap(cluster)
        with cluster.connect(roles.BACKUP, "ecrf") as connection:
            known = facts.of(connection)
            (size,) = connection.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone()
        refuse_a_full_disk(places.folder, int(size))
        known["kept"] = kept_beside(places.var)
        path = places.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}{ENDING}"
        sealed_file.seal(stream(cluster, known), path, key)
        for _ in sealed_file.unseal(path, key):  # a backup that cannot be read is none
            pass
        with cluster.connect(roles.WEB, "ecrf") as connection:
            connection.execute(
                "INSERT INTO crf_heartbeat (name, at, since, found) VALUES ('backup', now(), now(), '[]')"
                " ON CONFLICT (name) DO UPDATE SET at = excluded.at"
            )
    forget_the_oldest(places)
    rows, size = sum(known["rows"].values()), path.stat().st_size / 1e6
    say(f"{path} ({size:.1f} MB, {rows} rows, {len(known['heads'])} audit chains); read back whole.")
    return path


def refuse_a_real_server() -> None:
    if os.environ.get("DATABASE_URL"):
        raise BackupTrouble(
            "DATABASE_URL names a server of its own: its keepers back it up (trialsite/deploy/pgbackrest.conf)."
            " This makes backups of the embedded database only."
        )


def refuse_a_full_disk(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + 100_000_000:
        raise BackupTrouble(f"{folder} has {free // 1_000_000} MB free; the database has {size // 1_000_000} MB.")


def kept_beside(var: Path) -> dict[str, str]:
    """The small files without which the cluster is of no use. Never the arm key."""
    names = ["secret.key", *PASSFILES.values()]
    return {name: (var / name).read_text() for name in names if (var / name).exists()}


def stream(cluster: postgres.Cluster, known: dict) -> Iterator[bytes]:
    """The facts, then PostgreSQL's own base backup as it comes: nothing lies on a disk in the clear."""
    head = json.dumps(known).encode()
    yield len(head).to_bytes(8, "big") + head
    words = [str(postgres.binaries() / "pg_basebackup"), "-D", "-", "-Ft", "-X", "fetch", "-c", "fast", "--no-password"]
    words += ["--manifest-checksums=SHA256"]
    words += ["-h", str(cluster.socket), "-p", "5432", "-U", roles.BACKUP]
    env = identity()["env"] | {"PGPASSFILE": str(passfile(cluster.var, roles.BACKUP))}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as program:
        errors: list[bytes] = []
        listener = threading.Thread(target=lambda: errors.append(program.stderr.read()))
        listener.start()
        while chunk := program.stdout.read(CHUNK):
            yield chunk
        listener.join()
    if program.returncode:
        said = postgres.in_short(b"".join(errors).decode(errors="replace"))
        raise BackupTrouble(f"PostgreSQL made no backup: {said}")


def forget_the_oldest(places: Places) -> None:
    """Keep the newest; and the changes since the oldest that is kept."""
    number = int(os.environ.get("ECRF_BACKUPS_KEPT") or KEPT)
    for old in places.files()[: -max(number, 1)]:
        old.unlink()
    oldest = places.files()[0].stat().st_mtime
    for change in places.changes.glob("*.sealed") if places.changes.exists() else ():
        if change.stat().st_mtime < oldest - 3600:
            change.unlink()


# -- every change, between base backups


def archive_settings(var: Path) -> dict[str, str]:
    """For a cluster whose changes are followed: a finished piece of the log goes to a folder, each minute at least."""
    waiting, whence = (shlex.quote(str(path)).replace("%", "%%") for path in (var / "changes", var / "pg"))
    return {
        "archive_mode": "on",
        "archive_timeout": "60",
        # PostgreSQL keeps what this refuses, and tries again.
        "archive_command": f"cd {waiting} && test ! -f %f && cp {whence}/%p %f.part && mv %f.part %f",
    }


def make_room_for_changes(var: Path) -> None:
    (var / "changes").mkdir(mode=0o700, exist_ok=True)
    give(var / "changes")


def follow(places: Places, stop: threading.Event, every: float = 5) -> None:
    """Seal what PostgreSQL has put into var/changes, and a base backup each day."""
    refuse_a_real_server()
    places.changes.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        try:
            newest = places.files()[-1].stat().st_mtime if places.files() else 0
            if time.time() - newest > 24 * 3600:
                make(places)
            seal_changes(places)
        except (BackupTrouble, ClusterFailed, psycopg.OperationalError, OSError) as trouble:
            say(f"The backup waits: {trouble}")
            stop.wait(60)
        if stop.wait(every):
            return


def seal_changes(places: Places) -> int:
    """Each finished piece: sealed, read back, then taken away. Returns how many."""
    key, done = places.key(), 0
    for piece in sorted((places.var / "changes").glob("*")):
        if piece.suffix == ".part":
            continue
        target = places.changes / f"{piece.name}.sealed"
        if not target.exists():
            sealed_file.seal([piece.read_bytes()], target, key)
        if b"".join(sealed_file.unseal(target, key)) == piece.read_bytes():
            piece.unlink()
            done += 1
        else:
            target.rename(target.with_suffix(f".other-{datetime.now(UTC):%Y%m%dT%H%M%S}"))
    return done


# -- back


def restore(places: Places, path: Path, into: Path, at: str = "") -> dict:
    """Make the folder a var of its own: cluster, passwords, secret key. Returns the facts that the backup bears.

    With changes on hand they are played back as well, to the moment `at` or to the last one.
    """
    if into.exists() and any(into.iterdir()):
        raise BackupTrouble(f"{into} is not empty. A restore never writes over anything: name a new folder.")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = sealed_file.read_key(places.key_file)
    reader = sealed_file.Reader(sealed_file.unseal(path, key))
    known = json.loads(reader.read(int.from_bytes(reader.read(8), "big")))
    for name, text in known.pop("kept").items():
        write_secret(into / name, text)
    data = into / "pg.new"
    data.mkdir(mode=0o700)
    with tarfile.open(fileobj=reader, mode="r|") as archive:
        archive.extractall(data, filter="data")
    reader.read()  # to the end: only then is it known to be whole
    hand_over(data)
    data.chmod(0o700)
    compare_with_manifest(data)
    play_back(places, key, into, data, at)
    data.rename(into / "pg")
    return known


def compare_with_manifest(data: Path) -> None:
    """PostgreSQL's own list of the files with their hashes (what pg_verifybackup does; the wheel's does not run)."""
    manifest = data / "backup_manifest"
    text = manifest.read_bytes()
    listed = json.loads(text)
    before = text[: text.rindex(b'"Manifest-Checksum"')]
    wrong = [] if hashlib.sha256(before).hexdigest() == listed["Manifest-Checksum"] else ["the manifest itself"]
    for file in listed["Files"]:
        path = data / (file.get("Path") or bytes.fromhex(file["Encoded-Path"]).decode(errors="surrogateescape"))
        if not path.is_file() or path.stat().st_size != file["Size"]:
            wrong.append(path.name)
            continue
        with open(path, "rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != file["Checksum"]:
                wrong.append(path.name)
    if wrong:
        raise BackupTrouble(f"The backup is not what it was when it was made: {', '.join(wrong[:5])}.")


def hand_over(folder: Path) -> None:
    if account := account_for_postgres():
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def play_back(places: Places, key: bytes, into: Path, data: Path, at: str) -> None:
    """PostgreSQL fetches the changes from a folder in the clear inside the new var, and opens when it has them."""
    sealed = sorted(places.changes.glob("*.sealed")) if places.changes.exists() else []
    if not sealed:
        if at:
            raise BackupTrouble(
                f"There are no changes in {places.changes}: only the moment of a backup can be restored."
            )
        return
    folder = into / "played_back"
    folder.mkdir(mode=0o700)
    for piece in sealed:
        (folder / piece.name.removesuffix(".sealed")).write_bytes(b"".join(sealed_file.unseal(piece, key)))
    hand_over(folder)
    lines = [f"restore_command = 'cp ../{folder.name}/%f %p'", "recovery_target_action = 'promote'"]
    if at:
        quoted = at.replace("'", "''")
        lines.append(f"recovery_target_time = '{quoted}'")
    with open(data / "postgresql.auto.conf", "a") as settings:
        settings.write("\n".join(lines) + "\n")
    (data / "recovery.signal").touch()
    hand_over(data)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m trialsite.operations.backup", description=__doc__.split("\n")[0])
    deeds = parser.add_subparsers(dest="deed", required=True)
    deeds.add_parser("make", help="one base backup now")
    deeds.add_parser("follow", help="a base backup a day and every change between, until told to stop")
    back = deeds.add_parser("restore", help="into a new folder")
    back.add_argument("file", type=Path)
    back.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    back.add_argument("--at", default="", metavar="TIME", help="a moment with its zone; the last one when not said")
    said = parser.parse_args(words)
    places = Places.of_the_environment()
    try:
        if said.deed == "make":
            make(places)
        elif said.deed == "follow":
            stop = threading.Event()
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: stop.set())
            follow(places, stop)
        else:
            restore(places, said.file, said.into.absolute(), said.at)
            with postgres.Cluster(said.into.absolute(), say=say).in_use():
                say(f"Restored into {said.into} and opened once. Serve it with: ECRF_VAR={said.into} make run")
                say(f"The arm key comes back with: ECRF_VAR={said.into} manage.py restore_arm_key COPY")
    except (BackupTrouble, ClusterFailed, sealed_file.SealBroken) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (OSError, psycopg.OperationalError) as trouble:
        print(f"No backup: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
