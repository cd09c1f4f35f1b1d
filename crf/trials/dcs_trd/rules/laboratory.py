"""Laboratory values: standard units, limits of normal by site, sex and age, and what safety looks at (PROTOCOL 5).

The limits are textbook values for adults (our assumption) until a site's laboratory hands in its own; a site's row
ends where a new one begins, so that an old result keeps the limits of its day. Limits printed on the report itself go
before both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.forms.laboratory import ANALYTES, Analyte, unit_fits
from crf.trials.dcs_trd.rules.eligibility import egfr
from crf.trials.dcs_trd.rules.safety import Laboratory


class UnknownUnit(ValueError):
    """The test is not reported in that unit; the sentence names those that are."""


#: Who computes: the name and version that the audit trail gives (AUD-20). A changed rule is a new version.
COMPONENT = "system:laboratory 1.0"
REPORT, SITE, TEXTBOOK = "REPORT", "SITE", "TEXTBOOK"
#: What is computed of a row of the form LAB, and what an investigator judges: a change of it is a new judgement.
COMPUTED = ("standard_result", "lower_limit", "upper_limit", "limits_from", "flag")
JUDGED = ("drawn_on", "analyte", "result", "unit", "lower_limit", "upper_limit", "flag")


@dataclass(frozen=True)
class Limits:
    """Limits of normal for one sex or both and from one age to another, while they are valid.

    `unit`: the one the limits are written in, None for the analyte's standard unit. A limit of None: there is none on
    that side. `origin`: SITE or TEXTBOOK.
    """

    analyte: str
    low: Decimal | None
    high: Decimal | None
    sex: str | None = None
    youngest: int = 18
    oldest: int = 120
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None
    unit: str | None = None
    origin: str = TEXTBOOK

    def apply_to(self, *, analyte: str, sex: str | None, age: int | None, on: date) -> bool:
        """Sex or age None: not known, so only limits that hold for both, and for every age of the trial, apply."""
        youngest, oldest = (age, age) if age is not None else protocol.ENTRY.age
        return (
            self.analyte == analyte
            and self.sex in (None, sex)
            and self.youngest <= youngest
            and oldest <= self.oldest
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


def _limits(text: str) -> tuple[Limits, ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(
        Limits(analyte, Decimal(low), Decimal(high), None if sex == "-" else sex) for analyte, sex, low, high in rows
    )


#: Textbook values for adults, for every site that has none of its own.
ADULTS = _limits("""
    ALT     -  0     40
    AST     -  0     40
    ALP     -  40    130
    GGT     F  0     40
    GGT     M  0     60
    LDH     -  120   250
    BILI    -  0     21
    PROT    -  64    83
    ALB     -  35    52
    CREAT   F  45    84
    CREAT   M  59    104
    UREA    -  2.5   7.8
    URATE   F  140   360
    URATE   M  200   430
    GLUC    -  3.9   5.6
    CHOL    -  0     5.2
    TRIG    -  0     1.7
    SODIUM  -  135   145
    K       -  3.5   5.1
    CL      -  98    107
    CA      -  2.15  2.55
    PHOS    -  0.8   1.5
    MG      -  0.7   1.05
    HGB     F  12    16
    HGB     M  13.5  17.5
    HCT     F  36    46
    HCT     M  41    53
    RBC     F  3.9   5.2
    RBC     M  4.4   5.9
    MCV     -  80    98
    WBC     -  4     10.5
    NEUT    -  1.8   7.5
    LYM     -  1     4
    EOS     -  0     0.5
    PLAT    -  150   400
    URPROT  -  0     0.15
    URGLUC  -  0     0.8
""")


def analyte(code: str) -> Analyte:
    """The test of that code. KeyError for an unknown one."""
    return _ANALYTE[code]


def to_standard(code: str, value: Decimal, unit: str) -> Decimal:
    """The value in the analyte's standard unit, to four places. Raises UnknownUnit."""
    return (Decimal(value) * _factor(code, unit)).quantize(PLACES)


def _factor(code: str, unit: str) -> Decimal:
    test = analyte(code)
    factors = {test.unit: "1"} | dict(test.others)
    if unit not in factors:
        raise UnknownUnit(f"{test.name} is not reported in {unit}; the units are {', '.join(factors)}.")
    return Decimal(factors[unit])


def limits_of(code: str, *, sex: str | None, age: int | None, on: date, own: Iterable[Limits] = ()) -> Limits | None:
    """The limits of normal that hold for the subject on that day: the site's `own`, else the textbook's.

    None where there are none, or where they hang on a sex or an age that is not known.
    """
    found = (limits for limits in (*own, *ADULTS) if limits.apply_to(analyte=code, sex=sex, age=age, on=on))
    return next(found, None)


def computed(values: Mapping[str, Any], limits: Limits | None) -> dict[str, Any]:
    """What follows from a row of the form LAB (item name -> value): the standard result, the limits, the flag.

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
    factor, theirs = _factor(code, unit), _factor(code, limits.unit or analyte(code).unit)
    low, high = (None if bound is None else bound * theirs for bound in (limits.low, limits.high))
    return found | {
        "lower_limit": None if low is None else (low / factor).quantize(PLACES),
        "upper_limit": None if high is None else (high / factor).quantize(PLACES),
        "limits_from": limits.origin,
        "flag": flag(result * factor, low=low, high=high),
    }


def flag(value: Decimal, *, low: Decimal | None, high: Decimal | None) -> str:
    """LOW, NORMAL or HIGH; a value on the limit is normal. All in one unit."""
    if low is not None and value < low:
        return "LOW"
    if high is not None and value > high:
        return "HIGH"
    return "NORMAL"


def safety_values(
    rows: Iterable[Mapping[str, Any]], *, sex: str | None, age: int | None, creatinine_before: Decimal | None = None
) -> Laboratory:
    """What the safety limits look at, from the rows of one panel (values of the form LAB by item name).

    `creatinine_before`: at baseline, in umol/L. eGFR needs sex and age in years; without them it is None. Rows
    without result or unit, or in a unit that does not fit (a check queries those), are passed over.
    """
    standard, alt_limit = {}, None
    for row in rows:
        if row.get("analyte") is None or row.get("result") is None or row.get("unit") is None:
            continue
        try:
            standard[row["analyte"]] = to_standard(row["analyte"], row["result"], row["unit"])
            if row["analyte"] == "ALT" and row.get("upper_limit") is not None:
                alt_limit = to_standard("ALT", row["upper_limit"], row["unit"])
        except UnknownUnit:
            continue
    return Laboratory(
        alt=standard.get("ALT"),
        alt_upper_limit=alt_limit,
        egfr=_egfr(standard.get("CREAT"), sex, age),
        egfr_baseline=_egfr(creatinine_before, sex, age),
        haemoglobin=standard.get("HGB"),
    )


def creatinine_in_mg_per_dl(standard: Decimal) -> Decimal:
    """Creatinine from its standard unit (umol/L) to the unit that eligibility and eGFR are written in."""
    return standard / Decimal(dict(analyte("CREAT").others)["mg/dL"])


def _egfr(creatinine: Decimal | None, sex: str | None, age: int | None) -> Decimal | None:
    if not creatinine or sex is None or age is None:
        return None
    return Decimal(egfr(creatinine_in_mg_per_dl(creatinine), age=age, sex=sex)).quantize(Decimal("0.1"))


PLACES = Decimal("0.0001")
_ANALYTE = {test.code: test for test in ANALYTES}
