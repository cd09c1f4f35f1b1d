"""What a file of results has to look like: the versioned specification that every import is held against (XFR-01).

A changed column is a new version. The page of the import and crf/documents/import-specification.md say the same.
"""

from dataclasses import dataclass

from crf.spec.kinds import Coded, Date, Decimal, Integer, Kind, Text, choice
from crf.trials.dcs_trd.forms.drug_level import DrugLevel
from crf.trials.dcs_trd.forms.glycine import Glycine
from crf.trials.dcs_trd.forms.laboratory import ANALYTES, UNITS, Laboratory

MOST_ROWS = 1000  # of one file; a trial of this size sends fewer in a year


@dataclass(frozen=True)
class Column:
    """A column: its heading, what stands in it, the kind of answer, and whether every row fills it."""

    name: str
    what: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True)
class Specification:
    """A kind of file. `unblinds`: nobody but the safety officer may learn that such a file exists."""

    code: str
    version: str
    title: str
    about: str
    columns: tuple[Column, ...]
    form: str | None = None
    unblinds: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def component(self) -> str:
        """Who writes, as the audit trail names it (AUD-20)."""
        return f"system:import {self.code} {self.version}"


def _column(form, item: str, what: str, *, required: bool = True) -> Column:
    return Column(item, what, form.items[item].kind, required)


_SUBJECT = Column("subject", "Subject number, such as JER-001", Text(20))
_ANALYTE = Coded(tuple((analyte.code, analyte.name) for analyte in ANALYTES))
_UNIT = Coded(tuple((unit, unit) for unit in UNITS))

GLYCINE = Specification(
    "glycine-results",
    "1.0",
    "Serum glycine",
    "One row a sample. The sample is on record already: its accession number, subject and date of drawing must agree.",
    (
        _column(Glycine, "accession", "Accession number of the sample"),
        _SUBJECT,
        _column(Glycine, "drawn_on", "Date drawn"),
        _column(Glycine, "result", "Serum glycine in umol/L"),
        Column("unit", "Unit of the result", choice(**{"umol/L": "umol/L"})),
        _column(Glycine, "analysed_on", "Date of the analysis"),
        _column(Glycine, "arrived_frozen", "Did the sample arrive frozen?", required=False),
    ),
    form="GLYCINE",
)
LABORATORY = Specification(
    "laboratory-results",
    "1.0",
    "Safety laboratory",
    "One row a result, in the unit of the report. A result that is on record already (same visit, test and date) is "
    "changed where it differs, and nothing happens where it does not.",
    (
        _SUBJECT,
        Column("visit", "Visit, such as SCR, W3, W6 or ET", Text(10)),
        _column(Laboratory, "accession", "Accession number of the sample"),
        _column(Laboratory, "drawn_on", "Date drawn"),
        _column(Laboratory, "drawn_at", "Time drawn", required=False),
        Column("analyte", "Test", _ANALYTE),
        _column(Laboratory, "result", "Result as reported"),
        Column("unit", "Unit as reported", _UNIT),
        _column(Laboratory, "low", "Lower limit of normal on the report, in the same unit", required=False),
        _column(Laboratory, "high", "Upper limit of normal on the report, in the same unit", required=False),
    ),
    form="LAB",
)
LEVELS = Specification(
    "drug-levels",
    "1.0",
    "Drug levels",
    "One row a sample. The sample is on record already: its accession number, subject and date of drawing must agree.",
    (
        _SUBJECT,
        _column(DrugLevel, "accession", "Accession number of the sample"),
        _column(DrugLevel, "drawn_on", "Date drawn"),
        _column(DrugLevel, "level", "Cycloserine in serum in ug/mL"),
        Column("unit", "Unit of the level", choice(**{"ug/mL": "ug/mL"})),
    ),
    form="DRUGLEVEL",
    unblinds=True,
)
LIMITS = Specification(
    "limits-of-normal",
    "1.0",
    "Limits of normal",
    "One row for a test, a sex and an age. Limits that are in force for the same test, sex and age end on the day "
    "before the new ones begin; validity never overlaps.",
    (
        Column("analyte", "Test", _ANALYTE),
        Column("sex", "F, M, or blank for both", choice(F="Female", M="Male"), required=False),
        Column("youngest", "Age in years from which the limits hold", Integer(0, 120)),
        Column("oldest", "Last age in years for which they hold", Integer(0, 120)),
        Column("low", "Lower limit; blank where there is none", Decimal("0", "100000", 4), required=False),
        Column("high", "Upper limit; blank where there is none", Decimal("0", "100000", 4), required=False),
        Column("unit", "Unit of the limits", _UNIT),
        Column("valid_from", "First day", Date(future=True)),
        Column("valid_to", "Last day; blank while they stay in force", Date(future=True), required=False),
    ),
)

SPECIFICATIONS = {one.code: one for one in (GLYCINE, LABORATORY, LEVELS, LIMITS)}
