"""Save a form: what is impossible is refused, what is implausible is saved and queried, what matters is told.

One transaction: the record with its audit row, and all that follows from it (crf/actions/follow.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from crf import spec, trial
from crf.chart import dose
from crf.chart.check_version import version_of
from crf.chart.computed import COMPONENTS, computed_of
from crf.chart.elsewhere import lacking
from crf.chart.examine import examined
from crf.chart.others import Others
from crf.chart.standing import day_1_of
from crf.models import Alert, Query, Record, Subject, User, Visit, records_of
from crf.permissions import require_entry
from crf.refusals import ChangedMeanwhile, ImpossibleValues, NotYet, OutOfSteps, ReasonWanted, Refusal
from crf.rules.withdrawal import may_begin
from crf.spec import Purpose, dates
from crf.spec.kinds import shows_something

from .act import act
from .drafts import keep_firings
from .enrol import refuse_annulled
from .follow import COMPONENT, follow
from .recount import recount
from .undo_visit import take_back_state


@dataclass(frozen=True)
class Saved:
    """What a save led to. `was_changed` is False when nothing differed from what was stored."""

    record: Record
    queries: list[Query] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    deviations: list[Record] = field(default_factory=list)
    was_changed: bool = True

    def as_it_stands(self) -> "Saved":
        """What of it still stands: a later save of the same deed, such as a file's next row, may have closed it."""
        return replace(
            self,
            queries=list(Query.objects.filter(pk__in=[one.pk for one in self.queries], state=Query.State.OPEN)),
            alerts=list(Alert.objects.filter(pk__in=[one.pk for one in self.alerts], no_longer_at__isnull=True)),
            deviations=[one for one in self.deviations if type(one).objects.standing().filter(pk=one.pk).exists()],
        )


def save(
    *,
    form: type[spec.Form],
    subject: Subject,
    visit: Visit | None,
    by: User,
    answers: Mapping[str, str],
    missing: Mapping[str, Mapping[str, str]] | None = None,
    source: str = Record.Source.ESOURCE,
    row: int = 1,
    version: int | None = None,
    reason: str = "",
    through: str = "",
    page: Mapping[str, str] | None = None,
) -> Saved:
    """Save the answers (as typed, by item name) and the reasons for missing ones.

    `version` is the version the person was shown, None for a new record. `through`: the system component that writes
    for the person, such as an import; the audit trail names it (AUD-20). `page`: all that the person's page showed, as
    typed; None where no page is open. Raises ImpossibleValues with a sentence per item, ReasonWanted when a saved value
    changes without a reason, ChangedMeanwhile when somebody else saved first, KeptElsewhere when the person's draft has
    answers from another page.
    """
    role = require_entry(by, form, subject.site_id)
    if form.log is not (visit is None):
        raise Refusal(f"The form “{form.title}” {'does not belong' if form.log else 'belongs'} to a visit.")
    visit_code = visit.code if visit else None
    if not form.log and visit_code not in {cell.visit for cell in trial.SCHEDULE if cell.form == form.code}:
        raise Refusal(f"The form “{form.title}” is not planned at {visit.label}.")
    if visit is not None and visit.state == Visit.State.MISSED:
        raise Refusal(f"{visit.label} was called missed. Nothing can be entered for it.")
    missing = {
        name: {"code": given.get("code", ""), "reason": (given.get("reason") or "").strip()}
        for name, given in (missing or {}).items()
    }
    values = read_answers(form, visit_code, answers, missing, today=subject.site.today())

    with act(by=through or by, role=role, reason=reason):
        # No SELECT first: the unique constraint refuses a second record, and _write reports it as ChangedMeanwhile.
        record = _existing(form, subject, visit, row) if version is not None else None
        if record is None and version is not None:
            raise ChangedMeanwhile(f"The record of {form.title} is no longer there.")
        if record is not None and record.version != version:
            raise ChangedMeanwhile(f"{form.title} was changed by {record.changed_by} since you opened it.")
        values |= _not_asked(form, values, record, subject)
        if record is not None and _same(record, values, missing, source):
            return Saved(record, was_changed=False)
        _judge(form, values, visit, subject, record, reason)
        record = _write(form, subject, visit, by, values, missing, source, row, record)
        write_computed(record, values, "Computed from what was entered")
        follow_demography(subject, form)
        withdraw_attestation(subject, form)
        recount(subject, form, by)
        if visit is not None and visit.state == Visit.State.DONE and record.completed_at is None:
            take_back_state(visit=visit, by=by, reason=reason or f"“{form.title}” is not complete")
        keep_firings(form, subject, visit, row, record, by, page=page)
        where = f" at {visit.label.lower()}" if visit else ""
        if form.discloses is spec.UNBLINDS:  # no chart holds it, and a cause in words would tell of it
            return Saved(record, ask_about(record, by))
        followed = follow(
            subject=subject, by=by, because=f"{form.title}{where} was {'changed' if version else 'entered'}"
        )
        if visit is not None:
            visit.occurred_on = followed.visit_dates[visit.pk]
    return Saved(record, followed.queries, followed.alerts, followed.deviations)


