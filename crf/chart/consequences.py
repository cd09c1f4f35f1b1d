"""What a record leads to: the alerts it raises and the departures from the protocol it shows.

What holds in any trial is decided here by the purpose of a form; what is a trial's own are hooks of its forms. Each
is handed the record and the chart of its subject, and gives what follows; nothing is read or written here.
"""

from collections.abc import Callable, Iterable

from crf import spec, trial
from crf.chart.chart import Chart, Entry
from crf.chart.dose import decisions, highest_prescribed, not_admitted, prescriptions
from crf.chart.supply import taken_in_all
from crf.models import Visit
from crf.rules import alerts, deviations, eligibility, reporting
from crf.rules.eligibility import Reason
from crf.rules.gates import gates_closed
from crf.rules.overstay import overstays
from crf.rules.study_day import date_of, study_day
from crf.spec import Purpose
from crf.spec.consequences import Alert, Departure


def alert_hooks(form: type[spec.Form]) -> list[Callable[..., Iterable[Alert]]]:
    """What raises alerts from a record of the form (PROTOCOL 7), in the order of declaration; each is asked apart, so
    that an answer which another one reads makes no new occurrence."""
    found: list[Callable[..., Iterable[Alert]]] = []
    if form.purpose is Purpose.RETURNS and trial.LADDER is not None:
        found += [_overdose, _overdose_in_all]
    if form.purpose is Purpose.ADVERSE_EVENTS:
        found.append(lambda record, chart: alerts.serious_event(record.serious))
    return [*found, *form.alerts]


def _overdose(record, chart: Chart) -> Iterable[Alert]:
    return alerts.overdose(
        ladder=trial.LADDER, most_in_a_day=record.most_in_a_day, prescribed_mg=_prescribed(record, chart)
    )


def _overdose_in_all(record, chart: Chart) -> Iterable[Alert]:
    """Where one day tells it already, one alert is enough."""
    return () if _overdose(record, chart) else alerts.overdose_in_all(taken_in_all(record, chart))


def departures_of(record, visit: Visit | None, chart: Chart) -> list[Departure]:
    """The departures from the protocol that the record shows (PROTOCOL 8): recorded, never refused."""
    form = record.form
    found: list[Departure | None] = []
    done_on = getattr(record, form.dated) if form.dated else None
    if visit is not None and done_on is not None and form.purpose is not Purpose.CONSENT:
        found.append(
            deviations.before_consent(form=form.code, done_on=done_on, consent_on=chart.consent_on, visit=visit.code)
        )
    found.append(_rated_by_who_knows(record, visit, chart, done_on) if form.rating and done_on else None)
    found += _OF_PURPOSE.get(form.purpose, _none)(record, visit, chart)
    found += [hook(record, chart) for hook in form.departures]
    return [departure for departure in found if departure is not None]


def departures_of_visit(visit: Visit, chart: Chart) -> list[Departure]:
    """A visit outside its window, or missed."""
    if visit.state == Visit.State.MISSED:
        on = visit.settled_at.astimezone(chart.zone).date() if visit.settled_at else chart.today()
        return [deviations.missed_visit(visit=visit.code, on=on)]
    if visit.occurred_on is None or visit.code == trial.BASELINE:
        return []
    found = deviations.outside_window(visit=visit.code, on=visit.occurred_on, day_1=chart.day_1)
    return [found] if found else []


def departures_of_subject(chart: Chart) -> list[Departure]:
    """Randomised although a criterion or the gate of an epoch was not met, as the records stand now."""
    if not chart.subject.is_randomised:
        return []
    closed = [f"the gate of {epoch.label.lower()}" for epoch in gates_closed(chart)]
    found = deviations.ineligible(
        reasons=[*criteria_not_met(chart), *closed], randomised_on=chart.subject.randomised_on
    )
    return [found] if found else []


def departures_of_decisions(chart: Chart) -> list[tuple[Entry, Departure]]:
    """Each dose that was decided on and would not be admitted as the record stands now: what it stood on, such as a
    safety panel, the first dose or an earlier decision, was voided, corrected or moved."""
    if trial.LADDER is None:
        return []
    taken, found = decisions(chart), []
    for number, record in enumerate(taken):
        if record.prescribed_mg and (why := not_admitted(chart, record, taken[:number], day_1=chart.day_1)):
            told = deviations.not_admitted(
                dose=f"{record.prescribed_mg} {trial.LADDER.unit}",
                on=record.decided_on,
                because=[one.sentence for one in why],
                visit=record.visit_code,
            )
            found.append((record, told))
    return found


def departures_of_time(chart: Chart) -> list[tuple[Entry, Departure]]:
    """Each decision after which the ladder asked for another one that did not take effect on its day."""
    if trial.LADDER is None or chart.day_1 is None:
        return []
    day_1, ended = chart.day_1, chart.treatment_ended
    taken = decisions(chart)
    found = overstays(
        trial.LADDER,
        prescriptions(chart, day_1),
        day=study_day(chart.today(), day_1=day_1),
        ended=study_day(ended.on, day_1=day_1) if ended else None,
    )
    return [
        (
            taken[one.began],
            deviations.too_long(
                sentence=one.sentence, due_on=date_of(one.due, day_1=day_1), visit=taken[one.began].visit_code
            ),
        )
        for one in found
    ]


