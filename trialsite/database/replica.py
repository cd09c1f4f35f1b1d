"""Reading elsewhere: reports and exports are read from a streaming replica where REPLICA_URL names one.

What is asked for now must hold what was saved before: the replica is read once it has replayed everything that the
primary had written when the reading began, and the primary is read where that takes too long or there is no replica.
One reading is of one server. What is entered, locked, signed or held against a hash never comes here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.db.utils import load_backend

from trialsite.operations.outages import outage_of

PATIENCE = 10.0  # seconds that a reading waits for the replica before it takes the primary
PRIMARY = "primary"
#: In one look: whether it replays, the same cluster, how far, and how old what it replayed last is.
LOOK = """
SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
       pg_wal_lsn_diff(pg_last_wal_replay_lsn(), %s)::float8, pg_last_wal_replay_lsn()::text,
       coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)::float8
"""


class Unfit(Exception):
    """The replica is not read; the sentence says why."""


@dataclass(frozen=True)
class Source:
    """Which server is read. `words`: for whoever is given what is made of it; `waited`: seconds until it was level."""

    words: str
    waited: float = 0.0

    @property
    def is_replica(self) -> bool:
        return self.words != PRIMARY


@dataclass(frozen=True)
class Lag:
    """How far the replica is behind: bytes of the log of changes, and seconds, which are 0 where no byte is missing."""

    bytes: float
    seconds: float


@contextmanager
def reading(*, patience: float | None = None) -> Iterator[Source]:
    """Inside, Django's connection of this thread is the replica's. Raises Unfit where it cannot be read to the end.

    A transaction of one moment must be begun inside. `on_the_primary()` leads back for a while.
    """
    patience = PATIENCE if patience is None else patience
    wanted, cluster = _written()
    elsewhere = _connection()
    try:
        began = time.monotonic()
        while True:
            missing, position, _ = _look(elsewhere, wanted, cluster)
            waited = time.monotonic() - began
            if missing <= 0:
                break
            if waited > patience:
                raise Unfit(f"The replica is {missing / 1e6:.1f} MB behind and did not come level in {patience:.0f} s.")
            time.sleep(0.05)
        with _in_place(elsewhere):
            try:
                yield Source(f"replica at {position}, level with the primary after {waited:.1f} s", waited)
            except (DatabaseError, InterfaceError) as trouble:
                if outage_of(trouble) is None:
                    raise
                kind = type(trouble.__cause__ or trouble).__name__
                raise Unfit(f"The replica ended what was read from it ({kind}).") from trouble
    finally:
        elsewhere.close()


@contextmanager
def on_the_primary() -> Iterator[None]:
    """Inside of `reading`: what must be written meanwhile, such as how far it is."""
    with _in_place(_primaries[-1]) if _primaries else _nothing():
        yield


def lag() -> Lag:
    """Of the replica, now. Raises Unfit where it does not answer or is no replica of this database."""
    wanted, cluster = _written()
    elsewhere = _connection()
    try:
        missing, _, age = _look(elsewhere, wanted, cluster)
    finally:
        elsewhere.close()
    return Lag(max(0.0, missing), age if missing > 0 else 0.0)


_primaries: list = []  # of the process that makes an output; it reads in one thread


@contextmanager
def _in_place(wrapper) -> Iterator[None]:
    before = connections[DEFAULT_DB_ALIAS]
    _primaries.append(before)
    connections[DEFAULT_DB_ALIAS] = wrapper
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        _primaries.pop()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _written() -> tuple[str, int]:
    """Where the primary's log of changes ends, everything acknowledged included; and which cluster that is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text, system_identifier FROM pg_control_system()")
        return cursor.fetchone()


def _connection():
    """A connection of its own; it is opened with the first statement."""
    if settings.REPLICA is None:
        raise Unfit("REPLICA_URL names no replica.")
    own = dict(connections[DEFAULT_DB_ALIAS].settings_dict) | settings.REPLICA
    own["OPTIONS"] = {"connect_timeout": 5} | settings.REPLICA["OPTIONS"]
    return load_backend(own["ENGINE"]).DatabaseWrapper(own, DEFAULT_DB_ALIAS)


def _look(elsewhere, wanted: str, cluster: int) -> tuple[float, str, float]:
    """(bytes missing, position, seconds since what was replayed last)."""
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute(LOOK, [wanted])
            is_replica, same, ahead, position, age = cursor.fetchone()
    except (DatabaseError, InterfaceError) as trouble:
        raise Unfit(f"The replica does not answer ({type(trouble.__cause__ or trouble).__name__}).") from trouble
    if not is_replica:
        raise Unfit("What REPLICA_URL names is no replica: it takes entries of its own.")
    if same != cluster:
        raise Unfit("What REPLICA_URL names is the replica of another database.")
    return -ahead, position, age
