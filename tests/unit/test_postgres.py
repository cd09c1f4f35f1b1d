"""The embedded cluster: made, shared, killed, taken over. In a folder whose name has a blank and a comma."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from trialsite.database import passwords, postgres, roles, unprivileged
from trialsite.starter.processes import born, working_in

REPOSITORY = Path(postgres.__file__).resolve().parents[2]
PORTABLE = {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), sysconfig.get_path("purelib")])}


def cluster_in(folder: Path) -> postgres.Cluster:
    return postgres.Cluster(folder, postgres.HASTY, say=lambda line: None)


@contextlib.contextmanager
def a_place():
    """An empty folder beside the tests' own cluster, in memory if that is: making a cluster writes a thousand files."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="a blank, a comma ", dir=settings.VAR))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def place():
    with a_place() as made:
        yield made


@pytest.fixture(scope="module")
def folder():
    """With a bootstrapped cluster in it, stopped."""
    with a_place() as made:
        yield furnished(made / "var")


def furnished(var: Path) -> Path:
    with cluster_in(var).in_use() as cluster:
        postgres.bootstrap(cluster)
        with cluster.connect(roles.OWNER, "ecrf") as owner:
            owner.execute("CREATE TABLE kept (word text)")
            owner.execute("INSERT INTO kept VALUES ('as it was')")
    return var


@pytest.fixture
def cluster(folder):
    """The same, running."""
    with cluster_in(folder).in_use() as running:
        yield running


def kept(cluster: postgres.Cluster) -> str:
    with cluster.connect(roles.OWNER, "ecrf") as owner:
        return owner.execute("SELECT word FROM kept").fetchone()[0]


def test_a_second_start_keeps_the_data(folder):
    with cluster_in(folder).in_use() as again:
        postgres.bootstrap(again)
        assert kept(again) == "as it was"


def test_the_last_one_out_stops_it(folder):
    first, second = cluster_in(folder), cluster_in(folder)
    with first.in_use():
        with second.in_use():
            assert second.process is None  # it was there already
        assert first.answers()
    assert not first.answers()
    assert not working_in(first.data)


def test_one_who_came_later_can_stay_longer(folder):
    first, second = cluster_in(folder), cluster_in(folder)
    with contextlib.ExitStack() as later:
        with first.in_use():
            later.enter_context(second.in_use())
        assert second.answers() and second.is_running()
    assert not second.answers()


def test_two_starts_at_once_make_one_cluster(place):
    command = [sys.executable, "-m", "trialsite.database.postgres", "run", "--", sys.executable, "-c", "print('ran')"]
    both = [
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=os.environ | {"ECRF_VAR": str(place / "var")},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [output for output, _ in said] == ["ran\n", "ran\n"]
    assert not working_in((place / "var" / "pg").resolve())


def test_after_kill_9_of_everything_the_next_start_recovers(folder):
    killed = cluster_in(folder)
    with killed._door():
        killed.start()
    with killed.connect(roles.OWNER, "ecrf") as owner:
        owner.execute("UPDATE kept SET word = 'as it was'")
    for pid in working_in(killed.data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    killed.process.wait()
    with cluster_in(folder).in_use() as recovered:
        assert kept(recovered) == "as it was"


def test_a_starter_that_was_killed_leaves_a_cluster_that_the_next_one_takes_over_and_stops(folder):
    orphan = cluster_in(folder)
    with orphan._door():
        orphan.start()  # and nobody says that he uses it: as after kill -9
    with cluster_in(folder).in_use() as taken_over:
        assert taken_over.process is None
        assert kept(taken_over) == "as it was"
    assert orphan.process.wait(timeout=10) == 0


def test_a_living_strangers_number_in_the_pid_file_is_neither_a_server_nor_ended(folder):
    stranger = subprocess.Popen(["sleep", "60"])
    (folder / "pg" / "postmaster.pid").write_text(f"{stranger.pid}\n{folder / 'pg'}\n")
    try:
        cluster_in(folder).stop()
        assert stranger.poll() is None
        with cluster_in(folder).in_use() as running:
            assert kept(running) == "as it was"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_somebody_elses_socket_folder_is_refused(tmp_path):
    cluster = cluster_in(tmp_path / "var")
    cluster.socket.symlink_to(tmp_path)
    try:
        with pytest.raises(postgres.ClusterFailed, match="is somebody else's"):
            cluster.socket_for_us()
    finally:
        cluster.socket.unlink()


def test_lost_password_files_end_in_a_sentence(tmp_path):
    (tmp_path / "pg").mkdir()
    with pytest.raises(postgres.ClusterFailed, match="Put the password files back"):
        cluster_in(tmp_path).start()


def test_a_full_disk_ends_in_a_sentence():
    said = "creating configuration files ... initdb: error: could not write: No space left on device\nremoving contents"
    assert postgres.in_short(said) == "the disk is full."


def test_password_files_are_nobody_elses_to_read(folder):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.pgpass")}
    names = ("admin", "owner", "web", "watch", "backup")
    assert modes == {f"{name}.pgpass": 0o600 for name in names}


def test_a_login_wants_its_own_password(cluster, tmp_path):
    forged = tmp_path / "forged.pgpass"
    webs = passwords.passfile(cluster.var, roles.WEB).read_text()
    passwords.write_secret(forged, webs.replace(roles.WEB, roles.OWNER))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**cluster.conninfo(roles.OWNER, "ecrf") | {"passfile": str(forged)})


def test_it_listens_to_no_network(cluster):
    with cluster.connect() as admin:
        assert admin.execute("SHOW listen_addresses").fetchone() == ("",)


def test_its_log_repeats_nothing_that_was_typed(cluster):
    with cluster.connect(roles.OWNER, "ecrf") as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS scored (score int CHECK (score < 5))")
        for attempt in ("INSERT INTO scored VALUES (424242)", "SELECT 'tell-tale' FROM nowhere"):
            with pytest.raises(psycopg.Error):
                owner.execute(attempt)
    written = (cluster.var / "pg.log").read_text()
    assert "violates check constraint" in written
    assert "424242" not in written and "tell-tale" not in written


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TEMP TABLE mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "CREATE SCHEMA mine",
        "SET ROLE ecrf_owner",
        "SET ROLE ecrf_sealed",
        "SET session_replication_role = 'replica'",
        "SELECT * FROM public.kept",
        "CREATE TABLE sealed.mine (x int)",
        "ALTER ROLE ecrf_web SUPERUSER",
    ],
)
def test_the_web_role_may_not(cluster, attempt):
    with cluster.connect(roles.WEB, "ecrf") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(attempt)


