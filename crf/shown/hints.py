"""What the page says beside an item from other records: proposals of the protocol, never a comparison for a rater."""

from collections.abc import Mapping

from crf import spec
from crf.chart.others import Others


def hints_for(form: type[spec.Form], visit_code: str | None, others: Others) -> Mapping[str, str]:
    """Sentences by item name, from the form's own hints; most forms have none."""
    found = {name: hint(visit_code, others) for name, hint in form.hints.items() if name in form.items}
    return {name: sentence for name, sentence in found.items() if sentence}