def read_answers(form, visit_code, answers, missing, *, today) -> dict[str, Any]:
    """The typed answers as values. Raises ImpossibleValues with sentences by item; stores nothing."""
    values, errors = examined(form, visit_code, answers, missing, today=today)
    if errors:
        raise ImpossibleValues(errors)
    return values


def _existing(form, subject, visit, row) -> Record | None:
    """The record, its row held: two who save at once do so one after the other."""
    return (
        records_of(form.code)
        .objects.select_for_update(of=("self",))
        .select_related("changed_by")
        .filter(subject=subject, visit=visit, row_number=row, voided_at__isnull=True)
        .first()
    )


def _same(record, values, missing, source) -> bool:
    return record.values() == values and record.missing == missing and record.source == source


def _judge(form, values, visit, subject, record, reason):
    """Refuse what the titration rules forbid, and a change without a reason, before anything is written."""
    refuse_annulled(subject)
    if record is not None and not shows_something(reason):
        changed = [name for name in form.asked if (was := getattr(record, name)) is not None and was != values[name]]
        if changed:
            labels = ", ".join(f"“{form.items[name].label}”" for name in changed)
            raise ReasonWanted(f"You change what was saved before: {labels}. Please say why.")
    if form.needs_randomisation and not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so no dose can be prescribed. Randomise first.")
    if form.purpose is Purpose.DOSING and trial.LADDER is not None:
        refuse_impossible_dose(subject, values, visit, record)
    if subject.is_screen_failure and not form.begun_after_failure:
        raise NotYet(f"{subject} is a screen failure; only adverse events, deviations and the end of study follow.")
    if record is None:
        refuse_after_withdrawal(form, subject)


def refuse_after_withdrawal(form, subject: Subject):
    """Raises NotYet where a record of the form would be begun about who withdrew consent."""
    if not may_begin(form, subject.consent_withdrawn_on):
        raise NotYet(
            f"{subject} withdrew consent on {dates.day(subject.consent_withdrawn_on)}: what was collected "
            "stays, and only adverse events, deviations and the end of study are still entered."
        )


def refuse_impossible_dose(subject: Subject, values, visit, record):
    """What is prescribed follows the titration rules; the database refuses the worst of it once more."""
    others = Others(subject.pk, besides=record)
    day_1 = day_1_of(subject)
    on = values["decided_on"] or subject.site.today()
    view = dose.dose_on(subject, others, day_1=day_1, on=on, visit=visit, panel_on=values.get("panel_on"))
    found = dose.refusals(view, values, day_1=day_1)
    if found:
        raise OutOfSteps(
            "This dose cannot be prescribed. Nothing has been saved.",
            details=[f"{because.sentence} ({because.rule})" for because in found],
        )


