"""Exposure to the study drug: days at each step, milligrams, dose intensity, compliance (METHODS 11)."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import doses
from analysis.papers.tables import counts, mean_sd, percent
from analysis.reports.document import NOTHING, Section
from analysis.reports.outcome import LEVEL
from analysis.stats.descriptive import count, summary
from crf import trial


def exposure(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """What was taken by group, all subjects with a dose."""
    found = doses.taken(collected)
    if found.empty:
        return Section("exposure", "Exposure", ("No dosing decision is recorded for anybody who took a dose.",))
    found = found.assign(group=found.index.map(groups))
    per = {group: found[found["group"] == group] for group in order}
    top = trial.LADDER.steps[-1].mg
    rows = [("Subjects with a dose", *(str(len(own)) for own in per.values()))]
    rows += [(f"Days at {step.mg} mg, mean (SD)", *_means(per, f"days_{step.mg}", 1)) for step in trial.LADDER.steps]
    rows += [
        ("Days off the drug, mean (SD)", *_means(per, "days_off", 1)),
        (f"Reached {top} mg", *(_share(own["highest_mg"] >= top) for own in per.values())),
        ("Dose reduced at least once", *(_share(own["reductions"] > 0) for own in per.values())),
        ("Taken (g), mean (SD)", *_means(per, "taken_mg", 1, scale=0.001)),
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
            f"Days as prescribed, to the last dose. Taken: capsules by the subject's account, of "
            f"{trial.LADDER.planned_mg:,} "
            "mg planned. Compliance: dispensed less returned and lost, over prescribed capsules; not known where a "
            "number is.",
        ),
    )
    dose = summary(found["relative_dose_intensity"] * 100, name="all", level=LEVEL)
    says = (
        f"{len(found)} subjects took study drug; on average {mean_sd(dose, 0)} % of the planned dose."
        if dose.n
        else f"{len(found)} subjects took study drug; nobody's capsules are counted yet."
    )
    return Section("exposure", "Exposure", (says, table))


def _means(per: dict[str, pd.DataFrame], column: str, places: int, *, scale: float = 1.0):
    for own in per.values():
        values = own[column].astype(float) * scale
        yield mean_sd(summary(values, name=column, level=LEVEL), places) if values.notna().any() else NOTHING


def _share(flags: pd.Series) -> str:
    return percent(count(int(flags.sum()), len(flags), name="", missing=0, level=LEVEL))