def departures_of_the_blind(chart: Chart) -> list[Departure]:
    """One for each time that the blind of the subject was broken or lost."""
    return [deviations.blind_lost(kind=one.kind, on=one.on, number=one.pk) for one in chart.broken]


# -- by purpose


def _of_returns(record, visit, chart):
    if record.counted_on is None or trial.LADDER is None:
        return []
    found = [
        deviations.overdose(
            most_in_a_day=record.most_in_a_day,
            prescribed_mg=_prescribed(record, chart),
            in_all=taken_in_all(record, chart),
            on=record.most_on or record.counted_on,
            visit=visit.code,
        )
    ]
    taken = [on for on in (record.last_taken_on, record.most_on if record.most_in_a_day else None) if on is not None]
    if taken:
        found.append(_too_early(record, visit, chart, min(taken)))
        found.append(_after_the_end("The drug was taken", max(taken), visit, chart, taken=True))
    return found


def _of_serious_report(record, visit, chart):
    """The first report to the sponsor, where it went out after the clock had run out."""
    if record.report != "INITIAL" or record.sent_to != "SPONSOR":
        return []
    events = (row for row in chart.serving(Purpose.ADVERSE_EVENTS) if row.serious == "Y")
    event = next((row for row in events if row.row_number == record.event), None)
    if event is None:
        return []
    due = reporting.due_at(aware_on=event.aware_on, aware_at=event.aware_at, zone=chart.zone)
    sent = reporting.sent(record.sent_on, record.sent_at, chart.zone)
    return [deviations.late_report(due=due, sent=sent, event=event.row_number, called=event.term or "")]


def _of_dispensing(record, visit, chart):
    if record.dispensed_on is None:
        return []
    found = [
        _too_early(record, visit, chart, record.dispensed_on),
        _after_the_end("The drug was handed out", record.dispensed_on, visit, chart),
    ]
    if chart.kit and record.kit:
        found.append(
            deviations.wrong_bottle(expected=chart.kit, handed_out=record.kit, on=record.dispensed_on, visit=visit.code)
        )
        found.append(
            deviations.unfit_bottle(
                expected=chart.kit,
                handed_out=record.kit,
                stocked=chart.stocked,
                on=record.dispensed_on,
                visit=visit.code,
            )
        )
    return found


def _of_first_dose(record, visit, chart):
    if record.taken_on is None:
        return []
    return [
        _too_early(record, visit, chart, record.taken_on),
        _after_the_end("The drug was taken", record.taken_on, visit, chart, taken=True),
    ]


def _of_decision(record, visit, chart):
    """A dose prescribed before randomisation, or after treatment had ended; one that the end overtook is none."""
    on = record.decided_on or record.effective_on
    if on is None or not record.prescribed_mg:
        return []
    return [_too_early(record, visit, chart, on), _after_the_end("A dose was prescribed", on, visit, chart)]


def _after_the_end(what, on, visit, chart, *, taken=False):
    ended = chart.treatment_ended
    if ended is None or not ended.is_after(on, taken=taken):
        return None
    return deviations.after_treatment(what=what, on=on, ended_on=ended.on, visit=visit.code if visit else None)


def _rated_by_who_knows(record, visit, chart, on):
    if not chart.is_known_to(record.created_by, on=on, entered_at=record.created_at):
        return None
    code = visit.code if visit else None
    return deviations.rated_by_who_knows(form=record.form.title, on=on, visit=code)


def _too_early(record, visit, chart, on):
    return deviations.before_randomisation(
        form=record.form.title, on=on, randomised_on=chart.subject.randomised_on, visit=visit.code if visit else None
    )


def _none(record, visit, chart) -> list:
    return []


_OF_PURPOSE = {
    Purpose.RETURNS: _of_returns,
    Purpose.SERIOUS_REPORTS: _of_serious_report,
    Purpose.DISPENSING: _of_dispensing,
    Purpose.FIRST_DOSE: _of_first_dose,
    Purpose.DOSING: _of_decision,
}


def _prescribed(record, chart: Chart) -> int | None:
    """The dose in force on the day on which most was taken; where that day is not known, the highest since the last
    count, or since the first dose."""
    if record.counted_on is None:
        return None
    if record.most_on is not None and chart.first_dose_on and record.most_on >= chart.first_dose_on:
        return highest_prescribed(chart, record.most_on, record.most_on)
    since = chart.previous(record, "counted_on") or chart.first_dose_on
    if since is None or since > record.counted_on:
        return None
    return highest_prescribed(chart, since, record.counted_on)


# -- eligibility


def against_eligibility(chart: Chart, visit: str) -> list[Reason]:
    """What stands against the record of eligibility at the visit: criteria that are not met, and other forms."""
    record = chart.record(trial.code_serving(Purpose.ELIGIBILITY), visit=visit)
    if record is None:
        return []
    answers = record.values()
    contradicted = trial.RULES.contradictions(answers, chart, on=record.assessed_on or chart.today())
    return [*eligibility.unmet_criteria(answers, visit), *contradicted]


def criteria_not_met(chart: Chart) -> list[str]:
    """The codes of the criteria that the records speak against as they stand now, before randomisation."""
    found: Iterable[Reason] = (
        reason for code in trial.BEFORE_RANDOMISATION for reason in against_eligibility(chart, code)
    )
    return list(dict.fromkeys(reason.code for reason in found))
