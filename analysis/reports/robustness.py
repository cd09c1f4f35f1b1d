"""What the primary result leans on: other assumptions about what was not seen (METHODS 8).

Reference-based imputation with both standard errors, multiple imputation beside it (drawn with a fixed seed), and the
tipping point over both arms.
"""

from functools import partial

import numpy as np
import pandas as pd

from analysis.derive import variables
from analysis.papers import drawings
from analysis.papers.tables import counts, interval, number, p_value
from analysis.reports.comparison import ACTIVE, DIFFERENCE, NAMES, REFERENCE, Comparison
from analysis.reports.document import Figure, Number, PValue, Section
from analysis.reports.outcome import LABELS, LEVEL
from analysis.stats.executor import executor_from_environment
from analysis.stats.imputation.conditional_mean import conditional_mean, replicates
from analysis.stats.imputation.delta import TippingPoint, tipping_point_conditional_mean
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import Panel, dropout_visits, panel
from analysis.stats.results import NotEstimable
from crf import trial

STRATEGIES = {
    "MAR": "missing at random",
    "J2R": "jump to reference",
    "CR": "copy reference",
    "CIR": "copy increments in reference",
}
SHIFTS = tuple(float(shift) for shift in range(-4, 25))
MOST = 1_000  # subjects: the jackknife fits the model once without each


def robustness(two: Comparison) -> Section:
    """Reference-based imputation and the tipping point for the primary contrast."""
    title = "Sensitivity to what was not seen"
    n = len(two.subjects)
    if n > MOST:
        return Section(
            "robustness",
            title,
            (
                f"Not made for {n} subjects: the jackknife would fit the model {n} times. Run `manage.py analyse "
                "--method imputation` on the data set.",
            ),
        )
    with executor_from_environment(processes=1) as executor:
        made = outcomes(two, from_dropout=False)
        covariance = two.model.covariance
        fits = replicates(made, covariance, executor, None)  # of the same outcomes for both
        found = conditional_mean(
            made, strategies=tuple(STRATEGIES), covariance=covariance, level=LEVEL, executor=executor, model=fits
        )
        drawn = _drawn(made, executor)
        tipping = tipping_point_conditional_mean(
            outcomes(two, from_dropout=True),
            strategy="MAR",
            visit=variables.LAST,
            active=SHIFTS,
            reference=SHIFTS,
            pattern="constant",
            covariance=covariance,
            level=LEVEL,
            executor=executor,
            model=fits,
        )
    affected = int((made.affected & made.missing & made.active[:, None])[:, -1].sum())
    rows, forest = [], []
    for name, words in STRATEGIES.items():
        one, anchored = found[name].at(variables.LAST)
        rows.append(
            (
                f"{name}: {words}",
                Number(one.estimate, 2),
                Number(one.se, 2),
                interval(one.low, one.high, 2),
                PValue(one.p),
                Number(anchored.se, 2),
                interval(anchored.low, anchored.high, 2),
                PValue(anchored.p),
            )
        )
        forest.append(one)
    head = (
        "Assumption after the event",
        "Estimate",
        "SE",
        "95 % interval",
        "p",
        "SE, anchored",
        "95 % interval",
        "p, anchored",
    )
    table = counts(
        "reference_based",
        f"{variables.PRIMARY} at week 6, {DIFFERENCE}: unseen outcomes imputed",
        head,
        rows,
        notes=(
            f"Conditional-mean imputation, jackknife, normal intervals. The reference is {NAMES[REFERENCE].lower()}; "
            "an assumption holds from the first scheduled visit after the event, in the active arm. Other gaps and "
            f"those of {NAMES[REFERENCE].lower()} are missing at random. Baseline and site enter by visit, so "
            "that MAR here is near the primary analysis and not the same.",
            found["J2R"].explanation,
            *found["J2R"].warnings,
        ),
    )
    says = (
        (
            f"At week 6, {affected} unseen outcome(s) on {NAMES[ACTIVE]} follow an intercurrent event; on these the "
            "assumptions differ."
        )
        if affected
        else (
            f"No unseen outcome on {NAMES[ACTIVE]} follows an intercurrent event, so all assumptions give one number."
        )
    )
    return Section("robustness", title, (says, table, *drawn, _why_not_the_primary(two, forest[0]), _tipping(tipping)))


DRAWS, BURN_IN, SEED = 500, 25, 20_260_102


def _drawn(made: Panel, executor) -> tuple:
    """The same assumptions by multiple imputation, with Rubin's rules; or why it cannot be."""
    try:
        found = multiple_imputation(
            made, strategies=tuple(STRATEGIES), draws=DRAWS, burn_in=BURN_IN, seed=SEED, level=LEVEL, executor=executor
        )
    except NotEstimable as reason:
        return (f"Multiple imputation could not be made. {reason}",)
    rows = []
    for name, words in STRATEGIES.items():
        one = found[name].at(variables.LAST)
        ends = interval(one.low, one.high, 2)
        rows.append((f"{name}: {words}", Number(one.estimate, 2), Number(one.se, 2), Number(one.df, 1), ends))
        rows[-1] += (PValue(one.p),)
    table = counts(
        "multiple_imputation",
        f"{variables.PRIMARY} at week 6, {DIFFERENCE}: the same by multiple imputation",
        ("Assumption after the event", "Estimate", "SE", "df", "95 % interval", "p"),
        rows,
        notes=(
            f"{DRAWS} imputed data sets by Gibbs sampling with an unstructured covariance, seed {SEED}; analysis of "
            "covariance of each; Rubin's rules with the degrees of freedom of Barnard and Rubin.",
        ),
    )
    return (table,)


