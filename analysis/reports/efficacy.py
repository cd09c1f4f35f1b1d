"""The arms told: disposition, baseline, the primary model, what stands beside it, response, moderation.

Every function takes a Comparison and gives a Section. Differences are active minus reference everywhere.
"""

from collections.abc import Callable
from functools import partial

import pandas as pd

from analysis.derive import plan, variables
from analysis.derive.plan import Pair
from analysis.papers import figures
from analysis.papers.tables import contrasts, counts, estimates, interval, mean_sd, number, p_value, percent, tests
from analysis.reports import made_by, standardised, thresholds, whom
from analysis.reports.comparison import Comparison, responding_outcome
from analysis.reports.document import Analysis, Figure, Number, PValue, Section, Table
from analysis.reports.results import names_of
from analysis.reports.supplementary import by_visit_of, course_of_means, means_of
from analysis.stats.descriptive import count, summary
from analysis.stats.design_matrix import DesignError
from analysis.stats.mmrm import Fit, NotConverged
from analysis.stats.moderation import johnson_neyman
from analysis.stats.results import NotEstimable, Region
from crf import trial
from crf.spec.outcomes import Moderator

UNCONTROLLED = "Not controlled for multiplicity: p is nominal."
ONE_BAR_EACH = 150  # subjects that a waterfall can show one by one
TEST_NAMES = {
    "Boschloo": "Boschloo (primary)",
    "Pearson": "Pearson, no correction",
    "N-1": "N−1 chi-square",
    "Fisher": "Fisher, two-sided",
    "G2": "Likelihood ratio",
}


def disposition(comparison: Comparison) -> Section:
    """Who was allocated, treated, rated at the primary visit and lost, by arm."""
    subjects = comparison.subjects
    at_last = set(comparison.every.frame.loc[comparison.every.frame["visit"] == plan.last(), "subject"])
    facts = [
        ("Randomised", subjects["subject"].notna()),
        ("First dose taken", subjects["first_dose_on"].notna()),
        ("Completed the study drug", subjects["treatment_ended"] == "COMPLETED"),
        ("Completed the study", subjects["status"] == "completed"),
        ("Left the study", subjects["status"] == "discontinued"),
        (f"{comparison.every.score} rated at {plan.at_last()}", subjects["subject"].isin(at_last)),
    ]
    reasons = subjects.loc[subjects["status"] == "discontinued", "study_ended"].dropna()
    facts[5:5] = [(f"   {reason.capitalize()}", subjects["study_ended"] == reason) for reason in sorted(set(reasons))]
    rows = [
        (label, *(int((flag & (subjects["arm"] == arm)).sum()) for arm in plan.names()), int(flag.sum()))
        for label, flag in facts
    ]
    keys = ("randomised", "dosed", "drug", "completed", "left", *sorted(set(reasons)), "rated")
    table = counts("disposition", "Subjects by arm", ("", *plan.order(), "All"), rows).by(
        Analysis.of(
            "disposition_table",
            arms=plan.names(),
            rows={key: label.strip() for key, (label, _) in zip(keys, facts, strict=True)},
            outcome=plan.primary().code,
            visit=plan.last(),
        )
    )
    return Section("disposition", "Disposition", (table,), whom.RANDOMISED)


def baseline(comparison: Comparison) -> Section:
    """The arms before treatment. No p-values: what randomisation left to chance needs no test."""
    subjects = comparison.subjects
    numeric = [("Age (years)", subjects["age"])]
    codes = ["age"]
    for outcome in plan.reported():
        taken = comparison.course(outcome.code)
        if taken.has_baseline:
            numeric.append((outcome.label, subjects["subject"].map(_base(taken))))
            codes.append(outcome.code)
    for one in trial.ANALYSIS.moderators:
        values = subjects["subject"].map(comparison.moderator(one.code))
        numeric.append((plan.at_start(one.label) + (f" ({one.unit})" if one.unit else ""), values))
        codes.append(one.code)
    picks = [*(subjects["arm"] == arm for arm in plan.names()), subjects["arm"].notna()]
    rows: list[tuple] = [("Subjects", *(str(int(pick.sum())) for pick in picks))]
    women = subjects["sex"] == "F"
    shares = [
        count(int((women & pick).sum()), int(pick.sum()), name="", missing=0, level=plan.level()) for pick in picks
    ]
    rows.append(("Women", *map(percent, shares)))
    for label, values in numeric:
        found = [summary(values[pick].astype(float), name=label, level=plan.level()) for pick in picks]
        rows.append((f"{label}, mean (SD)", *map(mean_sd, found)))
        if any(one.missing for one in found):
            rows.append(("   not known", *(str(one.missing) for one in found)))
    table = counts("baseline", "Baseline by arm", ("", *plan.order(), "All"), rows).by(
        Analysis.of(
            "baseline_table",
            arms=plan.names(),
            numeric={code: f"{label}, mean (SD)" for code, (label, _) in zip(codes, numeric, strict=True)},
            women="Women",
        )
    )
    return Section("baseline", "Baseline", (table,), whom.RANDOMISED)


