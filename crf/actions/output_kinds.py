"""What is made in the background: each kind of output, who may have it, what decides its bytes, and how it is made.

A module of any app makes a kind known with `@register`, and stands in the settings' `OUTPUT_KINDS`. The one who asks,
the worker that makes and the page that hands out all come here: rights are looked at by each.
"""

import hashlib
import json
import logging
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from crf import permissions
from crf.code_digest import code_digest
from crf.models import AuditEntry, Output, StudyLock, User
from crf.refusals import NotAllowed, Refusal
from trialsite.database import replica
from trialsite.database.wall import seeing_only

from . import outputs, randomise

log = logging.getLogger("ecrf.work")
Tell = Callable[[int, str], None]
ENDED = (
    "This was made for a role, sites or forms that you do not have any more, so it is not handed out. "
    "Ask for it anew: you get what your role includes today."
)


class Stopped(Exception):
    """The try does not count any more: it was cancelled, or another worker took it."""


class Kind(ABC):
    """A kind of output."""

    name = ""
    deed = ""  # of crf/permissions.py: who may do it somewhere sees the pages of outputs
    is_unblinded = False
    reads_replica = False  # True: it relies on no lock and no hash, which are looked at where they are written
    is_personal = False  # its bytes name who asked and what for, so nobody else is given them
    wants_fresh_sign_in = False  # before a file of it is handed out
    asked: tuple[str, ...] = ()  # what of a question the person said; the rest is the scope

    @abstractmethod
    def question(self, user: User, **asked) -> dict:
        """What is asked, with the scope that the person has today: `sites`, their ids, which alone are seen when it is
        made. Raises a Refusal to who may not have it."""

    @abstractmethod
    def title(self, question: Mapping[str, Any]) -> str:
        """What it is, in words."""

    @abstractmethod
    def make(self, output: Output, folder: Path, tell: Tell) -> list[Path]:
        """Write its files into the folder. The caller sees the sites of the question."""

    def made(self, output: Output) -> None:
        """It is ready and its files are known: what else is on record of it, in the transaction that says so."""
        return

    def mark(self) -> list:
        """What changes whenever the data do that it could tell."""
        return data_mark()

    def address(self, output: Output) -> str:
        """Where the person goes once it is ready; empty: its own page."""
        return ""

    def handed_out_as(self, file: Mapping[str, Any]) -> tuple[str, str]:
        """The file's format in the export log, and its type for the browser."""
        return file["name"].rpartition(".")[2], file["type"]

    def logged_as(self, output: Output) -> str:
        """What the export log calls it."""
        return self.name

    def hidden(self) -> tuple[str, ...]:
        """Names of its files that are not for the person, such as a page as data."""
        return ()

    def require(self, user: User, question: Mapping[str, Any]) -> None:
        """Raises a Refusal where the person's scope of today does not cover what was asked then."""
        if not _covers(self.question(user, **{k: v for k, v in question.items() if k in self.asked}), question):
            raise NotAllowed(ENDED)


