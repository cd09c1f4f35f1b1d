"""Bring what is stored of a subject in line with what its record implies, within the deed that changed the record.

What is implied and absent is opened; what is open and no longer implied is closed, or marked as no longer so with its
cause; what a person did (acknowledged, answered, judged) stays. The audit trail names the component and its version,
never the person who saved (AUD-20); who caused it stands beside, in the columns of the row.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils import timezone

from crf import spec, trial
from crf.chart.chart import Chart, Entry
from crf.chart.check_version import version_of
from crf.chart.implied import Departed, Implied, implied
from crf.chart.prompted import open_prompts
from crf.models import RECORDS, Alert, Found, Query, Record, Subject, User
from crf.models.lookup import Lookup
from crf.spec import Purpose
from crf.spec.consequences import MAJOR

from .act import act
from .alerts import tell_of

#: Who opens and closes, as the audit trail names it. A changed rule is a new version.
COMPONENT = "system:consequences 1.0"


@dataclass
class Followed:
    """What a deed led to, newly opened. `closed` counts what stands no longer; `visit_dates` by the visit's key."""

    alerts: list[Alert] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    deviations: list[Record] = field(default_factory=list)
    closed: int = 0
    visit_dates: dict[int, date | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.alerts or self.queries or self.deviations or self.closed)


@dataclass
class Stored:
    """What stands of the subject so far: read once in a deed, and kept true while it goes on."""

    alerts: list[Alert]
    queries: list[Query]
    found: list[Found]

    @classmethod
    def of(cls, subject: Subject) -> "Stored":
        return cls(alerts=_ALERTS.of(subject.pk), queries=_QUERIES.of(subject.pk), found=_FOUND.of(subject.pk))


_ALERTS = Lookup(lambda subject: Alert.objects.filter(subject_id=subject, no_longer_at__isnull=True))
_QUERIES = Lookup(lambda subject: Query.objects.filter(subject_id=subject).exclude(check_code="").order_by("pk"))
_FOUND = Lookup(lambda subject: Found.objects.filter(subject_id=subject, no_longer_at__isnull=True))


def follow(*, subject: Subject, by: User, because: str) -> Followed:
    """Reconcile everything about the subject. `because`: the cause in words, as the audit trail gives it.

    Five statements where nothing changes, all of them read. Part of the caller's deed.
    """
    done = Followed()
    with act(by=COMPONENT, role="system", reason=because, savepoint=False, once_written=True):
        stored = Stored.of(subject)
        changed_rows = _once(subject, stored, by, because, done)
        if changed_rows:  # a deviation that was opened or went is a record itself: its own checks follow
            _once(subject, stored, by, because, done)
    return done


def _once(subject: Subject, stored: Stored, by: User, because: str, done: Followed) -> bool:
    """One look at the whole record; says whether rows of the form for deviations came or went."""
    chart = Chart.of(subject)
    dates = {visit.pk: visit.occurred_on for visit in chart.visits}
    found = implied(chart)
    done.visit_dates = found.visit_dates
    _date_visits(found, dates)
    _carry(subject, found)
    _reconcile_alerts(subject, stored, chart, found, because, done)
    _reconcile_queries(subject, stored, found, by, done)
    return _reconcile_deviations(subject, stored, chart, found, by, because, done)


# -- what the subject and its visits carry


def _date_visits(found: Implied, before: dict[int, date | None]) -> None:
    for key, on in found.visit_dates.items():
        if on != before[key]:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE crf_visit SET occurred_on = %s WHERE id = %s", [on, key])


def _carry(subject: Subject, found: Implied) -> None:
    """Study days count from the first dose, every deed asks for a withdrawal, and every list whether treatment has
    ended: the subject carries these."""
    ended = found.treatment_ended
    carried = {
        "first_dose_on": found.first_dose_on,
        "consent_withdrawn_on": found.consent_withdrawn_on,
        "treatment_ended_on": ended.on if ended else None,
        "treatment_ended_because": ended.because if ended else "",
        "treatment_ended_form": ended.form if ended else "",
    }
    changed = [name for name, value in carried.items() if getattr(subject, name) != value]
    for name in changed:
        setattr(subject, name, carried[name])
    if changed:
        subject.save(update_fields=changed)