def _base(taken: variables.Course) -> pd.Series:
    return taken.frame.drop_duplicates("subject").set_index("subject")["base"]


def primary(comparison: Comparison) -> Section:
    """The primary model: differences by visit, the means, and what the fit has to say about itself."""
    model, outcome = comparison.model, plan.primary()
    says = []
    for pair in plan.pairs():
        row = comparison.contrast(pair)
        says.append(
            f"At {plan.at_last()} the change in {outcome.label} differs by {number(row['estimate'])} points "
            f"({pair.difference}; {plan.interval()} {interval(row['low'], row['high'])}, p = {p_value(row['p'])}, "
            f"Kenward-Roger). A {_good(outcome)} difference favours {plan.names()[pair.active]}."
        )
    notes = (
        f"Mixed model for repeated measures, REML, {_structure(model)} covariance, Kenward-Roger; {model.n_subjects} "
        f"subjects, {model.n_observations} ratings." + (" Sites weigh equally." if _has_site(model) else ""),
        *(f"{tried} was left: {why}" for tried, why in model.fallback),
        *model.warnings,
    )
    by_visit = contrasts(
        "mmrm",
        f"{outcome.label}, change from baseline: least-squares means and their difference",
        {pair.difference: comparison.differences(pair) for pair in plan.pairs()},
        plan.labels(),
        means_of(model),
        tuple(plan.names().items()),
        intervals=plan.interval(),
        notes=notes,
    ).by(*by_visit_of(model, outcome))
    robust = () if model.covariance == "un" else (sandwiches(comparison),)
    return Section(
        "primary", "Primary analysis", (" ".join(says), course_of_means(comparison), by_visit, *robust), whom.COUNTED
    )


def _good(outcome) -> str:
    """The sign of a difference that favours the active arm."""
    return "negative" if plan.is_better_lower(outcome) else "positive"


def _has_site(model: Fit) -> bool:
    return "site" in model.design.levels


def sandwiches(comparison: Comparison) -> Table:
    """The differences with standard errors that hold whatever the covariance is (METHODS 6.10): where it is not UN."""
    several, labels = len(plan.pairs()) > 1, plan.labels()
    rows = [
        (
            labels[row["visit"]],
            kind.upper(),
            *((pair.difference,) if several else ()),
            Number(row["estimate"], 2),
            Number(row["se"], 2),
            Number(row["df"], 1),
            interval(row["low"], row["high"], 2),
            Number(row["t"], 2),
            PValue(row["p"]),
        )
        for pair in plan.pairs()
        for kind, found in comparison.robust_differences(pair).items()
        for row in found.to_dict("records")
    ]
    rows.sort(key=lambda row: list(labels.values()).index(row[0]))
    head = (
        *("Visit", "Sandwich"),
        *(("Compared",) if several else ()),
        *("Difference", "SE", "df", plan.interval(), "t", "p"),
    )
    notes = (
        f"Printed because the covariance is {_structure(comparison.model)} and not unstructured. The primary p stays "
        "that of Kenward-Roger.",
    )
    title = f"The same differences with robust standard errors, {plan.differences()}"
    return counts("mmrm_sandwich", title, head, rows, notes=notes)


def _structure(model: Fit) -> str:
    return {"un": "unstructured"}.get(model.covariance, model.covariance)


