"""What is made in the background: each kind of output, who may have it, what decides its bytes, and how it is made.

The one who asks, the worker that makes and the page that hands out all come here: rights are looked at by each.
"""

import hashlib
import json
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from analysis.collect import datasets
from analysis.extract import archive, of_analysis, take_out
from analysis.extract.archive import Wanted
from analysis.extract.sets import Shape
from analysis.papers import files
from analysis.papers.pdf import as_data
from analysis.reports import blinded as blinded_report
from analysis.reports import final as final_report
from analysis.reports import masking
from analysis.reports.document import Report
from analysis.reports.manifest import code_digest
from analysis.second import programme
from crf import permissions
from crf.actions import outputs, randomise
from crf.models import AuditEntry, Output, Site, StudyLock, User
from crf.refusals import NotAllowed, Refusal
from trialsite.database.wall import seeing_only

Tell = Callable[[int, str], None]
REHEARSAL_SEED = 20_260_101  # any number: the dummy arms must only be the same on every page of one rehearsal
PAGE = "page.json"
ENDED = (
    "This was made for a role, sites or forms that you do not have any more, so it is not handed out. "
    "Ask for it anew: you get what your role includes today."
)


class Stopped(Exception):
    """The try does not count any more: it was cancelled, or another worker took it."""


class Kind(ABC):
    """A kind of output."""

    name = ""
    is_unblinded = False
    asked: tuple[str, ...] = ()  # what of a question the person said; the rest is the scope

    @abstractmethod
    def question(self, user: User, **asked) -> dict:
        """What is asked, with the scope that the person has today. Raises a Refusal to who may not have it."""

    @abstractmethod
    def title(self, question: Mapping[str, Any]) -> str:
        """What it is, in words."""

    @abstractmethod
    def make(self, question: Mapping[str, Any], folder: Path, tell: Tell) -> list[Path]:
        """Write its files into the folder. The caller sees the sites of the question."""

    @abstractmethod
    def address(self, output: Output) -> str:
        """Where the person goes once it is ready; empty: its own page."""

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


class Data(Kind):
    """All data as files (analysis/extract)."""

    name = "data"
    asked = ("formats", "past")

    def question(self, user, *, formats=(), past=None):
        wanted = take_out.wanted_by(user, formats=formats, past=datetime.fromisoformat(past) if past else None)
        return {
            "sites": list(wanted.sites),
            "forms": list(wanted.forms),
            "formats": list(wanted.formats),
            "with_scores": wanted.with_scores,
            "with_derived": wanted.with_derived,
            "past": wanted.past.astimezone(UTC).isoformat() if wanted.past else None,
        }

    def title(self, question):
        many = len(question["formats"]) == len(archive.FORMATS)
        formats = "every format" if many else ", ".join(archive.FORMATS[one] for one in question["formats"])
        past = f", as of {question['past'][:16].replace('T', ' ')} UTC" if question["past"] else ""
        return f"Data, {formats}{past}"

    def make(self, question, folder, tell):
        wanted = Wanted(
            tuple(question["sites"]),
            tuple(question["forms"]),
            question["with_scores"],
            question["with_derived"],
            tuple(question["formats"]),
            datetime.fromisoformat(question["past"]) if question["past"] else None,
        )
        part = folder / "data.part"
        made = archive.write(part, wanted, is_synthetic=settings.DEMO, tell=tell)
        return [part.rename(folder / take_out.file_name(wanted, made))]

    def address(self, output):
        return ""


