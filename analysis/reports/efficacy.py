"""Two arms told: disposition, baseline, the primary model, what stands beside it, response, moderation by glycine.

Every function takes a Comparison and gives a Section. Differences are active minus placebo everywhere.
"""

from collections.abc import Callable
from functools import partial

import pandas as pd

from analysis.derive import variables
from analysis.papers import figures
from analysis.papers.tables import contrasts, counts, estimates, interval, mean_sd, number, p_value, percent, tests
from analysis.reports.comparison import ACTIVE, DIFFERENCE, NAMES, ORDER, REFERENCE, Comparison
from analysis.reports.document import Figure, Number, PValue, Section, Table
from analysis.reports.outcome import LABELS, LEVEL
from analysis.reports.supplementary import course_of_means
from analysis.stats.descriptive import count, summary
from analysis.stats.design_matrix import DesignError
from analysis.stats.lsmeans import lsmeans
from analysis.stats.mmrm import Fit, NotConverged
from analysis.stats.moderation import johnson_neyman
from analysis.stats.results import NotEstimable, Region
from crf import trial

UNCONTROLLED = "Not controlled for multiplicity: p is nominal."
ONE_BAR_EACH = 150  # subjects that a waterfall can show one by one
TEST_NAMES = {
    "Boschloo": "Boschloo (primary)",
    "Pearson": "Pearson, no correction",
    "N-1": "N−1 chi-square",
    "Fisher": "Fisher, two-sided",
    "G2": "Likelihood ratio",
}


def disposition(two: Comparison) -> Section:
    """Who was allocated, treated, rated at week 6 and lost, by arm."""
    subjects = two.subjects
    at_last = set(two.hamd.frame.loc[two.hamd.frame["visit"] == variables.LAST, "subject"])
    facts = [
        ("Randomised", subjects["subject"].notna()),
        ("First dose taken", subjects["first_dose_on"].notna()),
        ("Completed the study drug", subjects["treatment_ended"] == "COMPLETED"),
        ("Completed the study", subjects["status"] == "completed"),
        ("Left the study", subjects["status"] == "discontinued"),
        (f"{variables.PRIMARY} rated at week 6", subjects["subject"].isin(at_last)),
    ]
    reasons = subjects.loc[subjects["status"] == "discontinued", "study_ended"].dropna()
    facts[5:5] = [(f"   {reason.capitalize()}", subjects["study_ended"] == reason) for reason in sorted(set(reasons))]
    rows = [
        (label, *(int((flag & (subjects["arm"] == arm)).sum()) for arm in (ACTIVE, REFERENCE)), int(flag.sum()))
        for label, flag in facts
    ]
    return Section("disposition", "Disposition", (counts("disposition", "Subjects by arm", ("", *ORDER, "All"), rows),))


def baseline(two: Comparison) -> Section:
    """Both arms before treatment. No p-values: what randomisation left to chance needs no test."""
    subjects = two.subjects
    wide = two.collected.scores[two.collected.scores["visit"] == variables.BASELINE].set_index("subject")
    numeric = [
        ("Age (years)", subjects["age"]),
        ("HAMD-21", subjects["subject"].map(_base(two.hamd))),
        ("HAMD-17", subjects["subject"].map(wide["hamd17"])),
        ("BDI", subjects["subject"].map(_base(two.bdi))),
        ("CGI severity", subjects["subject"].map(wide["cgi_s"])),
        ("Serum glycine (µmol/L)", subjects["glycine"]),
    ]
    picks = [subjects["arm"] == ACTIVE, subjects["arm"] == REFERENCE, subjects["arm"].notna()]
    rows: list[tuple] = [("Subjects", *(str(int(pick.sum())) for pick in picks))]
    women = subjects["sex"] == "F"
    rows.append(
        (
            "Women",
            *(
                percent(count(int((women & pick).sum()), int(pick.sum()), name="", missing=0, level=LEVEL))
                for pick in picks
            ),
        )
    )
    for label, values in numeric:
        found = [summary(values[pick].astype(float), name=label, level=LEVEL) for pick in picks]
        rows.append((f"{label}, mean (SD)", *map(mean_sd, found)))
        if any(one.missing for one in found):
            rows.append(("   not known", *(str(one.missing) for one in found)))
    table = counts("baseline", "Baseline by arm", ("", *ORDER, "All"), rows)
    return Section("baseline", "Baseline", (table,))