def beside(comparison: Comparison) -> Section:
    """The analyses of covariance beside the primary model, all in one picture."""
    outcome = plan.primary()
    rows = [
        (
            pair.row(f"{other.label}, {'last carried forward' if carried else 'observed'}"),
            comparison.carried(other.code, pair)
            if carried
            else comparison.covariance(comparison.course(other.code), pair, carried=False),
        )
        for other in plan.changes()
        for carried in (False, True)
        for pair in plan.pairs()
    ]
    title, intervals = f"Analysis of covariance at {plan.at_last()}, {plan.differences()}", plan.interval()
    notes = (f"Change ~ baseline + arm at {plan.at_last()}. " + UNCONTROLLED,)
    found = [(label, fit.contrast) for label, fit in rows]
    kinds = [(other, carried, pair) for other in plan.changes() for carried in (False, True) for pair in plan.pairs()]
    # The primary outcome comes first; its differences stand in the picture of all analyses.
    for (label, fit), (other, carried, pair) in list(zip(rows, kinds, strict=True))[: 2 * len(plan.pairs())]:
        one, called = fit.contrast, f"Analysis of covariance: {label}"
        made = (made_by.covariance(other, called, pair.active, made_by.NOTED, carried=carried),)
        comparison.note(called, one.estimate, one.low, one.high, one.p, made=made)
    table = estimates("ancova", title, found, intervals=intervals, notes=notes).by(*_covariances(rows, kinds))
    title = "The same with robust standard errors (HC3)"
    robust = estimates("ancova_robust", title, [(label, fit.robust) for label, fit in rows], intervals=intervals)
    robust = robust.by(*_covariances(rows, kinds, robust=True))
    bars = []
    for pair in plan.pairs():
        row = comparison.contrast(pair)
        label = pair.row(f"{outcome.label}, MMRM (primary)")
        bars.append(_bar(label, row["estimate"], row["low"], row["high"], row["p"], True))
    bars += [_bar(label, one.estimate, one.low, one.high, one.p, False) for label, one in found]
    says = f"All differences are {plan.differences()}, in points of change at {plan.at_last()}, with {intervals}s."
    data = counts(
        "forest_points",
        f"Differences at {plan.at_last()}, the numbers of the figure",
        ("Analysis", "Difference", "Low", "High"),
        [(bar.label, *(Number(x, 2) for x in (bar.estimate, bar.low, bar.high))) for bar in bars],
    ).by(
        *(
            one
            for pair, bar in zip(plan.pairs(), bars, strict=False)
            for one in made_by.mixed_row(comparison.model, outcome, bar.label, pair.active, made_by.POINTS)
        ),
        *_covariances(rows, kinds, made_by.POINTS),
    )
    alt = says + " " + " ".join(f"{bar.label}: {bar.text}." for bar in bars)
    draw = partial(figures.forest, tuple(bars), x=f"{plan.differences()} (points)", favours=_favours())
    drawing = Figure("forest", f"Differences in change at {plan.at_last()}", says, alt, draw, data)
    return Section("beside", "Analyses beside it", (drawing, table, robust), whom.RATED)


def _covariances(rows, kinds, columns=made_by.ESTIMATE, *, robust: bool = False) -> list[Analysis]:
    return [
        made_by.covariance(outcome, label, pair.active, columns, carried=carried, robust=robust)
        for (label, _), (outcome, carried, pair) in zip(rows, kinds, strict=True)
    ]


def _favours() -> tuple[str, str] | None:
    """What the left and the right of the forest favour; None where the outcomes do not agree which way is better."""
    ways = {plan.is_better_lower(outcome) for outcome in plan.changes()}
    if len(ways) > 1:
        return None
    active = plan.names()[plan.pairs()[0].active] if len(plan.pairs()) == 1 else "the active arm"
    sides = f"favours {active}", f"favours {plan.in_sentence(plan.names()[trial.REFERENCE.code])}"
    return sides if ways == {True} else (sides[1], sides[0])


def _bar(label, estimate, low, high, p, is_primary) -> figures.Bar:
    text = f"{number(estimate)} ({interval(low, high)})  p {p_value(p)}"
    return figures.Bar(label, estimate, low, high, text, is_primary)


def response(comparison: Comparison) -> Section:
    """Response and remission at the primary visit: counts, tests, risk differences, number needed to treat."""
    remission = trial.ANALYSIS.remission
    what = "Response and remission" if remission else "Response"
    says = " ".join(_response_says(comparison, pair) for pair in plan.pairs())
    having = {arm: comparison.having("responded", arm) for arm in plan.names()}
    rows = [("Response", *map(percent, having.values()), str(sum(one.missing for one in having.values())))]
    notes = f"Response: {comparison.response(plan.pairs()[0]).rule}. "
    if remission:
        remitted = [comparison.having("remitted", arm) for arm in plan.names()]
        rows.append(("Remission", *map(percent, remitted), str(sum(one.missing for one in remitted))))
        notes += f"Remission: {trial.ANALYSIS.outcome(remission.outcome).label} at {plan.at_last()} {plan.remits()}. "
    table = counts(
        "response",
        f"{what} at {plan.at_last()}, all randomised",
        ("", *plan.order(), "Of them not rated"),
        rows,
        notes=(notes + "Who was not rated counts as non-response. " + UNCONTROLLED,),
    ).by(
        Analysis.of(
            "response_table",
            rules={row[0]: made_by.rule(row[0].lower()) for row in rows},
            at=plan.last(),
            arms=plan.names(),
        )
    )
    compared = [block for pair in plan.pairs() for block in _response_tables(comparison, pair)]
    return Section(
        "response",
        f"{what} at {plan.at_last()}",
        (says, table, *compared, *_falls(comparison), thresholds.improved(comparison)),
        whom.RANDOMISED,
    )


