"""Reading a data set in long form, one row a subject and visit, from a file.

Whatever is wrong ends in `Unreadable`, a sentence that names line and column. A row without a response is the same as
no row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.command.csvfile import MISSING, NUMBER, Unreadable, as_number
from analysis.command.datafile import Reading, ask_about_codes, labelled, lengthened, read_cells

__all__ = ["Columns", "LongForm", "Unreadable", "order_of", "read"]


@dataclass(frozen=True)
class Columns:
    """Which column plays which part.

    What belongs to the subject: covariates (numbers) and factors (categories) of models, moderators (numbers) and
    groups (categories) that stand apart from them. numbers may change from visit to visit; others too, they are numbers
    where every value is one, else categories.
    """

    subject: str
    visit: str
    arm: str
    response: str
    covariates: tuple[str, ...]
    factors: tuple[str, ...]
    numbers: tuple[str, ...]
    others: tuple[str, ...]
    moderators: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class LongForm:
    """rows: one a subject and visit, in the file's order. subjects: one each, with arm, covariates and factors.

    baseline: visits of the file that are the baseline and no visit of the analysis.
    """

    rows: pd.DataFrame
    subjects: pd.DataFrame
    visits: tuple[str, ...]
    active: str
    reference: str
    columns: Columns
    name: str
    sha256: str
    notes: tuple[str, ...]
    baseline: tuple[str, ...] = ()
    caution: tuple[str, ...] = ()
    actives: tuple[str, ...] = ()

    @property
    def beside(self) -> tuple[str, ...]:
        """The arms that are neither compared nor the reference and yet stand in the model."""
        return tuple(arm for arm in self.actives if arm != self.active)

    def pair(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the two arms compared, for methods that hold no third."""
        return frame[frame[self.columns.arm].isin((self.active, self.reference))] if self.beside else frame

    @property
    def rows_of_everybody(self) -> pd.DataFrame:
        """The rows, and one without a response for each subject that has none at these visits."""
        names = self.columns
        never = self.subjects[~self.subjects[names.subject].isin(self.rows[names.subject])]
        if never.empty:
            return self.rows
        own = never.assign(**{names.visit: self.visits[0], names.response: float("nan")})
        return pd.concat([self.rows, own], ignore_index=True)

    @property
    def heading(self) -> str:
        """What was analysed, in a few lines."""
        told = f"{self.name}: {len(self.subjects)} subjects, {len(self.rows)} rows, visits {', '.join(self.visits)}."
        signs = f"Differences are {' or '.join(self.actives)} minus {self.reference}."
        return "\n".join([told, signs, *(f"Note: {note}" for note in self.notes), *self.caution])


def read(
    path: Path,
    columns: Columns,
    *,
    reference: str,
    active: str | None,
    visits: tuple[str, ...] | None,
    reading: Reading = Reading(),
    several: bool = False,
) -> LongForm:
    """Read and check the file. active may be None where the file has two arms, visits where their order is plain.

    several: whether more than one active arm may be kept; active then names them in their order, parted by commas, or
    is None for all.
    """
    found = read_cells(path, reading)
    if reading.wide:
        found = lengthened(found, reading.wide, subject=columns.subject, visit=columns.visit, response=columns.response)
    header, cells, notes = found.header, found.rows, list(found.notes)
    wanted = [columns.subject, columns.visit, columns.arm, columns.response]
    wanted += [*columns.covariates, *columns.factors, *columns.numbers, *columns.others]
    wanted += [*columns.moderators, *columns.groups]
    absent = [column for column in wanted if column not in header]
    if absent:
        raise Unreadable(f"line 1: there is no column {absent[0]}. The columns are {', '.join(header)}.")
    for column in dict.fromkeys((columns.arm, columns.visit, *columns.factors, *columns.groups)):
        notes += labelled(found, column, unless=(reference, active or reference, *(visits or ())))
    arms = _arms(cells, columns.arm, reference)
    actives = _actives(arms, columns.arm, reference, active, several)
    active = actives[0]
    if len(actives) > 1:
        notes.append(
            f"Each of {', '.join(actives)} is compared with {reference}, in this order, all in one model. p-values are "
            f"not adjusted for {len(actives)} comparisons: in a fixed sequence one counts only if all before it are "
            "significant."
        )
    others = [arm for arm in arms if arm not in (*actives, reference)]
    if others:
        notes.append(f"Arm {', '.join(others)} is left out: {', '.join(actives)} is compared with {reference}.")
        cells = [(line, row) for line, row in cells if row[columns.arm] not in others]
    rows, lines = _typed(cells, columns, ask=reading.missing is None)
    _no_duplicates(rows, lines, columns, wanted)
    subjects = _subjects(rows, lines, columns)
    order, said = order_of(rows[columns.visit], visits, columns.visit)
    base, told = baseline_visits(
        rows,
        visit=columns.visit,
        response=columns.response,
        base=columns.covariates[0] if columns.covariates else None,
        order=order,
        asked=visits,
        named=reading.baseline,
    )
    if base:  # the order of those left may be plain where that of all was not
        order, said = order_of(rows.loc[~rows[columns.visit].isin(base), columns.visit], visits, columns.visit)
    if not visits:
        _refuse_dates(rows, columns, order)
    if not rows.loc[rows[columns.visit].isin(order), columns.response].notna().any():
        raise Unreadable(f"column {columns.response}: no row has a value.")
    made = LongForm(
        rows=rows[rows[columns.visit].isin(order)].reset_index(drop=True),
        subjects=subjects,
        visits=order,
        active=active,
        reference=reference,
        columns=columns,
        name=found.name,
        sha256=found.sha256,
        notes=(*notes, *told, *said),
        baseline=base,
        actives=actives,
    )
    return replace(made, caution=_few(made))


