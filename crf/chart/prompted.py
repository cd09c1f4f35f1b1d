"""What alerts ask for besides an action and nobody has answered: reconciled in every save, as all that follows."""

from collections.abc import Sequence

from crf import trial
from crf.chart.chart import Chart
from crf.models import Alert
from crf.rules.prompts import OF_EVENTS, Event, unanswered
from crf.spec.purposes import Purpose

EVENTS = trial.serving(Purpose.ADVERSE_EVENTS)


def open_prompts(chart: Chart, alert: Alert) -> list[str]:
    """The prompts of an alert that the subject's records do not answer."""
    if not alert.prompts:
        return []
    entry = next((one for one in chart.records(alert.form) if one.pk == alert.record), None)
    raised_on = alert.raised_at.astimezone(chart.zone).date()
    return unanswered(
        alert.prompts,
        observed_on=(entry.dated if entry else None) or raised_on,
        is_acknowledged=alert.acknowledged_at is not None,
        events=[
            Event(row.serious == "Y", row.onset, row.resolved, trial.RULES.tells_of(alert.kind, row))
            for row in chart.serving(Purpose.ADVERSE_EVENTS)
        ],
    )


def asked_for(wanted: Sequence[str], sentence: str) -> str:
    """What is asked for, and by which sign."""
    return f"{' and '.join(wanted).capitalize()} asked for: {sentence}"


def wants_an_event(wanted: Sequence[str]) -> bool:
    """Whether an adverse event is to be entered."""
    return any(prompt in OF_EVENTS for prompt in wanted)