# -- alerts


def _reconcile_alerts(
    subject: Subject, stored: Stored, chart: Chart, found: Implied, because: str, done: Followed
) -> None:
    standing = {(one.form, one.record, one.rule, one.occurrence): one for one in stored.alerts}
    now = timezone.now()
    for one in found.alerts:
        entry, alert = one.entry, one.alert
        if standing.pop((entry.form.code, entry.pk, alert.rule, one.occurrence), None) is not None:
            continue
        new = Alert(
            subject_id=subject.pk,
            site_id=subject.site_id,
            visit_id=entry.visit_pk,
            form=entry.form.code,
            record=entry.pk,
            rule=alert.rule,
            kind=alert.kind,
            occurrence=one.occurrence,
            sentence=alert.sentence,
            prompts=list(alert.prompts),
            is_blocking=alert.blocking,
            raised_at=now,
        )
        new.prompts_open = open_prompts(chart, new)
        new.save(force_insert=True)
        tell_of(new)
        done.alerts.append(new)
        stored.alerts.append(new)
    for gone in standing.values():
        gone.no_longer_at, gone.no_longer_because = now, because[:200]
        gone.save(update_fields=["no_longer_at", "no_longer_because"])
        stored.alerts.remove(gone)
        done.closed += 1
    for alert in stored.alerts:
        if alert.prompts and (wanted := open_prompts(chart, alert)) != alert.prompts_open:
            alert.prompts_open = wanted
            alert.save(update_fields=["prompts_open"])


# -- queries by checks


def _reconcile_queries(subject: Subject, stored: Stored, found: Implied, by: User, done: Followed) -> None:
    asked: dict[tuple, list[Query]] = {}
    for query in stored.queries:
        asked.setdefault((query.form, query.record, query.check_code), []).append(query)
    now, new = timezone.now(), []
    failing = {(one.entry.form.code, one.entry.pk, one.check.code): one for one in found.failed}
    for key, one in failing.items():
        earlier = asked.get(key, [])
        if not earlier or _asks_again(earlier[-1], one.entry):
            query = Query.of_check(
                one.entry,
                one.check,
                subject_id=subject.pk,
                site_id=subject.site_id,
                visit_id=one.entry.visit_pk,
                version=version_of(one.check),
                at=now,
                by=by,
            )
            new.append(query)
    for key, queries in asked.items():
        if key in failing or key[0] in _NOT_IN_CHART:
            continue
        for query in queries:
            if query.state in (Query.State.OPEN, Query.State.ANSWERED):
                query.state, query.settled_at, query.settled_by = Query.State.CLOSED, now, by
                query.no_longer = True
                query.save(update_fields=["state", "settled_at", "settled_by", "no_longer"])
                done.closed += 1
        if queries[-1].state == Query.State.CLOSED and not queries[-1].no_longer and _is_run(*key):
            # What a person let stand is gone by now: should the check fail again, that is another occurrence.
            queries[-1].no_longer = True
            queries[-1].save(update_fields=["no_longer"])
    if new:
        done.queries += Query.objects.bulk_create(new)
        stored.queries += new


def _is_run(form: str, _record: int, code: str) -> bool:
    """Whether the check is still declared, so that its not failing means that it passes."""
    return any(check.code == code for check in trial.form(form).checks)


def _asks_again(latest: Query, entry: Entry) -> bool:
    """Whether a check that fails is asked about anew: not while a query stands, nor after a person settled it, unless
    the record changed since."""
    if latest.state in (Query.State.OPEN, Query.State.ANSWERED):
        return False
    return latest.no_longer or latest.settled_at is None or latest.settled_at < entry.changed_at


#: The forms that no chart holds, so that nothing is implied of their checks.
_NOT_IN_CHART = trial.codes_of([form for form in trial.FORMS if form.discloses is spec.UNBLINDS])