def _refuse_dates(rows: pd.DataFrame, columns: Columns, order: tuple[str, ...]) -> None:
    """Unreadable where visits are calendar dates that subjects do not share: each would be analysed for the few."""
    if not all(map(_ISO.fullmatch, order)):
        return
    on = rows[rows[columns.visit].isin(order)].groupby(columns.visit)[columns.subject].nunique()
    if 2 * int(on.max()) < rows[columns.subject].nunique():
        raise Unreadable(
            f"column {columns.visit}: its visits are dates, and none has half of the subjects. Make visits of them "
            "first, by --method derive with --windows, or list by --visits those to analyse."
        )


FEW = 8  # subjects of an arm with an outcome, below which normality is taken on trust


def _few(made: LongForm) -> tuple[str, ...]:
    names = made.columns
    seen = made.rows[made.rows[names.response].notna()].groupby(names.arm)[names.subject].nunique()
    counts = {arm: int(seen.get(arm, 0)) for arm in (*made.actives, made.reference)}
    if min(counts.values()) >= FEW:
        return ()
    told = " and ".join(f"{count} of {arm}" for arm, count in counts.items())
    return (
        f"Caution: {told} have an outcome. With so few, p and intervals rest on a normal distribution that the data "
        "cannot show, and one subject can turn them; --method rerandomisation does without it.",
    )


_BASELINE_NAME = re.compile(
    r"(bl|base ?line.*|scr|screen.*|pre|pre[- _]?(dose|treatment)|randomi[sz]ation|-\d+|0+"
    r"|(d|day|m|month|t|v|visit|w|week|wk)[ _-]*(0+|-\d+))",
    re.IGNORECASE,
)


