"""The laboratory values that eligibility, dosing and alerts look at, from the rows of the form LAB."""

from decimal import Decimal

from crf import trial
from crf.chart.others import Others
from crf.rules.laboratory import to_standard
from crf.spec.ages import ages_possible
from crf.spec.laboratory import UnknownUnit
from crf.trials.dcs_trd.rules.laboratory import creatinine_in_mg_per_dl, safety_values
from crf.trials.dcs_trd.rules.safety import Laboratory


def laboratory_of(others: Others, visit: str | None = None, *, rows: list | None = None) -> Laboratory:
    """The safety values of a visit's panel (None: the latest one), in standard units; of these rows where given."""
    records = others.records("LAB")
    if rows is None:
        panels = [record.visit_code for record in records]
        visit = visit or (panels[-1] if panels else None)
        rows = [record for record in records if record.visit_code == visit]
    drawn = next((row.drawn_on for row in rows if row.drawn_on), None)
    year = others.value("DEMOG", "birth_year", visit=trial.SCREENING)
    return safety_values(
        [row.values() for row in rows],
        sex=others.value("DEMOG", "sex", visit=trial.SCREENING),
        age=ages_possible(year, drawn)[1] if year and drawn else None,
        creatinine_before=_creatinine(others, trial.SCREENING),
    )


def creatinine_mg_per_dl(others: Others, visit: str) -> Decimal | None:
    """Creatinine at a visit in mg/dL; None where it was not measured."""
    found = _creatinine(others, visit)
    return creatinine_in_mg_per_dl(found) if found is not None else None


def _creatinine(others: Others, visit: str) -> Decimal | None:
    for row in others.records("LAB"):
        if row.visit_code == visit and row.analyte == "CREAT" and row.result is not None and row.unit:
            try:
                return to_standard("CREAT", row.result, row.unit)
            except UnknownUnit:
                return None
    return None