# -- deviations


def _reconcile_deviations(
    subject: Subject, stored: Stored, chart: Chart, found: Implied, by: User, because: str, done: Followed
) -> bool:
    form = trial.serving(Purpose.DEVIATIONS)
    if form is None:
        return False
    changed = False
    standing = {one.occasion: one for one in stored.found if one.no_longer_at is None}
    rows = {entry.pk: entry for entry in chart.records(form.code)}
    now = timezone.now()
    for departed in found.departures:
        known = standing.pop(departed.occasion, None)
        if known is None:
            done.deviations.append(_open(subject, stored, departed, by, now))
            changed = True
        elif known.sentence != departed.departure.sentence or _tells_of_another_day(rows.get(known.record), departed):
            changed = True
            _tell_anew(subject, stored, known, rows.get(known.record), departed, by, because, now, done)
    for gone in standing.values():
        _no_longer(gone, rows.get(gone.record), by, because, now)
        done.closed += 1
        changed = True
    return changed


def _open(subject: Subject, stored: Stored, departed: Departed, by: User, now) -> Record:
    """A row of the form for deviations. A major one is not complete before a person assessed it."""
    departure = departed.departure
    model = RECORDS[trial.code_serving(Purpose.DEVIATIONS)]
    last = model.objects.filter(subject_id=subject.pk).order_by("-row_number").values_list("row_number", flat=True)
    is_assessed = departure.severity != MAJOR
    record = model.objects.create(
        subject_id=subject.pk,
        site_id=subject.site_id,
        row_number=(last.first() or 0) + 1,
        created_at=now,
        created_by=by,
        changed_at=now,
        changed_by=by,
        completed_at=now if is_assessed else None,
        completed_by=by if is_assessed else None,
        protocol_version=subject.protocol_version,
        source=Record.Source.ESOURCE,
        kind=departure.kind,
        description=departure.sentence,
        occurred_on=departure.occurred_on,
        found_on=now.astimezone(subject.site.zone).date(),
        opened_by="SYSTEM",
        severity=departure.severity,
        at_visit=departure.at_visit,
    )
    stored.found.append(
        Found.objects.create(
            subject_id=subject.pk,
            site_id=subject.site_id,
            record=record.pk,
            occasion=departed.occasion,
            sentence=departure.sentence,
            component=COMPONENT,
            found_at=now,
        )
    )
    record.occasion = departed.occasion
    return record


def _tells_of_another_day(row: Entry | None, departed: Departed) -> bool:
    """Whether a row that nobody worked on gives another day or another severity than the facts do now."""
    told = departed.departure
    return row is not None and row.version == 1 and (row.occurred_on, row.severity) != (told.occurred_on, told.severity)


def _tell_anew(
    subject, stored: Stored, known: Found, row: Entry | None, departed: Departed, by, because, now, done: Followed
) -> None:
    """The facts behind it changed and it still stands: told anew, or opened anew where a person worked on it."""
    if row is None or row.version > 1:
        _no_longer(known, row, by, because, now)
        done.deviations.append(_open(subject, stored, departed, by, now))
        return
    departure = departed.departure
    RECORDS[row.form.code].objects.filter(pk=row.pk).update(
        description=departure.sentence, occurred_on=departure.occurred_on, severity=departure.severity
    )
    known.sentence = departure.sentence
    known.save(update_fields=["sentence"])


def _no_longer(known: Found, row: Entry | None, by: User, because: str, now) -> None:
    """Mark it; the row itself is voided unless a person worked on it: then it stays and bears the mark."""
    known.no_longer_at, known.no_longer_because = now, because[:200]
    known.save(update_fields=["no_longer_at", "no_longer_because"])
    if row is not None and row.version == 1:
        RECORDS[row.form.code].objects.filter(pk=row.pk).update(
            voided_at=now, voided_by=by, void_reason=f"No longer so. {because}"[:200], version=row.version + 1
        )
