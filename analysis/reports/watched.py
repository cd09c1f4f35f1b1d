"""What is watched for safety and compared by no test: scales and vital signs, occurrences such as suicidality.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.papers.tables import counts, mean_sd, of_all
from analysis.reports import outcome, whom
from analysis.reports.document import NOTHING, Analysis, Number, Section, Table
from analysis.stats.descriptive import summary
from crf import trial
from crf.spec.outcomes import Better, Occurrences, Outcome

TITLE = "Safety scales and vital signs"
FEW = 8  # answers at most, of which a shift from each to each can be read


def dosed(collected: Collected, groups: pd.Series) -> pd.Series:
    """The groups of those who took a dose."""
    who = collected.randomised.loc[collected.randomised["first_dose_on"].notna(), "subject"]
    return groups[groups.index.isin(set(who))]


def scales(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section | None:
    """Each described outcome by visit, its worst after baseline, and of few answers the shifts; None without any."""
    if not plan.described():
        return None
    known = set(collected.scores["outcome"])
    courses = {one.code: variables.course(collected, one.code) for one in plan.described() if one.code in known}
    rated = {one: _of(courses[one.code], groups) for one in plan.described() if one.code in courses}
    rated = {one: frame for one, frame in rated.items() if len(frame)}
    if not rated:
        return Section("scales", TITLE, ("Nothing was rated yet.",), whom.DOSED)
    tables = [table for one in rated for table in outcome.scores(courses[one.code], groups, order).tables]
    shifts = [_shift(one, frame, order) for one, frame in rated.items() if one.high - one.low < FEW]
    return Section("scales", TITLE, (*tables, _worst(rated, order), *shifts), whom.DOSED)


def _of(course: variables.Course, groups: pd.Series) -> pd.DataFrame:
    frame = course.frame.dropna(subset=["value"])
    return frame.assign(group=frame["subject"].map(groups)).dropna(subset=["group"])


def _worst(rated: dict[Outcome, pd.DataFrame], order: tuple[str, ...]) -> Table:
    """One row an outcome, way and group: the value before treatment, the worst after, and how far it went."""
    several, rows = len(order) > 1, []
    for one, frame in rated.items():
        for highest in _ways(one):
            for group in order:
                base, worst = _before_and_worst(frame[frame["group"] == group], highest=highest)
                change = (worst - base).dropna()
                found = [summary(values, name=one.code, level=plan.level()) for values in (base, worst, change)]
                rows.append(
                    (
                        f"{one.label}, {'highest' if highest else 'lowest'}",
                        *((group,) if several else ()),
                        len(change),
                        *(mean_sd(part) if part.n else NOTHING for part in found),
                        Number(found[2].maximum if highest else found[2].minimum, 1, signed=True),
                    )
                )
    head = ("Outcome", *(("Arm",) if several else ()), "n", "Baseline, mean (SD)", "Worst, mean (SD)")
    note = "Worst: of the analysis visits after baseline, on the drug or not. Of a vital sign both ways are shown."
    return counts(
        "scales_worst",
        "Worst value after baseline",
        (*head, "Change, mean (SD)", "Largest change"),
        rows,
        notes=(note,),
    )


def _ways(one: Outcome) -> tuple[bool, ...]:
    """Whether the highest value is the worst; of what has no better way the highest and the lowest."""
    return {Better.LOWER: (True,), Better.HIGHER: (False,), Better.NEITHER: (True, False)}[one.better]


def _before_and_worst(frame: pd.DataFrame, *, highest: bool) -> tuple[pd.Series, pd.Series]:
    """By subject: the last value up to day 1, and the highest or lowest after it."""
    before = frame[frame["visit"] == trial.BASELINE].set_index("subject")["value"].astype(float)
    later = frame[frame["visit"] != trial.BASELINE].groupby("subject")["value"]
    worst = (later.max() if highest else later.min()).astype(float)
    return before, worst


def _shift(one: Outcome, frame: pd.DataFrame, order: tuple[str, ...]) -> Table:
    """From which answer at baseline to which worst one after it, in numbers of subjects."""
    answers = range(one.low, one.high + 1)
    several, rows = len(order) > 1, []
    for group in order:
        before, worst = _before_and_worst(frame[frame["group"] == group], highest=_ways(one)[0])
        both = pd.DataFrame({"before": before, "worst": worst}).dropna()
        for answer in answers:
            own = both.loc[both["before"] == answer, "worst"]
            if len(own) or answer == one.low:
                cells = (int((own == after).sum()) for after in answers)
                rows.append((f"Baseline {answer}", *((group,) if several else ()), *cells, len(own)))
    head = ("", *(("Arm",) if several else ()), *(f"Worst {answer}" for answer in answers), "Subjects")
    title = f"{one.label}: shift from baseline to the worst after it"
    return counts(
        f"{one.code}_shift", title, head, rows, notes=(f"{one.title}. With both a baseline and a later one.",)
    )


# -- what is answered yes or no


def occurrences(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section | None:
    """How many had a yes up to day 1 and after it, item by item; None where nothing of the kind is declared."""
    declared = trial.ANALYSIS.occurrences
    if not declared:
        return None
    blocks = tuple(_asked(one, collected.occurrences, groups, order) for one in declared)
    return Section("occurrences", " and ".join(one.label for one in declared), blocks, whom.DOSED)


def _asked(one: Occurrences, frame: pd.DataFrame, groups: pd.Series, order: tuple[str, ...]) -> Table:
    form = trial.form(one.form)
    own = frame[frame["form"] == one.form]
    own = own.assign(group=own["subject"].map(groups)).dropna(subset=["group"])
    own = pd.concat([own, _any(own)], ignore_index=True)
    prefix = [""] if len(order) == 1 else [f"{group}, " for group in order]
    rows, items = [], {ANY: "Any"} | {name: form.items[name].label for name in one.items}
    for item, label in items.items():
        here = own[own["item"] == item]
        rows.append((label, *(cell for group in order for cell in _cells(here[here["group"] == group]))))
    head = ("", *(name + what if name else what.capitalize() for name in prefix for what in PERIODS))
    note = (
        "Subjects with a yes at any time of the period, of those who were asked in it. New: a yes after day 1 and none "
        "before."
    )
    table = counts(f"occurrences_{one.form.lower()}", f"{one.label}: subjects", head, rows, notes=(note,))
    if len(order) == 1:
        return table
    facts = {"form": one.form, "any": items.pop(ANY), "items": items, "arms": plan.names()}
    return table.by(Analysis.of("occurrences_table", **facts))


ANY, PERIODS = "", ("before", "after day 1", "new")


def _any(own: pd.DataFrame) -> pd.DataFrame:
    """For each subject whether any of the items was so."""

    def joined(values: pd.Series) -> str | None:
        return "Y" if (values == "Y").any() else "N" if values.notna().any() else None

    by = own.groupby(["subject", "form", "group"], sort=False)[["before", "after"]].agg(joined).reset_index()
    return by.assign(item=ANY)


def _cells(own: pd.DataFrame):
    for period in ("before", "after"):
        asked = int(own[period].notna().sum())
        yield of_all(int((own[period] == "Y").sum()), asked) if asked else NOTHING
    yield int(((own["after"] == "Y") & (own["before"] != "Y")).sum())
