"""The only door to the sealed room. It gives out kit numbers; an arm only by code break, or after the list is opened.

Who imports this module is listed in pyproject.toml. The key is read here, when it is needed, and kept nowhere.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from crf.allocation import sealing, shams, verify
from crf.allocation.refusals import KeyUnavailable, named_refusals


def allocate(*, subject_id: int, stratum: str, by: int) -> str:
    """The kit number of the subject: the next of its stratum, or the same again when it has one.

    Part of the caller's transaction: when that is rolled back, so is this. Others of the stratum wait until it ends.
    Raises ListExhausted, NoList, ListOpened.
    """
    return _ask("SELECT sealed.allocate(%s, %s, %s)", stratum, subject_id, by)


def request_code_break(*, subject_id: int, by: int, reason: str, kind: str = "emergency") -> int:
    """Put the request on record, committed for good, and give its number. Shows nothing yet.

    `kind` is emergency, susar or planned. Must not be called inside a transaction (RuntimeError): a request that could
    be rolled back would let a code break be hidden. Raises NotRandomised, ReasonMissing.
    """
    with transaction.atomic(durable=True):
        return _ask("SELECT sealed.request_code_break(%s, %s, %s, %s)", subject_id, by, reason, kind)


def break_code(*, log_id: int) -> str:
    """The arm of the one subject that request number `log_id` names.

    Raises NoSuchRequest, CodeBreakInSameTransaction, KeyUnavailable (the key file is missing or another list's).
    """
    with _named_key_trouble():
        key = _key()  # first: without it nothing is shown, and nothing logged as shown
        ((*columns,),) = _rows("SELECT stratum, sequence, kit, leaf, nonce, sealed FROM sealed.break_code(%s)", log_id)
        place, _ = sealing.unseal(sealing.Sealed(*columns), key)
    return place.arm


def key_trouble() -> str:
    """Why no code could be broken just now, in a sentence; "" where the key is there and is the list's."""
    try:
        _key()
    except sealing.KeyTrouble as trouble:
        return str(trouble)
    return ""


def code_breaks() -> list[dict]:
    """The log, oldest first, without arms: id, subject_id, requested_by, at, reason, kind, shown_at (None: not yet)."""
    names = ("id", "subject_id", "requested_by", "at", "reason", "kind", "shown_at")
    return [dict(zip(names, row, strict=True)) for row in _rows("SELECT * FROM sealed.code_breaks()")]


def code_breaks_since(*, hours: float) -> int:
    """How many code breaks were requested in the last hours: unusual numbers raise an alert, they refuse nothing.

    Not those for a report to an authority: who is alerted may not learn of them.
    """
    return _ask(
        "SELECT count(*) FROM sealed.code_breaks()"
        " WHERE kind <> 'susar' AND at > clock_timestamp() - make_interval(secs => %s)",
        hours * 3600,
    )


def balance(*, by: int, reason: str) -> dict[str, tuple[int, dict[str, int]]]:
    """By stratum: how many places it has, and how many of each arm were given. For the randomisation statistician.

    The look is on record, committed for good, before anything is given back. Raises NotTheirs, ReasonMissing,
    KeyUnavailable.
    """
    places, given = _view_given(by, "balance", reason)
    counted = {stratum: Counter[str]() for stratum in places}
    for _, place in given:
        counted[place.stratum][place.arm] += 1
    return {stratum: (places[stratum], dict(counted[stratum])) for stratum in sorted(places)}


def monitoring_groups(*, by: int, reason: str) -> dict[int, str]:
    """Subject -> A, B, ... For the unblinded statistician, who reports to the monitoring committee: never the arm.

    The letters follow from the arm key alone, so they are the same for the whole trial, and who has no key cannot tell
    which is which. The look is on record first. Raises as `balance` does.
    """
    _, given = _view_given(by, "monitoring", reason)
    letters = sealing.letters_of(sorted({place.arm for _, place in given}), _key())
    return {subject_id: letters[place.arm] for subject_id, place in given}


def packing(*, by: int, reason: str) -> dict[str, str]:
    """Kit -> arm, by kit number, of every place. For the supply manager, who has the bottles filled and labelled.

    The look is on record first. Raises as `balance` does.
    """
    with _named_key_trouble():
        key = _key()  # first: without it nothing is shown, and nothing logged as shown
        with transaction.atomic(durable=True):
            rows = _rows("SELECT stratum, sequence, kit, leaf, nonce, sealed FROM sealed.view_kits(%s, %s)", by, reason)
        places = [sealing.unseal(sealing.Sealed(*row), key)[0] for row in rows]
        return {place.kit: place.arm for place in sorted(places, key=lambda place: place.kit)}


def sham_asks_to_act(*, by: int, subject_id: int, number: int) -> bool:
    """What the list of sham messages says to the subject's sample of that number (from 1). For the safety officer.

    It was drawn with the list and says nothing of the arm. Raises NotTheirs, NotRandomised, NoShams, KeyUnavailable.
    """
    with _named_key_trouble():
        ((kit, nonce, sealed),) = _rows("SELECT kit, nonce, sealed FROM sealed.sham_of(%s, %s)", by, subject_id)
        row = sealing.unseal_shams(kit, nonce, sealed, _key())
        return shams.asks_to_act(row, number)


def next_kits(*, by: int, stratum: str, sent: list[str], many: int) -> list[str]:
    """The kits of the next places of the stratum that were not sent yet, by number and so without their order.

    Raises NotTheirs for anybody but the supply manager.
    """
    return [kit for (kit,) in _rows("SELECT * FROM sealed.next_kits(%s, %s, %s, %s)", by, stratum, sent, many)]


def _view_given(by: int, what: str, reason: str) -> tuple[dict[str, int], list[tuple[int, sealing.Place]]]:
    """The number of places by stratum, and each given place with its subject."""
    with _named_key_trouble():
        key = _key()  # first: without it nothing is shown, and nothing logged as shown
        with transaction.atomic(durable=True):
            rows = _rows(
                "SELECT stratum, sequence, kit, leaf, nonce, sealed, subject_id FROM sealed.view_given(%s, %s, %s)",
                by,
                what,
                reason,
            )
        places = {row[0]: row[1] for row in rows if row[-1] is None}
        given = [(row[-1], sealing.unseal(sealing.Sealed(*row[:-1]), key)[0]) for row in rows if row[-1] is not None]
    return places, given


def is_nearly_used(stratum: str) -> bool:
    """Whether four of five places of the stratum are given: the randomisation statistician has to act."""
    return _ask("SELECT sealed.is_nearly_used(%s)", stratum)


def commitment() -> str | None:
    """The Merkle root (hex, 64 characters) of the loaded list, to be printed in every blinded report."""
    return _ask("SELECT sealed.commitment()")


def approve_opening(*, by: int, reason: str) -> int:
    """One person's approval; gives how many people have approved. Two are needed.

    Raises NotLocked, AlreadyApproved, ReasonMissing.
    """
    return _ask("SELECT sealed.approve_opening(%s, %s)", by, reason)


def is_open() -> bool:
    """The study is locked and two people have approved."""
    return _ask("SELECT sealed.is_open()")


def opened() -> list[dict]:
    """Every row of the list: subject_id (None if unused), stratum, sequence, block, kit, arm.

    Raises NotOpen, KeyUnavailable.
    """
    return [_public(row) for row in opened_rows()]


def opened_rows() -> list[verify.Opened]:
    """The same with salts and leaves, in the order of the commitment. Raises NotOpen, KeyUnavailable."""
    stored = _rows("SELECT stratum, sequence, kit, leaf, nonce, sealed, subject_id FROM sealed.opened()")
    with _named_key_trouble():
        key = _key()
        return verify.in_order(verify.opened(sealing.Sealed(*row), key, subject_id) for *row, subject_id in stored)


def opened_parameters() -> dict:
    """How the list was made: generator, strata, arms and shares, block_sizes, length, kits.

    Raises NotOpen, KeyUnavailable.
    """
    ((nonce, sealed),) = _rows("SELECT nonce, parameters FROM sealed.opened_parameters()")
    with _named_key_trouble():
        return sealing.unseal_parameters(nonce, sealed, _key())


def _key() -> bytes:
    """The key of the list that is loaded. A room whose doors log what they show is asked once this is had."""
    key = sealing.read_key(settings.ARM_KEY_FILE)
    if _ask("SELECT sealed.key_mark()") not in (None, sealing.mark_of(key)):
        raise sealing.KeyTrouble(
            f"The arm key at {settings.ARM_KEY_FILE} is another list's. Restore the right one from a custodian's copy."
        )
    return key


@contextmanager
def _named_key_trouble() -> Iterator[None]:
    """A page is read by somebody who cannot mend a key file: tell what to do, keep the path for the log."""
    try:
        yield
    except sealing.KeyTrouble as trouble:
        raise KeyUnavailable from trouble


def _public(row: verify.Opened) -> dict:
    place = row.place
    return {
        "subject_id": row.subject_id,
        "stratum": place.stratum,
        "sequence": place.sequence,
        "block": place.block,
        "kit": place.kit,
        "arm": place.arm,
    }


def _rows(sql: str, *arguments) -> list[tuple]:
    with named_refusals(), connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def _ask(sql: str, *arguments):
    ((answer,),) = _rows(sql, *arguments)
    return answer
