"""The four facts of a record, each with when and by whom: complete, verified, signed, frozen or locked (DESIGN 4)."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import connection

from crf import trial
from crf.chart import states
from crf.chart.held import Held, strictest
from crf.chart.states import State
from crf.models import CodeBreak, Correction, LevelMessage, Record, RoleHeld, Signature
from crf.models.prepared import Prepared
from crf.spec import dates

_CHANGED = re.compile(r"(?P<form>[A-Z0-9]+)(?: at (?P<visit>[A-Z0-9]+))?(?P<rest>,? .*)")


@dataclass(frozen=True)
class Fact:
    """One of the four: what it is about, how it stands, and who settled it when; `by` is empty where nobody did."""

    about: str
    state: State
    by: str = ""

    @property
    def word(self) -> str:
        return self.state.word

    @property
    def brief(self) -> str:
        """The word, short enough for a narrow column."""
        return states.BRIEF.get(self.state, self.state.word)

    @property
    def said(self) -> str:
        """The word, and by whom and when where somebody settled it."""
        return f"{self.word}: {self.by}" if self.by else self.word


@dataclass(frozen=True)
class Verified:
    """The latest standing verification of a record: the version that was compared with the source, when, by whom."""

    version: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Signed:
    """A signature, standing or revoked."""

    pk: int
    scope: str
    meaning: str
    at: datetime
    by: str
    role: str
    content_sha256: str
    covers: dict[str, list[int]]
    overtaken_at: datetime | None
    revoked_at: datetime | None
    revoked_because: str

    @property
    def stands(self) -> bool:
        return self.revoked_at is None

    @property
    def is_of_casebook(self) -> bool:
        return self.scope == Signature.Scope.CASEBOOK

    @property
    def why_revoked(self) -> str:
        """What revoked it, with form and visit in words; the database names them by their codes."""
        said = _CHANGED.fullmatch(self.revoked_because)
        if not said or not trial.is_declared(said["form"]):
            return self.revoked_because
        at = f" at {trial.visit(said['visit']).label}" if said["visit"] else ""
        return f"“{trial.form(said['form']).title}”{at}{said['rest']}"

    def shown(self, zone: ZoneInfo) -> str:
        """Printed name, role, and date and time with the zone (SIG-01)."""
        return f"{self.by}, {RoleHeld.Role(self.role).label.lower()}, {with_zone(self.at, zone)}"


@dataclass(frozen=True)
class Lock:
    """The lock under which a casebook stands: of the whole study, of its site, or its own."""

    is_of_study: bool
    at: datetime
    by: str
    is_of_site: bool = False

    @property
    def state(self) -> State:
        if self.is_of_site:
            return states.LOCKED_WITH_SITE
        return states.LOCKED_WITH_STUDY if self.is_of_study else states.LOCKED

    @property
    def sentence(self) -> str:
        """What is locked."""
        if self.is_of_site:
            return "This site is locked."
        return "The study is locked." if self.is_of_study else "This casebook is locked."


@dataclass(frozen=True)
class Broken:
    """A code break of the subject, as the register has it, and who asked for it."""

    entry: CodeBreak
    by: str


@dataclass
class Settled:
    """What was verified, signed, frozen and locked of one subject, and whether its blind was broken."""

    verified: dict[tuple[str, int], Verified] = field(default_factory=dict)
    signatures: list[Signed] = field(default_factory=list)
    lock: Lock | None = None
    broken: list[Broken] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    corrections: list[tuple[Correction, str]] = field(default_factory=list)  # each with who asked, the latest first
    level_messages: list[LevelMessage] = field(default_factory=list)  # the latest first

    @classmethod
    def of(cls, subject_id: int) -> "Settled":
        """Of one subject: one statement."""
        return cls.of_all([subject_id])[subject_id]

    @classmethod
    def of_all(cls, subject_ids: Iterable[int]) -> dict[int, "Settled"]:
        """Of many subjects, by their ids: one statement."""
        ids = list(subject_ids)
        with connection.cursor() as cursor:
            if len(ids) == 1:
                rows = _OF_ONE.run(cursor, *ids)
            else:
                cursor.execute(_SETTLED.format(whose="ANY(%(subjects)s)"), {"subjects": ids})
                rows = cursor.fetchall()
        found, of_study = defaultdict(cls), None
        for kind, subject, form, record, number, at, by, more in rows:
            if kind == "study":
                of_study = Lock(True, at, by)
            elif kind == "casebook":
                found[subject].lock = Lock(False, at, by)
            elif kind == "broken":
                found[subject].broken.append(Broken(_code_break(record, at, json.loads(more)), by))
            elif kind == "hold":
                found[subject].holds.append(_held(record, at, by, json.loads(more)))
            elif kind == "correction":
                found[subject].corrections.append((_correction(at, json.loads(more)), by))
            elif kind == "told":
                found[subject].level_messages.append(_level_message(record, at, json.loads(more)))
            elif kind == "verified":
                found[subject].verified[form, record] = Verified(number, at, by)
            else:
                found[subject].signatures.append(_signed(record, at, by, json.loads(more)))
        for subject in ids:
            found[subject].lock = of_study or found[subject].lock or found[subject]._lock_of_site
            found[subject].signatures.sort(key=lambda signed: (signed.at, signed.pk))
        return found

    @property
    def _lock_of_site(self) -> Lock | None:
        locks = [one for one in self.holds if one.is_lock and one.is_of_whole_casebook]
        return Lock(False, locks[0].at, locks[0].by, is_of_site=True) if locks else None

    @property
    def hold(self) -> Held | None:
        """The strictest freeze or lock that holds everything about the subject; locks of `lock` are not repeated."""
        return strictest([one for one in self.holds if one.is_of_whole_casebook])

    @property
    def is_held(self) -> bool:
        """Whether nothing about the subject can be entered or changed."""
        return self.lock is not None or self.hold is not None

    def hold_on(self, form: str, visit: int | None, row: int) -> Held | None:
        """The strictest freeze or lock under which the form, or this row of it, stands as a whole."""
        return strictest([one for one in self.holds if one.holds(form, visit, row)])

    def held_items(self, form: str, record: int) -> dict[str, Held]:
        """Answers of the record that are frozen or locked by themselves."""
        found: dict[str, list[Held]] = defaultdict(list)
        for one in self.holds:
            if one.item and (one.form, one.record) == (form, record):
                found[one.item].append(one)
        return {item: strictest(held) for item, held in found.items()}

    def lock_fact(self, form: str, visit: int | None, row: int, record: int | None, zone: ZoneInfo) -> Fact:
        """Whether a form, or a row of it, is frozen or locked: by whom and when."""
        if self.lock:
            return Fact("Lock", self.lock.state, self._by_and_when(self.lock, zone))
        if not self.holds:
            return _NOT_LOCKED
        if held := self.hold_on(form, visit, row):
            return Fact("Lock", held.state, by_and_when(held.by, held.at, zone))
        if record is not None and self.held_items(form, record):
            return Fact("Lock", states.SOME_HELD)
        return _NOT_LOCKED

    def verification(self, form: str, record: int, version: int) -> tuple[State, Verified | None]:
        """Whether the record was compared with its source, and whether it was changed since."""
        found = self.verified.get((form, record))
        if found is None:
            return states.NOT_VERIFIED, None
        return (states.VERIFIED if found.version == version else states.VERIFIED_BEFORE), found

    def signature(self, form: str, record: int) -> Signed | None:
        """The latest standing signature of the casebook or of this record alone; a judgement signs no record."""
        return self._signed.get((form, record))

    @cached_property
    def _signed(self) -> dict[tuple[str, int], Signed]:
        """By form and record; the signatures stand in the order in which they were made, so that the latest is left."""
        return {
            (form, record): signed
            for signed in self.signatures
            if signed.stands and signed.scope != Signature.Scope.LABORATORY
            for form, records in signed.covers.items()
            for record in records
        }

    @cached_property
    def _said(self) -> dict:
        """What was put into words already: a casebook tells of hundreds of records who settled them when."""
        return {}

    def _by_and_when(self, settled: Verified | Lock, zone: ZoneInfo) -> str:
        key = (settled.by, settled.at, zone)
        if key not in self._said:
            self._said[key] = by_and_when(settled.by, settled.at, zone)
        return self._said[key]

    def _signature_fact(self, signed: Signed | None, zone: ZoneInfo) -> Fact:
        if signed is None:
            return _NOT_SIGNED
        key = (signed.pk, zone)
        if key not in self._said:
            self._said[key] = Fact("Signature", states.SIGNED, signed.shown(zone))
        return self._said[key]

    def signs_all_of(self, covers: dict[str, list[int]]) -> bool:
        """Whether one standing signature of the casebook covers all these rows already."""
        return any(
            signed.stands
            and signed.is_of_casebook
            and all(set(ids) <= set(signed.covers.get(name, ())) for name, ids in covers.items())
            for signed in self.signatures
        )

    @property
    def whole(self) -> Signed | None:
        """The standing signature of the casebook after which no further record was entered or completed."""
        return next(
            (
                signed
                for signed in reversed(self.signatures)
                if signed.stands and signed.is_of_casebook and signed.overtaken_at is None
            ),
            None,
        )

    @property
    def revoked(self) -> Signed | None:
        """The latest signature of the casebook that was revoked and not followed by another."""
        of_casebook = [signed for signed in self.signatures if signed.is_of_casebook]
        return of_casebook[-1] if of_casebook and not of_casebook[-1].stands else None

    def facts(
        self, form: str, record: int, version: int, complete: Fact, zone: ZoneInfo, *, visit: int | None, row: int
    ) -> tuple[Fact, ...]:
        """The four facts of a record, of which the first is told."""
        state, verified = self.verification(form, record, version)
        return (
            complete,
            Fact("Verification", state, self._by_and_when(verified, zone)) if verified else _NOT_VERIFIED,
            self._signature_fact(self.signature(form, record), zone),
            self.lock_fact(form, visit, row, record, zone),
        )


_NOT_VERIFIED = Fact("Verification", states.NOT_VERIFIED)
_NOT_SIGNED = Fact("Signature", states.NOT_SIGNED)
_NOT_LOCKED = Fact("Lock", states.NOT_LOCKED)


def facts_of(record: Record, settled: Settled) -> tuple[Fact, ...]:
    """Completeness, verification, signature and lock of a record."""
    zone = record.site.zone
    complete = Fact("Completeness", states.INCOMPLETE)
    if record.completed_at:
        complete = Fact("Completeness", states.COMPLETE, by_and_when(record.completed_by, record.completed_at, zone))
    place = {"visit": record.visit_id, "row": record.row_number}
    return settled.facts(record.form.code, record.pk, record.version, complete, zone, **place)


def by_and_when(person, at: datetime, zone: ZoneInfo) -> str:
    """Ines, 2026-03-09 10:31 IST."""
    return f"{person}, {with_zone(at, zone)}"


def with_zone(at: datetime, zone: ZoneInfo) -> str:
    """2026-03-09 10:31 IST."""
    local = at.astimezone(zone)
    return dates.moment(local, local.tzinfo)


def _signed(pk: int, at: datetime, by: str, more: dict) -> Signed:
    times = {name: more[name] and datetime.fromisoformat(more[name]) for name in ("overtaken_at", "revoked_at")}
    rest = {name: more[name] for name in ("scope", "meaning", "role", "content_sha256", "covers", "revoked_because")}
    return Signed(pk=pk, at=at, by=by, **times, **rest)


def _correction(at: datetime, more: dict) -> Correction:
    names = (
        "id",
        "subject_id",
        "site_id",
        "visit_id",
        "form",
        "row_number",
        "item",
        "text",
        "state",
        "decision",
        "done",
    )
    return Correction(asked_at=at, **{name: more[name] for name in names})


def _level_message(pk: int, at: datetime, more: dict) -> LevelMessage:
    seen_at = datetime.fromisoformat(more["seen_at"]) if more["seen_at"] else None
    drawn_on = date.fromisoformat(more["drawn_on"])
    return LevelMessage(pk=pk, sent_at=at, says=more["says"], sample=more["sample"], drawn_on=drawn_on, seen_at=seen_at)


def _held(pk: int, at: datetime, by: str, more: dict) -> Held:
    rest = {name: more[name] for name in ("kind", "level", "form", "record", "item", "reason")}
    return Held(pk=pk, at=at, by=by, visit=more["visit_id"], row=more["row_number"], **rest)


def _code_break(pk: int, at: datetime, more: dict) -> CodeBreak:
    times = {
        name: more[name] and datetime.fromisoformat(more[name])
        for name in ("approved_at", "declined_at", "shown_at", "taken_back_at")
    }
    return CodeBreak(pk=pk, asked_at=at, kind=more["kind"], log=more["log"], **times)


_NAME = "coalesce(nullif(btrim(concat_ws(' ', person.first_name, person.last_name)), ''), person.username)"
_SETTLED = f"""
    SELECT 'verified', subject_id, form, record, version::bigint, verified_at, {_NAME}, ''
      FROM (SELECT DISTINCT ON (form, record) * FROM crf_verification
             WHERE subject_id = {{whose}} AND withdrawn_at IS NULL
             ORDER BY form, record, version DESC) AS latest
      JOIN crf_user AS person ON person.id = verified_by_id
    UNION ALL
    SELECT 'signed', subject_id, form, id, 0, signed_at, printed_name, to_jsonb(signed)::text
      FROM crf_signature AS signed WHERE subject_id = {{whose}}
    UNION ALL
    SELECT 'casebook', subject_id, '', 0, 0, locked_at, {_NAME}, ''
      FROM crf_casebooklock JOIN crf_user AS person ON person.id = locked_by_id
     WHERE subject_id = {{whose}} AND lifted_at IS NULL
    UNION ALL
    SELECT 'broken', subject_id, '', one.id, 0, asked_at, {_NAME}, to_jsonb(one)::text
      FROM crf_codebreak AS one JOIN crf_user AS person ON person.id = asked_by_id
     WHERE subject_id = {{whose}}
    UNION ALL
    SELECT 'hold', subject.id, '', hold.id, 0, placed_at, {_NAME}, to_jsonb(hold)::text
      FROM crf_hold AS hold JOIN crf_user AS person ON person.id = placed_by_id
      JOIN crf_subject AS subject ON subject.id = {{whose}}
       AND (hold.subject_id = subject.id
            OR (hold.subject_id IS NULL AND (hold.site_id IS NULL OR hold.site_id = subject.site_id)))
     WHERE lifted_at IS NULL
    UNION ALL
    (SELECT 'correction', subject_id, '', one.id, 0, asked_at, {_NAME}, to_jsonb(one)::text
      FROM crf_correction AS one JOIN crf_user AS person ON person.id = asked_by_id
     WHERE subject_id = {{whose}} ORDER BY asked_at DESC, one.id DESC)
    UNION ALL
    (SELECT 'told', subject_id, '', id, 0, sent_at, '', to_jsonb(one)::text
      FROM crf_levelmessage AS one WHERE subject_id = {{whose}} ORDER BY sent_at DESC, id DESC)
    UNION ALL
    SELECT 'study', 0, '', 0, 0, locked_at, {_NAME}, ''
      FROM crf_studylock JOIN crf_user AS person ON person.id = locked_by_id WHERE lifted_at IS NULL
"""  # nosec B608 - no part of it is told by anybody
_OF_ONE = Prepared(_SETTLED.format(whose="$1"), called="settled")