def _response_says(comparison: Comparison, pair: Pair) -> str:
    found, names = comparison.response(pair), plan.names()
    gap, boschloo = found.difference, found.test("Boschloo")
    return (
        f"{found.active.events} of {found.active.n} responded on {names[pair.active]} and {found.reference.events} of "
        f"{found.reference.n} on {plan.in_sentence(names[pair.reference])}: a difference of "
        f"{number(100 * gap.estimate)} points ({interval(100 * gap.low, 100 * gap.high)}, Miettinen-Nurminen), "
        f"p = {p_value(boschloo.p)} (Boschloo). {found.needed_to_treat.text} (Newcombe)."
    )


def _response_tables(comparison: Comparison, pair: Pair) -> tuple[Table, ...]:
    """The tests, risk differences and ratios of one comparison."""
    found = comparison.response(pair)
    named = [(TEST_NAMES.get(one.name, one.name), one) for one in found.tests]
    facts = {"rule": made_by.rule("response"), "at": plan.last()}
    facts |= {"active": pair.active, "reference": pair.reference}
    tested = tests(
        pair.key("response_tests"), pair.row("Response: is there a difference?"), named, notes=found.warnings
    ).by(
        Analysis.of(
            "tests_table", rows={one.name: label for one, (label, _) in zip(found.tests, named, strict=True)}, **facts
        )
    )
    facts |= {"level": plan.level()}
    adjusted, why_not = standardised.adjusted(comparison, pair)
    differences = counts(
        pair.key("risk_differences"),
        f"Response: risk difference, {pair.difference} (points)",
        ("Interval", "Difference", "Low", "High"),
        [
            (name, *(Number(100 * value, 2) for value in (one.estimate, one.low, one.high)))
            for name, one in (*((one.name, one) for one in found.differences), *adjusted)
        ],
        notes=(f"Number needed to treat, from Newcombe's interval: {found.needed_to_treat.text}.", *why_not),
    ).by(Analysis.of("differences_table", adjusted=[name for name, _ in adjusted], **facts))
    ratios = counts(
        pair.key("ratios"),
        pair.row("Response: ratios"),
        ("", "Ratio", "Low", "High", "p"),
        [
            (one.name.capitalize(), Number(one.estimate, 2), Number(one.low, 3), Number(one.high, 1), PValue(one.p))
            for one in found.ratios
        ],
    ).by(Analysis.of("ratios_table", **facts))
    return tested, differences, ratios


def _falls(comparison: Comparison) -> tuple[Figure, ...]:
    """Each subject's change in percent, one bar a subject."""
    outcome, percent_of = responding_outcome(), trial.ANALYSIS.response.percent
    falls = plan.is_better_lower(outcome)
    frame = comparison.at_primary_visit(comparison.course(outcome.code), carried=False).dropna(subset=["percent"])
    names = plan.names()
    bars = tuple((row["subject"], float(row["percent"]), names[row["arm"]]) for row in frame.to_dict("records"))
    if not 0 < len(bars) <= ONE_BAR_EACH:
        return ()
    data = counts(
        "falls_points",
        "Change of each subject, the numbers of the figure",
        ("Subject", "Arm", "Change (%)"),
        [(who, arm, Number(value, 1)) for who, value, arm in bars],
    ).by(Analysis.of("falls_table", outcome=outcome.code, at=plan.last(), printed=names))
    far = sum(value <= -percent_of if falls else value >= percent_of for _, value, _ in bars)
    says = (
        f"One bar a subject rated at {plan.at_last()} (n = {len(bars)}); {far} {'fell' if falls else 'rose'} by at "
        f"least {plan.share(percent_of)}."
    )
    draw = partial(
        figures.waterfall,
        bars,
        groups=plan.order(),
        line=float(-percent_of if falls else percent_of),
        y=f"Change of {outcome.label} (%)",
        falls=falls,
    )
    return (Figure("falls", f"Change of {outcome.label} at {plan.at_last()}", says, says, draw, data),)


