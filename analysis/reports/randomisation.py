"""The primary result by the randomisation itself: the arms given out anew as the opened list allows (METHODS 7)."""

from dataclasses import replace
from functools import partial

import pandas as pd

from analysis.derive import plan
from analysis.papers import drawings
from analysis.papers.tables import counts, interval, p_value
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import Analysis, Figure, Number, PValue, Section
from analysis.reports.results import names_of
from analysis.stats.allocations import ReferenceSet, reference_set
from analysis.stats.reference_distribution import Rerandomisation
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm
from analysis.stats.results import NotEstimable
from crf import trial

ENUMERATED = 500_000  # allocations; beyond, DRAWS are taken (METHODS 7.2)
DRAWS, DRAWS_OF_MANY, MANY = 9_999, 999, 1_000
TITLE = "The randomisation as the basis of inference"
SEED = 20_260_101  # of the draws, where there are too many allocations to go through all


def randomisation(comparison: Comparison, allocation: pd.DataFrame | None) -> Section:
    """ANCOVA's t and the mixed model's Wald statistic over both reference sets.

    allocation: the opened list; None in a rehearsal, where each site counts as one block of the dummy arms.
    """
    if too_many := plan.not_for_so_many_arms():
        return Section("randomisation", TITLE, (too_many,))
    (pair,) = plan.pairs()
    level = plan.level()
    sets = reference_sets(comparison, allocation)
    wald, covariance = model(comparison, sets["conditional"], level)
    tests = [
        ("ANCOVA t, conditional", ancova(comparison, sets["conditional"], level)),
        ("Mixed model, Wald, conditional", wald),
        ("ANCOVA t, unconditional", ancova(comparison, sets["unconditional"], level)),
        ("Mixed model, Wald, unconditional", model(comparison, sets["unconditional"], None)[0]),
    ]
    made = {label: _made(comparison, label, covariance) for label, _ in tests}
    for label, one in tests:
        if one.low == one.low:  # the last has no interval
            called = f"By the randomisation: {label}"
            how = (made[label](called, made_by.NOTED),)
            comparison.note(called, one.estimate, one.low, one.high, one.p, made=how)
    first = tests[1][1]
    table = counts(
        "rerandomisation",
        f"{plan.primary().label} at {plan.at_last()}, {pair.difference}: tests by the randomisation",
        ("Test", "Subjects", "Allocations", "How", "Estimate", plan.interval(), "p"),
        [
            (
                label,
                one.n,
                f"{one.allocations:,}",
                "all: exact" if one.exact else f"drawn, error of p {one.p_error:.4f}",
                Number(one.estimate, 2),
                interval(one.low, one.high, 2),
                PValue(one.p),
            )
            for label, one in tests
        ],
        notes=(
            "Conditional: the number per arm within each block as observed. Unconditional: as the list could have "
            "fallen. A missing outcome is missing under every allocation. The statistic is the same function of the "
            "outcomes under each: the covariance comes from the fit that knows no arm.",
            "Intervals hold the shifts that the same test does not refuse; the mixed model's shift grows with the "
            "planned day of the visit (our assumption). That of the last row is not computed.",
            *dict.fromkeys(note for _, one in tests for note in one.warnings),
            *(() if allocation is not None else ("A rehearsal: each site is one block of the dummy arms.",)),
        ),
    ).by(*(made[label](label, COLUMNS) for label, _ in tests))
    how = "exact" if first.exact else "Monte Carlo"
    says = (
        f"Over the {first.allocations:,} allocations of the conditional set the Wald statistic of the mixed model "
        f"at {plan.at_last()} has p = {p_value(first.p)} ({how}); the interval by inversion is "
        f"{interval(first.low, first.high)}."
    )
    drawn = _figure(first, made["Mixed model, Wald, conditional"])
    return Section("randomisation", TITLE, (says, drawn, table), whom.COUNTED)


COLUMNS = {"n": 1, "allocations": 2, "estimate": 4, "ends": 5, "p": 6}
REFITTED = "the ends need the covariance fitted anew at each shift, which the second program does not do"


def _made(comparison: Comparison, label: str, covariance: str):
    """How a row was made, by its name and where its numbers stand; the figure without the latter."""
    is_mixed, scheme = label.startswith("Mixed"), label.rsplit(", ", 1)[1]
    last = trial.visit(plan.last()).day
    visits = plan.visits_of(comparison.counted.outcome)
    facts = {
        "which": "mixed" if is_mixed else "ancova",
        "scheme": scheme,
        "outcome": plan.primary().code,
        "visits": visits if is_mixed else plan.visits_to_primary(plan.primary()),
        "at": plan.last(),
        "site": trial.ANALYSIS.adjusted_for_site,
        "profile": {visit: trial.visit(visit).day / last for visit in visits},
    }

    def told(row: str, columns: dict[str, int] | None, **more) -> Analysis:
        if len(comparison.subjects) > MANY:
            why = f"the lists drawn of more than {MANY:,} subjects are not handed out"
            return Analysis.of(made_by.UNCOVERED, row, why=why)
        if is_mixed and covariance != made_by.UNSTRUCTURED:
            why = f"the covariance is {covariance.upper()}, and the second program fits the unstructured one only"
            return Analysis.of(made_by.UNCOVERED, row, why=why)
        if columns is None:
            return Analysis.of("anew_points", row, **facts, **more)
        refitted = [columns[name] for name in ("low", "high", "ends") if name in columns] if is_mixed else []
        without = {str(at): REFITTED for at in refitted}
        more |= {"without": without} if without else {}
        return Analysis.of("anew_row", row, columns=columns, level=plan.level(), ends=not is_mixed, **facts, **more)

    return told