def test_the_owner_reads_the_sealed_schema_only_by_saying_so(cluster):
    with cluster.connect(roles.OWNER, "ecrf") as owner:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("CREATE TABLE sealed.note (x int)")
        with owner.transaction(force_rollback=True):
            owner.execute("SET LOCAL ROLE ecrf_sealed")
            owner.execute("CREATE TABLE sealed.note (x int)")


@pytest.mark.parametrize("maker", [roles.OWNER, roles.SEALED])
def test_a_new_function_is_closed_to_the_web(cluster, maker):
    schema = "sealed" if maker == roles.SEALED else "public"
    with cluster.connect(roles.OWNER, "ecrf") as owner:
        owner.execute(f"SET ROLE {maker}")
        owner.execute(f"CREATE OR REPLACE FUNCTION {schema}.new() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    with cluster.connect(roles.WEB, "ecrf") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(f"SELECT {schema}.new()")


def test_nobody_else_may_connect(cluster):
    with cluster.connect() as admin:
        admin.execute("DROP ROLE IF EXISTS passer_by; CREATE ROLE passer_by")
        may = admin.execute("SELECT has_database_privilege('passer_by', 'ecrf', 'CONNECT')").fetchone()
    assert may == (False,)


def test_the_printed_script_does_the_same_and_may_be_said_twice(cluster):
    with cluster.connect() as admin:
        roles.make_database(admin, "by_hand")
    with cluster.connect(dbname="by_hand") as admin:
        for _ in range(2):
            admin.execute(roles.script("by_hand"))
    with cluster.connect(roles.WEB, "by_hand") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("CREATE TEMP TABLE mine (x int)")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user opens nothing")
def test_as_root_it_opens_only_what_is_closed_and_only_for_passing_through(tmp_path):
    closed, open_to_all = tmp_path / "closed", tmp_path / "closed" / "open"
    closed.mkdir(mode=0o700)
    open_to_all.mkdir(mode=0o755)
    said = []
    unprivileged.open_the_way([open_to_all], said.append)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (closed, open_to_all)] == [0o701, 0o755]
    assert sum(str(closed) in line for line in said) == 1 and not any(str(open_to_all) + " " in line for line in said)


@pytest.mark.skipif(os.geteuid() != 0, reason="this run is by an ordinary user: all the other tests show it")
def test_it_works_for_an_ordinary_user(place):
    nobody = pwd.getpwnam("nobody")
    unprivileged.open_the_way([place], lambda line: None)
    home = place / "an ordinary home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    ordinary = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/", "capture_output": True}
    surroundings = {"PATH": os.environ["PATH"], "ECRF_VAR": str(home / "var")} | PORTABLE
    version = f"python3.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        with contextlib.suppress(OSError):
            trial = subprocess.run([python, "-c", "import trialsite.database.postgres"], env=surroundings, **ordinary)
            if trial.returncode == 0:
                break
    else:
        pytest.skip("no Python here that an ordinary user may run")
    words = [python, "-m", "trialsite.database.postgres", "run", "--", "/bin/sh", "-c", "id -un"]
    done = subprocess.run(words, env=surroundings, text=True, **ordinary)
    assert (done.returncode, done.stdout) == (0, "nobody\n"), done.stderr
    assert (home / "var" / "pg").stat().st_uid == nobody.pw_uid


def test_a_process_is_known_by_number_and_birth():
    sleeper = subprocess.Popen(["sleep", "60"])
    birth = born(sleeper.pid)
    assert birth and born(sleeper.pid) == birth
    sleeper.kill()
    deadline = time.monotonic() + 5
    while born(sleeper.pid) is not None and time.monotonic() < deadline:  # a zombie, not yet waited for, is no process
        time.sleep(0.01)
    assert born(sleeper.pid) is None
    sleeper.wait()


def test_threads_of_one_process_start_it_once(folder):
    answers = []

    def use():
        with cluster_in(folder).in_use() as cluster:
            answers.append(cluster.answers())

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [True] * 4


def test_a_commands_own_status_comes_through(folder, monkeypatch, capsys):
    monkeypatch.setenv("ECRF_VAR", str(folder))
    assert postgres.main(["run", "--", sys.executable, "-c", "raise SystemExit(7)"]) == 7
    assert postgres.main(["run"]) == 2
    assert "Usage" in capsys.readouterr().err
