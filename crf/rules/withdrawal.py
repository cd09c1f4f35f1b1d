"""What follows when a subject withdraws consent (PRV-04): what was collected stays, and nothing new is begun."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from crf.spec.forms import Form


def may_begin(form: type[Form], withdrawn_on: date | None) -> bool:
    """Whether a new record of the form is allowed. Records that exist may be corrected."""
    return withdrawn_on is None or form.begun_after_withdrawal


def withdrawn_on(end_of_study: Mapping[str, Any], noted_on: Callable[[], date]) -> date | None:
    """The day on which consent was withdrawn, as the end of study says it, else that on which it was entered; None when
    it was not."""
    if end_of_study.get("consent_withdrawn") != "Y":
        return None
    return end_of_study.get("consent_withdrawn_on") or end_of_study.get("ended_on") or noted_on()
