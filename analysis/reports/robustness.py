"""What the primary result leans on: other assumptions about what was not seen (METHODS 8).

Reference-based imputation with both standard errors, multiple imputation beside it (drawn with a fixed seed), and the
tipping point over both arms.
"""

from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd

from analysis.derive import plan
from analysis.derive.plan import Pair
from analysis.papers import drawings
from analysis.papers.tables import counts, interval, number, p_value
from analysis.reports import estimand, made_by, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Analysis, Figure, Number, PValue, Section, Table
from analysis.stats.executor import executor_from_environment
from analysis.stats.imputation.conditional_mean import conditional_mean, replicates
from analysis.stats.imputation.delta import TippingPoint, tipping_point_conditional_mean
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import Panel, dropout_visits, panel
from analysis.stats.results import Estimate, NotEstimable
from crf import trial

STRATEGIES = {
    "MAR": "missing at random",
    "J2R": "jump to reference",
    "CR": "copy reference",
    "CIR": "copy increments in reference",
}
SHIFTS = tuple(float(shift) for shift in range(-4, 25))  # points by which an unseen outcome is made worse
TITLE = "Sensitivity to what was not seen"
MOST = 1_000  # subjects: the jackknife fits the model once without each
DRAWS, BURN_IN, SEED = 500, 25, 20_260_102  # imputed data sets, and the steps of the chain before each


def robustness(comparison: Comparison) -> Section:
    """Reference-based imputation and the tipping point for the primary contrast."""
    if too_many := plan.not_for_so_many_arms():
        return Section("robustness", TITLE, (too_many,))
    (pair,) = plan.pairs()
    names, intervals = plan.names(), plan.interval()
    reference = plan.in_sentence(names[pair.reference])
    shifts = SHIFTS if plan.is_better_lower(plan.primary()) else tuple(-shift for shift in reversed(SHIFTS))
    n = len(comparison.subjects)
    if n > MOST:
        return Section(
            "robustness",
            TITLE,
            (
                f"Not made for {n} subjects: the jackknife would fit the model {n} times. Run `manage.py analyse "
                "--method imputation` on the data set.",
            ),
        )
    with executor_from_environment(processes=1) as executor:
        made = outcomes(comparison, pair, from_dropout=False)
        # Of the same outcomes for both. A number is never made of a fit that did not converge.
        fits, covariance, other = comparison.by_its_covariance(lambda name: replicates(made, name, executor, None))
        found = conditional_mean(
            made, strategies=tuple(STRATEGIES), covariance=covariance, level=plan.level(), executor=executor, model=fits
        )
        drawn = _drawn(comparison, made, pair, executor)
        tipping = tipping_point_conditional_mean(
            outcomes(comparison, pair, from_dropout=True),
            strategy="MAR",
            visit=plan.last(),
            active=shifts,
            reference=shifts,
            pattern="constant",
            covariance=covariance,
            level=1 - plan.alpha(),  # it tips where the p of a test does
            executor=executor,
            model=fits,
        )
    told = partial(_made, pair, covariance)
    affected = int((made.affected & made.missing & made.active[:, None])[:, -1].sum())
    rows, forest = [], []
    for name, words in STRATEGIES.items():
        one, anchored = found[name].at(plan.last())
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
        called = f"{name}: {words}, conditional means"
        how = told("imputed_row", called, strategy=name, columns=made_by.NOTED, level=plan.level())
        comparison.note(called, one.estimate, one.low, one.high, one.p, made=(how,))
        forest.append(one)
    head = ("Assumption after the event", "Estimate", "SE", intervals, "p", "SE, anchored", intervals, "p, anchored")
    table = counts(
        "reference_based",
        f"{plan.primary().label} at {plan.at_last()}, {pair.difference}: unseen outcomes imputed",
        head,
        rows,
        notes=(
            f"Conditional-mean imputation, jackknife, normal intervals. The reference is {reference}; "
            "an assumption holds from the first scheduled visit after the event, in the active arm. Other gaps and "
            f"those of {reference} are missing at random.",
            *other,
            found["J2R"].explanation,
            *found["J2R"].warnings,
        ),
    ).by(
        *(
            told("imputed_row", str(row[0]), strategy=name, columns=COLUMNS, level=plan.level())
            for name, row in zip(STRATEGIES, rows, strict=True)
        )
    )
    says = (
        (
            f"At {plan.at_last()}, {affected} unseen outcome(s) on {names[pair.active]} follow an intercurrent event; "
            "on these the assumptions differ."
        )
        if affected
        else (
            f"No unseen outcome on {names[pair.active]} follows an intercurrent event, so all assumptions give one "
            "number."
        )
    )
    why = _why_not_the_primary(comparison, pair, forest[0])
    return Section("robustness", TITLE, (says, table, drawn, why, _tipping(tipping, pair, told)), whom.COUNTED)


