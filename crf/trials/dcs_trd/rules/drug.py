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

BEFORE = (protocol.SCREENING, protocol.BASELINE)
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
    """A pregnancy: of a positive test its day, of an adverse event the last day on which it can have begun."""
    tests = [
        (record.tested_on, "Pregnancy", "PREG")
        for record in chart.records("PREG")
        if record.result == "POSITIVE" and record.tested_on
    ]
    events = [
        (_last_day_of(record.onset), "Pregnancy", "AE")
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
    panels: dict[str, list] = {}
    for row in chart.records("LAB"):
        if row.drawn_on and row.drawn_on > on:
            continue
        panels.setdefault(row.visit_code, []).append(row)
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
    impressions = [answer.value for answer in chart.series("CGI", "improvement") if answer.value is not None]
    totals = {answer.visit: answer.value for answer in chart.series("HAMD", "total_21") if answer.value is not None}
    return SafetyFacts(
        special_events=_events(chart),
        open_suicidality_alert="suicidality" in chart.open_alerts,
        cgi_improvement=impressions[-1] if impressions else None,
        hamd_21_baseline=totals.get(protocol.BASELINE),
        laboratory=laboratory_of(chart),
        hamd_21=[total for code, total in totals.items() if code not in BEFORE],
    )


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
        told = [
            one.value
            for one in chart.series(form, item)
            if one.value is not None and (form in AT_ANY_VISIT or one.visit not in BEFORE)
        ]
        events += [event] if any(map(tells, told)) else []
    return list(dict.fromkeys(events))