def baseline_visits(rows, *, visit, response, base, order, asked, named) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The visits that are the baseline, and what to say of each; they are none of the analysis and never carried on.

    A baseline is told by its values (a change of 0, or the baseline itself, in every row), its name, or --baseline.
    A name alone is asked about, since a score may be analysed with its baseline: --visits says so.
    """
    if named is not None and named not in set(rows[visit]):
        raise Unreadable(f"--baseline: there is no visit {named}. There are {', '.join(order)}.")
    found, said = [], []
    for one in order:
        own = rows[rows[visit] == one]
        values = own.loc[own[response].notna(), response]
        others = rows.loc[(rows[visit] != one) & rows[response].notna(), response]
        if one == named:
            why = "as said by --baseline"
        elif len(values) >= 2 and (values == 0).all() and (others != 0).any():
            why = f"{response} is 0 in each of its {len(values)} rows"
        elif base and len(values) >= 2 and (own.loc[values.index, base] == values).all() and (values != 0).any():
            why = f"{response} is {base} in each of its {len(values)} rows"
        elif not _BASELINE_NAME.fullmatch(one) or (asked is not None and one in asked) or len(order) == 1:
            continue
        elif values.empty:
            why = f"{response} is missing in each of its rows"
        else:
            rest = ",".join(other for other in order if other != one)
            raise Unreadable(
                f"column {visit}: visit {one} looks like the baseline, but {response} is not 0 there. Say --baseline "
                f"{one} to leave its rows out, or --visits {one},{rest} to analyse it as a visit."
            )
        if asked is not None and one in asked:
            raise Unreadable(
                f"Visit {one} is the baseline ({why}), so it is no visit of the analysis: leave it out of --visits."
            )
        found.append(one)
        said.append(f"Visit {one} is the baseline ({why}): no visit of the analysis, and never carried forward.")
    if len(found) == len(order):
        raise Unreadable(f"column {visit}: {', '.join(found)} is the baseline, and there is no other visit.")
    return tuple(found), tuple(said)


def _arms(cells, column, reference):
    for line, row in cells:
        if row[column] in MISSING:
            raise Unreadable(f"line {line}, column {column}: the arm is missing.")
    arms = sorted({row[column] for _, row in cells})
    named = f"The arms in column {column} are {', '.join(arms)}"
    if reference not in arms:
        raise Unreadable(f"{named}: there is no {reference}.")
    if len(arms) < 2:
        raise Unreadable(f"{named}: two are needed.")
    return arms


def _actives(arms, column, reference, active, several) -> tuple[str, ...]:
    """The arms compared, in the order named, or all in that of their names."""
    named = f"The arms in column {column} are {', '.join(arms)}"
    others = tuple(arm for arm in arms if arm != reference)
    if active is None:
        if len(others) > 1 and not several:
            raise Unreadable(
                f"{named}: more than two. Say which is compared with {reference} by --active; ancova, responders and "
                "mmrm by themselves compare each."
            )
        return others
    wanted = (active,) if active in arms else tuple(one.strip() for one in active.split(",") if one.strip())
    for arm in wanted:
        if arm not in arms:
            raise Unreadable(f"{named}: there is no {arm}.")
        if arm == reference:
            raise Unreadable(f"{reference} is named as active and as reference arm.")
    if len(set(wanted)) < len(wanted):
        raise Unreadable("An arm is named twice by --active.")
    if len(wanted) > 1 and not several:
        raise Unreadable(f"One arm is compared with {reference} by this method: name one of {', '.join(wanted)}.")
    return wanted


def _typed(cells, columns, *, ask):
    numbers = {columns.response, *columns.covariates, *columns.numbers, *columns.moderators}
    categories = {columns.subject, columns.visit, columns.arm, *columns.factors, *columns.groups}
    if clash := sorted(numbers & categories):
        raise Unreadable(f"Column {clash[0]} is named as a number and as a category.")
    for column in set(columns.others) - categories:
        if all(row[column] in MISSING or NUMBER.fullmatch(row[column]) for _, row in cells):
            numbers.add(column)
    for line, row in cells:
        for column in (columns.subject, columns.visit):
            if row[column] in MISSING:
                raise Unreadable(f"line {line}, column {column}: the value is missing.")
        for column in numbers:
            row[column] = as_number(row[column], line, column)
    if ask:
        for column in sorted(numbers):
            ask_about_codes(column, ((line, row[column]) for line, row in cells))
    frame = pd.DataFrame([row for _, row in cells])
    for column in frame.columns.difference(list(numbers)):
        frame[column] = frame[column].astype("str").where(~frame[column].isin(MISSING))
    return frame, [line for line, _ in cells]


def _no_duplicates(rows, lines, columns, wanted):
    first: dict = {}
    for place, (who, visit) in enumerate(zip(rows[columns.subject], rows[columns.visit], strict=True)):
        if (who, visit) in first:
            before = first[who, visit]
            raise Unreadable(
                f"line {lines[place]}, column {columns.visit}: subject {who} has visit {visit} a second time "
                f"(first in line {lines[before]}).{_told_apart(rows, before, place, wanted)}"
            )
        first[who, visit] = place


def _told_apart(rows, before, place, wanted) -> str:
    """Which column tells two rows of a subject and visit apart, so that one of its values can be asked for."""
    for column in rows.columns.difference(wanted, sort=False):
        one, other = rows[column].iloc[before], rows[column].iloc[place]
        kinds = list(dict.fromkeys(rows[column].dropna()))
        if one == one and other == other and one != other and len(kinds) <= 12:
            return f" The rows differ in {column} ({', '.join(kinds)}): say which by --where {column}={one}."
    return ""


def _subjects(rows, lines, columns):
    """One row each; what belongs to the subject must not differ between its rows (a missing value may be filled)."""
    numbers = (*columns.covariates, *columns.moderators)
    fixed = list(dict.fromkeys((columns.arm, *numbers, *columns.factors, *columns.groups)))
    known: dict = {}
    for line, row in zip(lines, rows[[columns.subject, *fixed]].to_dict("records"), strict=True):
        own = known.setdefault(row[columns.subject], {})
        for column in fixed:
            value = row[column]
            if value is None or value != value:
                continue
            if column in own and own[column][0] != value:
                raise Unreadable(
                    f"line {line}, column {column}: subject {row[columns.subject]} has {value}, "
                    f"but {own[column][0]} in line {own[column][1]}."
                )
            own.setdefault(column, (value, line))
    table = [
        {columns.subject: who, **{column: own.get(column, (None,))[0] for column in fixed}}
        for who, own in known.items()
    ]
    subjects = pd.DataFrame(table)
    for column in numbers:
        subjects[column] = subjects[column].astype(float)
    return subjects


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def order_of(seen, asked, column) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The visits in their order, as asked for or as their numbers say, and what must be said about it."""
    present = list(dict.fromkeys(seen))
    if asked is not None:
        for visit in asked:
            if visit not in present:
                raise Unreadable(f"column {column}: there is no visit {visit}. There are {', '.join(present)}.")
        if len(set(asked)) < len(asked):
            raise Unreadable("A visit is named twice in the order of visits.")
        rest = [visit for visit in present if visit not in asked]
        return tuple(asked), (f"Visit {', '.join(rest)} is left out.",) if rest else ()
    split = {visit: re.fullmatch(r"(\D*?)(-?\d+(?:\.\d+)?)", visit) for visit in present}
    if all(split.values()) and len({one[1] for one in split.values()}) == 1:
        return tuple(sorted(present, key=lambda visit: float(split[visit][2]))), ()
    if all(map(_ISO.fullmatch, present)):
        return tuple(sorted(present)), ()
    if len(present) == 1:
        return tuple(present), ()
    return tuple(present), (f"The order of visits is taken from the file: {', '.join(present)}.",)
