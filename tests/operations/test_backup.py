"""A backup is one encrypted file without the arm key; what comes back from it is what was there.

On a cluster of its own, as life has it (with a log of changes that is kept), by the commands that a person types.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from psycopg import sql

from tests.databases import the_cluster
from trialsite.database import postgres, roles
from trialsite.operations import backup, drill, facts, sealed_file
from trialsite.operations.backup import Places
from trialsite.starter import run

REPOSITORY = Path(run.__file__).resolve().parents[2]
PASSPHRASE = "a custodian's long pass phrase"


@pytest.fixture(scope="module")
def life(world_template):
    """A cluster with the small world in it, whose changes are followed; and the arm key with a custodian's copy."""
    from crf.allocation import custody, sealing

    top = Path(tempfile.mkdtemp(prefix="life-", dir=settings.VAR))  # pytest's own folders get closed by other runs
    var = top / "var"
    var.mkdir()
    backup.make_room_for_changes(var)
    cluster = postgres.Cluster(var, backup.archive_settings(var) | {"archive_timeout": "1"}, say=lambda line: None)
    with cluster.in_use():
        names = roles.LOGINS
        with cluster.connect() as admin:
            roles.prepare_roles(admin, {name: postgres.read_password(postgres.passfile(var, name)) for name in names})
            roles.make_database(admin, "ecrf")
        copy(world_template, cluster)
        custody.write_copy(top / "custodian-1.json", sealing.read_key(settings.ARM_KEY_FILE), PASSPHRASE)
        shutil.copy(settings.ARM_KEY_FILE, var / "arm.key")
        (var / "secret.key").write_text(settings.SECRET_KEY)  # by which the database knows the program
        backup.sealed_file.new_key(top / "backup.key")
        yield cluster, Places(var, top / "elsewhere", top / "backup.key"), top / "custodian-1.json"
    shutil.rmtree(top)


def copy(database: str, cluster: postgres.Cluster) -> None:
    """pg_dump of the tests' template into the cluster's database `ecrf`."""
    theirs = the_cluster()
    out = [postgres.binaries() / "pg_dump", "-Fc", "-h", theirs.socket, "-U", "postgres", database]
    into = [postgres.binaries() / "pg_restore", "-h", cluster.socket, "-U", "postgres", "-d", "ecrf"]
    passes = {
        one: os.environ | {"PGPASSFILE": str(postgres.passfile(one.var, "postgres"))} for one in (theirs, cluster)
    }
    dumped = subprocess.run([str(word) for word in out], env=passes[theirs], stdout=subprocess.PIPE, check=True)
    subprocess.run([str(word) for word in into], env=passes[cluster], input=dumped.stdout, check=True)


