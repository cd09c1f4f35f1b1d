"""The primary model asked again: by treatment policy, per protocol, and for the other outcomes of the plan."""

from functools import partial

from analysis.derive import plan
from analysis.derive.plan import Pair
from analysis.papers import figures
from analysis.papers.tables import contrasts, counts, interval, mean_se, number, p_value
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison, at_last
from analysis.reports.document import Analysis, Figure, Number, PValue, Section, Table
from analysis.stats.effect_size import probability_of_superiority
from analysis.stats.lsmeans import lsmeans
from analysis.stats.mmrm import Fit
from crf import trial
from crf.spec.outcomes import Kind, Outcome


def supplementary(comparison: Comparison) -> Section:
    """The difference at the primary visit under each analysis of the primary outcome, treatment policy first."""
    policy, outcome = comparison.policy_model, plan.primary()
    per_protocol = comparison.sets["per protocol"]
    fits = [
        ("Primary: hypothetical strategy", comparison.model, {}),
        ("Treatment policy: every rating", policy, {"ratings": made_by.EVERY}),
    ]
    if set(per_protocol.members) != set(comparison.counted.after_baseline["subject"]):
        own = comparison.fitted(comparison.counted, members=per_protocol.members)
        fits.append(("Per protocol", own, {"members": "in_per_protocol"}))
    # The same fit by other degrees of freedom: a row here, and no analysis of its own in the picture of all.
    fits.append((SATTERTHWAITE, comparison.model, {"df": "satterthwaite"}))
    rows, told = [], list[tuple[Pair, dict]]()
    for label, fit, which in fits:
        for pair in plan.pairs():
            found = comparison.differences_of(fit, pair, df=which.get("df", "kr"))
            rows.append((pair.row(label), fit, at_last(found)))
            told.append((pair, which))
    how = list(_of_models(rows, told, made_by.NOTED))
    for (label, fit, row), (_, which) in zip(rows, told, strict=True):
        if "df" in which:
            continue
        found = (row["estimate"], row["low"], row["high"], row["p"])
        is_primary = fit is comparison.model and label.startswith("Primary")
        comparison.note(label, *found, is_primary=is_primary, made=tuple(one for one in how if one.row == label))
    left = len(comparison.counted.removed)
    what = f"adds {left} ratings that came after an event" if left else "is the same, as no rating had left"
    says = []
    for pair, (_, _, other) in zip(plan.pairs(), rows[len(plan.pairs()) :], strict=False):
        says.append(
            f"By treatment policy, the first supplementary analysis, the difference in {outcome.label} at "
            f"{plan.at_last()} is {number(other['estimate'])} points ({pair.difference}; "
            f"{interval(other['low'], other['high'])}, p = {p_value(other['p'])}): it {what}."
        )
    notes = (
        "The model of the primary analysis each time. Not controlled for multiplicity: p is nominal.",
        *(f"{label}: {tried} was left: {why}" for label, fit, _ in fits for tried, why in fit.fallback),
    )
    title = f"{outcome.label} at {plan.at_last()}, {plan.differences()}"
    return Section(
        "supplementary",
        "Supplementary analyses of the primary score",
        (" ".join(says), models("supplementary", title, rows, notes).by(*_of_models(rows, told, COLUMNS))),
        whom.ANALYSED,
    )


SATTERTHWAITE = "The primary one, Satterthwaite"
COLUMNS = {"subjects": 1, "ratings": 2, "estimate": 3, "se": 4, "df": 5, "ends": 6, "p": 7}


def _of_models(rows: list[tuple[str, Fit, dict]], told: list[tuple[Pair, dict]], columns: dict[str, int]):
    """How each row of the supplementary analyses was made."""
    for (label, fit, _), (pair, which) in zip(rows, told, strict=True):
        yield from made_by.mixed_row(fit, plan.primary(), label, pair.active, columns, **which)


def by_visit_of(fit: Fit, outcome: Outcome):
    """How means and differences by visit of a mixed model were made."""
    return made_by.mixed(
        "mixed_by_visit",
        fit,
        outcome,
        printed=plan.names(),
        pairs={pair.active: pair.difference for pair in plan.pairs()},
        level=plan.level(),
    )


def models(key: str, title: str, rows: list[tuple[str, Fit, dict]], notes: tuple[str, ...]) -> Table:
    """One row a mixed model: its subjects and ratings, and the contrast."""
    head = ("Analysis", "Subjects", "Ratings", "Estimate", "SE", "df", plan.interval(), "p")
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


