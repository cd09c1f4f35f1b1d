"""Dose taken and outcome (METHODS 11.6): does who took more of the drug change more? In each arm by itself.

Dose follows response and tolerance in a titrated trial, so nothing here is causal; the slope on the reference, whose
capsules hold no drug, shows what selection alone gives.
"""

from functools import partial

import numpy as np
import pandas as pd

from analysis.derive import doses, plan
from analysis.papers import scatter
from analysis.papers.tables import estimates
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Analysis, Figure, Number, Section, Table
from analysis.stats.linear import least_squares
from analysis.stats.results import Estimate, NotEstimable
from crf import trial

KEY, TITLE = "exposure_response", "Dose taken and outcome"
CAUTION = (
    "Exploratory, and no effect of dose: in a titrated trial the dose follows how a participant fares. The arm without "
    "drug shows the slope that selection alone gives."
)


def exposure_response(comparison: Comparison) -> Section | None:
    """The slope of the observed change on what was taken, by arm, and each participant; None without a ladder."""
    if trial.LADDER is None:
        return None
    taken = doses.taken(comparison.collected)
    if taken.empty or not taken["relative_dose_intensity"].notna().any():
        return Section(KEY, TITLE, ("Nobody's capsules are counted, so exposure is not known.",), whom.DOSED)
    frame = comparison.at_primary_visit(comparison.every, carried=False).dropna(subset=["change", "base"])
    frame = frame.assign(share=100 * frame["subject"].map(taken["relative_dose_intensity"]).astype(float))
    frame = frame.dropna(subset=["share"])
    rows, untold = [], []
    for code, name in plan.names().items():
        own = frame[frame["arm"] == code]
        try:
            rows.append((name, _slope(own)))
        except NotEstimable as reason:
            untold.append(f"{name}: {reason}")
    outcome = plan.primary()
    table = estimates(
        KEY,
        f"Change of {outcome.label} at {plan.at_last()}: slope for 10 % more of the planned dose, by arm",
        rows,
        intervals=plan.interval(),
        notes=(
            "Least squares of change on baseline and dose taken over dose planned, observed cases.",
            CAUTION,
            *untold,
        ),
    ).by(*(_made(code, name) for code, name in plan.names().items() if name in dict(rows)))
    return Section(KEY, TITLE, (*([_figure(frame)] if len(frame) else []), table), whom.DOSED)


def _made(code: str, name: str) -> Analysis:
    facts = {"columns": made_by.ESTIMATE, "outcome": plan.primary().code, "arm": code, "level": plan.level()}
    return Analysis.of("exposure_slope", name, order=plan.visits_to_primary(plan.primary()), **facts)


def _slope(own: pd.DataFrame) -> Estimate:
    """The coefficient of the dose taken, in tenths of the planned dose."""
    base, share = own["base"].to_numpy(float), own["share"].to_numpy(float) / 10
    if len(own) and np.ptp(share) < 1e-9:
        raise NotEstimable("All took the same share of the planned dose, so there is no slope.")
    columns = np.column_stack([np.ones(len(own)), base - base.mean(), share - share.mean()]) if len(own) else None
    if columns is None:
        raise NotEstimable("Nobody was rated whose exposure is known.")
    fit = least_squares(columns, own["change"].to_numpy(float), ("intercept", "base", "share"))
    told = {"level": plan.level(), "n": len(own), "left_out": (), "method": "change ~ base + share of the planned dose"}
    return fit.coefficient("share", **told)


def _figure(frame: pd.DataFrame) -> Figure:
    outcome, names = plan.primary(), plan.names()
    points = [
        (row["subject"], names[row["arm"]], float(row["share"]), float(row["change"]))
        for row in frame.sort_values("subject").to_dict("records")
    ]
    data: Table = Table(
        f"{KEY}_points",
        "Exposure and change of each participant, the numbers of the figure",
        ("Subject", "Arm", "Dose taken (% of planned)", "Change"),
        tuple((who, arm, Number(share, 1), Number(change, 1)) for who, arm, share, change in points),
    ).by(Analysis.of("exposure_points", outcome=outcome.code, order=plan.visits_to_primary(outcome)))
    says = f"One mark a participant rated at {plan.at_last()} whose capsules are counted (n = {len(points)}). {CAUTION}"
    draw = partial(
        scatter.scatter,
        tuple((arm, share, change) for _, arm, share, change in points),
        groups=plan.order(),
        x="Dose taken, % of what the protocol plans",
        y=f"Change of {outcome.label}",
    )
    title = f"Change of {outcome.label} at {plan.at_last()} by the dose taken"
    return Figure(f"{KEY}_figure", title, says, says, draw, data)