def handed_out(sets: dict[str, ReferenceSet]) -> tuple[tuple[str, str], ...]:
    """What the second program needs of the lists, as files: the blocks, and the allocations where they are drawn."""
    blocks = ["scheme,block,size,active,subject,given"]
    drawn = ["scheme,allocation"]
    for scheme, own in sets.items():
        given = dict(zip(own.subjects, own.observed.astype(int), strict=True))
        blocks += [
            f"{scheme},{place},{block.size},{block.active},{who},{given[who]}"
            for place, block in enumerate(own.blocks)
            for who in block.subjects
        ]
        if own.drawn is not None:
            drawn += [f"{scheme},{row.tobytes().decode()}" for row in own.drawn.astype("uint8") + ord("0")]
    return tuple((f"csv/{name}.csv", "\n".join([*rows, ""])) for name, rows in (("blocks", blocks), ("drawn", drawn)))


def reference_sets(comparison: Comparison, allocation: pd.DataFrame | None) -> dict[str, ReferenceSet]:
    """Both reference sets, made once for the tests and for what is handed out."""

    def make() -> dict[str, ReferenceSet]:
        (pair,) = plan.pairs()
        rows = of_sites(comparison) if allocation is None else allocation
        if allocation is not None:
            rows = rows.sort_values(["stratum", "sequence"], kind="stable")
        return {
            scheme: reference_set(
                rows[["subject", "stratum", "block", "arm"]],
                active=pair.active,
                reference=pair.reference,
                scheme=scheme,
                limit=ENUMERATED,
                seed=SEED,
                draws=DRAWS if len(comparison.subjects) <= MANY else DRAWS_OF_MANY,
            )
            for scheme in ("conditional", "unconditional")
        }

    return comparison.once("reference sets", make)


def for_the_second_program(comparison: Comparison, allocation: pd.DataFrame | None) -> tuple[tuple[str, str], ...]:
    """The files of the lists that the second program reads; none where no test was made by them."""
    if plan.not_for_so_many_arms() or len(comparison.subjects) > MANY:
        return ()
    try:
        return handed_out(reference_sets(comparison, allocation))
    except NotEstimable:
        return ()


def of_sites(comparison: Comparison) -> pd.DataFrame:
    """The arms at hand as a list with one block for each site."""
    own = comparison.subjects[["subject", "site", "arm"]].rename(columns={"site": "stratum"})
    return own.assign(block=1)


def ancova(comparison: Comparison, allocations: ReferenceSet, level: float | None) -> Rerandomisation:
    """The t of the arm in the analysis of covariance of what was observed at the primary visit."""
    frame = comparison.at_primary_visit(comparison.counted, carried=False).dropna(subset=["change", "base"])
    frame = frame.astype({"change": float, "base": float})
    fixed = "base + site" if plan.with_site(frame) else "base"
    return rerandomise_ancova(frame, allocations, subject="subject", response="change", fixed=fixed, level=level)


def model(comparison: Comparison, allocations: ReferenceSet, level: float | None) -> tuple[Rerandomisation, str]:
    """The Wald statistic of the primary model at the primary visit, with the covariance of the fit without arm, and
    which that is."""
    frame = comparison.counted.after_baseline.dropna(subset=["change", "base"]).astype({"change": float, "base": float})
    seen = [visit for visit in plan.visits_of(comparison.counted.outcome) if visit in set(frame["visit"])]
    site = " + site" if plan.with_site(frame) else ""
    last = trial.visit(plan.last()).day

    def tested(covariance: str) -> Rerandomisation:
        return rerandomise_mmrm(
            frame,
            allocations,
            subject="subject",
            visit="visit",
            response="change",
            fixed=f"base{site} + visit",
            visits=seen,
            at=plan.last(),
            covariance=covariance,
            level=level,
            profile={visit: trial.visit(visit).day / last for visit in seen},
        )

    found, used, said = comparison.by_its_covariance(tested)
    return replace(found, warnings=(*found.warnings, *said)), used


def _figure(found: Rerandomisation, made) -> Figure:
    says = (
        f"The statistic under every allocation ({found.allocations:,}); dark: at least as far from 0 as the one "
        f"observed, {Number(found.statistic, 2)}, together p = {p_value(found.p)}."
    )
    data = counts(
        "rerandomisation_points",
        "Distribution over the allocations, the numbers of the figure",
        ("From", "To", "Probability"),
        [(Number(left, 2), Number(right, 2), Number(height, 4)) for left, right, height in found.histogram if height],
    )
    data = data.by(made("", None, names=tuple(names_of(data))))
    draw = partial(
        drawings.distribution,
        found.histogram,
        observed=found.statistic,
        x=f"Wald statistic of {plan.primary().label} at {plan.at_last()}",
        words=f"observed {Number(found.statistic, 2)}",
    )
    return Figure("rerandomisation_figure", "Wald statistic over the conditional reference set", says, says, draw, data)