def _covers(today: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Lists of today hold what those of then held; what was allowed then is still."""
    for name, value in then.items():
        if isinstance(value, list):
            if not set(value) <= set(today[name]):
                return False
        elif value is True and today[name] is not True:
            return False
    return True


_KINDS: dict[str, Kind] = {}


def register(kind: type[Kind]) -> type[Kind]:
    """Make a kind known by its name: `@register` above its class."""
    if kind.name in _KINDS or kind.deed not in permissions.DEEDS:
        raise ValueError(f"The output {kind.name!r} is known already, or its deed {kind.deed!r} is none.")
    _KINDS[kind.name] = kind()
    return kind


@cache
def _read_modules() -> None:
    """Not at the start of every command: reports read packages that take seconds."""
    for module in settings.OUTPUT_KINDS:
        import_module(module)


def kinds() -> dict[str, Kind]:
    """Every kind, by its name."""
    _read_modules()
    return _KINDS


# -- asking, making, handing out


def ask(kind: str, *, by: User, purpose: str = "", **asked) -> Output:
    """The output for the question, ready or to come. Raises a Refusal to who may not have it."""
    found = kinds()[kind]
    question = found.question(by, **asked)
    output = outputs.ask(
        by=by,
        kind=kind,
        question=question,
        key=key_of(found, question, by.pk, purpose),
        purpose=purpose,
        is_unblinded=found.is_unblinded,
    )
    if settings.OUTPUTS_AT_ONCE and output.is_open:
        while (taken := outputs.take()) is not None:
            make(taken)
        output.refresh_from_db()
    return output


def make(output: Output, *, apart: bool = False) -> None:
    """Make it and keep its files; a refusal or a mistake is told to who asked, and a mistake is raised besides.

    `apart`: how far it is is written by a connection of its own, as a worker does. What is read as of one moment is
    read in one transaction, in which the bar would stand still until its end, and whoever cancels would wait for it.
    """
    kind = kinds()[output.kind]
    writer = ThreadPoolExecutor(1) if apart else None

    def tell(percent: int, doing: str) -> None:
        with replica.on_the_primary():
            told = writer.submit(outputs.tell, output, percent, doing).result() if writer else None
            if not (outputs.tell(output, percent, doing) if told is None else told):
                raise Stopped

    try:
        with seeing_only(output.question["sites"]):
            user = User.objects.get(pk=output.asked_by_id)
            kind.require(user, output.question)  # a role may have ended since it was asked for
            if not (kind.reads_replica and settings.REPLICA and _read_elsewhere(kind, output, tell)):
                _read_here(kind, output, tell)
    except Stopped:
        return
    except Refusal as refusal:
        outputs.fail(output, refusal.sentence)
    except Exception as error:
        outputs.fail(output, f"A mistake of ours ({type(error).__name__}). It is in the log of the worker.")
        raise
    finally:
        if writer:
            writer.submit(connection.close)
            writer.shutdown()


def _read_elsewhere(kind: Kind, output: Output, tell: Tell) -> bool:
    """From the replica, whole; False where it could not be read to the end, and nothing was kept."""
    try:
        with replica.reading() as source, seeing_only(output.question["sites"]):
            _read_here(kind, output, tell, source.words)
    except replica.Unfit as unfit:
        log.warning("Output %s is read from the primary: %s", output.pk, unfit)
        return False
    return True


def _read_here(kind: Kind, output: Output, tell: Tell, read_from: str = "") -> None:
    """From whichever server is being read; kept on the primary."""
    with tempfile.TemporaryDirectory(prefix="ecrf-output-") as folder:
        key = key_of(kind, output.question, output.asked_by_id, output.purpose)
        files = kind.make(output, Path(folder), tell)
        with replica.on_the_primary():
            outputs.finish(output, files, key, read_from=read_from, then=kind.made)


def require(output: Output, user: User) -> None:
    """Raises NotAllowed where the person may not have, today, what was made then."""
    kinds()[output.kind].require(user, output.question)


def require_any(user: User) -> None:
    """Raises NotAllowed where no kind of output is for the person."""
    deeds = sorted({kind.deed for kind in kinds().values()})
    if not any(permissions.may_anywhere(user, deed) for deed in deeds):
        raise NotAllowed("Your role does not include any output. Ask the administrator if it should.")


def key_of(kind: Kind, question: Mapping[str, Any], person: int, purpose: str) -> str:
    """A hash of all that decides the bytes: the question, the data, the code, the day; a personal one's also who asked
    and what for."""
    told = [kind.name, question, kind.mark(), code_digest(), settings.DEMO, datetime.now(UTC).date().isoformat()]
    if kind.is_personal:
        told += [person, purpose]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def data_mark(*, whole_trail: bool = False) -> list:
    """What changes with every write that a report or an export could tell: where the chains of all subjects end.

    `whole_trail`: where every chain ends, that of the study too, which grows with each file that is handed out.
    """
    among = "" if whole_trail else " WHERE chain LIKE 'subject:%'"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(convert_to(chain, 'UTF8') || hash, ''::bytea ORDER BY chain),"
            f" ''::bytea)), 'hex') FROM public.crf_chain_heads(){among}"  # nosec B608 - one of two texts of ours
        )
        (heads,) = cursor.fetchone()
    lock = StudyLock.objects.filter(lifted_at__isnull=True).values_list("pk", "content_hash").first()
    # Locks, openings and sites are of the study's own chain, which grows with every export too.
    of_the_study = AuditEntry.objects.filter(table__in=("crf_studylock", "crf_site", "sealed.opening"))
    return [heads, list(lock or ()), of_the_study.count(), randomise.commitment()]
