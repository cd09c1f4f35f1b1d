"""What the page says beside an item from other records: proposals of the protocol, never a comparison for a rater."""

from collections.abc import Mapping

from crf import spec, trial
from crf.chart.others import Others
from crf.spec.purposes import Purpose


def hints_for(form: type[spec.Form], visit_code: str | None, others: Others) -> Mapping[str, str]:
    """Sentences by item name, from the form's own hints; most forms have none."""
    found = {name: hint(visit_code, others) for name, hint in form.hints.items() if name in form.items}
    return {name: sentence for name, sentence in found.items() if sentence}


def offers_for(form: type[spec.Form], others: Others) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Answers to choose from that other records give: a report names its adverse event, not the number of a row."""
    if not trial.serves(form, Purpose.SERIOUS_REPORTS):
        return {}
    events = others.records(trial.code_serving(Purpose.ADVERSE_EVENTS))
    serious = [event for event in events if event.serious == "Y"]
    return {
        "event": tuple(
            (str(event.row_number), event.form.row_called(event.row_number, event.values())) for event in serious
        )
    }
