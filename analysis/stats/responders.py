"""Response in two arms: the primary pair and everything that stands beside it (METHODS 5)."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.stats import ratios, risk_difference, two_by_two, unconditional
from analysis.stats.descriptive import count
from analysis.stats.executor import Progress
from analysis.stats.frame import one_row_each, require
from analysis.stats.results import NotEstimable, Responders
from analysis.stats.two_by_two import Table

TESTS = (
    unconditional.boschloo,
    two_by_two.pearson,
    two_by_two.n_minus_1,
    two_by_two.yates,
    two_by_two.likelihood_ratio,
    two_by_two.fisher,
    two_by_two.fisher_midp,
    two_by_two.fisher_one_sided,
    unconditional.barnard,
)
SLOW = (unconditional.boschloo, unconditional.barnard)
DIFFERENCES = (risk_difference.miettinen_nurminen, risk_difference.newcombe, risk_difference.mee, risk_difference.wald)
RATIOS = (ratios.odds_ratio, ratios.conditional_odds_ratio, ratios.risk_ratio)


def responders(
    scores: pd.DataFrame,
    *,
    subject: str,
    arm: str,
    active: str,
    reference: str,
    responded: str,
    missing: str,
    rule: str,
    level: float,
    progress: Callable[[str], Progress | None] | None = None,
) -> Responders:
    """Everything about response by arm (METHODS 5.7). scores: one row a subject; responded is true, false or missing.

    missing is "non-response" (all subjects count) or "left out". rule is the sentence of what response is.
    Primary: Boschloo's p with Miettinen and Nurminen's interval; the number needed to treat follows Newcombe's.
    """
    require(scores, [subject, arm, responded])
    one_row_each(scores, subject)
    if missing not in ("non-response", "left out"):
        raise NotEstimable(f"missing is non-response or left out, not {missing}.")
    others = sorted(map(str, set(scores[arm].dropna()) - {active, reference}))
    if others or scores[arm].isna().any():
        raise NotEstimable(f"Besides {active} and {reference} there is {', '.join(others) or 'a subject without arm'}.")
    absent = scores[responded].isna()
    imputed, left_out = {active: 0, reference: 0}, tuple[str, ...]()
    if missing == "left out":
        left_out = tuple(sorted(f"{who}: response not known" for who in scores.loc[absent, subject]))
        scores = scores[~absent]
    else:
        imputed = {name: int((absent & (scores[arm] == name)).sum()) for name in imputed}
    yes = scores[responded].fillna(False).astype(bool)
    n = {name: int((scores[arm] == name).sum()) for name in imputed}
    events = {name: int((yes & (scores[arm] == name)).sum()) for name in imputed}
    for name, size in n.items():
        if size == 0:
            raise NotEstimable(f"Arm {name} has no subject whose response is known.")
    return of_table(
        Table(events[active], n[active], events[reference], n[reference]),
        active=active,
        reference=reference,
        imputed=(imputed[active], imputed[reference]),
        rule=rule,
        left_out=left_out,
        level=level,
        progress=progress,
        method=f"missing: {missing}; primary Boschloo with Miettinen-Nurminen interval",
    )


def of_table(
    table: Table,
    *,
    active: str,
    reference: str,
    imputed: tuple[int, int],
    rule: str,
    left_out: tuple[str, ...],
    level: float,
    method: str,
    progress: Callable[[str], Progress | None] | None = None,
) -> Responders:
    """The same from a table already counted, as a paper prints it (METHODS 5.7).

    progress(what) tells how far the exact tests are, which go through every table of so many subjects.
    """
    tests = tuple(test(table, progress(test.__name__)) if progress and test in SLOW else test(table) for test in TESTS)
    differences = tuple(difference(table, level=level) for difference in DIFFERENCES)
    ratio = tuple(one(table, level=level) for one in RATIOS)
    notes = [*(note for test in tests for note in test.warnings), *(note for one in ratio for note in one.warnings)]
    return Responders(
        rule=rule,
        active=count(table.active_events, table.active_n, name=active, missing=imputed[0], level=level),
        reference=count(table.reference_events, table.reference_n, name=reference, missing=imputed[1], level=level),
        primary=tests[0],
        difference=differences[0],
        tests=tests,
        differences=differences,
        ratios=ratio,
        needed_to_treat=risk_difference.needed_to_treat(differences[1]),
        n=table.n,
        left_out=left_out,
        method=method,
        warnings=tuple(dict.fromkeys(notes)),
    )
