"""Exposure to the study drug: days at each step, milligrams, dose intensity, compliance (METHODS 11)."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import doses, plan
from analysis.papers.tables import counts, mean_sd, percent
from analysis.reports import whom
from analysis.reports.document import NOTHING, Analysis, Section
from analysis.stats.descriptive import count, summary
from crf import trial


def exposure(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section | None:
    """What was taken by group, all subjects with a dose; None for a trial that gives nothing."""
    if trial.DOSING is None:
        return None
    if trial.LADDER is None:
        return _given(collected, groups, order)
    found = doses.taken(collected)
    if found.empty:
        return Section("exposure", "Exposure", ("No dosing decision is recorded for anybody who took a dose.",))
    found = found.assign(group=found.index.map(groups))
    per = {group: found[found["group"] == group] for group in order}
    top, unit = trial.LADDER.maximum, trial.LADDER.unit.split("/")[0]
    large, scale = ("g", 0.001) if unit == "mg" else (unit, 1.0)
    rows = [("Subjects with a dose", *(str(len(own)) for own in per.values()))]
    rows += [
        (f"Days at {step.mg} {unit}, mean (SD)", *_means(per, f"days_{step.mg}", 1)) for step in trial.LADDER.steps
    ]
    rows += [
        ("Days off the drug, mean (SD)", *_means(per, "days_off", 1)),
        (f"Reached {top} {unit}", *(_share(own["highest_mg"] >= top) for own in per.values())),
        ("Dose reduced at least once", *(_share(own["reductions"] > 0) for own in per.values())),
        (f"Taken ({large}), mean (SD)", *_means(per, "taken_mg", 1, scale=scale)),
        ("Relative dose intensity (%), mean (SD)", *_means(per, "relative_dose_intensity", 1, scale=100)),
        ("Compliance (%), mean (SD)", *_means(per, "compliance", 1, scale=100)),
        ("   not known", *(str(int(own["compliance"].isna().sum())) for own in per.values())),
    ]
    table = counts(
        "exposure",
        "Exposure to the study drug",
        ("", "All") if len(order) == 1 else ("", *order),
        rows,
        notes=(
            f"Days as prescribed, to the last dose. Taken: {trial.LADDER.capsule}s by the subject's account, of "
            f"{trial.LADDER.planned_mg:,} {unit} planned. Compliance: dispensed less returned and lost, over "
            f"prescribed {trial.LADDER.capsule}s; not known where a number is.",
        ),
    )
    if len(order) > 1:
        table = table.by(_made(rows, scale))
    dose = summary(found["relative_dose_intensity"] * 100, name="all", level=plan.level())
    says = (
        f"{len(found)} subjects took study drug; on average {mean_sd(dose, 0)} % of the planned dose."
        if dose.n
        else f"{len(found)} subjects took study drug; nobody's {trial.LADDER.capsule}s are counted yet."
    )
    return Section("exposure", "Exposure", (says, table), whom.DOSED)


def _given(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """Who was given the single administration, by group, and on which study day."""
    subjects = collected.randomised
    given = subjects[subjects["first_dose_on"].notna()]
    by = given["subject"].map(groups)
    rows = [("Randomised", *(int((subjects["subject"].map(groups) == group).sum()) for group in order))]
    rows.append((plan.at_start(trial.DOSING.label), *(int((by == group).sum()) for group in order)))
    head = ("", "All") if len(order) == 1 else ("", *order)
    table = counts("exposure", "Exposure to the study drug", head, rows)
    return Section("exposure", "Exposure", (f"{len(given)} subjects were given the study drug.", table), whom.DOSED)


def _means(per: dict[str, pd.DataFrame], column: str, places: int, *, scale: float = 1.0):
    for own in per.values():
        values = own[column].astype(float) * scale
        yield mean_sd(summary(values, name=column, level=plan.level()), places) if values.notna().any() else NOTHING


def _share(flags: pd.Series) -> str:
    return percent(count(int(flags.sum()), len(flags), name="", missing=0, level=plan.level()))


def _made(rows: list[tuple], scale: float) -> Analysis:
    """By which column of the exposure each row was made."""
    names = [str(row[0]).strip() for row in rows]
    steps = [(f"days_{step.mg}", 1.0) for step in trial.LADDER.steps]
    first = dict(zip(names[1:], [*steps, ("days_off", 1.0)], strict=False))
    means = first | dict(
        zip(names[-4:-1], (("taken_mg", scale), ("relative_dose_intensity", 100.0), ("compliance", 100.0)), strict=True)
    )
    return Analysis.of(
        "exposure_table",
        arms=plan.names(),
        dosed=names[0],
        means={row: column for row, (column, _) in means.items()},
        scales={row: by for row, (_, by) in means.items()},
        reached=names[-6],
        top=trial.LADDER.maximum,
        reduced=names[-5],
        unknown=names[-1],
    )
