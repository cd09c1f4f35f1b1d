"""What a saved record leads to: the alerts it raises and the departures from the protocol it shows.

The rules decide; this module brings the record and the others before them.
"""

from datetime import datetime

from crf import trial
from crf.chart.bloods import laboratory_of
from crf.chart.dose import highest_prescribed
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import Alert, Record, Subject, Visit
from crf.rules import deviations, reporting
from crf.rules.deviations import Departure
from crf.trials.dcs_trd.rules import alerts

#: Forms that eligibility rests on: corrected after randomisation, they may show that a criterion was not met.
ENTRY_FORMS = frozenset({"CONSENT", "DEMOG", "ELIG", "ADTRIAL", "HAMD", "LAB", "PREG"})


def alerts_of(record: Record, others: Others, *, at: datetime) -> list[Alert]:
    """Unsaved alerts that the record's values ask for (PROTOCOL 7)."""
    rule = _ALERTS.get(record.form.code)
    found = rule(record, others) if rule else ()
    return [
        Alert(
            subject_id=record.subject_id,
            site_id=record.site_id,
            visit_id=record.visit_id,
            form=record.form.code,
            record=record.pk,
            kind=alert.kind,
            sentence=alert.sentence,
            is_blocking=alert.blocking,
            raised_at=at,
        )
        for alert in found
    ]


def _hamd(record, others):
    return alerts.suicidality_from_hamd(
        record.suicide,
        baseline=_baseline(record, others, "suicide"),
        previous=_previous(record, others, "suicide"),
        at_baseline=record.visit_code in (trial.SCREENING, trial.BASELINE),
    )


def _bdi(record, others):
    return alerts.suicidality_from_bdi(record.item_9, previous=_previous(record, others, "item_9"))


def _suicide(record, others):
    return alerts.suicidality_from_classification([name for name, value in record.values().items() if value == "Y"])


def _bprs(record, others):
    names = alerts.BPRS_PSYCHOSIS
    return alerts.psychosis_from_bprs(
        {name: getattr(record, name) for name in names},
        baseline={name: _baseline(record, others, name) for name in names},
    )


def _uku(record, others):
    return alerts.psychosis_from_uku({name: getattr(record, name) for name in alerts.UKU_PSYCHOSIS})


def _capsules(record, others):
    return alerts.overdose(most_in_a_day=record.most_in_a_day, prescribed_mg=_prescribed(record, others))


def _laboratory(record, others):
    return alerts.laboratory(laboratory_of(others, rows=[record]))


def _adverse_event(record, others):
    return alerts.serious_event(record.serious)


_ALERTS = {
    "HAMD": _hamd,
    "BDI": _bdi,
    "SUICIDE": _suicide,
    "BPRS": _bprs,
    "UKU": _uku,
    "CAPSULES": _capsules,
    "AE": _adverse_event,
    "LAB": _laboratory,
}


def _previous(record: Record, others: Others, item: str):
    """The last answer to the item at a visit before this one; None where there is none."""
    given = [value for value in others.before(record.visit_code, record.form.code, item) if value is not None]
    return given[-1] if given else None


def _baseline(record, others, item):
    return (
        None
        if record.visit_code in (trial.SCREENING, trial.BASELINE)
        else others.value(record.form.code, item, visit=trial.BASELINE)
    )


def _prescribed(record, others) -> int | None:
    """The highest dose in force since the last count, or since the first dose."""
    if record.counted_on is None:
        return None
    since = _previous(record, others, "counted_on") or others.value("FIRSTDOSE", "taken_on", visit=trial.BASELINE)
    if since is None or since > record.counted_on:
        return None
    return highest_prescribed(others, since, record.counted_on)


# -- departures ------------------------------------------------------------------------------------------------------


def deviations_of(record: Record, subject: Subject, visit: Visit | None, others: Others, *, day_1) -> list[Departure]:
    """The departures from the protocol that the record shows (PROTOCOL 8): recorded, never refused."""
    found: list[Departure | None] = []
    form = record.form
    done_on = getattr(record, form.dated) if form.dated else None
    if visit is not None and done_on is not None:
        if form.code != "CONSENT":
            consent_on = others.value("CONSENT", "signed_on", visit=trial.SCREENING)
            found.append(
                deviations.before_consent(form=form.code, done_on=done_on, consent_on=consent_on, visit=visit.code)
            )
        if visit.occurred_on is not None and day_1 is not None and visit.code != trial.BASELINE:
            found.append(deviations.outside_window(visit=visit.code, on=visit.occurred_on, day_1=day_1))
    if form.code == "CAPSULES" and record.counted_on is not None:
        found.append(
            deviations.overdose(
                most_in_a_day=record.most_in_a_day,
                prescribed_mg=_prescribed(record, others),
                on=record.most_on or record.counted_on,
                visit=visit.code,
            )
        )
        if record.last_taken_on is not None:
            found.append(deviations.dose_after_stop(taken_on=record.last_taken_on, stopped_on=_stopped_on(others)))
    if subject.is_randomised and form.code in ENTRY_FORMS and record.version > 1:
        found.append(
            deviations.ineligible(reasons=Standing.of(subject).criteria_not_met(), randomised_on=subject.randomised_on)
        )
    if form.code == "SAEREPORT":
        found.append(_late_report(record, subject, others))
    if form.code == "CONMED":
        until = None if record.ongoing == "Y" else record.ended
        found.append(
            deviations.prohibited(
                drug_row=record.row_number, group=record.group, until=until, first_dose_on=subject.first_dose_on
            )
        )
    if form.code == "DISPENSE" and subject.kit and getattr(record, "kit", None) and record.dispensed_on:
        found.append(
            deviations.wrong_bottle(
                expected=subject.kit, handed_out=record.kit, on=record.dispensed_on, visit=visit.code
            )
        )
    return [departure for departure in found if departure is not None]


def _late_report(record: Record, subject: Subject, others: Others):
    """Whether this is the first report to the sponsor, and went out after the clock had run out."""
    if record.report != "INITIAL" or record.sent_to != "SPONSOR":
        return None
    event = next((row for row in others.records("AE") if row.row_number == record.event and row.serious == "Y"), None)
    if event is None:
        return None
    zone = subject.site.zone
    due = reporting.due_at(aware_on=event.aware_on, aware_at=event.aware_at, zone=zone)
    return deviations.late_report(
        due=due, sent=reporting.sent(record.sent_on, record.sent_at, zone), event=event.row_number
    )


def _stopped_on(others: Others):
    stops = [record.effective_on for record in others.records("DOSING") if record.decision == "STOP"]
    return stops[0] if stops else None