def _why_not_the_primary(two: Comparison, mar) -> str:
    """MAR and the unshifted cell of the tipping map are not the primary result; the reader is told what parts them."""
    row = two.primary
    return (
        f"The primary analysis has {number(row['estimate'], 2)}, p = {p_value(row['p'])}; MAR by conditional means, "
        f"and with it the tipping point before any shift, has {number(mar.estimate, 2)}, p = {p_value(mar.p)}. Two "
        "things part them. The imputation model gives baseline and site a slope at each week, where the primary model "
        "has one for all weeks. And the jackknife's interval and p are those of the normal distribution, the primary "
        "ones of Student's t with Kenward and Roger's degrees of freedom, which are fewer and milder; multiple "
        "imputation has Student's t too."
    )


def outcomes(two: Comparison, *, from_dropout: bool) -> Panel:
    """Changes by visit as the primary analysis sees them, with the visit from which each subject's event counts.

    Ratings that left are unseen. from_dropout: who left without an event has one at the first visit after the last
    rating, so that all that is unseen at the end is shifted; otherwise such gaps are missing at random (PROTOCOL 9).
    """
    own = two.subjects[["subject", "arm"]]
    frame = two.primary_hamd.after_baseline.merge(own, on="subject").astype({"change": float, "base": float})
    visits = tuple(visit for visit in variables.WEEKS if visit in set(frame["visit"]))
    never = two.primary_hamd.frame[two.primary_hamd.frame["visit"] == variables.BASELINE].merge(own, on="subject")
    never = never[~never["subject"].isin(frame["subject"])]
    if len(never):  # a baseline and no rating that counts: imputed as everybody else whose outcomes were not seen
        never = never.astype({"change": float, "base": float}).assign(visit=visits[0], change=np.nan)
        frame = pd.concat([frame, never], ignore_index=True)
    place = {visit: at for at, visit in enumerate(visits)}
    rated = frame[frame["change"].notna()]
    seen = rated["visit"].map(place).groupby(rated["subject"]).max()
    events = events_by_visit(two.cuts, visits, seen)
    if from_dropout:
        left = dropout_visits(frame, subject="subject", visit="visit", response="change", visits=visits)
        events = {
            who: min((one[who] for one in (events, left) if who in one), key=place.get)
            for who in events.keys() | left.keys()
        }
    return panel(
        frame,
        subject="subject",
        visit="visit",
        response="change",
        arm="arm",
        active=ACTIVE,
        reference=REFERENCE,
        covariates=("base",),
        factors=("site",) if frame["site"].nunique() > 1 else (),
        visits=visits,
        events={who: visit for who, visit in events.items() if who in set(frame["subject"])},
    )


def events_by_visit(cuts: pd.DataFrame, visits: tuple[str, ...], seen: pd.Series) -> dict[str, str]:
    """Subject -> the first scheduled visit after the last day that counts; who has none after it is not in it.

    seen: the place of the last visit whose rating counts, by subject: a visit that took place early, before the event,
    is not after it.
    """
    found = {}
    for who, last in cuts["last"].items():
        after = [
            visit for place, visit in enumerate(visits) if trial.visit(visit).day > last and place > seen.get(who, -1)
        ]
        if after:
            found[who] = after[0]
    return found


def _tipping(found: TippingPoint) -> Figure | str:
    """The grid of shifts as a map of p with the line at 5 %."""
    if not found.shifted_active and not found.shifted_reference:
        return "Everybody was rated at week 6: there is nothing to shift."
    at_zero = found.tipping[found.reference.index(0.0)]
    middle = found.p[found.active.index(0.0), found.reference.index(0.0)]
    says = (
        f"Outcomes unseen at week 6 ({found.shifted_active} on {NAMES[ACTIVE]}, {found.shifted_reference} on "
        f"{NAMES[REFERENCE].lower()}) are made worse by the points on the axes. Without a shift p = "
        f"{p_value(middle)}. "
    )
    if not found.shifted_active:
        says += f"Nobody on {NAMES[ACTIVE]} is shifted, so the map changes along one axis only."
    elif np.isnan(at_zero):
        says += "It is not significant to begin with, so nothing tips."
    elif np.isinf(at_zero):
        says += f"No shift of {NAMES[ACTIVE]} alone makes it not significant."
    else:
        says += f"With {NAMES[REFERENCE].lower()} unshifted it tips at {number(at_zero)} points on {NAMES[ACTIVE]}."
    rows = [
        (Number(a, 0), *(PValue(found.p[i, j]) for j in range(0, len(found.reference), 4)))
        for i, a in enumerate(found.active)
        if i % 2 == 0
    ]
    head = (f"{NAMES[ACTIVE]} \\ {NAMES[REFERENCE].lower()}", *(str(Number(r, 0)) for r in found.reference[::4]))
    data = counts(
        "tipping_points",
        "Tipping point: p by shift of both arms",
        head,
        rows,
        notes=(f"{LABELS[variables.LAST]}. {found.method}.", *found.warnings),
    )
    title = f"Tipping point of the difference in {variables.PRIMARY} at week 6"
    return Figure("tipping", title, says, says, partial(tipping_map, found), data)


def tipping_map(found: TippingPoint) -> bytes:
    return drawings.heat_map(
        found.p,
        across=found.reference,
        up=found.active,
        contour=1 - found.level,
        x=f"Points added to unseen outcomes, {NAMES[REFERENCE].lower()}",
        y=f"Points added to unseen outcomes, {NAMES[ACTIVE]}",
        words=f"p = {1 - found.level:.2f}",
    )
