"""Puts a sealed list into the room. Works on a cursor that may become `ecrf_sealed`: the owner's, never the web's.

Arms, blocks and salts are sealed before anything is sent, so the server sees none of them, in no statement and no log.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crf.allocation import refusals, sealing, verify
from crf.allocation.schedule import BadList, Place


@dataclass(frozen=True)
class SealedList:
    """A list ready to be stored; `root` is what will be printed."""

    rows: tuple[sealing.Sealed, ...]
    root: bytes
    generator: str
    key_mark: str
    nonce: bytes
    parameters: bytes


def seal_list(places: Sequence[Place], key: bytes, *, generator: str, parameters: dict) -> SealedList:
    """Seal every place and commit to all. `generator` is readable later and must not tell the block size."""
    ordered = sorted(places, key=lambda place: (place.stratum, place.sequence))
    rows = tuple(sealing.seal(place, key) for place in ordered)
    nonce, sealed = sealing.seal_parameters({**parameters, "generator": generator}, key)
    root = sealing.root_of([row.leaf for row in rows])
    return SealedList(rows, root, generator, sealing.mark_of(key), nonce, sealed)


def become_sealed(cursor) -> None:
    """Until the transaction ends. Refused by PostgreSQL to anyone but the owner."""
    cursor.execute("SET LOCAL ROLE ecrf_sealed")


def make_room(cursor, *, by: str, replace: bool) -> None:
    """Lock the room; with `replace` discard a list nothing was given of. Raises ListInUse or ListLoaded."""
    cursor.execute("LOCK TABLE sealed.list, sealed.stratum, sealed.slot, sealed.sham IN ACCESS EXCLUSIVE MODE")
    cursor.execute("SELECT EXISTS (SELECT FROM sealed.slot WHERE subject_id IS NOT NULL)")
    if cursor.fetchone()[0]:
        raise refusals.ListInUse
    cursor.execute("SELECT EXISTS (SELECT FROM sealed.list WHERE discarded_at IS NULL)")
    if not cursor.fetchone()[0]:
        return
    if not replace:
        raise refusals.ListLoaded
    cursor.execute(
        "UPDATE sealed.list SET discarded_at = clock_timestamp(), discarded_by = %s WHERE discarded_at IS NULL", [by]
    )
    cursor.execute("DELETE FROM sealed.sham")
    cursor.execute("DELETE FROM sealed.slot")
    cursor.execute("DELETE FROM sealed.stratum")


def store(cursor, sealed: SealedList, *, by: str) -> None:
    """Write the list into the empty room."""
    cursor.execute(
        "INSERT INTO sealed.list (root, generator, key_mark, nonce, parameters, loaded_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [sealed.root, sealed.generator, sealed.key_mark, sealed.nonce, sealed.parameters, by],
    )
    strata = sorted({row.stratum for row in sealed.rows})
    cursor.execute("INSERT INTO sealed.stratum (code) SELECT unnest(%s::text[])", [strata])
    with cursor.copy("COPY sealed.slot (stratum, sequence, kit, leaf, nonce, sealed) FROM STDIN") as copy:
        for row in sealed.rows:
            copy.write_row((row.stratum, row.sequence, row.kit, row.leaf, row.nonce, row.sealed))


def store_shams(cursor, rows: Mapping[str, str], key: bytes) -> None:
    """Write the sham messages, by kit number."""
    with cursor.copy("COPY sealed.sham (kit, nonce, sealed) FROM STDIN") as copy:
        for kit in sorted(rows):
            copy.write_row((kit, *sealing.seal_shams(kit, rows[kit], key)))


def check_stored(cursor, key: bytes) -> str:
    """Read the list back, open every row, compare with the stored root; gives the root (hex). Raises BadList."""
    cursor.execute("SELECT encode(root, 'hex') FROM sealed.list WHERE discarded_at IS NULL")
    (root,) = cursor.fetchone()
    cursor.execute("SELECT stratum, sequence, kit, leaf, nonce, sealed, subject_id FROM sealed.slot")
    rows = [verify.opened(sealing.Sealed(*columns), key, subject_id) for *columns, subject_id in cursor.fetchall()]
    if found := verify.disagreements(rows, root):
        raise BadList("\n".join(found))
    return root


def load(
    cursor,
    places: Sequence[Place],
    key: Callable[[], bytes],
    *,
    generator: str,
    parameters: dict,
    by: str,
    replace: bool = False,
    shams: Mapping[str, str] | None = None,
) -> str:
    """All of it, inside a transaction that the caller began; gives the root (hex).

    `key` is called once the room is free: no new key is made beside a list whose key was lost. `shams`: a row of sham
    messages by kit, in a trial whose sites are told of drug levels.
    Raises ListInUse, ListLoaded, BadList, KeyTrouble.
    """
    become_sealed(cursor)
    with refusals.named_refusals():
        make_room(cursor, by=by, replace=replace)
        arm_key = key()
        store(cursor, seal_list(places, arm_key, generator=generator, parameters=parameters), by=by)
        store_shams(cursor, shams or {}, arm_key)
    root = check_stored(cursor, arm_key)
    cursor.execute("RESET ROLE")
    return root