COLUMNS = {"estimate": 1, "se": 2, "ends": 3, "p": 4, "anchored": 5}


def _made(pair: Pair, covariance: str, method: str, row: str, **more) -> Analysis:
    """How a number of the conditional means was made."""
    if covariance != made_by.UNSTRUCTURED:
        why = f"the covariance is {covariance.upper()}, and the second program fits the unstructured one only"
        return Analysis.of(made_by.UNCOVERED, row, why=why)
    visits = plan.visits_of(plan.primary())
    return Analysis.of(
        method,
        row,
        outcome=plan.primary().code,
        visits=visits,
        days={visit: trial.visit(visit).day for visit in visits},
        after=estimand.days_after(),
        active=pair.active,
        reference=pair.reference,
        site=trial.ANALYSIS.adjusted_for_site,
        at=plan.last(),
        **more,
    )


def _drawn(comparison: Comparison, made: Panel, pair: Pair, executor: Executor) -> Table | str:
    """The same assumptions by multiple imputation, with Rubin's rules; or why it cannot be."""
    try:
        found = multiple_imputation(
            made,
            strategies=tuple(STRATEGIES),
            draws=DRAWS,
            burn_in=BURN_IN,
            seed=SEED,
            level=plan.level(),
            executor=executor,
        )
    except NotEstimable as reason:
        return f"Multiple imputation could not be made. {reason}"
    for name, words in STRATEGIES.items():
        one = found[name].at(plan.last())
        comparison.note(f"{name}: {words}, multiple imputation", one.estimate, one.low, one.high, one.p)
    rows = [
        (
            f"{name}: {words}",
            Number(one.estimate, 2),
            Number(one.se, 2),
            Number(one.df, 1),
            interval(one.low, one.high, 2),
            PValue(one.p),
        )
        for name, words in STRATEGIES.items()
        for one in (found[name].at(plan.last()),)
    ]
    return counts(
        "multiple_imputation",
        f"{plan.primary().label} at {plan.at_last()}, {pair.difference}: the same by multiple imputation",
        ("Assumption after the event", "Estimate", "SE", "df", plan.interval(), "p"),
        rows,
        notes=(
            f"{DRAWS} imputed data sets by Gibbs sampling with an unstructured covariance, seed {SEED}; analysis of "
            "covariance of each; Rubin's rules with the degrees of freedom of Barnard and Rubin.",
        ),
    )


def _why_not_the_primary(comparison: Comparison, pair: Pair, mar: Estimate) -> str:
    """MAR and the unshifted cell of the tipping map are not the primary result; the reader is told what parts them."""
    row = comparison.contrast(pair)
    slopes = "baseline and site a slope" if plan.with_site(comparison.subjects) else "baseline a slope"
    return (
        f"The primary analysis has {number(row['estimate'], 2)}, p = {p_value(row['p'])}; MAR by conditional means, "
        f"and with it the tipping point before any shift, has {number(mar.estimate, 2)}, p = {p_value(mar.p)}. Two "
        f"things part them. The imputation model gives {slopes} at each visit, where the primary model "
        "has one for all visits. And the jackknife's interval and p are those of the normal distribution, the primary "
        "ones of Student's t with Kenward and Roger's degrees of freedom, which is wider where these are few; multiple "
        "imputation has Student's t too."
    )


