"""What follows from a laboratory result: its value in the standard unit, the limits of normal that hold, the flag.

Limits printed on the report go before those of the site's laboratory, and those before the textbook's. A site's row
ends where a new one begins, so that an old result keeps the limits of its day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crf import trial
from crf.spec.laboratory import PLACES, Analyte, LaboratoryPlan, Limits
from crf.spec.purposes import Purpose
from crf.spec.results import Limited, times

#: The trial's tests, and the form that takes one result a row; both None in a trial without a laboratory.
PLAN: LaboratoryPlan | None = trial.TRIAL.laboratory
FORM = trial.serving(Purpose.LABORATORY)
ANALYTES: tuple[Analyte, ...] = PLAN.analytes if PLAN else ()
UNITS: tuple[str, ...] = PLAN.units if PLAN else ()

#: Who computes: the name and version that the audit trail gives (AUD-20). A changed rule is a new version.
COMPONENT = "system:laboratory 1.0"
REPORT = "REPORT"
#: What is computed of a row of the form, and what an investigator judges: a change of it is a new judgement.
COMPUTED = ("standard_result", "lower_limit", "upper_limit", "limits_from", "flag")
JUDGED = ("drawn_on", "analyte", "result", "unit", "lower_limit", "upper_limit", "flag")


def plan() -> LaboratoryPlan:
    """The plan of the laboratory, for what only a trial with one asks."""
    assert PLAN is not None, "The trial has no laboratory; nothing should ask for its tests."
    return PLAN


def analyte(code: str) -> Analyte:
    """The test of that code. KeyError for an unknown one."""
    return plan().analyte(code)


def name_of(code: str) -> str:
    """The test in words."""
    return analyte(code).name


def unit_fits(code: str, unit: str) -> bool:
    """Is the unit one that this test is reported in?"""
    return plan().fits(code, unit)


def to_standard(code: str, value: Decimal | Limited, unit: str) -> Decimal | Limited:
    """The value in the test's standard unit, to four places. Raises UnknownUnit."""
    return plan().to_standard(code, value, unit)


def limits_of(code: str, *, sex: str | None, age: int | None, on: date, own: Iterable[Limits] = ()) -> Limits | None:
    """The limits of normal that hold for the subject on that day: the site's `own`, else the textbook's."""
    return plan().limits_of(code, sex=sex, age=age, on=on, own=own)


def computed(values: Mapping[str, Any], limits: Limits | None) -> dict[str, Any]:
    """What follows from a row of the form (item name -> value): the standard result, the limits, the flag.

    Limits on the report go before `limits`, which come in the reported unit to four places; the flag is decided on
    the exact values. What cannot be known (a unit that does not fit, no limits) is None.
    """
    found: dict[str, Any] = dict.fromkeys(COMPUTED)
    code, result, unit = (values.get(name) for name in ("analyte", "result", "unit"))
    if code is None or result is None or unit is None:
        return found
    fits = unit_fits(code, unit)
    if fits:
        found["standard_result"] = to_standard(code, result, unit)
    low, high = values.get("low"), values.get("high")
    if low is not None or high is not None:
        return found | {
            "lower_limit": low,
            "upper_limit": high,
            "limits_from": REPORT,
            "flag": flag(result, low=low, high=high),
        }
    if not fits or limits is None:
        return found
    test = analyte(code)
    factor, theirs = test.factor(unit), test.factor(limits.unit or test.unit)
    low, high = (None if bound is None else bound * theirs for bound in (limits.low, limits.high))
    return found | {
        "lower_limit": None if low is None else (low / factor).quantize(PLACES),
        "upper_limit": None if high is None else (high / factor).quantize(PLACES),
        "limits_from": limits.origin,
        "flag": flag(times(result, factor), low=low, high=high),
    }


def flag(value: Decimal | Limited, *, low: Decimal | None, high: Decimal | None) -> str | None:
    """LOW, NORMAL or HIGH; a value on the limit is normal. All in one unit.

    None where the result is only known to lie below or above a limit, and can lie on either side of one of these.
    """
    if isinstance(value, Limited):
        return _flag_of_limited(value, low=low, high=high)
    if low is not None and value < low:
        return "LOW"
    if high is not None and value > high:
        return "HIGH"
    return "NORMAL"


def _flag_of_limited(value: Limited, *, low: Decimal | None, high: Decimal | None) -> str | None:
    if low is not None and value.is_surely_below(low):
        return "LOW"
    if high is not None and value.is_surely_above(high):
        return "HIGH"
    is_unsure = (low is not None and value.can_be_below(low)) or (high is not None and value.can_be_above(high))
    return None if is_unsure else "NORMAL"