def moderation(comparison: Comparison, one: Moderator) -> Section:
    """Does the effect depend on what was measured before treatment? Exploratory."""
    blocks = [block for pair in plan.pairs() for block in _moderated(comparison, one, pair)]
    return Section(one.code, f"Treatment and {one.label}", tuple(blocks), whom.RATED)


def _moderated(comparison: Comparison, one: Moderator, pair: Pair) -> tuple[Figure, Table]:
    fit = comparison.moderation(one, pair)
    region = johnson_neyman(fit, level=plan.level(), simultaneous="none", grid=81)
    slope, outcome = fit.interaction, trial.ANALYSIS.outcome(one.outcome or plan.primary().code)
    unit = f" {one.unit}" if one.unit else ""
    per = f"{one.per}{unit}" if one.unit or one.per != 1 else "unit"
    says = (
        f"Per {per} of {one.label} the difference {pair.difference} changes by {number(one.per * slope.estimate, 2)} "
        f"points ({interval(one.per * slope.low, one.per * slope.high, 2)}, p = {p_value(slope.p)}; exploratory). "
        f"Within the observed range the {plan.in_percent(trial.ANALYSIS.level)} band leaves out 0 "
        f"{_where(region, unit)}."
    )
    table = estimates(
        pair.key(f"{one.code}_moderation"),
        pair.row(f"Treatment x {one.label}, change of {outcome.label} at {plan.at_last()}, last carried forward"),
        [
            (f"Treatment x {one.label}", slope),
            ("the same, HC3", fit.robust),
            (f"{pair.difference} at mean {one.label} ({number(fit.centre)})", fit.effect_at_mean),
        ],
        places=3,
        intervals=plan.interval(),
        notes=(f"{fit.method}. Exploratory. " + UNCONTROLLED, *fit.warnings),
    )
    facts = {
        "moderator": one.code,
        "outcome": outcome.code,
        "order": plan.visits_to_primary(outcome),
        "arms": made_by.reference_first(),
        "active": pair.active,
        "level": plan.level(),
    }
    table = table.by(Analysis.of("moderation_table", rows=tuple(str(row[0]) for row in table.rows), **facts))
    values, arms, names = (
        comparison.moderator(one.code).dropna(),
        comparison.subjects.set_index("subject")["arm"],
        plan.names(),
    )
    observed = tuple((names[arm], tuple(sorted(values[arms[values.index] == arm]))) for arm in pair.arms)
    label = plan.at_start(one.label)
    data = counts(
        pair.key(f"{one.code}_points"),
        f"Effect by {one.label}, the numbers of the figure",
        (label, "Effect", "Low", "High", "Within the observed range"),
        [
            (Number(x, 1), Number(y, 2), Number(low, 2), Number(high, 2), "yes" if inside else "no")
            for x, y, low, high, inside in region.points
        ],
    )
    data = data.by(Analysis.of("moderation_points", names=tuple(names_of(data)), **facts))
    drawing = Figure(
        pair.key(one.code),
        pair.row(f"Difference in {outcome.label} change by {one.label}"),
        says,
        says,
        partial(
            figures.moderation,
            region.points,
            observed=observed,
            bounds=region.bounds,
            x=f"{label} before treatment" + (f" ({one.unit})" if one.unit else ""),
            y=pair.difference,
            band=f"{plan.in_percent(trial.ANALYSIS.level)} band",
        ),
        data,
    )
    return drawing, table


def _where(region: Region, unit: str) -> str:
    """For which observed values the effect differs from 0, in words."""
    seen = [(value, low > 0 or high < 0) for value, _, low, high, inside in region.points if inside]
    if not any(differs for _, differs in seen):
        return "nowhere"
    bounds = [bound for bound in region.bounds if seen[0][0] < bound < seen[-1][0]]
    if not bounds:
        return "everywhere"
    if len(bounds) == 2:
        return f"{'outside' if seen[0][1] else 'between'} {bounds[0]:.0f} and {bounds[1]:.0f}{unit}"
    return f"{'below' if seen[0][1] else 'above'} {bounds[0]:.0f}{unit}"


def told(tell: Callable[[Comparison], Section], comparison: Comparison, key: str, title: str) -> Section:
    """The section; where the data cannot carry its method, the sentence that says so."""
    try:
        return tell(comparison)
    except (NotEstimable, NotConverged, DesignError) as reason:
        return Section(key, title, (f"This could not be made. {reason}",))