def sequence(comparison: Comparison) -> Section:
    """The other outcomes as the primary one is analysed, and what the fixed sequence concludes of all."""
    outcomes = [trial.ANALYSIS.outcome(code) for code in trial.ANALYSIS.sequence]
    steps = [(outcome, pair, comparison.contrast(pair, outcome.code)) for outcome in outcomes for pair in plan.pairs()]
    named = [pair.row(outcome.label) for outcome, pair, _ in steps]
    p = [row["p"] for *_, row in steps]
    rows = [
        (
            f"{place}. {pair.row(f'{outcome.label} at {plan.at_last()}')}",
            Number(row["estimate"], 2),
            interval(row["low"], row["high"], 2),
            PValue(row["p"]),
            verdict,
        )
        for place, ((outcome, pair, row), verdict) in enumerate(zip(steps, verdicts(p), strict=True), start=1)
    ]
    level = plan.in_percent(trial.ANALYSIS.alpha)
    table = counts(
        "sequence",
        f"The registered outcomes in their fixed sequence, {plan.differences()}",
        ("Outcome", "Estimate", plan.interval(), "p", f"At two-sided {level}"),
        rows,
        notes=(
            f"Each is tested only if all before it are significant, so that together they keep {level}. Every "
            "other p in this report is nominal: not controlled for multiplicity.",
        ),
    )
    columns = {"estimate": 1, "ends": 2, "p": 3}
    table = table.by(
        *(
            one
            for (outcome, pair, _), row in zip(steps, rows, strict=True)
            for one in made_by.mixed_row(comparison.model_of(outcome.code), outcome, str(row[0]), pair.active, columns)
        )
    )
    others = [_by_visit(comparison, outcome) for outcome in outcomes[1:]]
    title = "Fixed sequence: " + ", then ".join(outcome.label for outcome in outcomes)
    return Section("sequence", title, (conclusion(named, p), table, *others), whom.COUNTED)


def _by_visit(comparison: Comparison, outcome: Outcome) -> Table:
    """Means and differences by visit of an outcome that is analysed as the primary one."""
    fit = comparison.model_of(outcome.code)
    return contrasts(
        f"{outcome.code}_mmrm",
        f"{outcome.label}, change from baseline: least-squares means and difference",
        {pair.difference: comparison.differences(pair, outcome.code) for pair in plan.pairs()},
        plan.labels(),
        means_of(fit),
        tuple(plan.names().items()),
        intervals=plan.interval(),
        notes=(
            f"The model of the primary analysis; {fit.n_subjects} subjects, {fit.n_observations} ratings.",
            *(f"{tried} was left: {why}" for tried, why in fit.fallback),
            *fit.warnings,
        ),
    ).by(*by_visit_of(fit, outcome))


def means_of(fit: Fit) -> dict[tuple[str, str], str]:
    """Least-squares mean (SE), printed, by visit and arm."""
    found = lsmeans(fit, factor="arm", by="visit", df="kr", level=plan.level())
    return {(one["visit"], one["arm"]): mean_se(one["estimate"], one["se"]) for one in found.to_dict("records")}


def verdicts(p: list[float]) -> list[str]:
    """Of each step of the fixed sequence: significant, not significant, or not tested since one before it is not."""
    found: list[str] = []
    for value in p:
        if any(verdict != "significant" for verdict in found):
            found.append("not tested")
        else:
            found.append("significant" if value < plan.alpha() else "not significant")
    return found


def conclusion(named: list[str], p: list[float]) -> str:
    """What the fixed sequence says of its p-values, in words."""
    shown = sum(verdict == "significant" for verdict in verdicts(p))
    said = [f"{name} (p = {p_value(value)})" for name, value in zip(named, p, strict=True)]
    if shown == len(p):
        return "The sequence shows an effect " + " and ".join(f"on {one}" for one in said) + "."
    rest = list(zip(named, p, strict=True))[shown + 1 :]
    stops = f"stops at {said[shown]}"
    if shown:
        text = f"The sequence shows an effect {' and '.join(f'on {one}' for one in said[:shown])} and {stops}"
        return text + (f"; {_untested(rest)}." if rest else ".")
    return f"The sequence {stops}: no effect is shown" + (f", and {_untested(rest)}." if rest else ".")


def _untested(rest: list[tuple[str, float]]) -> str:
    if len(rest) == 1:
        return f"{rest[0][0]} is not tested; its p of {p_value(rest[0][1])} is nominal"
    return f"{', '.join(name for name, _ in rest)} are not tested; their p are nominal"