def _write(form, subject, visit, by, values, missing, source, row, record) -> Record:
    now = timezone.now()
    model = records_of(form.code)
    is_new = record is None
    if is_new:
        record = model(
            subject=subject,
            site_id=subject.site_id,
            visit=visit,
            row_number=row,
            protocol_version=subject.protocol_version,
            created_at=now,
            created_by=by,
            version=0,
        )
    written = {name for name in form.asked if is_new or getattr(record, name) != values[name]}
    for name in written:
        setattr(record, name, values[name])
    record.missing, record.source = missing, source
    record.version += 1
    record.changed_at, record.changed_by = now, by
    if lacking(form, values, missing, visit.code if visit else None, Others(subject.pk, besides=record)):
        record.completed_at = record.completed_by = None
    elif record.completed_at is None:
        record.completed_at, record.completed_by = now, by
    if is_new:
        try:
            record.save(force_insert=True)
        except IntegrityError as error:
            if "_once" in str(error):
                raise ChangedMeanwhile(f"Somebody else saved “{form.title}” in the meantime.") from error
            raise
    else:
        record.save(
            update_fields=[
                *written,
                "missing",
                "source",
                "version",
                "changed_at",
                "changed_by",
                "completed_at",
                "completed_by",
            ]
        )
        if form.scores:
            record.refresh_from_db(fields=list(form.scores))
    return record


def _not_asked(form, values, record, subject) -> dict[str, Any]:
    """What no page sends: what the server computes, and the answers to questions that are retired by now."""
    kept = {name: getattr(record, name) for name, item in form.items.items() if item.retired} if record else {}
    others = Others(subject.pk, besides=record)
    return kept | computed_of(form, values | kept, site_id=subject.site_id, others=others, before=record)


def write_computed(record: Record, values: Mapping[str, Any], reason: str) -> bool:
    """Write what the server computed, in the name of the component that did (AUD-20); False where nothing differs."""
    written = [
        name for name, item in record.form.items.items() if item.computed and getattr(record, name) != values[name]
    ]
    if not written:
        return False
    for name in written:
        setattr(record, name, values[name])
    with act(by=COMPONENTS[record.form.code], role="system", reason=reason):
        record.save(update_fields=written)
    return True


def follow_demography(subject: Subject, form) -> None:
    """Limits of normal hang on sex and age: rows that were computed before are computed anew."""
    if form.purpose is Purpose.DEMOGRAPHY:
        compute_anew(subject, "Sex or year of birth was entered or changed")


def compute_anew(subject: Subject, because: str) -> None:
    """What was computed of the subject's results, by what holds now. Part of the caller's deed."""
    laboratory = trial.code_serving(Purpose.LABORATORY)
    if laboratory is None:
        return
    for record in records_of(laboratory).objects.standing().filter(subject=subject).select_related("visit"):
        others = Others(subject.pk, besides=record)
        values = record.values()
        values |= computed_of(record.form, values, site_id=subject.site_id, others=others, before=record)
        write_computed(record, values, because)


def withdraw_attestation(subject: Subject, form) -> None:
    """What the investigator attested was something else once an answer it rests on changes."""
    if subject.attested_at is not None and not subject.is_randomised and form.withdraws_attestation:
        subject.attested_at = subject.attested_by = None
        subject.attestation_revoked_at, subject.attestation_revoked_by_form = timezone.now(), form.code
        subject.save(
            update_fields=["attested_at", "attested_by", "attestation_revoked_at", "attestation_revoked_by_form"]
        )


def ask_about(record: Record, by: User) -> list[Query]:
    """The queries of a record that no chart holds: open one for each soft check that fails, close what passes."""
    others = Others(record.subject_id, besides=record)
    failed = {
        check.code: check for check in record.form.failed(record.values(), record.visit_code, others) if not check.hard
    }
    standing = {
        query.check_code: query
        for query in Query.objects.filter(
            form=record.form.code, record=record.pk, state__in=["open", "answered"]
        ).exclude(check_code="")
    }
    now = timezone.now()
    settled = [query for code, query in standing.items() if code not in failed]
    for query in settled:
        query.state, query.settled_at, query.settled_by, query.no_longer = Query.State.CLOSED, now, by, True
    with act(by=COMPONENT, role="system", reason="Follows from what was entered"):
        if settled:
            Query.objects.bulk_update(settled, ["state", "settled_at", "settled_by", "no_longer"])
        new = [
            Query.of_check(record, check, **record.belongs_to, version=version_of(check), at=now, by=by)
            for code, check in failed.items()
            if code not in standing
        ]
        return Query.objects.bulk_create(new) if new else []