def _base(taken: variables.Course) -> pd.Series:
    return taken.frame.drop_duplicates("subject").set_index("subject")["base"]


def primary(two: Comparison) -> Section:
    """The primary model: differences by week, the means, and what the fit has to say about itself."""
    model, row = two.model, two.primary
    says = (
        f"At week 6 the change in {variables.PRIMARY} differs by {number(row['estimate'])} points ({DIFFERENCE}; 95 % "
        f"interval {interval(row['low'], row['high'])}, p = {p_value(row['p'])}, Kenward-Roger). A negative difference "
        f"favours {NAMES[ACTIVE]}."
    )
    notes = (
        f"Mixed model for repeated measures, REML, {_structure(model)} covariance, Kenward-Roger; {model.n_subjects} "
        f"subjects, {model.n_observations} ratings. Sites weigh equally.",
        *(f"{tried} was left: {why}" for tried, why in model.fallback),
        *model.warnings,
    )
    found = lsmeans(model, factor="arm", by="visit", df="kr", level=LEVEL)
    means = {
        (one["visit"], one["arm"]): f"{number(one['estimate'], 2)} ({number(one['se'], 2)})"
        for one in found.to_dict("records")
    }
    title = f"{variables.PRIMARY}, change from baseline: least-squares means and their difference"
    names = tuple((arm, NAMES[arm]) for arm in (ACTIVE, REFERENCE))
    by_week = contrasts("mmrm", title, two.differences, LABELS, means, names, notes=notes)
    robust = () if model.covariance == "un" else (sandwiches(two),)
    return Section("primary", "Primary analysis", (says, course_of_means(two), by_week, *robust))


def sandwiches(two: Comparison) -> Table:
    """The differences with standard errors that hold whatever the covariance is (METHODS 6.10): where it is not UN."""
    rows = [
        (
            LABELS[row["visit"]],
            kind.upper(),
            Number(row["estimate"], 2),
            Number(row["se"], 2),
            Number(row["df"], 1),
            interval(row["low"], row["high"], 2),
            Number(row["t"], 2),
            PValue(row["p"]),
        )
        for kind, found in two.robust_differences.items()
        for row in found.to_dict("records")
    ]
    rows.sort(key=lambda row: list(LABELS.values()).index(row[0]))
    head = ("Visit", "Sandwich", "Difference", "SE", "df", "95 % interval", "t", "p")
    notes = (
        f"Printed because the covariance is {_structure(two.model)} and not unstructured. The primary p stays "
        "that of Kenward-Roger.",
    )
    return counts(
        "mmrm_sandwich", f"The same differences with robust standard errors, {DIFFERENCE}", head, rows, notes=notes
    )


def _structure(model: Fit) -> str:
    return {"un": "unstructured"}.get(model.covariance, model.covariance)