def typed(words: list[str], places: Places, said: str = "", **more: str) -> subprocess.CompletedProcess:
    """As a person types it, without a terminal: pass phrases come from standard input."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ECRF_", "DATABASE_"))}
    env |= {"ECRF_MODE": "test", "ECRF_VAR": str(places.var), "ECRF_BACKUPS": str(places.folder)}
    env |= {"ECRF_BACKUP_KEY_FILE": str(places.key_file)} | more
    return subprocess.run(
        words, cwd=REPOSITORY, env=env, input=said, capture_output=True, text=True, start_new_session=True
    )


MAKE = ["make", "--silent", "--assume-old=.venv/ready"]


def write(cluster: postgres.Cluster, name: str) -> None:
    """One acknowledged, audited write."""
    with cluster.connect(roles.WEB, "ecrf") as connection, connection.transaction():
        connection.execute("SELECT set_config('crf.actor', 'system:tests', true), set_config('crf.reason', 'x', true)")
        connection.execute("UPDATE crf_site SET name = %s WHERE code = 'JER'", [name])


@pytest.mark.req("BCK-01")
@pytest.mark.req("BCK-02")
@pytest.mark.req("BCK-03")
@pytest.mark.finding("F-905")
def test_make_backup_and_make_restore_drill_as_a_person_types_them(life):
    cluster, places, custodian = life
    made = typed([*MAKE, "backup"], places)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "read back whole" in made.stdout
    write(cluster, "written after the backup")
    words = [*MAKE, "restore-drill", f"ARGS=--custodian-copy {custodian}"]
    done = typed(words, places, said=PASSPHRASE + "\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The drill passed after" in done.stdout
    assert "Lost: 1 acknowledged entries" in done.stdout and "crf_site" in done.stdout
    assert "one code was broken with the custodian's key" in done.stdout
    assert "PLACEBO" not in done.stdout and "DCS" not in done.stdout
    logged = json.loads((places.folder / "drills.log").read_text().splitlines()[-1])
    assert logged["wrong"] == [] and logged["lost"][0]["table"] == "crf_site" and logged["chains"] > 3
    assert not list(places.var.glob("drill-*"))
    with cluster.connect(roles.WEB, "ecrf") as connection:
        told = "SELECT name, found FROM crf_heartbeat WHERE now() - at < '5 min' AND name IN ('backup', 'drill')"
        assert dict(connection.execute(told).fetchall()) == {"backup": [], "drill": []}


@pytest.mark.req("BCK-01")
@pytest.mark.req("PRV-05")
def test_a_backup_holds_no_arm_key_and_nothing_in_the_clear(life, tmp_path):
    _, places, _ = life
    path = backup.make(places)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    sealed, clear = path.read_bytes(), b"".join(sealed_file.unseal(path, sealed_file.read_key(places.key_file)))
    assert b"JER-001" in clear and b"JER-001" not in sealed
    assert (places.var / "secret.key").read_bytes() in clear  # without it every second factor would be lost
    key = (places.var / "arm.key").read_bytes().strip()
    for form in (key, bytes.fromhex(key.decode()) if len(key) == 64 else key):
        assert form not in clear
    assert places.key_file.read_bytes().strip() not in clear


@pytest.mark.req("BCK-01")
@pytest.mark.req("BCK-03")
def test_every_change_is_followed_and_a_chosen_moment_is_restored(life):
    cluster, places, custodian = life
    backup.make(places)
    write(cluster, "before the moment")
    with cluster.connect(roles.WEB, "ecrf") as connection:
        (moment,) = connection.execute("SELECT clock_timestamp()::text").fetchone()
    time.sleep(0.05)
    write(cluster, "after the moment")
    followed(cluster, places)
    result = drill.drill(places, at=moment)
    assert result["wrong"] == [] and [entry["table"] for entry in result["lost"]] == ["crf_site"]
    for at, name in ((moment, "before the moment"), ("", "after the moment")):
        into = places.var.parent / f"back {bool(at)}"
        backup.restore(places, places.files()[-1], into, at)
        again = postgres.Cluster(into, say=lambda line: None)
        with again.in_use():
            with again.connect(dbname="ecrf") as connection:
                assert connection.execute("SELECT name FROM crf_site WHERE code = 'JER'").fetchone() == (name,)
                assert facts.breaks_in_the_chains(connection) == 0
            if not at:  # and so nothing is lost
                as_a_real_server_is_drilled(cluster, again, custodian, places)


def as_a_real_server_is_drilled(live, restored, custodian: Path, places: Places) -> None:
    """By addresses, as ecrf_backup; and from inside as ecrf_web, never the live one's."""

    def url(cluster, role) -> str:
        where = quote(str(postgres.passfile(cluster.var, role)))
        return f"postgresql://{role}@/ecrf?host={cluster.socket}&passfile={where}"

    words = [sys.executable, "-m", "trialsite.operations.drill", "--restored", url(restored, roles.BACKUP)]
    words += ["--live", url(live, roles.BACKUP), "--custodian-copy", str(custodian), "--as-web"]
    key = {"ECRF_SECRET_KEY": settings.SECRET_KEY}
    refused = typed([*words, url(live, roles.WEB)], places, **key)
    assert refused.returncode == 1 and "nothing is tried on the live one" in refused.stderr
    done = typed([*words, url(restored, roles.WEB)], places, said=PASSPHRASE + "\n", **key)
    assert done.returncode == 0 and "one code was broken" in done.stdout and "Lost: nothing" in done.stdout, done.stdout


def followed(cluster: postgres.Cluster, places: Places) -> None:
    """As `follow` does it in its process: until the log with the last write has been sealed."""
    with cluster.connect() as admin:
        (last,) = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    stop = threading.Event()
    following = threading.Thread(target=backup.follow, args=(places, stop, 0.1))
    following.start()
    deadline = time.monotonic() + 60
    while not (places.changes / f"{last}.sealed").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()
    following.join()
    assert (places.changes / f"{last}.sealed").exists()