class AReport(Kind):
    """A report with its page and its files."""

    deed = "blinded report"

    def question(self, user):
        permissions.require_anywhere(user, self.deed)
        return {"sites": sorted(user.sites_as(*permissions.DEEDS[self.deed]))}

    def title(self, question):
        return self.name[:1].upper() + self.name[1:]

    def make(self, question, folder, tell):
        tell(5, "reading the record")
        with archive.one_moment():
            report = self.build(tell)
        (folder / PAGE).write_text(json.dumps(as_data(report)), encoding="utf-8")
        tell(55, "drawing and writing")
        for at, file in enumerate(files.every(report), start=1):
            (folder / file.name).write_bytes(file.content)
            tell(55 + 40 * at // len(files.TYPES), f"wrote {files.WORDS[files.form_of(file.name)]}")
        return sorted(folder.iterdir())

    def build(self, tell: Tell) -> Report:
        raise NotImplementedError


class Blinded(AReport):
    name = "blinded report"

    def build(self, tell):
        collected = datasets.collected()
        tell(25, "estimating")
        return blinded_report.build(collected, datasets.circumstances())

    def address(self, output):
        return "/reports/blinded/"


class Rehearsal(AReport):
    name = "rehearsal"
    deed = "unblinded report"

    def build(self, tell):
        collected = datasets.collected()
        tell(15, "estimating")
        arms = masking.dummy_arms(collected.randomised, seed=REHEARSAL_SEED)
        report = final_report.build(collected, datasets.circumstances(), arms, seed=REHEARSAL_SEED)
        return programme.with_program(report, collected, arms)

    def address(self, output):
        return "/reports/rehearsal/"


class Final(AReport):
    """The unblinded report. Whoever asks, makes or hands out looks whether the list is open, and the role whole."""

    name = "final report"
    deed = "unblinded report"
    is_unblinded = True

    def question(self, user):
        question = super().question(user)
        if set(Site.objects.values_list("pk", flat=True)) - set(question["sites"]):
            raise NotAllowed(
                "The unblinded report is about all sites, and your role covers only some. Ask the administrator."
            )
        final_report.require_open()
        return question

    def build(self, tell):
        allocation = final_report.opened_list()
        collected = datasets.collected()
        tell(15, "estimating")
        arms = final_report.opened_arms(allocation)
        report = final_report.build(collected, datasets.circumstances(), arms, allocation=allocation)
        return programme.with_program(report, collected, arms)

    def address(self, output):
        return "/reports/final/"


KINDS: dict[str, Kind] = {kind.name: kind for kind in (Data(), Blinded(), Rehearsal(), Final())}


# -- asking, making, handing out


def ask(kind: str, *, by: User, purpose: str = "", **asked) -> Output:
    """The output for the question, ready or to come. Raises a Refusal to who may not have it."""
    found = KINDS[kind]
    question = found.question(by, **asked)
    output = outputs.ask(
        by=by,
        kind=kind,
        question=question,
        key=key_of(kind, question),
        purpose=purpose,
        is_unblinded=found.is_unblinded,
    )
    if settings.OUTPUTS_AT_ONCE and output.is_open:
        while (taken := outputs.take()) is not None:
            make(taken)
        output.refresh_from_db()
    return output


def make(output: Output) -> None:
    """Make it and keep its files; a refusal or a mistake is told to who asked, and a mistake is raised besides."""
    kind = KINDS[output.kind]

    def tell(percent: int, doing: str) -> None:
        if not outputs.tell(output, percent, doing):
            raise Stopped

    try:
        with seeing_only(output.question["sites"]), tempfile.TemporaryDirectory(prefix="ecrf-output-") as folder:
            user = User.objects.get(pk=output.asked_by_id)
            kind.require(user, output.question)  # a role may have ended since it was asked for
            key = key_of(output.kind, output.question)
            made = kind.make(output.question, Path(folder), tell)
            outputs.finish(output, made, key)
    except Stopped:
        return
    except Refusal as refusal:
        outputs.fail(output, refusal.sentence)
    except Exception as error:
        outputs.fail(output, f"A mistake of ours ({type(error).__name__}). It is in the log of the worker.")
        raise


def all_shapes(wanted: Wanted) -> list[Shape]:
    """The data sets that the person gets, without their rows: what the codebook tells."""
    return archive.shapes(wanted, _derived_shapes() if wanted.with_derived else ())


@cache
def _derived_shapes() -> tuple[Shape, ...]:
    """The declaration alone decides them, so they are derived from nobody's data, and once."""
    with seeing_only([]):
        return tuple(shape for shape, _ in of_analysis.derived(datasets.collected()))


def require(output: Output, user: User) -> None:
    """Raises NotAllowed where the person may not have, today, what was made then."""
    KINDS[output.kind].require(user, output.question)


def key_of(kind: str, question: Mapping[str, Any]) -> str:
    """A hash of all that decides the bytes: the question, the data, the code, the day."""
    told = [kind, question, data_mark(), code_digest(), settings.DEMO, datetime.now(UTC).date().isoformat()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def data_mark() -> list:
    """What changes with every write that a report or an export could tell: where the chains of all subjects end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(coalesce(string_agg(convert_to(chain, 'UTF8') || hash, ''::bytea ORDER BY chain),"
            " ''::bytea)), 'hex') FROM public.crf_chain_heads() WHERE chain LIKE 'subject:%'"
        )
        (subjects,) = cursor.fetchone()
    lock = StudyLock.objects.filter(lifted_at__isnull=True).values_list("pk", "content_hash").first()
    # Locks, openings and sites are of the study's own chain, which grows with every export too.
    of_the_study = AuditEntry.objects.filter(table__in=("crf_studylock", "crf_site", "sealed.opening"))
    return [subjects, list(lock or ()), of_the_study.count(), randomise.commitment()]
