"""Many at once on one list: each gets a kit of their own, in order, without gap; and without the lock it breaks."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from crf.allocation import hatch
from crf.allocation.refusals import ListInUse
from tests import sealed_room

ACTOR = 1
ALLOCATE = "sealed.allocate(text,bigint,bigint)"
pytestmark = pytest.mark.every_trial
LOCK = "WHERE code = asked_stratum FOR UPDATE"
TAKE = "UPDATE sealed.slot SET"


@pytest.fixture
def kits(real_commits, owner, settings, tmp_path):
    """The kits of one site's list, in order."""
    settings.ARM_KEY_FILE = tmp_path / "arm.key"
    sealed_room.empty(owner)
    places = sealed_room.fill(owner, settings.ARM_KEY_FILE)
    return [place.kit for place in places if place.stratum == "JER"]


def at_once(deeds):
    """Do all of them at the same moment, each in a thread and on a connection of its own; their results or errors."""
    start = threading.Barrier(len(deeds))

    def run(deed):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return deed()
        except Exception as error:  # noqa: BLE001 - what a racer met is looked at by the test
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def randomising(subject, *, stratum="JER", fails=False):
    """A deed that gives the subject a kit, in a transaction; one that fails is rolled back."""

    def deed():
        with transaction.atomic():
            kit = hatch.allocate(subject_id=subject, stratum=stratum, by=ACTOR)
            if fails:
                raise ValueError("the deed failed after the kit was given")
            return kit

    return deed


def rewrite(owner, *changes):
    """Replace parts of sealed.allocate in this database; each must be there."""
    ((source,),) = sealed_room.as_sealed(owner, "SELECT pg_get_functiondef(%s::regprocedure)", [ALLOCATE])
    for old, new in changes:
        assert source.count(old) == 1
        source = source.replace(old, new)
    sealed_room.as_sealed(owner, source)


# Time between looking and taking, so that those who do not wait do meet, also on a busy machine.
A_WHILE = (TAKE, f"PERFORM pg_sleep(0.3); {TAKE}")
A_MOMENT = (TAKE, f"PERFORM pg_sleep(0.02); {TAKE}")
NO_LOCK = (LOCK, LOCK.removesuffix(" FOR UPDATE"))


@pytest.mark.parametrize("count", [2, 32])
def test_without_the_lock_and_the_guard_one_kit_goes_to_several(kits, owner, count):
    rewrite(owner, A_WHILE, NO_LOCK)
    sealed_room.as_sealed(owner, "ALTER TABLE sealed.slot DISABLE TRIGGER guard")
    given = at_once([randomising(subject) for subject in range(1, count + 1)])
    assert len(given) == count and set(given) <= set(kits)
    assert len(set(given)) < count


@pytest.mark.parametrize("count", [2, 32])
def test_without_the_lock_the_guard_of_the_table_refuses_those_who_come_too_late(kits, owner, count):
    rewrite(owner, A_WHILE, NO_LOCK)
    given = at_once([randomising(subject) for subject in range(1, count + 1)])
    served = [kit for kit in given if isinstance(kit, str)]
    assert len(set(served)) == len(served) < count
    assert all(isinstance(refused, ListInUse) for refused in given if refused not in served)


@pytest.mark.req("RND-02")
@pytest.mark.parametrize("count", [2, 32])
def test_with_the_lock_each_gets_a_kit_of_their_own_in_order(kits, owner, count):
    rewrite(owner, A_MOMENT)
    given = at_once([randomising(subject) for subject in range(1, count + 1)])
    assert sorted(given) == sorted(kits[:count])
    rows = sealed_room.given(owner, "JER")
    assert [sequence for sequence, *_ in rows] == list(range(1, count + 1))
    assert {subject: kit for _, subject, kit in rows} == dict(enumerate(given, start=1))


@pytest.mark.req("RND-03")
def test_many_requests_for_one_subject_give_one_kit(kits, owner):
    assert at_once([randomising(7)] * 16) == kits[:1] * 16
    assert sealed_room.given(owner, "JER") == [(1, 7, kits[0])]


@pytest.mark.req("RND-02")
def test_a_deed_that_fails_leaves_no_gap(kits, owner):
    results = at_once([randomising(subject, fails=subject % 3 == 0) for subject in range(1, 25)])
    assert sum(isinstance(result, ValueError) for result in results) == 8
    rows = sealed_room.given(owner, "JER")
    assert [(sequence, kit) for sequence, _, kit in rows] == list(enumerate(kits[:16], start=1))
    assert {subject for _, subject, _ in rows} == {subject for subject in range(1, 25) if subject % 3}


@pytest.mark.req("RND-02")
def test_a_connection_that_dies_leaves_no_gap(kits, owner):
    with pytest.raises(OperationalError, match=r"terminat|closed|lost"), transaction.atomic():  # noqa: PT012
        hatch.allocate(subject_id=1, stratum="JER", by=ACTOR)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert hatch.allocate(subject_id=2, stratum="JER", by=ACTOR) == kits[0]
    assert sealed_room.given(owner, "JER") == [(1, 2, kits[0])]


def test_sites_do_not_wait_for_each_other(kits):
    with transaction.atomic():
        hatch.allocate(subject_id=1, stratum="JER", by=ACTOR)  # held until the block ends

        def elsewhere():
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            return hatch.allocate(subject_id=2, stratum="AFU", by=ACTOR)

        (kit,) = at_once([elsewhere])
    assert isinstance(kit, str) and kit not in kits


def test_one_subject_at_two_sites_at_once_gets_one_kit_at_most(kits, owner):
    at_once([randomising(7, stratum=stratum) for stratum in ("JER", "AFU") * 4])
    assert len(sealed_room.given(owner, "JER") + sealed_room.given(owner, "AFU")) == 1


def load_another(owner, key_file):
    sealed_room.fill(owner, key_file, replace=True)


def delete_without_looking(owner, key_file):
    """The owner, past the command: no kit was given when the statement began, its row tells otherwise."""
    sealed_room.as_sealed(owner, "DELETE FROM sealed.slot")


@pytest.mark.req("RND-08")
@pytest.mark.parametrize("discard", [load_another, delete_without_looking])
def test_a_list_cannot_be_discarded_under_a_randomisation(kits, owner, settings, discard):
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            hatch.allocate(subject_id=1, stratum="JER", by=ACTOR)
            discarding = threads.submit(discard, owner, settings.ARM_KEY_FILE)
            wait_until_somebody_waits()
        with pytest.raises((ListInUse, psycopg.Error)) as refused:
            discarding.result(timeout=30)
    assert isinstance(refused.value, ListInUse) or refused.value.sqlstate == "SR004"
    assert sealed_room.given(owner, "JER") == [(1, 1, kits[0])]
    assert hatch.allocate(subject_id=2, stratum="JER", by=ACTOR) == kits[1]


def wait_until_somebody_waits():
    """Until another connection of this database waits for a lock; ten seconds at most."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody came to wait")
