"""The filled casebook of a subject to print: every readable record with its values, queries and four facts.

Only what the reader may see is read, and the date it bears is that of the latest thing in it: what nobody may know of
leaves no trace, and the same record gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from crf import spec, trial
from crf.chart import states
from crf.chart.elsewhere import answers_elsewhere
from crf.chart.facts import Settled, Signed, by_and_when, facts_of, with_zone
from crf.chart.others import Others
from crf.chart.places import in_address
from crf.chart.query_thread import threads
from crf.chart.signed_content import signed_forms
from crf.chart.standing import Standing
from crf.models import RECORDS, Query, Record, TakenBack, Visit
from crf.papers import printed_rows
from crf.papers.annotated import ANNOTATED, tag
from crf.papers.sdtm_names import domain_in_words, name_of_score
from crf.papers.typeset import frame
from crf.spec import dates
from crf.spec.purposes import Purpose

#: Who reads one of these knows when a subject was randomised and to which kit.
TOLD_BY_THE_KIT = trial.codes_of(
    form for form in trial.FORMS if trial.serves(form, Purpose.DOSING, Purpose.DISPENSING, Purpose.FIRST_DOSE)
)
NOTES = (
    "Values as stored, in the words of the form. What was left open says “No answer”; a dash stands for a voluntary "
    "question left empty. Questions that do not apply are not listed.",
    "Times are those of the site. Earlier values and the reasons for their change stand in the audit trail.",
)
WITH_HISTORY = "Behind each form stands its audit trail; what belongs to no form is at the end."


@dataclass(frozen=True)
class Happened:
    """An entry of the audit trail in words. `changes`: what, its old and its new value; blank is ""."""

    table: str
    record: int
    at: datetime
    who: str
    what: str
    did: str
    changes: tuple[tuple[str, str, str], ...]
    why: str


def filled(
    standing: Standing,
    readable: Collection[type[spec.Form]],
    *,
    annotated: bool,
    is_synthetic: bool,
    sees_scores: bool = True,
    history: Sequence[Happened] = (),
) -> dict:
    """The data of the subject's casebook, for crf/papers/typeset.py.

    One statement a form; four more for queries, for visits undone, for what was taken back, and for what is verified,
    signed and locked. `history`: the audit trail, printed where it is given.
    """
    return _Printer(standing, readable, annotated, is_synthetic, sees_scores, history).casebook()


class _Printer:
    def __init__(self, standing, readable, annotated, is_synthetic, sees_scores, history):
        self.standing, self.subject = standing, standing.subject
        self.zone = self.subject.site.zone
        self.annotated, self.is_synthetic, self.sees_scores = annotated, is_synthetic, sees_scores
        self.readable = [form for form in readable if form.discloses is not spec.UNBLINDS]
        self.settled = Settled.of(self.subject.pk)
        undone = Visit.everything.filter(subject=self.subject, undone_at__isnull=False).select_related("undone_by")
        self.visits = [*standing.visits, *undone.order_by("pk")]
        self.taken_back = list(
            TakenBack.objects.filter(subject=self.subject)
            .select_related("visit", "to_visit", "taken_back_by")
            .order_by("taken_back_at")
        )
        self.records = self._records()
        self.queries = self._queries()
        self.history = defaultdict(list)
        for one in history:
            self.history[one.table, one.record].append(one)

    def _records(self) -> dict[tuple[str, int | None], list[Record]]:
        found = defaultdict(list)
        people = ("created_by", "changed_by", "completed_by", "voided_by")
        for form in self.readable:
            rows = RECORDS[form.code].objects.filter(subject=self.subject).select_related("site", "visit", *people)
            for record in sorted(rows, key=lambda record: record.row_number):
                found[form.code, record.visit_id].append(record)
        return found

    def _queries(self) -> dict[tuple[str, int], list[Query]]:
        found = defaultdict(list)
        asked = Query.objects.filter(subject=self.subject, form__in=[form.code for form in self.readable])
        for query in asked.select_related("opened_by", "answered_by", "settled_by").order_by("opened_at", "pk"):
            found[query.form, query.record].append(query)
        self.threads = threads([query.pk for queries in found.values() for query in queries])
        return found

    def casebook(self) -> dict:
        latest = self._latest().astimezone(self.zone)
        kind = "Annotated casebook" if self.annotated else "Casebook"
        data = frame(
            title=f"{kind} of {self.subject.number}",
            subtitle=self.subject.site.name,
            annotated=self.annotated,
            is_synthetic=self.is_synthetic,
        )
        data |= {
            "date": {"year": latest.year, "month": latest.month, "day": latest.day},
            "as_of": f"As of {dates.moment(latest, self.zone)}",
            "facts": list(self._facts()),
            "notes": [
                *self._missed(),
                *NOTES,
                *([WITH_HISTORY] if self.history else []),
                *([ANNOTATED] if self.annotated else []),
            ],
            "grid": self._grid(),
            "parts": [part for part in self._parts() if part["forms"]],
        }
        data["history"] = self._of_no_form()
        if not data["parts"]:
            data["parts"] = [{"title": "No record", "says": "Nothing is entered that you may read.", "forms": []}]
        return data

    def _facts(self):
        subject = self.subject
        yield ["Subject", subject.number]
        yield ["Site", subject.site.name]
        has_ended = self.standing.has_record(trial.code_serving(Purpose.END_OF_STUDY))
        yield ["Stage", states.stage_of(subject, has_ended=has_ended).word]
        if subject.is_randomised and any(form.code in TOLD_BY_THE_KIT for form in self.readable):
            yield ["Randomised", f"{dates.day(subject.randomised_on)}, kit {subject.kit}"]
        if lock := self.settled.lock:
            yield [lock.state.word, by_and_when(lock.by, lock.at, self.zone)]
        for signed in self._signatures():
            yield ["Signed" if signed.stands else "Signature revoked", self._signature(signed)]

    def _signatures(self) -> list[Signed]:
        """Those of the casebook, for who reads everything that they stand on: what revoked one names a form."""
        if not set(signed_forms()) <= set(self.readable):
            return []
        return [signed for signed in self.settled.signatures if signed.is_of_casebook]

    def _signature(self, signed: Signed) -> str:
        """Printed name, role, date and time with zone, and meaning (SIG-01); what became of it since."""
        words = f"{signed.shown(self.zone)}. “{signed.meaning}”"
        if not signed.stands:
            return f"{words} Revoked {with_zone(signed.revoked_at, self.zone)}: {signed.why_revoked}"
        return words + (" Forms were entered or completed since and are not signed." if signed.overtaken_at else "")

    def _missed(self):
        """Visits that were missed, and what was taken back of the subject, its visits and its forms."""
        person, titles = self.subject, {form.code: form.title for form in self.readable}
        if person.is_annulled:
            by = by_and_when(person.annulled_by, person.annulled_at, self.zone)
            yield f"The number was given in error ({by}): {person.annulled_reason}"
        for visit in self.visits:
            if visit.undone_at:
                by = by_and_when(visit.undone_by, visit.undone_at, self.zone)
                yield f"{visit.label} was undone ({by}): {visit.undone_reason}"
            elif visit.state == Visit.State.MISSED:
                yield f"{visit.label} was missed: {visit.missed_reason}"
        for one in self.taken_back:
            because = f"({by_and_when(one.taken_back_by, one.taken_back_at, self.zone)}): {one.reason}"
            if one.kind == TakenBack.Kind.MOVED:
                if one.form in titles:
                    yield f"{titles[one.form]} was moved from {one.visit.label} to {one.to_visit.label} {because}"
            elif one.kind == TakenBack.Kind.ALERT:
                if one.form in titles:
                    yield f"An alert of {titles[one.form]} was called acted upon by mistake, “{one.was}” {because}"
            elif one.kind == TakenBack.Kind.FAILED:
                yield f"{person.number} was called a screen failure by mistake, “{one.was}” {because}"
            elif one.kind == TakenBack.Kind.SCREENED:
                yield f"Screening was said to have begun on {one.was} by mistake {because}"
            else:
                was = f"missed “{one.was}”" if one.kind == TakenBack.Kind.MISSED else "done"
                yield f"{one.visit.label} was called {was} by mistake {because}"

    def _latest(self) -> datetime:
        """When the latest thing that is printed was written."""
        codes = {form.code for form in self.readable}
        times = [at for at in (self.subject.randomised_at, self.subject.screen_failed_at) if at]
        times += [at for visit in self.visits for at in (visit.settled_at, visit.undone_at) if at]
        times += [one.taken_back_at for one in self.taken_back]
        times += [self.subject.annulled_at] if self.subject.annulled_at else []
        for records in self.records.values():
            times += [at for record in records for at in (record.changed_at, record.voided_at) if at]
        for queries in self.queries.values():
            times += [at for one in queries for at in (one.opened_at, one.answered_at, one.settled_at) if at]
        times += [self.settled.lock.at] if self.settled.lock else []
        for signed in self._signatures():
            times += [at for at in (signed.at, signed.overtaken_at, signed.revoked_at) if at]
        times += [found.at for (form, _), found in self.settled.verified.items() if form in codes]
        times += [one.at for entries in self.history.values() for one in entries]
        began = datetime.combine(self.subject.screened_on, datetime.min.time(), UTC)
        return max(times, default=began)

    # -- the first page

    def _grid(self) -> dict:
        visits = [visit for visit in self.visits if visit.occurred_on or self._has_records(visit)]
        planned = [form for form in self.readable if not form.log]
        rows = []
        for form in planned:
            cells = [self._cell(form, visit) for visit in visits]
            if any(at for at, _ in cells):
                rows.append([form.title, "", cells])
        logs = [
            [form.title, [[_label(record), ""] for record in self.records[form.code, None]] or [["", "none"]]]
            for form in self.readable
            if form.log
        ]
        return {
            "head": [in_address(visit) for visit in visits],
            "rows": rows,
            "logs": logs,
            "legend": "The number is the page on which the record stands.",
        }

    def _has_records(self, visit: Visit) -> bool:
        return any(self.records.get((form.code, visit.pk)) for form in self.readable)

    def _cell(self, form: type[spec.Form], visit: Visit) -> list[str]:
        records = self.records.get((form.code, visit.pk), [])
        return [_label(records[0]), ""] if records else ["", ""]

    # -- the records

    def _parts(self):
        for visit in self.visits:
            sheets = [
                sheet
                for form in self.readable
                for sheet in self._sheets(form, self.records.get((form.code, visit.pk), []))
            ]
            day = self.standing.day_of(visit.occurred_on)
            says = dates.day(visit.occurred_on) if visit.occurred_on else visit.get_state_display()
            says = "Undone" if visit.undone_at else says
            yield {"title": visit.label, "says": f"{says}, study day {day}" if day else says, "forms": sheets}
        logs = [
            self._sheet(form, record)
            for form in self.readable
            if form.log
            for record in self.records.get((form.code, None), [])
        ]
        yield {"title": "At any time", "says": "Forms that belong to no visit.", "forms": logs}

    def _sheets(self, form: type[spec.Form], records: list[Record]) -> list[dict]:
        """At a visit one sheet a form: the rows of a repeating one (the results of one blood sample) in one table."""
        sheets = [self._sheet(form, record) for record in records]
        if len(records) < 2 or form.scores:
            return sheets
        tags = {name: tag(form, item) if self.annotated else "" for name, item in form.items.items()}
        answers = [{name: self._item(form, item, record) for name, item in form.items.items()} for record in records]
        return [printed_rows.together(form, records, sheets, answers, tags)]

    def _sheet(self, form: type[spec.Form], record: Record) -> dict:
        values = record.values()
        elsewhere = answers_elsewhere(form, Others(record.subject_id)) if form.elsewhere else {}
        asked = form.applicable({**values, **elsewhere}, record.visit_code)
        shown = [item for name, item in form.items.items() if item in asked or values[name] is not None]
        return {
            "label": _label(record),
            "title": form.title,
            "code": record.visit.label if record.visit_id else "",
            "place": f"{form.code}: {form.row_called(record.row_number, values)}" if form.repeating else form.code,
            "domain": domain_in_words(form) if self.annotated else [],
            "sections": [
                {"title": section, "items": [self._item(form, item, record) for item in members]}
                for section, members in groupby(shown, key=lambda item: item.section)
            ],
            "scores": self._scores(form, record),
            "queries": [self._query(form, query) for query in self.queries.get((form.code, record.pk), [])],
            "facts": [[fact.about, fact.word, fact.by] for fact in facts_of(record, self.settled)],
            "record": {"provenance": self._provenance(record), "voided": self._voided(record)},
            "history": [self._entry(one, says=one.did) for one in self.history[record._meta.db_table, record.pk]],
        }

    def _item(self, form: type[spec.Form], item: spec.Item, record: Record) -> dict:
        value, missing = getattr(record, item.name), record.missing.get(item.name)
        return {
            "label": item.label,
            "help": "",
            "only": "",
            "unit": item.unit or ("site time" if isinstance(item.kind, spec.Time) and value is not None else ""),
            "tag": tag(form, item) if self.annotated else "",
            "value": item.kind.show(value),
            "required": item.required,
            "missing": spec.MISSING[missing["code"]] if missing else "",
            "why": missing["reason"] if missing else "",
        }

    def _scores(self, form: type[spec.Form], record: Record) -> list[dict]:
        if not self.sees_scores:
            return []
        totals = {name: getattr(record, name) for name in form.scores}
        return [
            {
                "label": score.label,
                "value": "Missing" if totals[name] is None else str(totals[name]),
                "tag": name_of_score(form, score) if self.annotated else "",
            }
            for name, score in form.scores.items()
        ]

    def _query(self, form: type[spec.Form], query: Query) -> dict:
        about = form.items[query.item].label if query.item in form.items else "The whole form"
        said = f"Asked by {by_and_when(query.opened_by, query.opened_at, self.zone)}"
        return {
            "state": query.get_state_display(),
            "about": about,
            "text": query.text,
            "asked": f"{said}, check {query.check_code}" if query.check_code else said,
            "said": [
                {"text": turn.text, "by": f"{turn.word} by {by_and_when(turn.who, turn.at, self.zone)}"}
                for turn in self.threads[query.pk][1:]
            ],
        }

    def _of_no_form(self) -> list[dict]:
        """What is on the trail about anything but the records: the subject, visits, queries, signatures, locks."""
        printed = {(record._meta.db_table, record.pk) for records in self.records.values() for record in records}
        rest = [one for place, entries in self.history.items() if place not in printed for one in entries]
        return [self._entry(one, says=f"{one.what}: {one.did}") for one in sorted(rest, key=lambda one: one.at)]

    def _entry(self, one: Happened, *, says: str) -> dict:
        return {
            "at": with_zone(one.at, self.zone),
            "who": one.who,
            "says": says,
            "changes": [list(change) for change in one.changes],
            "why": one.why,
        }

    def _provenance(self, record: Record) -> str:
        words = [f"Entered by {by_and_when(record.created_by, record.created_at, self.zone)}"]
        if record.version > 1:
            words.append(f"last changed by {by_and_when(record.changed_by, record.changed_at, self.zone)}")
        words.append(f"version {record.version}; protocol {record.protocol_version}")
        return "; ".join(words) + f". {record.get_source_display()}."

    def _voided(self, record: Record) -> str:
        if record.voided_at is None:
            return ""
        return f"Voided by {by_and_when(record.voided_by, record.voided_at, self.zone)}: {record.void_reason}"


def _label(record: Record) -> str:
    """What links lead to: unique in the document."""
    return f"{record.form.code}-{record.pk}"
