"""What the small world of the second trial holds that its declaration does not say: a run-in without response."""

from crf import trial as served
from crf.spec.demo import asked_one, spread

RATING = "MADRS"
ALARMING = {"item_10": "6"}
A_NUMBER = ("VITALS", "weight")
RUN_IN = (("RI0", -42), ("RI2", -28), ("RI4", -14))
SCREENED, BASELINE = 50, 6
DONE = (("D2", 1), ("D5", 4))
NEXT, AHEAD = "D8", "D15"
TO_MISS = "D22"
DRAFTED = ("MADRS", "item_1", "4")


def given(form: str, visit: str) -> dict[str, str]:
    """The answers of somebody who does not respond to paroxetine."""
    total = {"MADRS": 30, "HAMD17": 24}.get(form)
    if total is None:
        return {}
    parts = [asked_one(part, visit) for part in served.form(form).scores["total"].of]
    fixed = {"suicide": 1} if form == "HAMD17" else {"item_10": 2}
    return {name: str(score) for name, score in spread(total, parts, fixed=fixed, profile=1).items()}


def rows(form: str) -> tuple[dict[str, str], ...]:
    return ({},)


def at_visit(visit: str) -> tuple[str, ...]:
    """The forms that were filled in at a visit after the infusion."""
    return tuple(cell.form for cell in served.planned_at(visit) if cell.required and cell.when is None)