def beside(two: Comparison) -> Section:
    """The analyses of covariance beside the primary model, all in one picture."""
    rows = [
        (f"{taken.score}, {'last carried forward' if carried else 'observed'}", two.covariance(taken, carried=carried))
        for taken in (two.hamd, two.bdi)
        for carried in (False, True)
    ]
    notes = ("Change ~ baseline + arm at week 6. " + UNCONTROLLED,)
    table = estimates(
        "ancova",
        f"Analysis of covariance at week 6, {DIFFERENCE}",
        [(label, fit.contrast) for label, fit in rows],
        notes=notes,
    )
    robust = estimates(
        "ancova_robust", "The same with robust standard errors (HC3)", [(label, fit.robust) for label, fit in rows]
    )
    row = two.primary
    bars = [_bar("HAMD-21, MMRM (primary)", row["estimate"], row["low"], row["high"], row["p"], True)]
    bars += [
        _bar(label, fit.contrast.estimate, fit.contrast.low, fit.contrast.high, fit.contrast.p, False)
        for label, fit in rows
    ]
    says = f"All differences are {DIFFERENCE}, in points of change at week 6, with 95 % intervals."
    data = counts(
        "forest_points",
        "Differences at week 6, the numbers of the figure",
        ("Analysis", "Difference", "Low", "High"),
        [(bar.label, *(Number(x, 2) for x in (bar.estimate, bar.low, bar.high))) for bar in bars],
    )
    alt = says + " " + " ".join(f"{bar.label}: {bar.text}." for bar in bars)
    favours = (f"favours {NAMES[ACTIVE]}", f"favours {NAMES[REFERENCE].lower()}")
    draw = partial(figures.forest, tuple(bars), x=f"{DIFFERENCE} (points)", favours=favours)
    drawing = Figure("forest", "Differences in change at week 6", says, alt, draw, data)
    return Section("beside", "Analyses beside it", (drawing, table, robust))


def _bar(label, estimate, low, high, p, is_primary) -> figures.Bar:
    text = f"{number(estimate)} ({interval(low, high)})  p {p_value(p)}"
    return figures.Bar(label, estimate, low, high, text, is_primary)


def response(two: Comparison) -> Section:
    """Response and remission at week 6: counts, tests, risk differences, number needed to treat."""
    found = two.response
    gap, boschloo = found.difference, found.test("Boschloo")
    says = (
        f"{found.active.events} of {found.active.n} responded on {NAMES[ACTIVE]} and {found.reference.events} of "
        f"{found.reference.n} on {NAMES[REFERENCE].lower()}: a difference of {number(100 * gap.estimate)} points "
        f"({interval(100 * gap.low, 100 * gap.high)}, Miettinen-Nurminen), p = {p_value(boschloo.p)} (Boschloo). "
        f"{found.needed_to_treat.text} (Newcombe)."
    )
    remitted = [two.remitted(arm) for arm in (ACTIVE, REFERENCE)]
    unrated = str(sum(one.missing for one in remitted))
    rows = [
        ("Response", percent(found.active), percent(found.reference), unrated),
        ("Remission", *map(percent, remitted), unrated),
    ]
    notes = (
        f"Response: {found.rule}. Remission: {variables.PRIMARY} at week 6 at most {trial.ANALYSIS.remission.at_most}. "
        "Who was not rated counts as non-response. " + UNCONTROLLED,
    )
    table = counts(
        "response",
        "Response and remission at week 6, all randomised",
        ("", *ORDER, "Of them not rated"),
        rows,
        notes=notes,
    )
    named = [(TEST_NAMES.get(one.name, one.name), one) for one in found.tests]
    tested = tests("response_tests", "Response: is there a difference?", named, notes=found.warnings)
    differences = counts(
        "risk_differences",
        f"Response: risk difference, {DIFFERENCE} (points)",
        ("Interval", "Difference", "Low", "High"),
        [
            (one.name, *(Number(100 * value, 2) for value in (one.estimate, one.low, one.high)))
            for one in found.differences
        ],
        notes=(f"Number needed to treat, from Newcombe's interval: {found.needed_to_treat.text}.",),
    )
    ratios = counts(
        "ratios",
        "Response: ratios",
        ("", "Ratio", "Low", "High", "p"),
        [
            (one.name.capitalize(), Number(one.estimate, 2), Number(one.low, 3), Number(one.high, 1), p_value(one.p))
            for one in found.ratios
        ],
    )
    return Section(
        "response", "Response and remission at week 6", (says, table, tested, differences, ratios, *_falls(two))
    )


