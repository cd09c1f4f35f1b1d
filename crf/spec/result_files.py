"""The words for files of results that are sent in: columns, and what of the record a row is about (XFR-01).

A trial declares its own files in `Trial.imports`. Files of laboratory results, of limits of normal and of drug levels
follow from the plan of the laboratory and from the forms that serve those purposes (crf/rules/result_files.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crf.spec.forms import Form
from crf.spec.kinds import DeclarationError, Kind, Text, choice

MOST_ROWS = 1000  # of one file; a trial of this size sends fewer in a year


@dataclass(frozen=True)
class Column:
    """A column: its heading, what stands in it, the kind of answer, and whether every row fills it."""

    name: str
    what: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True)
class Sample:
    """A row fills a sample that is on record already: subject, `number` and `drawn_on` (items and columns) must agree.

    `fills`: the items that the row fills, by columns of the same names; the first is the result. `not_taken`: an item
    and the answer by which the record says that there is no sample.
    """

    fills: tuple[str, ...]
    number: str = "accession"
    drawn_on: str = "drawn_on"
    not_taken: tuple[str, str] | None = None


@dataclass(frozen=True)
class Specification:
    """A kind of file. A changed column is a new version. `form`: the code of the form whose records it fills, if any.

    `unblinds`: nobody but the safety officer may learn that such a file exists.
    """

    code: str
    version: str
    title: str
    about: str
    columns: tuple[Column, ...]
    form: str | None = None
    unblinds: bool = False
    sample: Sample | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def component(self) -> str:
        """Who writes, as the audit trail names it (AUD-20)."""
        return f"system:import {self.code} {self.version}"


def column_of(form: type[Form], item: str, what: str, *, required: bool = True) -> Column:
    """A column that takes the answers of the item, under its name."""
    return Column(item, what, form.items[item].kind, required)


def subject_column(example: str) -> Column:
    """The column that names the subject; `example` is a number as the trial gives them."""
    return Column("subject", f"Subject number, such as {example}", Text(20))


def unit_column(what: str, unit: str) -> Column:
    """The column that repeats the one unit in which the result is sent."""
    return Column("unit", what, choice(**{unit: unit}))


#: What is said of every file whose rows fill samples.
SAMPLES = (
    "One row a sample. The sample is on record already: its accession number, subject and date of drawing must agree."
)


def police_imports(imports: tuple[Specification, ...], *, forms: Mapping[str, type[Form]]) -> None:
    """Refuse a file that names what is not declared. Raises DeclarationError with a sentence."""
    codes = [one.code for one in imports]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise DeclarationError(f"The file of results {min(twice)} is declared twice.")
    for one in imports:
        if one.form is None or one.form not in forms:
            raise DeclarationError(f"The file of results {one.code} fills the form {one.form}, which is not declared.")
        if one.sample is None:
            raise DeclarationError(f"The file of results {one.code} does not say which sample a row is about.")
        if len(set(one.names)) != len(one.names):
            raise DeclarationError(f"The file of results {one.code} has a column twice.")
        form, sample = forms[one.form], one.sample
        wanted = (*sample.fills, sample.number, sample.drawn_on)
        if lacking := [name for name in wanted if name not in form.items]:
            raise DeclarationError(f"The file of results {one.code} names “{lacking[0]}”, no item of {one.form}.")
        if lacking := [name for name in ("subject", *wanted) if name not in one.names]:
            raise DeclarationError(f"The file of results {one.code} has no column “{lacking[0]}”.")
        if not sample.fills:
            raise DeclarationError(f"The file of results {one.code} fills no item.")
        if sample.not_taken and sample.not_taken[0] not in form.items:
            raise DeclarationError(f"The file of results {one.code} looks at “{sample.not_taken[0]}”, no item.")
