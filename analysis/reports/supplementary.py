"""The primary model asked again: by treatment policy, per protocol, and for the second outcome of the sequence."""

from functools import partial

from analysis.derive import variables
from analysis.papers import figures
from analysis.papers.tables import contrasts, counts, interval, number, p_value
from analysis.reports.comparison import ACTIVE, DIFFERENCE, NAMES, REFERENCE, Comparison, at_last
from analysis.reports.document import Figure, Number, PValue, Section, Table
from analysis.reports.outcome import LABELS, LEVEL
from analysis.stats.effect_size import probability_of_superiority
from analysis.stats.lsmeans import lsmeans
from analysis.stats.mmrm import Fit

ALPHA = 0.05  # 1 - LEVEL is a hair above it


def supplementary(two: Comparison) -> Section:
    """The difference at week 6 under each analysis of the primary score, treatment policy first (PROTOCOL 9)."""
    policy = two.policy_model
    per_protocol = two.sets["per protocol"]
    fits = [("Primary: hypothetical strategy", two.model), ("Treatment policy: every rating", policy)]
    if set(per_protocol.members) != set(two.primary_hamd.after_baseline["subject"]):
        fits.append(("Per protocol", two.fitted(two.primary_hamd, members=per_protocol.members)))
    rows = [(label, fit, at_last(two.differences_of(fit))) for label, fit in fits]
    left = len(two.primary_hamd.removed)
    what = f"adds {left} ratings that came after an event" if left else "is the same, as no rating had left"
    other = rows[1][2]
    says = (
        f"By treatment policy, the first supplementary analysis, the difference in {variables.PRIMARY} at week 6 is "
        f"{number(other['estimate'])} points ({DIFFERENCE}; {interval(other['low'], other['high'])}, "
        f"p = {p_value(other['p'])}): it {what}."
    )
    notes = (
        "The model of the primary analysis each time. Not controlled for multiplicity: p is nominal.",
        *(f"{label}: {tried} was left: {why}" for label, fit, _ in rows for tried, why in fit.fallback),
    )
    return Section(
        "supplementary",
        "Supplementary analyses of the primary score",
        (says, models("supplementary", f"{variables.PRIMARY} at week 6, {DIFFERENCE}", rows, notes)),
    )


def models(key: str, title: str, rows: list[tuple[str, Fit, dict]], notes: tuple[str, ...]) -> Table:
    """One row a mixed model: its subjects and ratings, and the contrast."""
    head = ("Analysis", "Subjects", "Ratings", "Estimate", "SE", "df", "95 % interval", "p")
    return counts(
        key,
        title,
        head,
        [
            (
                label,
                fit.n_subjects,
                fit.n_observations,
                Number(row["estimate"], 2),
                Number(row["se"], 2),
                Number(row["df"], 1),
                interval(row["low"], row["high"], 2),
                PValue(row["p"]),
            )
            for label, fit, row in rows
        ],
        notes=notes,
    )


def sequence(two: Comparison) -> Section:
    """HAM-A as the HAMD is analysed, and what the fixed sequence concludes of both."""
    first, fit = two.primary, two.second_model
    differences = two.differences_of(fit)
    second = at_last(differences)
    rows = [
        (
            f"{place}. {name} at week 6",
            Number(row["estimate"], 2),
            interval(row["low"], row["high"], 2),
            PValue(row["p"]),
            verdict,
        )
        for place, (name, row, verdict) in enumerate(
            zip(
                (variables.PRIMARY, variables.SECOND), (first, second), _verdicts(first["p"], second["p"]), strict=True
            ),
            start=1,
        )
    ]
    table = counts(
        "sequence",
        f"The two registered outcomes in their fixed sequence, {DIFFERENCE}",
        ("Outcome", "Estimate", "95 % interval", "p", "At two-sided 5 %"),
        rows,
        notes=(
            "The second is tested only if the first is significant, so both together keep 5 %. Every "
            "other p in this report is nominal: not controlled for multiplicity.",
        ),
    )
    found = lsmeans(fit, factor="arm", by="visit", df="kr", level=LEVEL)
    means = {
        (one["visit"], one["arm"]): f"{number(one['estimate'], 2)} ({number(one['se'], 2)})"
        for one in found.to_dict("records")
    }
    by_week = contrasts(
        "hama_mmrm",
        f"{variables.SECOND}, change from baseline: least-squares means and difference",
        differences,
        LABELS,
        means,
        tuple((arm, NAMES[arm]) for arm in (ACTIVE, REFERENCE)),
        notes=(
            f"The model of the primary analysis; {fit.n_subjects} subjects, {fit.n_observations} ratings.",
            *(f"{tried} was left: {why}" for tried, why in fit.fallback),
            *fit.warnings,
        ),
    )
    return Section(
        "sequence",
        f"Fixed sequence: {variables.PRIMARY}, then {variables.SECOND}",
        (conclusion(first["p"], second["p"]), table, by_week),
    )