@pytest.mark.req("BCK-02")
def test_the_drill_finds_what_a_restored_database_lacks(life):
    cluster, *_ = life
    with cluster.connect(roles.BACKUP, "ecrf") as connection:
        known = facts.of(connection)
        there = json.loads(json.dumps(known))
        there["rows"]["public.crf_subject"] -= 1
        known["heads"]["study"][0] += 1000
        found = facts.missing(known, there, connection)
    assert any("public.crf_subject has" in sentence for sentence in found)
    assert any("The audit chain study does not hold entry" in sentence for sentence in found)


@pytest.mark.req("BCK-02")
def test_the_drill_computes_every_hash_of_the_audit_trail_anew(life):
    cluster, _, _ = life
    with cluster.connect(dbname="ecrf") as admin:
        assert facts.breaks_in_the_chains(admin) == 0
        with admin.transaction(force_rollback=True):
            admin.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER ALL")  # as somebody who owns the server can
            admin.execute(
                "UPDATE crf_auditentry SET body = replace(body, 'INSERT', 'UPDATE')"
                " WHERE id = (SELECT min(id) FROM crf_auditentry WHERE chain LIKE 'subject:%')"
            )
            assert facts.breaks_in_the_chains(admin) == 1
        with admin.transaction(force_rollback=True):
            admin.execute("ALTER TABLE crf_auditentry DISABLE TRIGGER ALL")
            admin.execute("DELETE FROM crf_auditentry WHERE id = (SELECT max(id) FROM crf_auditentry)")
            assert facts.breaks_in_the_chains(admin) == 1


@pytest.mark.finding("F-905")
def test_the_backup_role_dumps_everything_and_writes_nothing(life):
    import psycopg

    cluster, places, _ = life
    words = [str(postgres.binaries() / "pg_dump"), "-h", str(cluster.socket), "-U", roles.BACKUP, "ecrf"]
    env = os.environ | {"PGPASSFILE": str(postgres.passfile(places.var, roles.BACKUP))}
    dumped = subprocess.run(words, env=env, capture_output=True, text=True)
    assert dumped.returncode == 0, dumped.stderr
    assert "JER-001" in dumped.stdout and "AFU-001" in dumped.stdout and "COPY sealed." in dumped.stdout
    with cluster.connect(roles.BACKUP, "ecrf") as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'sealed')"
        ).fetchall()
        for schema, table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(schema, table)))
        # All that it says is that a backup or a drill was made, and of nothing else that it is alive.
        connection.execute("SELECT public.crf_backup_told('drill', true), public.crf_backup_told('watch', false)")
        told = connection.execute("SELECT found FROM crf_heartbeat WHERE name = 'drill'").fetchone()
        assert told == (["wrong"],)
        assert not connection.execute("SELECT FROM crf_heartbeat WHERE name = 'watch'").fetchone()


def test_a_restore_never_writes_over_anything_and_a_damaged_file_ends_in_a_sentence(life, tmp_path):
    _, places, _ = life
    path = places.files()[-1] if places.files() else backup.make(places)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    words = [sys.executable, "-m", "trialsite.operations.backup", "restore"]
    done = typed([*words, str(path), "--into", str(tmp_path / "full")], places)
    assert done.returncode == 1 and "is not empty" in done.stderr and "Traceback" not in done.stderr
    damaged = tmp_path / "damaged.ecrf-backup"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    done = typed([*words, str(damaged), "--into", str(tmp_path / "new")], places)
    assert done.returncode == 1 and "is damaged, or was sealed with another key" in done.stderr


def test_make_backup_of_a_real_server_says_who_backs_it_up(life):
    _, places, _ = life
    done = typed([*MAKE, "backup"], places, DATABASE_URL="postgresql://ecrf_web:x@db/ecrf")
    assert done.returncode != 0 and "pgbackrest.conf" in done.stderr


@pytest.mark.parametrize("size", [0, 1, sealed_file.PIECE - 1, sealed_file.PIECE, 3 * sealed_file.PIECE + 7])
def test_a_sealed_file_comes_back_whole_or_not_at_all(tmp_path, size):
    import random

    content, path = random.Random(size).randbytes(size), tmp_path / "f"
    key = sealed_file.new_key(tmp_path / "key")
    sealed_file.seal([content], path, key)
    assert b"".join(sealed_file.unseal(path, key)) == content
    sealed = path.read_bytes()
    for wrong in (sealed[:-1], sealed + b"x", sealed[:-20], b"x" + sealed):
        path.write_bytes(wrong)
        with pytest.raises(sealed_file.SealBroken):
            list(sealed_file.unseal(path, key))