def _falls(two: Comparison) -> tuple[Figure, ...]:
    """Each subject's change in percent, one bar a subject."""
    frame = two.at_week_6(two.hamd, carried=False).dropna(subset=["percent"])
    bars = tuple((row["subject"], float(row["percent"]), NAMES[row["arm"]]) for row in frame.to_dict("records"))
    if not 0 < len(bars) <= ONE_BAR_EACH:
        return ()
    data = counts(
        "falls_points",
        "Change of each subject, the numbers of the figure",
        ("Subject", "Arm", "Change (%)"),
        [(who, arm, Number(value, 1)) for who, value, arm in bars],
    )
    fell = sum(value <= -50 for _, value, _ in bars)
    says = f"One bar a subject rated at week 6 (n = {len(bars)}); {fell} fell by at least half."
    return (
        Figure(
            "falls",
            f"Change of {variables.PRIMARY} at week 6",
            says,
            says,
            partial(figures.waterfall, bars, groups=ORDER, line=-50.0, y=f"Change of {variables.PRIMARY} (%)"),
            data,
        ),
    )


def glycine(two: Comparison) -> Section:
    """Does the effect depend on serum glycine before treatment? Exploratory."""
    fit = two.moderation
    region = johnson_neyman(fit, level=LEVEL, simultaneous="none", grid=81)
    one = fit.interaction
    says = (
        f"Per 10 µmol/L of glycine the difference {DIFFERENCE} changes by {number(10 * one.estimate, 2)} points "
        f"({interval(10 * one.low, 10 * one.high, 2)}, p = {p_value(one.p)}; exploratory)."
    )
    says += f" Within the observed range the 95 % band leaves out 0 {_where(region)}."
    table = estimates(
        "moderation",
        "Treatment x serum glycine, change at week 6, last carried forward",
        [
            ("Treatment x glycine", one),
            ("the same, HC3", fit.robust),
            (f"{DIFFERENCE} at mean glycine ({number(fit.centre)})", fit.effect_at_mean),
        ],
        places=3,
        notes=(f"{fit.method}. Exploratory. " + UNCONTROLLED, *fit.warnings),
    )
    seen = two.subjects.dropna(subset=["glycine"])
    by_arm = {arm: tuple(sorted(seen.loc[seen["arm"] == arm, "glycine"])) for arm in (ACTIVE, REFERENCE)}
    observed = tuple((NAMES[arm], values) for arm, values in by_arm.items())
    data = counts(
        "glycine_points",
        "Effect by glycine, the numbers of the figure",
        ("Glycine", "Effect", "Low", "High", "Within the observed range"),
        [
            (Number(x, 1), Number(y, 2), Number(low, 2), Number(high, 2), "yes" if inside else "no")
            for x, y, low, high, inside in region.points
        ],
    )
    drawing = Figure(
        "glycine",
        f"Difference in {variables.PRIMARY} change by serum glycine",
        says,
        says,
        partial(
            figures.moderation,
            region.points,
            observed=observed,
            bounds=region.bounds,
            x="Serum glycine before treatment (µmol/L)",
            y=DIFFERENCE,
        ),
        data,
    )
    return Section("glycine", "Treatment and serum glycine", (drawing, table))


def _where(region: Region) -> str:
    """For which observed values the effect differs from 0, in words."""
    seen = [(value, low > 0 or high < 0) for value, _, low, high, inside in region.points if inside]
    if not any(differs for _, differs in seen):
        return "nowhere"
    bounds = [bound for bound in region.bounds if seen[0][0] < bound < seen[-1][0]]
    if not bounds:
        return "everywhere"
    if len(bounds) == 2:
        return f"{'outside' if seen[0][1] else 'between'} {bounds[0]:.0f} and {bounds[1]:.0f} µmol/L"
    return f"{'below' if seen[0][1] else 'above'} {bounds[0]:.0f} µmol/L"


def told(tell: Callable[[Comparison], Section], two: Comparison, key: str, title: str) -> Section:
    """The section; where the data cannot carry its method, the sentence that says so."""
    try:
        return tell(two)
    except (NotEstimable, NotConverged, DesignError) as reason:
        return Section(key, title, (f"This could not be made. {reason}",))