def _verdicts(first: float, second: float) -> tuple[str, str]:
    if first >= ALPHA:
        return "not significant", "not tested"
    return "significant", "significant" if second < ALPHA else "not significant"


def conclusion(first: float, second: float) -> str:
    """What the fixed sequence says of two p-values, in words."""
    one, other = variables.PRIMARY, variables.SECOND
    if first >= ALPHA:
        return (
            f"The sequence stops at {one} (p = {p_value(first)}): no effect is shown, and {other} is not tested; "
            f"its p of {p_value(second)} is nominal."
        )
    if second >= ALPHA:
        return (
            f"The sequence shows an effect on {one} (p = {p_value(first)}) and stops at {other} "
            f"(p = {p_value(second)})."
        )
    return f"The sequence shows an effect on {one} (p = {p_value(first)}) and on {other} (p = {p_value(second)})."


def secondary(two: Comparison) -> Section:
    """BDI and CGI at week 6: nominal p, outside the sequence. Response and remission have their own sections."""
    bdi = two.bdi_model
    row = at_last(two.differences_of(bdi))
    rows = [
        (
            "BDI, mixed model",
            bdi.n_subjects,
            Number(row["estimate"], 2),
            interval(row["low"], row["high"], 2),
            PValue(row["p"]),
        )
    ]
    scores = two.collected.scores
    at_6 = two.subjects[["subject", "arm"]].merge(
        scores.loc[scores["visit"] == variables.LAST, ["subject", "cgi_s", "cgi_i"]], on="subject"
    )
    for column, label in (("cgi_s", "CGI severity"), ("cgi_i", "CGI improvement")):
        values = [at_6.loc[at_6["arm"] == arm, column].dropna().astype(float) for arm in (ACTIVE, REFERENCE)]
        if min(map(len, values)) >= 2:
            one = probability_of_superiority(*values, better="lower", level=LEVEL)
            rows.append(
                (
                    f"{label}, probability of a lower score on {NAMES[ACTIVE]}",
                    one.n,
                    Number(one.estimate, 2),
                    interval(one.low, one.high, 2),
                    PValue(one.p),
                )
            )
    table = counts(
        "secondary",
        "Secondary outcomes at week 6, not controlled",
        ("Outcome", "n", "Estimate", "95 % interval", "p, nominal"),
        rows,
        notes=(
            f"BDI: {DIFFERENCE}, the model of the primary analysis. CGI: Brunner and Munzel, ties half; "
            "0.5 is no effect. Not controlled for multiplicity.",
        ),
    )
    return Section("secondary", "Secondary outcomes", (table,))


def course_of_means(two: Comparison) -> Figure:
    """Least-squares means of the change by week with Kenward-Roger intervals, and how many were rated."""
    fit = two.model
    found = lsmeans(fit, factor="arm", by="visit", df="kr", level=LEVEL)
    frame = two.primary_hamd.after_baseline.dropna(subset=["change"])
    rated = frame.assign(arm=frame["subject"].map(two.arms)).groupby(["arm", "visit"]).size()
    places = {visit: float(place) for place, visit in enumerate(variables.WEEKS, start=1)}
    series = []
    for arm in (ACTIVE, REFERENCE):
        own = [row for row in found.to_dict("records") if row["arm"] == arm]
        n = len(set(frame["subject"][frame["subject"].map(two.arms) == arm]))
        series.append(
            figures.Series(
                NAMES[arm],
                (0.0, *(places[row["visit"]] for row in own)),
                (0.0, *(row["estimate"] for row in own)),
                (0.0, *(row["low"] for row in own)),
                (0.0, *(row["high"] for row in own)),
                (n, *(int(rated.get((arm, row["visit"]), 0)) for row in own)),
            )
        )
    ticks = ((0.0, LABELS[variables.BASELINE]), *((at, LABELS[visit]) for visit, at in places.items()))
    last = {one.label: one for one in series}
    says = (
        " ".join(
            f"{name}: {number(one.mean[-1])} points at week 6 ({interval(one.low[-1], one.high[-1])})."
            for name, one in last.items()
        )
        + " Below the axis: subjects rated."
    )
    data = counts(
        "lsmeans_points",
        "Least-squares means, the numbers of the figure",
        ("Arm", "Week", "n", "Mean", "Low", "High"),
        [
            (one.label, int(x), n, *(Number(value, 2) for value in values))
            for one in series
            for x, n, *values in zip(one.x, one.n, one.mean, one.low, one.high, strict=True)
        ],
    )
    return Figure(
        "lsmeans",
        f"Change of {variables.PRIMARY} from baseline: least-squares means, 95 % intervals",
        says,
        says,
        partial(figures.course, tuple(series), ticks=ticks, y=f"Change of {variables.PRIMARY}", floor=None),
        data,
    )
