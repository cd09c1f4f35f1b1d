"""The unblinded efficacy report: the arms, once the study is locked and the list is opened by two people.

The same code is rehearsed with dummy arms before; unblinding changes one argument (`arms`) and no code.
"""

import hashlib
from functools import partial

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.reports import (
    blinding,
    bloods,
    checklist,
    code_breaks,
    departures,
    diagnostics,
    dropout,
    effects,
    efficacy,
    estimand,
    exposure,
    exposure_response,
    flow,
    harm,
    list_verified,
    listings,
    outcome,
    published,
    randomisation,
    reopened,
    responding,
    robustness,
    sets,
    single_values,
    supplementary,
    together,
    watched,
    whom,
)
from analysis.reports.comparison import Comparison
from analysis.reports.document import DataSet, Report, Section
from analysis.reports.manifest import Circumstances, manifest
from analysis.sealed import unblinding
from analysis.sealed.verified import Verified
from crf import trial
from crf.refusals import NotYet

NAME, REHEARSAL = "efficacy-report", "rehearsal-of-efficacy-report"
TITLE = "Unblinded efficacy report"
SYNTHETIC = "The data are synthetic: made up to show the program. This report is no evidence of anything."
DUMMY = "A rehearsal: the arms are dummies drawn from a seed. No number in this report says anything about treatment."


def is_open() -> bool:
    """Whether the study is locked and two people have approved the opening."""
    return unblinding.is_open()


def require_open() -> None:
    """Raises NotYet with a sentence while the list is closed."""
    if not unblinding.is_open():
        raise NotYet(
            "The unblinded report is not to be had yet. First the study is locked, then two people approve that the "
            "allocation list is opened. This request was written down."
        )


def opened_list() -> pd.DataFrame:
    """The allocation list: subject, stratum, block, arm. Raises NotOpen with a sentence until it is opened."""
    return unblinding.opened()


def verified_list() -> Verified:
    """The opened list held against its commitment. Raises NotOpen with a sentence until it is opened."""
    return unblinding.verified()


def opened_arms(allocation: pd.DataFrame | None = None) -> pd.Series:
    """The arm of each randomised subject, by number, from the opened list."""
    used = (opened_list() if allocation is None else allocation).dropna(subset=["subject"])
    return pd.Series(used["arm"].to_numpy(), index=used["subject"].to_numpy(), name="arm", dtype=object)


