"""The derived data sets: what the reports compute from the forms, long and wide, each with what its columns mean.

The same functions make them as make the reports, so that a number of a report can be made again from what goes out.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.collect.frames import DESCRIBED, Collected
from analysis.derive import doses, intercurrent, plan, variables
from analysis.extract import of_forms
from analysis.extract.of_forms import form_set
from analysis.extract.sets import Column, Holds, Shape
from analysis.reports import harm
from analysis.reports.sets import sets_of
from crf import trial
from crf.spec.purposes import Purpose
from crf.spec.visits import MISSED_BECAUSE

YES_NO = (("Y", "Yes"), ("N", "No"))
SITES = tuple((site.code, site.name) for site in trial.SITES)
VISITS = tuple((one.code, one.label) for one in trial.VISITS)
SEX = (("F", "Female"), ("M", "Male"))
_DATES = set(
    "screened_on randomised_on first_dose_on day_1 last_dose_on ended_on died_on occurred_on on began_on".split()
)
_WHOLE = set("age day number event_day reductions first last".split())
_NUMBERS = {"value", "base", "change", "percent"}
_CODES = {"missed_because": MISSED_BECAUSE, "site": SITES, "visit": VISITS, "sex": SEX}
_SHORT = {"subject": "SUBJID", "site": "SITEID", "visit": "AVISIT", "value": "AVAL", "base": "BASE", "change": "CHG"}
_SHORT |= {"percent": "PCHG", "day": "ADY", "score": "PARAM", "outcome": "PARAMCD", "arm": "TRTP", "age": "AGE"}
_SHORT |= {"sex": "SEX", "randomised_on": "RANDDT", "first_dose_on": "TRTSDT", "last_dose_on": "TRTEDT"}
_SHORT |= {"responded": "RESPFL", "remitted": "REMFL", "on_treatment": "ONTRTFL", "in_primary": "PRIMFL"}


def _told_by() -> dict[str, tuple[str | None, str]]:
    """The columns that show a single item of a subject, with its form and name."""
    found = {"sex": (trial.code_serving(Purpose.DEMOGRAPHY), "sex")}
    found["age"] = (found["sex"][0], "birth_year")
    return found | {one.code: (one.form, one.item) for one in trial.ANALYSIS.moderators}


def may_leave(column: str) -> bool:
    """Whether the item or score behind a column of that name is of a class that goes out."""
    form, name = _told_by().get(column, (None, ""))
    return form is None or (name in form_set(trial.form(form)).fields and of_forms.may_leave(trial.form(form)))


def derived(collected: Collected, arms: pd.Series | None = None) -> Iterator[tuple[Shape, pa.RecordBatch]]:
    """Each derived data set with its rows. `arms` by subject number: where the list is open, and they are asked for."""
    cut = variables.cuts(variables.happened(collected).frame)
    # Of each outcome its own rows: else all are gone through for each.
    rated = dict(list(collected.scores.groupby("outcome", sort=False)))
    nothing = collected.scores.iloc[:0]
    pairs = {
        one.code: _courses(replace(collected, scores=rated.get(one.code, nothing)), one.code, cut)
        for one in trial.ANALYSIS.outcomes
    }
    every = {code: course for code, (course, _) in pairs.items()}
    subjects, described = _subjects(collected, every[plan.primary().code])
    yield _set("subjects", "Subjects, with what the analyses take of them", described, subjects, ("subject",), arms)
    yield _set("visits", "Visits", DESCRIBED["visits"], collected.visits, ("subject", "visit", "number"), arms)
    yield _set(
        "ratings",
        "Every rating, scheduled or not, as it was made",
        DESCRIBED["scores"],
        collected.scores,
        ("subject", "outcome", "visit", "day"),
        arms,
    )
    yield _long(pairs, subjects, arms)
    yield _wide(every, subjects, arms)
    events = variables.happened(collected).frame
    events = events.reindex(columns=list(EVENTS))
    yield _set("events", "Intercurrent events", EVENTS, events, ("subject", "kind", "on"), arms)
    completeness = collected.completeness
    keys = ("subject", "visit", "form")
    yield _set(
        "completeness", "Forms required at visits that took place", DESCRIBED["completeness"], completeness, keys, arms
    )
    if harm.is_recorded() and of_forms.may_leave(trial.serving(Purpose.ADVERSE_EVENTS)):
        happened = harm.recorded(collected)
        flags = {flag: happened[flag].astype(bool).map({True: "Y", False: "N"}) for flag in ("emergent", "in_doubt")}
        frame = happened.assign(**flags)[list(ADVERSE)]
        yield _set("adverse_events", "Adverse events, with which are treatment-emergent", ADVERSE, frame, ADVERSE_KEYS)
    if trial.LADDER is not None:
        periods = doses.periods(collected)
        yield _set("doses", "Daily dose in force, a row a period", DOSES, periods, ("subject", "first"), arms)
        yield from _exposure(collected, arms)
    yield from _counted(collected, arms)


EVENTS = dict(
    zip(
        intercurrent.COLUMNS,
        ("subject number", "code of its kind", "date", "study day", "what tells of it", "why"),
        strict=True,
    )
)
ADVERSE = DESCRIBED["adverse_events"] | {
    "name": "the preferred term, or the term: what it is counted by",
    "emergent": "Y: treatment-emergent",
    "in_doubt": "Y: a date in part leaves it in doubt, and it counts",
    "onset_dose": "daily dose on the day of onset",
}
ADVERSE_KEYS = ("subject", "row")
COUNTED = (
    ("deviations", "Deviations from the protocol", ("subject", "row")),
    ("occurrences", "What is answered yes or no, before and after day 1", ("subject", "form", "item")),
    ("guesses", "Guesses of the arm, the last of each person", ("subject", "form")),
)
DOSES = {
    "subject": "subject number",
    "first": "first study day of the period",
    "last": "its last study day",
    "mg": f"daily dose prescribed, {trial.LADDER.unit if trial.LADDER else ''}",
}
#: Columns of the exposure by subject; days at each step come before them.
EXPOSURE = {
    "days_other": "days at another dose",
    "days_off": "days at no dose",
    "days_on": "days on the drug as prescribed",
    "highest_mg": "highest daily dose prescribed",
    "reductions": "number of reductions",
    "taken_mg": "dose taken in all, from what was counted",
    "relative_dose_intensity": "that over what the protocol plans",
    "compliance": "taken over prescribed, from what was counted",
    "missing": "why compliance cannot be told",
}


def _courses(collected: Collected, code: str, cut: pd.DataFrame) -> tuple[variables.Course, variables.Course]:
    """The rows of `variables.courses`, of the scores of that outcome alone: only who has a rating that leaves has
    another course in the primary analysis."""
    every = variables.course(collected, code)
    ratings = collected.scores[collected.scores["subject"].isin(cut.index)]
    leaving = set(ratings.loc[intercurrent.is_after(ratings, cut), "subject"])
    if not leaving:
        return every, every
    own = {name: getattr(collected, name) for name in ("subjects", "scores")}
    own = {name: frame[frame["subject"].isin(leaving)].reset_index(drop=True) for name, frame in own.items()}
    theirs = variables.course(replace(collected, **own), code, cut=cut)
    others = every.frame[~every.frame["subject"].isin(leaving)]
    return every, replace(every, frame=pd.concat([others, theirs.frame], ignore_index=True), left_out=())


def _exposure(collected: Collected, arms: pd.Series | None):
    taken = doses.taken(collected)
    steps = {f"days_{step.mg}": f"days at {step.mg} {trial.LADDER.unit}" for step in trial.LADDER.steps}
    described = {"subject": "subject number"} | steps | EXPOSURE
    frame = taken.rename_axis("subject").reset_index() if len(taken) else pd.DataFrame(columns=list(described))
    yield _set(
        "exposure", "Exposure to the drug", described, frame.reindex(columns=list(described)), ("subject",), arms
    )


def _counted(collected: Collected, arms: pd.Series | None):
    """What the reports count of forms, read as they read it; of forms of a class that goes out."""
    every = {form.code: form for form in trial.FORMS}
    for name, title, keys in COUNTED:
        codes = {
            "deviations": [form.code for form in trial.FORMS if form.purpose is Purpose.DEVIATIONS],
            "occurrences": [one.form for one in trial.ANALYSIS.occurrences],
            "guesses": [form.code for form in trial.FORMS if form.purpose is Purpose.BLINDING_GUESS],
        }[name]
        open_ones = {code for code in codes if of_forms.may_leave(every[code])}
        frame = getattr(collected, name)
        if open_ones:
            frame = frame[frame["form"].isin(open_ones)] if "form" in frame else frame
            yield _set(name, title, DESCRIBED[name], frame, keys, arms)


def _subjects(collected: Collected, primary: variables.Course) -> tuple[pd.DataFrame, dict[str, str]]:
    frame, described = collected.subjects.copy(), dict(DESCRIBED["subjects"])
    found = sets_of(collected, primary) if len(collected.randomised) else {}
    for name in ("full analysis", "modified", "per protocol", "safety"):
        column = f"in_{name.replace(' ', '_')}"
        members = set(found[name].members) if name in found else set()
        frame[column] = ["Y" if who in members else "N" for who in frame["subject"]]
        described[column] = f"Y: in the {name} set"
    for one in trial.ANALYSIS.moderators:
        measured = collected.moderators[collected.moderators["moderator"] == one.code].set_index("subject")["value"]
        frame[one.code] = frame["subject"].map(measured).astype("Float64")
        described[one.code] = f"{one.label} before treatment" + (f", {one.unit}" if one.unit else "")
    return frame, described


def _taken_along(subjects: pd.DataFrame) -> list[str]:
    """The columns of a subject that models take: they stand in each row of what is analysed."""
    return ["sex", "age", *(one.code for one in trial.ANALYSIS.moderators)]


def _long(pairs, subjects: pd.DataFrame, arms: pd.Series | None) -> tuple[Shape, pa.RecordBatch]:
    frame = variables.analysis_set([pairs[one.code] for one in (*plan.in_data_set(), *plan.described())])
    codes = {outcome.label: outcome.code for outcome in trial.ANALYSIS.outcomes}
    along = _taken_along(subjects)
    frame = frame.merge(subjects[["subject", *along]], on="subject", how="left")
    frame.insert(3, "outcome", frame["score"].map(codes))
    frame = frame.sort_values("subject", kind="stable")  # so that many subjects can be derived some after the other
    described = variables.analysis_columns()
    described = {name: described.get(name, "") for name in frame.columns} | {"outcome": "code of the score"}
    told = {"sex": "F or M, at birth", "age": "years at screening"}
    told |= {one.code: f"{one.label} before treatment" for one in trial.ANALYSIS.moderators}
    described = {name: described[name] or told[name] for name in frame.columns}
    keys = ("subject", "outcome", "visit", "day")
    return _set("analysis", "Outcomes by analysis visit, a row a visit", described, frame, keys, arms)


def _wide(every: dict[str, variables.Course], subjects: pd.DataFrame, arms) -> tuple[Shape, pa.RecordBatch]:
    along = ["subject", "site", *_taken_along(subjects)]
    frame = subjects.loc[subjects["randomised_on"].notna(), along].reset_index(drop=True)
    told = {"subject": "subject number", "site": "code of the site", "sex": "F or M, at birth"}
    told |= {"age": "years at screening"} | {one.code: one.label for one in trial.ANALYSIS.moderators}
    more = {}
    for outcome in trial.ANALYSIS.outcomes:
        course = every[outcome.code]
        by = course.frame.set_index(["visit", "subject"])["value"] if len(course.frame) else pd.Series(dtype=float)
        for visit in (trial.BASELINE, *plan.visits_of(outcome)):
            name = f"{outcome.code}_{visit.lower()}"
            own = by.loc[visit] if len(by) and visit in by.index.get_level_values(0) else pd.Series(dtype=float)
            more[name] = frame["subject"].map(own).astype("Float64")
            told[name] = f"{outcome.label}, {plan.at(visit) if visit != trial.BASELINE else 'baseline'}"
    frame = pd.concat([frame, pd.DataFrame(more)], axis=1)
    described = {name: told[name] for name in frame.columns}
    return _set("analysis_wide", "Outcomes by analysis visit, a row a subject", described, frame, ("subject",), arms)


def _set(name, title, described, frame, keys, arms: pd.Series | None = None) -> tuple[Shape, pa.RecordBatch]:
    if arms is not None:
        described = {"subject": described["subject"], "arm": "the arm, as opened"} | described
        frame = frame.copy()
        frame.insert(1, "arm", frame["subject"].map(arms))
    described = {name: label for name, label in described.items() if may_leave(name)}
    columns = tuple(_column(one, label) for one, label in described.items())
    shape = Shape(name, title, columns, tuple(key for key in keys if key in described), is_derived=True)
    return shape, _batch(frame, shape)


def _column(name: str, label: str) -> Column:
    label = label[:1].upper() + label[1:]
    moderators = {one.code: one for one in trial.ANALYSIS.moderators}
    codes = _CODES.get(name, YES_NO if label.startswith("Y: ") else ())
    if name == "arm":
        codes = tuple(plan.names().items())
    unit = moderators[name].unit if name in moderators else ""
    return Column(name, label, _holds(name), codes, unit, declared=_SHORT.get(name, ""))


def _holds(name: str) -> Holds:
    if name in _DATES:
        return Holds.DATE
    if name in _WHOLE or name == "row":
        return Holds.WHOLE
    numbers = _NUMBERS | {one.code for one in trial.ANALYSIS.moderators} | {"mg", *EXPOSURE} - {"missing"}
    outcomes = tuple(f"{one.code}_" for one in trial.ANALYSIS.outcomes)
    return Holds.NUMBER if name in numbers or name.startswith(("days_", *outcomes)) else Holds.TEXT


def _batch(frame: pd.DataFrame, shape: Shape) -> pa.RecordBatch:
    """The frame's rows with the types of the data set. An empty text is a blank."""
    arrays = []
    for column, field in zip(shape.columns, shape.schema, strict=True):
        values = frame[column.name]
        if column.holds is Holds.TEXT:
            made = _texts(values)
        elif column.holds is Holds.DATE:
            made = pa.array(pd.to_datetime(values), pa.timestamp("us"), from_pandas=True).cast(field.type)
        else:
            numbers = pd.to_numeric(values) if values.dtype == object else values
            made = pa.array(numbers.astype("Float64"), pa.float64(), from_pandas=True).cast(field.type)
        arrays.append(made)
    return pa.record_batch(arrays, schema=shape.schema)


def _texts(values: pd.Series) -> pa.Array:
    try:
        found = pa.array(values, pa.string(), from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid, pa.ArrowNotImplementedError):  # numbers, or some among them
        found = pa.array(values.astype(object).map(str, na_action="ignore"), pa.string(), from_pandas=True)
    if isinstance(found, pa.ChunkedArray):  # as pandas keeps texts where pyarrow holds them
        found = found.combine_chunks()
    return pc.if_else(pc.equal(found, ""), None, found)