def secondary(comparison: Comparison) -> Section:
    """The secondary outcomes at the primary visit: nominal p, outside the sequence. Response has its own section."""
    rows, changed, seen, how = [], [], [], list[Analysis]()
    columns = {"n": 1, "estimate": 2, "ends": 3, "p": 4}
    for outcome in (trial.ANALYSIS.outcome(code) for code in trial.ANALYSIS.secondary):
        if outcome.kind is Kind.CHANGE:
            changed.append(outcome.label)
            fit = comparison.model_of(outcome.code)
            for pair in plan.pairs():
                row = comparison.contrast(pair, outcome.code)
                found = (row["estimate"], row["low"], row["high"], row["p"])
                rows.append(_row(pair.row(f"{outcome.label}, mixed model"), fit.n_subjects, *found))
                how += made_by.mixed_row(fit, outcome, rows[-1][0], pair.active, columns)
            continue
        seen.append(outcome.label)
        frame = comparison.counted_course(outcome.code).frame
        values = frame[frame["visit"] == plan.last()].set_index("subject")["value"].dropna().astype(float)
        arms = comparison.subjects.set_index("subject")["arm"].reindex(values.index)
        better = outcome.better.value
        for pair in plan.pairs():
            by_arm = [values[arms == arm] for arm in pair.arms]
            if min(map(len, by_arm)) >= 2:
                one = probability_of_superiority(*by_arm, better=better, level=plan.level())
                label = f"{outcome.label}, probability of a {better} score on {plan.names()[pair.active]}"
                rows.append(_row(label, one.n, one.estimate, one.low, one.high, one.p))
                facts = {"outcome": outcome.code, "at": plan.last(), "arms": made_by.reference_first()}
                facts |= {"active": pair.active, "better": better, "level": plan.level(), "columns": columns}
                how.append(Analysis.of("superiority_row", label, **facts))
    notes = [f"{', '.join(changed)}: {plan.differences()}, the model of the primary analysis."] if changed else []
    notes += [f"{', '.join(seen)}: Brunner and Munzel, ties half; 0.5 is no effect."] if seen else []
    table = counts(
        "secondary",
        f"Secondary outcomes at {plan.at_last()}, not controlled",
        ("Outcome", "n", "Estimate", plan.interval(), "p, nominal"),
        rows,
        notes=(" ".join([*notes, "Not controlled for multiplicity."]),),
    ).by(*how)
    return Section("secondary", "Secondary outcomes", (table,), whom.COUNTED)


def _row(label: str, n: int, estimate: float, low: float, high: float, p: float) -> tuple:
    return label, n, Number(estimate, 2), interval(low, high, 2), PValue(p)


def course_of_means(comparison: Comparison) -> Figure:
    """Least-squares means of the change by visit with Kenward-Roger intervals, and how many were rated."""
    fit, names, labels = comparison.model, plan.names(), plan.labels()
    found = lsmeans(fit, factor="arm", by="visit", df="kr", level=plan.level())
    frame = comparison.counted.after_baseline.dropna(subset=["change"])
    rated = frame.assign(arm=frame["subject"].map(comparison.arms)).groupby(["arm", "visit"]).size()
    places = {visit: float(place) for place, visit in enumerate(plan.visits(), start=1)}
    series, at_last = [], []
    for arm in names:
        own = [row for row in found.to_dict("records") if row["arm"] == arm]
        n = len(set(frame["subject"][frame["subject"].map(comparison.arms) == arm]))
        at_last += [
            f"{names[arm]}: {number(row['estimate'])} points at {plan.at_last()} ({interval(row['low'], row['high'])})."
            for row in own
            if row["visit"] == plan.last()
        ]
        series.append(
            figures.Series(
                names[arm],
                (0.0, *(places[row["visit"]] for row in own)),
                (0.0, *(row["estimate"] for row in own)),
                (0.0, *(row["low"] for row in own)),
                (0.0, *(row["high"] for row in own)),
                (n, *(int(rated.get((arm, row["visit"]), 0)) for row in own)),
            )
        )
    ticks = ((0.0, labels[trial.BASELINE]), *((at, labels[visit]) for visit, at in places.items()))
    says = " ".join([*at_last, "Below the axis: subjects rated."])
    data = counts(
        "lsmeans_points",
        "Least-squares means, the numbers of the figure",
        ("Arm", "Visit", "n", "Mean", "Low", "High"),
        [
            (one.label, labels[plan.all_visits()[int(x)]], n, *(Number(value, 2) for value in values))
            for one in series
            for x, n, *values in zip(one.x, one.n, one.mean, one.low, one.high, strict=True)
        ],
    ).by(
        *made_by.mixed(
            "mixed_points", fit, plan.primary(), printed=names, level=plan.level(), first=labels[trial.BASELINE]
        )
    )
    label = plan.primary().label
    return Figure(
        "lsmeans",
        f"Change of {label} from baseline: least-squares means, {plan.interval()}s",
        says,
        says,
        partial(figures.course, tuple(series), ticks=ticks, y=f"Change of {label}", floor=None),
        data,
    )