def outcomes(comparison: Comparison, pair: Pair, *, from_dropout: bool) -> Panel:
    """Changes by visit as the primary analysis sees them, with the visit from which each subject's event counts.

    Ratings that left are unseen. from_dropout: who left without an event has one at the first visit after the last
    rating, so that all that is unseen at the end is shifted; otherwise such gaps are missing at random (PROTOCOL 9).
    """
    own = comparison.subjects[["subject", "arm"]]
    frame = comparison.counted.after_baseline.merge(own, on="subject").astype({"change": float, "base": float})
    visits = tuple(visit for visit in plan.visits_of(comparison.counted.outcome) if visit in set(frame["visit"]))
    if not visits:
        label = comparison.counted.outcome.label
        raise NotEstimable(f"No {label} was rated after baseline: there is nothing to impute from.")
    first = comparison.counted.frame
    never = first[(first["visit"] == trial.BASELINE) & ~first["subject"].isin(frame["subject"])]
    if len(never):  # a baseline and no rating that counts: imputed as everybody else whose outcomes were not seen
        never = never.merge(own, on="subject").astype({"change": float, "base": float})
        frame = pd.concat([frame, never.assign(visit=visits[0], change=np.nan)], ignore_index=True)
    place = {visit: at for at, visit in enumerate(visits)}
    rated = frame[frame["change"].notna()]
    seen = rated["visit"].map(place).groupby(rated["subject"]).max()
    events = events_by_visit(comparison.cuts, visits, seen)
    if from_dropout:
        left = dropout_visits(frame, subject="subject", visit="visit", response="change", visits=visits)
        events = {
            who: min((one[who] for one in (events, left) if who in one), key=place.get)
            for who in events.keys() | left.keys()
        }
    present = set(frame["subject"])
    return panel(
        frame,
        subject="subject",
        visit="visit",
        response="change",
        arm="arm",
        active=pair.active,
        reference=pair.reference,
        covariates=("base",),
        factors=("site",) if plan.with_site(frame) else (),
        visits=visits,
        events={who: visit for who, visit in events.items() if who in present},
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


def _tipping(found: TippingPoint, pair: Pair, told) -> Figure | str:
    """The grid of shifts as a map of p with the line at alpha."""
    names = plan.names()
    reference = plan.in_sentence(names[pair.reference])
    if not found.shifted_active and not found.shifted_reference:
        return f"Everybody was rated at {plan.at_last()}: there is nothing to shift."
    at_zero = found.tipping[found.reference.index(0.0)]
    middle = found.p[found.active.index(0.0), found.reference.index(0.0)]
    says = (
        f"Outcomes unseen at {plan.at_last()} ({found.shifted_active} on {names[pair.active]}, "
        f"{found.shifted_reference} on {reference}) are made worse by the points on the axes. Without a shift p = "
        f"{p_value(middle)}. "
    )
    if not found.shifted_active:
        says += f"Nobody on {names[pair.active]} is shifted, so the map changes along one axis only."
    elif np.isnan(at_zero):
        says += "It is not significant to begin with, so nothing tips."
    elif np.isinf(at_zero):
        says += f"No shift of {names[pair.active]} alone makes it not significant."
    else:
        says += f"With {reference} unshifted it tips at {number(at_zero)} points on {names[pair.active]}."
    rows = [
        (Number(a, 0), *(PValue(found.p[i, j]) for j in range(0, len(found.reference), 4)))
        for i, a in enumerate(found.active)
        if i % 2 == 0
    ]
    head = (f"{names[pair.active]} \\ {reference}", *(str(Number(r, 0)) for r in found.reference[::4]))
    data = counts(
        "tipping_points",
        "Tipping point: p by shift of both arms",
        head,
        rows,
        notes=(f"{plan.labels()[plan.last()]}. {found.method}.", *found.warnings),
    )
    down = dict(zip(map(str, (row[0] for row in rows)), found.active[::2], strict=True))
    data = data.by(told("tipping_table", "", down=down, across=found.reference[::4]))
    title = f"Tipping point of the difference in {plan.primary().label} at {plan.at_last()}"
    return Figure("tipping", title, says, says, partial(tipping_map, found, pair), data)


def tipping_map(found: TippingPoint, pair: Pair) -> bytes:
    names = plan.names()
    reference = plan.in_sentence(names[pair.reference])
    return drawings.heat_map(
        found.p,
        across=found.reference,
        up=found.active,
        contour=1 - found.level,
        x=f"Points added to unseen outcomes, {reference}",
        y=f"Points added to unseen outcomes, {names[pair.active]}",
        words=f"p = {1 - found.level:.2f}",
    )
