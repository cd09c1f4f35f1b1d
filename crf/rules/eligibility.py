"""The criteria of the served trial with the answer that meets each; what other forms say is the trial's own rule.

A criterion is an item of the form for eligibility with a test code: INCL.. is met by yes, EXCL.. by no. Its label
begins with the code that people know it by (I1, E13).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crf import trial
from crf.spec import Purpose
from crf.spec.consequences import Reason


@dataclass(frozen=True)
class Criterion:
    """A criterion of the protocol: its code (I1, E13), its text, and the answers that meet it."""

    code: str
    text: str
    item: str
    meeting: tuple[str, ...]
    is_inclusion: bool


def _criteria() -> tuple[Criterion, ...]:
    found = []
    form = trial.serving(Purpose.ELIGIBILITY)
    for name, item in form.items.items() if form else ():
        testcd = item.testcd or ""
        if not testcd.startswith(("INCL", "EXCL")):
            continue
        code, text = item.label.split(" ", 1)
        meeting = ("N",) if testcd.startswith("EXCL") else ("Y", "NA")
        found.append(Criterion(code, text, name, meeting, testcd.startswith("INCL")))
    return tuple(found)


CRITERIA = _criteria()


def unmet_criteria(answers: Mapping[str, Any], visit: str | None = None) -> tuple[Reason, ...]:
    """The criteria that are put at the visit and not met or not answered in one eligibility record (values by item)."""
    found, form = [], trial.serving(Purpose.ELIGIBILITY)
    if form is None:
        return ()
    for criterion in CRITERIA:
        if not form.items[criterion.item].applies(answers, visit):
            continue
        answer = answers.get(criterion.item)
        if answer is None:
            found.append(Reason(criterion.code, f"{criterion.code} is not answered: {criterion.text}."))
        elif answer not in criterion.meeting:
            met = "not met" if criterion.is_inclusion else "present"
            found.append(Reason(criterion.code, f"{criterion.code} is {met}: {criterion.text}."))
    return tuple(found)
