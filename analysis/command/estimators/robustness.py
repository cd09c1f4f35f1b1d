"""What the primary analysis leans on: re-randomisation and imputation under other assumptions (METHODS 7, 8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from analysis.command.estimators.asked import Asked
from analysis.command.estimators.endpoint import observed
from analysis.command.longform import LongForm
from analysis.command.tableform import read_table
from analysis.stats.allocations import reference_set
from analysis.stats.ancova import ancova
from analysis.stats.covariance import FALLBACK
from analysis.stats.formula import formula
from analysis.stats.frame import singular_is_refused as said
from analysis.stats.imputation.bootstrap import bootstrap
from analysis.stats.imputation.conditional_mean import conditional_mean
from analysis.stats.imputation.gibbs import multiple_imputation
from analysis.stats.imputation.panel import Panel, dropout_visits, panel
from analysis.stats.mmrm import first_converged
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm, rerandomise_shift
from analysis.stats.rerandomisation_refitted import rerandomise_mmrm_refitted
from analysis.stats.results import NotEstimable

ENUMERATED = 5_000_000  # allocations; beyond, a sample is drawn (METHODS 7.2)
BURN_IN = 25  # METHODS 8.5


def rerandomisation(data: LongForm, asked: Asked) -> dict:
    """Tests by the randomisation itself, at one visit (METHODS 7.1 to 7.5, 7.7).

    The number per arm within each block is held as observed; with --list or --block-size the unconditional set stands
    beside. With fixed effects the Wald statistic of the mixed model is among them; its model without arm is the one
    asked for without the arm's terms.
    """
    if asked.block is None:
        raise NotEstimable("Re-randomisation wants the randomisation blocks: --block COLUMN, --stratum COLUMN.")
    names = data.columns
    # The model with the arm must stand before its arms are given out anew: where it cannot, this says why.
    ancova(
        observed(data, asked.at),
        subject=names.subject,
        response=names.response,
        arm=names.arm,
        active=data.active,
        reference=data.reference,
        covariates=tuple(names.covariates),
        factors=tuple(names.factors),
        level=asked.level,
    )
    own = data.subjects.assign(stratum=data.subjects[asked.stratum] if asked.stratum else "one")
    own = own.rename(columns={names.subject: "subject", names.arm: "arm", asked.block: "block"})
    own = own[["stratum", "block", "arm", "subject"]]
    if absent := [str(who) for who in own.loc[own.isna().any(axis=1), "subject"]]:
        raise NotEstimable(f"Subject {absent[0]} has no block or stratum.")
    listed = _whole_list(own, data, asked)
    found = _tests(data, asked, _reference_set(own if listed is None else listed, data, asked, "conditional"))
    if listed is not None:
        found["unconditional"] = _tests(data, asked, _reference_set(listed, data, asked, "unconditional"))
    return found


def _reference_set(rows, data, asked, scheme):
    return reference_set(
        rows,
        active=data.active,
        reference=data.reference,
        scheme=scheme,
        limit=ENUMERATED,
        draws=asked.draws or 9999,
        seed=asked.seed,
    )


def _tests(data, asked, allocations) -> dict:
    """The tests over the set; where all its allocations are gone through, draws that were asked for are not needed."""
    found = _tested(data, asked, allocations)
    if asked.draws is None or not allocations.exact:
        return found
    said = f"All {allocations.count:,} allocations were gone through: --draws and --seed had no use."
    return {name: replace(one, warnings=(*one.warnings, said)) for name, one in found.items()}


def _tested(data, asked, allocations) -> dict:
    names, frame = data.columns, observed(data, asked.at)
    scheme = allocations.scheme
    kept = {"subject": names.subject, "response": names.response, "level": asked.level, "executor": asked.executor}
    found = {"shift": rerandomise_shift(frame, allocations, progress=asked.progress(f"{scheme}, shift"), **kept)}
    arm_free = " + ".join([*names.covariates, *names.factors])
    if arm_free:
        found["ancova"] = rerandomise_ancova(
            frame, allocations, fixed=arm_free, progress=asked.progress(f"{scheme}, ANCOVA"), **kept
        )
    if not asked.fixed:
        return found
    model = {"visit": names.visit, "fixed": _without_arm(asked.fixed, names.arm), "visits": data.visits, "at": asked.at}
    rows = data.rows[data.rows[names.visit].isin(data.visits)]

    def tests_of(covariance: str) -> dict:
        tests = {
            "mmrm": rerandomise_mmrm(
                rows,
                allocations,
                profile=_profile(data, asked),
                covariance=covariance,
                progress=asked.progress(f"{scheme}, mixed model"),
                **model,
                **{**kept, "level": asked.level if asked.profile else None},
            )
        }
        if asked.refit:
            tests["mmrm_refitted"] = rerandomise_mmrm_refitted(
                rows,
                allocations,
                covariance=covariance,
                progress=asked.progress(f"{scheme}, refitted"),
                **model,
                **{key: value for key, value in kept.items() if key != "level"},
            )
        return tests

    with said("The re-randomisation of the mixed model"):
        return {**found, **by_structure(asked, tests_of)}


def _profile(data, asked) -> dict:
    """The effect at each visit that the interval shifts; without an interval only 1 at the visit tested matters."""
    if not asked.profile:
        return dict.fromkeys(data.visits, 1.0)
    if set(asked.profile) != set(data.visits) or asked.profile[asked.at] != 1:
        raise NotEstimable(f"--profile has one number for each of {', '.join(data.visits)}, and 1 at {asked.at}.")
    return asked.profile


def _whole_list(own: pd.DataFrame, data: LongForm, asked: Asked) -> pd.DataFrame | None:
    """The list with the rows that nobody used: from its file, or from the size of its blocks, half of each active."""
    if asked.allocation_list:
        columns = ("stratum", "block", "arm", "subject")
        return read_table(asked.allocation_list, texts=columns, wanted=columns[:3]).rows
    if not asked.block_size:
        return None
    if asked.block_size % 2:
        raise NotEstimable(f"--block-size is even, since half of a block is active, not {asked.block_size}.")
    half, unused = asked.block_size // 2, []
    for (stratum, block), used in own.groupby(["stratum", "block"], sort=True):
        for arm in (data.active, data.reference):
            given = int((used["arm"] == arm).sum())
            if given > half:
                raise NotEstimable(f"Block {block} of {stratum} gave {arm} to {given}, more than half of a block.")
            unused += [{"stratum": stratum, "block": block, "arm": arm, "subject": None}] * (half - given)
    return pd.concat([own, pd.DataFrame(unused, columns=own.columns)], ignore_index=True) if unused else own


def panel_of(data: LongForm) -> Panel:
    """Outcomes side by side (METHODS 8.1).

    The event of a subject is the first visit after its last outcome, since a file in long form has no dates of
    stopping. Model and analysis: arm, covariates and factors at every visit.
    """
    names = data.columns
    parts = {"subject": names.subject, "visit": names.visit, "response": names.response, "visits": data.visits}
    rows = data.rows_of_everybody
    return panel(
        rows,
        arm=names.arm,
        active=data.active,
        reference=data.reference,
        covariates=names.covariates,
        factors=names.factors,
        events=dropout_visits(rows, **parts),
        **parts,
    )


def imputation(data: LongForm, asked: Asked) -> dict:
    """Conditional-mean imputation with both standard errors (METHODS 8.3, 8.4).

    Multiple imputation beside it where draws are asked for (8.5), the bootstrap where samples are (8.8).
    """
    made = panel_of(data)
    kept = {"strategies": asked.strategies, "level": asked.level, "executor": asked.executor}
    with said("Imputation"):
        found = {
            "conditional_mean": by_structure(
                asked,
                lambda covariance: conditional_mean(
                    made, covariance=covariance, progress=asked.progress("jackknife"), **kept
                ),
            )
        }
        if asked.draws:
            found["multiple_imputation"] = multiple_imputation(
                made, draws=asked.draws, burn_in=BURN_IN, seed=asked.seed, progress=asked.progress("draws"), **kept
            )
        if asked.samples:
            found["bootstrap"] = by_structure(
                asked,
                lambda covariance: bootstrap(
                    made,
                    covariance=covariance,
                    samples=asked.samples,
                    seed=asked.seed,
                    progress=asked.progress("bootstrap"),
                    **kept,
                ),
            )
    return found


def spacing(covariance: str, visits) -> tuple[str, ...]:
    """What a structure by distance takes for granted: neighbouring visits are one step apart, whatever their names."""
    if covariance not in ("ar1", "ar1h", "toep", "toeph") or len(visits) < 3:
        return ()
    text = f"{covariance.upper()} takes neighbouring visits as equally far apart: {', '.join(map(str, visits))}"
    numbers = [re.search(r"-?\d+(\.\d+)?$", str(visit)) for visit in visits]
    if all(numbers):
        steps = {round(float(b[0]) - float(a[0]), 9) for a, b in pairwise(numbers)}
        if len(steps) > 1:
            return (f"{text}. By their numbers they are not: UN, CS or an ante-dependence does without.",)
    return (f"{text}.",)


def by_structure(asked: Asked, make: Callable[[str], dict]) -> dict:
    """Name -> result by the one structure asked for, or by the first of the fall-back list that converges.

    Where the list was moved along, a warning of each result says which structures were left.
    """
    if asked.covariance != "fallback":
        return make(asked.covariance)
    found, left = first_converged(make)
    if not left:
        return found
    used = FALLBACK[len(left)].upper()
    said = f"{used} was used because {', '.join(name.upper() for name, _ in left)} failed."
    return {name: replace(one, warnings=(*one.warnings, said)) for name, one in found.items()}


def _without_arm(fixed, arm):
    read = formula(fixed)
    kept = [":".join(term) for term in read.terms if arm not in term]
    return " + ".join([*(kept or ["1"]), *([] if read.intercept else ["0"])])