def build(
    collected: Collected,
    circumstances: Circumstances,
    arms: pd.Series,
    *,
    allocation: pd.DataFrame | None = None,
    verified: Verified | None = None,
    seed: int | None = None,
) -> Report:
    """The report. `arms` by subject number; `seed` says that they are dummies drawn from it, and it is a rehearsal.

    `allocation`: the opened list, for the inference by randomisation; without it each site counts as one block.
    `verified`: what came of holding it against its commitment.
    """
    comparison = Comparison(collected, arms)
    is_rehearsal = seed is not None
    is_published = circumstances.is_synthetic and trial.PUBLISHED is not None
    order, last = plan.order(), plan.at_last()
    has_response = trial.ANALYSIS.response is not None
    answered = f"Response{' and remission' if trial.ANALYSIS.remission else ''} at {last}"
    is_sequence = len(trial.ANALYSIS.sequence) * len(plan.pairs()) > 1
    harms = harm.Harm.of(collected, until=circumstances.cut.date()) if harm.is_recorded() else None
    every = {one.code: comparison.course(one.code) for one in plan.in_data_set()}

    def dosed(made: Comparison) -> pd.Series:
        return watched.dosed(collected, made.groups)

    first, *others = plan.reported()
    sections = [
        _told(
            lambda comparison: flow.flow(collected, comparison.counted, comparison.groups, order, is_blinded=False),
            comparison,
            "flow",
            flow.TITLE,
        ),
        _told(efficacy.disposition, comparison, "disposition", "Disposition"),
        _told(efficacy.baseline, comparison, "baseline", "Baseline"),
        _told(
            lambda comparison: estimand.estimand(comparison.happened, comparison.groups, order),
            comparison,
            "estimand",
            "Estimand",
        ),
        _told(
            lambda comparison: sets.analysis_sets(comparison.sets, comparison.groups, order),
            comparison,
            "sets",
            "Analysis sets",
        ),
        outcome.scores(every[first.code], comparison.groups, order),
        _told(efficacy.primary, comparison, "primary", "Primary analysis"),
        _told(diagnostics.diagnostics, comparison, "diagnostics", diagnostics.TITLE),
        is_sequence and _told(supplementary.sequence, comparison, "sequence", "Fixed sequence"),
        _told(supplementary.supplementary, comparison, "supplementary", "Supplementary analyses of the primary score"),
        _told(
            lambda comparison: randomisation.randomisation(comparison, allocation),
            comparison,
            "randomisation",
            "Randomisation",
        ),
        _told(robustness.robustness, comparison, "robustness", "Sensitivity to what was not seen"),
        _told(effects.effect_sizes, comparison, "effects", "Effect sizes"),
        _told(efficacy.beside, comparison, "beside", "Analyses beside it"),
        _told(together.together, comparison, "together", together.TITLE),
        *(outcome.scores(every[one.code], comparison.groups, order) for one in others),
        trial.ANALYSIS.secondary and _told(supplementary.secondary, comparison, "secondary", "Secondary outcomes"),
        has_response and _told(efficacy.response, comparison, "response", answered),
        outcome.response("response_rated", every, comparison.groups, order),
        has_response and _told(responding.responding, comparison, "responding", responding.TITLE),
        *(
            _told(partial(efficacy.moderation, one=one), comparison, one.code, f"Treatment and {one.label}")
            for one in trial.ANALYSIS.moderators
        ),
        _told(
            lambda comparison: exposure.exposure(collected, comparison.groups, order),
            comparison,
            "exposure",
            "Exposure",
        ),
        _told(exposure_response.exposure_response, comparison, exposure_response.KEY, exposure_response.TITLE),
        harms and _told(lambda comparison: harm.by_arm(harms, comparison.arms), comparison, "harm", "Adverse events"),
        _told(lambda made: watched.scales(collected, dosed(made), order), comparison, "scales", watched.TITLE),
        _told(
            lambda made: watched.occurrences(collected, dosed(made), order), comparison, "occurrences", "Occurrences"
        ),
        _told(lambda made: bloods.bloods(collected, dosed(made), order), comparison, "bloods", bloods.TITLE),
        _told(lambda made: dropout.dropout(made.every, made.groups, order), comparison, "dropout", dropout.TITLE),
        _told(
            lambda made: departures.departures(collected, made.groups, order, listed=False),
            comparison,
            "deviations",
            departures.TITLE,
        ),
        blinding.forms()
        and _told(lambda made: blinding.blinding(collected, made.arms), comparison, "blinding", "Blinding"),
        _told(code_breaks.code_breaks, comparison, code_breaks.KEY, code_breaks.TITLE),
        list_verified.verification(verified),
        reopened.changes_after_opening(circumstances),
        _told(listings.participants, comparison, listings.KEY, listings.TITLE),
        _told(single_values.adverse_events, comparison, single_values.EVENTS, single_values.EVENTS_TITLE),
        _told(single_values.laboratory, comparison, single_values.RESULTS, single_values.RESULTS_TITLE),
        is_published and _told(published.as_published, comparison, "as_published", published.TITLE),
        Section("left_out", "What is not in the tables", outcome.left_out(comparison.left_out), whom.RANDOMISED),
    ]
    sections = [one for one in sections if one]
    sections.append(checklist.checklist(sections, moderators=[one.code for one in trial.ANALYSIS.moderators]))
    extra = (("Seed of the dummy arms", str(seed)),) if is_rehearsal else (("Arms, SHA-256", _digest(arms)),)
    described = variables.analysis_columns()
    columns = {"subject": described["subject"], "arm": "the arm, as opened"} | described
    frame = variables.analysis_set(
        [(every[one.code], comparison.counted_course(one.code)) for one in plan.in_data_set()]
    )
    frame.insert(1, "arm", frame["subject"].map(arms))
    return Report(
        name=REHEARSAL if is_rehearsal else NAME,
        title="Rehearsal of the efficacy report, dummy arms" if is_rehearsal else TITLE,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=tuple(sections),
        manifest=manifest(collected, circumstances, extra=extra),
        cut=circumstances.cut,
        data=DataSet("analysis", "Analysis data set by arm", columns, frame),
        is_unblinded=not is_rehearsal,
        is_synthetic=circumstances.is_synthetic,
        warning=_warning(circumstances, is_rehearsal=is_rehearsal),
        program=randomisation.for_the_second_program(comparison, allocation),
    )


_told = efficacy.told


def _warning(circumstances: Circumstances, *, is_rehearsal: bool) -> str:
    if is_rehearsal:
        return DUMMY
    if not circumstances.is_synthetic:
        return ""
    return (trial.PUBLISHED.warning if trial.PUBLISHED else "") or SYNTHETIC


def _digest(arms: pd.Series) -> str:
    """A hash of who got what, by which two copies of the report can be compared."""
    text = "".join(f"{who},{plan.names()[arm]}\n" for who, arm in arms.sort_index().items())
    return hashlib.sha256(text.encode()).hexdigest()
