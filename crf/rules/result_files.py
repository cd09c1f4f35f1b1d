"""What a file of results has to look like: the versioned specification that every import is held against (XFR-01).

The trial's own files come first; those of the laboratory and of drug levels follow from its forms. The page of the
import and the committed import-specification.md say the same.
"""

from collections.abc import Iterator

from crf import trial
from crf.rules.laboratory import PLAN, plan
from crf.spec.kinds import Coded, Date, Decimal, Integer, Text, choice
from crf.spec.purposes import Purpose
from crf.spec.result_files import (
    MOST_ROWS,
    SAMPLES,
    Column,
    Sample,
    Specification,
    column_of,
    subject_column,
    unit_column,
)
from crf.spec.visits import Place


def _subject() -> Column:
    return subject_column(trial.subject_number(trial.SITES[0].code, 1))


def _laboratory() -> Iterator[Specification]:
    """Results of the safety laboratory, in a trial that has one."""
    form = trial.serving(Purpose.LABORATORY)
    if form is None:
        return
    visits = [trial.visit(code) for code in trial.visits_of(form.code)]
    *others, last = [visit.code for visit in visits if visit.place is not Place.UNSCHEDULED]
    such_as = f"{', '.join(others)} or {last}" if others else last
    yield Specification(
        "laboratory-results",
        "1.0",
        form.title,
        "One row a result, in the unit of the report. A result that is on record already (same visit, test and date) "
        "is changed where it differs, and nothing happens where it does not.",
        (
            _subject(),
            Column("visit", f"Visit, such as {such_as}", Text(10)),
            column_of(form, "accession", "Accession number of the sample"),
            column_of(form, "drawn_on", "Date drawn"),
            column_of(form, "drawn_at", "Time drawn", required=False),
            Column("analyte", "Test", Coded(plan().codes)),
            column_of(form, "result", "Result as reported"),
            Column("unit", "Unit as reported", _unit()),
            column_of(form, "low", "Lower limit of normal on the report, in the same unit", required=False),
            column_of(form, "high", "Upper limit of normal on the report, in the same unit", required=False),
        ),
        form=form.code,
    )


def _levels() -> Iterator[Specification]:
    """Drug levels, in a trial that measures them."""
    form = trial.serving(Purpose.DRUG_LEVEL)
    if form is None:
        return
    level = form.items["level"]
    assert level.unit, "crf/spec/trial.py refuses a drug level without a unit."
    yield Specification(
        "drug-levels",
        "1.0",
        "Drug levels",
        SAMPLES,
        (
            _subject(),
            column_of(form, "accession", "Accession number of the sample"),
            column_of(form, "drawn_on", "Date drawn"),
            column_of(form, "level", f"{level.label} in {level.unit}"),
            unit_column("Unit of the level", level.unit),
        ),
        form=form.code,
        unblinds=True,
        sample=Sample(fills=("level",)),
    )


def _limits() -> Iterator[Specification]:
    """Limits of normal of a site, in a trial with a laboratory."""
    if PLAN is None:
        return
    yield Specification(
        "limits-of-normal",
        "1.0",
        "Limits of normal",
        "One row for a test, a sex and an age. Limits that are in force for the same test, sex and age end on the day "
        "before the new ones begin; validity never overlaps.",
        (
            Column("analyte", "Test", Coded(PLAN.codes)),
            Column("sex", "F, M, or blank for both", choice(F="Female", M="Male"), required=False),
            Column("youngest", "Age in years from which the limits hold", Integer(0, 120)),
            Column("oldest", "Last age in years for which they hold", Integer(0, 120)),
            Column("low", "Lower limit; blank where there is none", Decimal("0", "100000", 4), required=False),
            Column("high", "Upper limit; blank where there is none", Decimal("0", "100000", 4), required=False),
            Column("unit", "Unit of the limits", _unit()),
            Column("valid_from", "First day", Date(future=True)),
            Column("valid_to", "Last day; blank while they stay in force", Date(future=True), required=False),
        ),
    )


def _unit() -> Coded:
    return Coded(tuple((unit, unit) for unit in plan().units))


#: By their codes, in the order in which pages and documents name them.
SPECIFICATIONS = {one.code: one for one in (*trial.TRIAL.imports, *_laboratory(), *_levels(), *_limits())}

__all__ = ["MOST_ROWS", "SPECIFICATIONS", "Column", "Specification"]
