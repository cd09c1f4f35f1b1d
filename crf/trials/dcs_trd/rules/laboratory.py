"""What safety looks at in the laboratory: ALT, creatinine as eGFR, haemoglobin (PROTOCOL 5)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crf.spec.ages import ages_possible
from crf.spec.laboratory import UnknownUnit
from crf.spec.results import in_a_rule
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.laboratory import LABORATORY
from crf.trials.dcs_trd.rules.kidney import egfr
from crf.trials.dcs_trd.rules.safety import Laboratory


def safety_values(
    rows: Iterable[Mapping[str, Any]], *, sex: str | None, age: int | None, creatinine_before: Decimal | None = None
) -> Laboratory:
    """What the safety limits look at, from the rows of one panel (values of the form LAB by item name).

    `creatinine_before`: at baseline, in umol/L. eGFR needs sex and age in years; without them it is None. Rows
    without result or unit, or in a unit that does not fit (a check queries those), are passed over. A result below or
    above a limit counts as just below or above it.
    """
    standard, alt_limit = {}, None
    for row in rows:
        if row.get("analyte") is None or row.get("result") is None or row.get("unit") is None:
            continue
        try:
            standard[row["analyte"]] = in_a_rule(LABORATORY.to_standard(row["analyte"], row["result"], row["unit"]))
            if row["analyte"] == "ALT":
                alt_limit = row.get("upper_limit")
                alt_limit = alt_limit and in_a_rule(LABORATORY.to_standard("ALT", alt_limit, row["unit"]))
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
    return standard / Decimal(dict(LABORATORY.analyte("CREAT").others)["mg/dL"])


def _egfr(creatinine: Decimal | None, sex: str | None, age: int | None) -> Decimal | None:
    if not creatinine or sex is None or age is None:
        return None
    return Decimal(egfr(creatinine_in_mg_per_dl(creatinine), age=age, sex=sex)).quantize(Decimal("0.1"))


def laboratory_of(chart, visit: str | None = None, *, rows: list | None = None) -> Laboratory:
    """The safety values of a visit's panel (None: the latest result of each test by the day it was drawn), in standard
    units; of these rows where given."""
    if rows is None:
        rows = [record for record in chart.records_in_time("LAB") if visit in (None, record.visit_code)]
    creatinine = [row for row in rows if row.analyte == "CREAT" and row.drawn_on]
    drawn = creatinine[-1].drawn_on if creatinine else None
    year = chart.value("DEMOG", "birth_year", visit=protocol.SCREENING)
    return safety_values(
        [row.values() for row in rows],
        sex=chart.value("DEMOG", "sex", visit=protocol.SCREENING),
        age=ages_possible(year, drawn)[1] if year and drawn else None,
        creatinine_before=_creatinine(chart, protocol.SCREENING),
    )


def creatinine_mg_per_dl(chart, visit: str) -> Decimal | None:
    """Creatinine at a visit in mg/dL; None where it was not measured."""
    found = _creatinine(chart, visit)
    return creatinine_in_mg_per_dl(found) if found is not None else None


def _creatinine(chart, visit: str) -> Decimal | None:
    for row in chart.records("LAB"):
        if row.visit_code == visit and row.analyte == "CREAT" and row.result is not None and row.unit:
            try:
                return in_a_rule(LABORATORY.to_standard("CREAT", row.result, row.unit))
            except UnknownUnit:
                return None
    return None
