"""What this trial's records say about the drug: reasons to stop it, to judge before the next dose, and the panel.

`chart` is what holds of a subject (crf/chart/others.py).
"""

from calendar import monthrange
from datetime import date

from crf.spec.reasons import Because
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.forms.adverse_event import STOPPING_EVENTS
from crf.trials.dcs_trd.rules.laboratory import laboratory_of
from crf.trials.dcs_trd.rules.safety import SafetyFacts, reasons_to_decide, reasons_to_stop

BEFORE, UNSCHEDULED = (protocol.SCREENING, protocol.BASELINE), "UNS"
#: Answers of other forms that tell a stopping event too: form, item, what tells it, the event.
TOLD_ELSEWHERE = (
    ("UKU", "epileptic_seizures", lambda degree: degree > 0, "SEIZURE"),
    ("SUICIDE", "attempt", lambda answer: answer == "Y", "ATTEMPT"),
    ("PREG", "result", lambda result: result == "POSITIVE", "PREGNANCY"),
)
#: A test is positive at whichever visit; degrees and attempts of before the drug are history.
AT_ANY_VISIT = {"PREG"}


def stop(chart) -> tuple[Because, ...]:
    """Reasons to stop the drug for good."""
    return reasons_to_stop(facts_of(chart))


def decide(chart) -> tuple[Because, ...]:
    """What the investigator has to judge before the next dose."""
    return reasons_to_decide(facts_of(chart))


def ends_treatment(chart) -> list[tuple[date, str, str]]:
    """A pregnancy: of a positive test its day, of an adverse event the last day on which it can have begun, and
    that was not after it was entered."""
    tests = [
        (record.tested_on, "Pregnancy", "PREG")
        for record in chart.records("PREG")
        if record.result == "POSITIVE" and record.tested_on
    ]
    events = [
        (min(_last_day_of(record.onset), record.created_at.astimezone(chart.zone).date()), "Pregnancy", "AE")
        for record in chart.records("AE")
        if record.special == "PREGNANCY" and record.onset
    ]
    return tests + events


def _last_day_of(partial: str) -> date:
    """The last day that a partial date can mean."""
    year, month, day = (*map(int, partial.split("-")), 0, 0)[:3]
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


def panel_on(chart, on: date) -> date | None:
    """The day of the latest panel up to a date of which every result is there and every abnormal one was judged. What
    was drawn after that date, such as a repeat at the same visit, is no part of it."""
    panels: dict[tuple, list] = {}
    for row in chart.records("LAB"):
        if row.drawn_on and row.drawn_on > on:
            continue
        panels.setdefault((row.visit_code, row.visit_number), []).append(row)
    judged = [
        max(row.drawn_on for row in rows if row.drawn_on)
        for rows in panels.values()
        if any(row.drawn_on and row.result is not None for row in rows) and not any(map(_is_waited_for, rows))
    ]
    return max((drawn for drawn in judged if drawn <= on), default=None)


def _is_waited_for(row) -> bool:
    """A result that is not there yet and not given up either, or an abnormal one that nobody judged."""
    if row.result is None:
        return "result" not in row.missing
    return row.flag in ("LOW", "HIGH") and row.significant is None


def facts_of(chart) -> SafetyFacts:
    """What the records say that speaks against the next dose."""
    impressions = chart.answers_in_time("CGI", "improvement")
    return SafetyFacts(
        special_events=_events(chart),
        open_suicidality_alert="suicidality" in chart.open_alerts,
        cgi_improvement=impressions[-1][1].value if impressions else None,
        hamd_21_baseline=chart.value("HAMD", "total_21", visit=protocol.BASELINE),
        laboratory=laboratory_of(chart),
        hamd_21=_told_under_the_drug(chart, "HAMD", "total_21"),
    )


def _told_under_the_drug(chart, form: str, item: str) -> list:
    """The answers from the first visit after baseline on, in time; of an unscheduled visit from the first dose on."""
    begun = chart.value("FIRSTDOSE", "taken_on", visit=protocol.BASELINE)
    return [
        one.value
        for on, one in chart.answers_in_time(form, item)
        if one.visit not in BEFORE and (one.visit != UNSCHEDULED or on is None or (begun is not None and on >= begun))
    ]


def _events(chart) -> list[str]:
    """Signs of the nervous system that go on, and stopping events whether they are over or not, from every form.

    What other forms tell counts from the first visit after baseline, a positive pregnancy test at any.
    """
    events = [
        record.special
        for record in chart.records("AE")
        if record.special in STOPPING_EVENTS or (record.special not in (None, "NONE") and record.ongoing == "Y")
    ]
    for form, item, tells, event in TOLD_ELSEWHERE:
        if form in AT_ANY_VISIT:
            told = [one.value for one in chart.series(form, item) if one.value is not None]
        else:
            told = _told_under_the_drug(chart, form, item)
        events += [event] if any(map(tells, told)) else []
    return list(dict.fromkeys(events))
