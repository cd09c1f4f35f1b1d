"""Reports and exports are read from a replica that is level with what was saved before, else from the primary.

The replica is real: a base backup of a cluster of its own, which replays what the primary writes.
"""

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection

from analysis.outputs import Data
from crf.actions import output_kinds as outputs
from crf.actions import outputs as store
from crf.models import Output, Site, User
from tests.operations.test_backup import copy
from trialsite.database import passwords, postgres, replica, roles
from trialsite.database.unprivileged import as_account, give
from trialsite.database.wall import seeing
from trialsite.operations import health, metrics


@pytest.fixture(scope="module")
def pair(world_template, django_db_blocker):
    """The small world on a primary, and its replica: Django's connection leads to the one, REPLICA to the other."""
    top = Path(tempfile.mkdtemp(prefix="pair-", dir=configured.VAR))
    first, second = (postgres.Cluster(top / name, {"fsync": "off"}, say=lambda line: None) for name in ("one", "two"))
    with first.in_use():
        of = {name: passwords.read_password(passwords.passfile(first.var, name)) for name in roles.LOGINS}
        with first.connect() as admin:
            roles.prepare_roles(admin, of)
            roles.make_database(admin, "ecrf")
        copy(world_template, first)
        second.var.mkdir()
        give(second.var)
        where = f"host={first.socket} port=5432 user={roles.BACKUP} password={of[roles.BACKUP]}"
        words = [postgres.binaries() / "pg_basebackup", "-d", where, "-D", second.data, "-R", "-X", "stream"]
        made = as_account([*words, "-c", "fast", "--no-sync"])
        assert made.returncode == 0, made.stdout
        for name in passwords.PASSFILES:
            shutil.copy(passwords.passfile(first.var, name), passwords.passfile(second.var, name))
        before = dict(connection.settings_dict)
        with second.in_use(), django_db_blocker.unblock():
            connection.close()
            connection.settings_dict.update(leading_to(first))
            yield SimpleNamespace(primary=first, replica=second)
            connection.close()
            connection.settings_dict.update(before)
    shutil.rmtree(top)


def leading_to(cluster: postgres.Cluster) -> dict:
    options = {"passfile": str(passwords.passfile(cluster.var, roles.WEB))}
    where = {"HOST": str(cluster.socket), "PORT": "5432", "NAME": "ecrf", "USER": roles.WEB, "PASSWORD": ""}
    return where | {"OPTIONS": options}


@pytest.fixture
def beside(pair, settings, monkeypatch):
    """As life has it: a replica is set, a worker makes what is asked for. `beside.read`: where each was read."""
    settings.REPLICA, settings.OUTPUTS_AT_ONCE = leading_to(pair.replica), False
    pair.read, pair.whole, pair.ends, makes = [], False, False, Data.make

    def make(self, output, folder, tell):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            pair.read += ["replica" if cursor.fetchone()[0] else "primary"]
            if pair.ends and pair.read[-1] == "replica":
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        if pair.whole:
            return makes(self, output, folder, tell)
        tell(50, "a small one")
        (folder / "small.csv").write_text("small\n")
        return [folder / "small.csv"]

    monkeypatch.setattr(Data, "make", make)
    yield pair
    store.throw_away_everything()


def made() -> Output:
    with seeing(Site.objects.all()):
        outputs.ask("data", by=User.objects.get(username="stefan"), purpose="To see", formats=["csv"])
        taken = store.take()
        outputs.make(taken)
    taken.refresh_from_db()
    assert taken.state == Output.State.DONE, taken.trouble
    return taken


def renamed(name: str) -> None:
    """One acknowledged, audited write to the record."""
    with connection.cursor() as cursor, seeing(Site.objects.all()):
        cursor.execute("SELECT set_config('crf.actor', 'system:tests', false), set_config('crf.reason', 'x', false)")
        cursor.execute("UPDATE crf_site SET name = %s WHERE code = 'JER'", [name])


def test_an_export_is_read_from_the_replica_whole_and_says_so_and_is_the_same(beside, settings):
    beside.whole = True
    elsewhere = made()
    assert beside.read == ["replica"]
    assert elsewhere.read_from.startswith("replica at 0/") and "level with the primary" in elsewhere.read_from
    store.throw_away_everything()
    settings.REPLICA = None
    here = made()
    assert beside.read == ["replica", "primary"] and here.read_from == ""
    assert [one["sha256"] for one in elsewhere.files] == [one["sha256"] for one in here.files]
    assert elsewhere.key == here.key


def test_what_was_saved_before_is_in_it_or_the_primary_is_read(beside, monkeypatch):
    with beside.replica.connect() as admin:
        admin.execute("SELECT pg_wal_replay_pause()")
        renamed("saved while the replica stood still")
        monkeypatch.setattr(replica, "PATIENCE", 0.2)
        with pytest.raises(replica.Unfit, match="did not come level"), replica.reading(patience=0.2):
            pass
        assert replica.lag().bytes > 0
        assert made().read_from == "" and beside.read == ["primary"]
        store.throw_away_everything()
        admin.execute("SELECT pg_wal_replay_resume()")
    with replica.reading() as source:
        assert source.is_replica and Site.objects.get(code="JER").name == "saved while the replica stood still"
    assert made().read_from and beside.read == ["primary", "replica"]
    assert replica.lag() == replica.Lag(0.0, 0.0)


def test_where_the_replica_ends_it_half_way_all_of_it_is_read_from_the_primary(beside):
    beside.ends = True
    assert made().read_from == "" and beside.read == ["replica", "primary"]


def test_nothing_is_written_there_and_how_far_it_is_goes_to_the_primary(beside):
    with replica.reading(), seeing(Site.objects.all()):
        with pytest.raises(DatabaseError, match="read-only"):
            renamed("never")
        with replica.on_the_primary():
            renamed("on the primary")
    assert Site.objects.get(code="JER").name == "on the primary"
    kinds = outputs.kinds()
    assert kinds["data"].reads_replica and kinds["blinded report"].reads_replica
    # What is unblinded, or certified for a person, relies on a lock or a hash.
    assert not any(kind.reads_replica for kind in kinds.values() if kind.is_unblinded or kind.is_personal)


def test_a_replica_that_is_away_or_is_none_is_not_read_and_health_says_so(beside, settings):
    assert health.the_replica().state == health.WELL and "0 seconds behind" in health.the_replica().sentence
    assert "ecrf_replica_behind_seconds 0" in metrics.text()
    settings.REPLICA = leading_to(beside.primary)
    assert "takes entries of its own" in health.the_replica().sentence
    assert made().read_from == "" and beside.read == ["primary"]
    settings.REPLICA = leading_to(beside.replica) | {"HOST": "127.0.0.1", "PORT": "1"}
    store.throw_away_everything()
    found = health.the_replica()
    assert found.state == health.WARNING and "read from the primary meanwhile" in found.sentence
    assert made().read_from == "" and beside.read == ["primary", "primary"]
