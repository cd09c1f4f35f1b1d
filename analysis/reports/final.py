"""The unblinded efficacy report: both arms, once the study is locked and the list is opened by two people.

The same code is rehearsed with dummy arms before; unblinding changes one argument (`arms`) and no code.
"""

import hashlib

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import variables
from analysis.papers.tables import counts, number, p_value
from analysis.reports import (
    effects,
    efficacy,
    estimand,
    exposure,
    harm,
    outcome,
    randomisation,
    responding,
    robustness,
    sets,
    supplementary,
)
from analysis.reports.comparison import NAMES, ORDER, Comparison, at_last
from analysis.reports.document import DataSet, Number, Report, Section
from analysis.reports.manifest import Circumstances, manifest
from analysis.sealed import unblinding
from crf import trial
from crf.refusals import NotYet

NAME, REHEARSAL = "efficacy-report", "rehearsal-of-efficacy-report"
TITLE = "Unblinded efficacy report"
CALIBRATED = (
    "The data are synthetic. They were made to reproduce the published numbers of a real trial (Heresco-Levy et al. "
    "2013): its baseline means, responders and p-values stand here because the data were drawn until they did. This "
    "report is no evidence of anything."
)
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
    seed: int | None = None,
) -> Report:
    """The report. `arms` by subject number; `seed` says that they are dummies drawn from it, and it is a rehearsal.

    `allocation`: the opened list, for the inference by randomisation; without it each site counts as one block.
    """
    two = Comparison(collected, arms)
    harms = harm.Harm.of(collected, until=circumstances.cut.date())
    is_rehearsal = seed is not None
    sections = [
        _told(efficacy.disposition, two, "disposition", "Disposition"),
        _told(efficacy.baseline, two, "baseline", "Baseline"),
        _told(lambda two: estimand.estimand(two.happened, two.groups, ORDER), two, "estimand", "Estimand"),
        _told(lambda two: sets.analysis_sets(two.sets, two.groups, ORDER), two, "sets", "Analysis sets"),
        outcome.scores("hamd", two.hamd, two.groups, ORDER),
        _told(efficacy.primary, two, "primary", "Primary analysis"),
        _told(supplementary.sequence, two, "sequence", "Fixed sequence"),
        _told(supplementary.supplementary, two, "supplementary", "Supplementary analyses of the primary score"),
        _told(lambda two: randomisation.randomisation(two, allocation), two, "randomisation", "Randomisation"),
        _told(robustness.robustness, two, "robustness", "Sensitivity to what was not seen"),
        _told(effects.effect_sizes, two, "effects", "Effect sizes"),
        _told(efficacy.beside, two, "beside", "Analyses beside it"),
        outcome.scores("hama", two.hama, two.groups, ORDER),
        outcome.scores("bdi", two.bdi, two.groups, ORDER),
        _told(supplementary.secondary, two, "secondary", "Secondary outcomes"),
        _told(efficacy.response, two, "response", "Response and remission at week 6"),
        outcome.response("response_weeks", two.hamd, two.groups, ORDER),
        _told(responding.responding, two, "responding", "Response: sustained, by site, and the time to it"),
        _told(efficacy.glycine, two, "glycine", "Treatment and serum glycine"),
        _told(lambda two: exposure.exposure(collected, two.groups, ORDER), two, "exposure", "Exposure"),
        _told(lambda two: harm.by_arm(harms, two.arms), two, "harm", "Adverse events"),
        _told(as_published, two, "as_published", "As published, and as planned here"),
        Section("left_out", "What is not in the tables", outcome.left_out(two.left_out)),
    ]
    extra = (("Seed of the dummy arms", str(seed)),) if is_rehearsal else (("Arms, SHA-256", _digest(arms)),)
    warning = DUMMY if is_rehearsal else CALIBRATED if circumstances.is_synthetic else ""
    described = variables.ANALYSIS_COLUMNS
    columns = {"subject": described["subject"], "arm": "the arm, as opened"} | described
    pairs = [(two.hamd, two.primary_hamd), (two.hama, two.primary_hama), (two.bdi, two.primary_bdi)]
    frame = variables.analysis_set(pairs)
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
        warning=warning,
    )


_told = efficacy.told


def as_published(two: Comparison) -> Section:
    """The published p-values beside the same analyses here and the planned ones, with what makes them differ."""
    hamd, bdi, response = two.carried_hamd.contrast, two.carried_bdi.contrast, two.response
    row, glycine = two.primary, two.moderation.interaction
    planned_bdi = at_last(two.differences_of(two.bdi_model))
    boschloo, pearson, fisher = (response.test(name) for name in ("Boschloo", "Pearson", "Fisher"))
    ratio = f"{response.active.events}/{response.active.n} vs {response.reference.events}/{response.reference.n}"
    rows = [
        (
            "HAMD",
            "0.005",
            f"ANCOVA, last carried forward: {_says(hamd)}",
            f"MMRM with Kenward-Roger: {number(row['estimate'])}, p = {p_value(row['p'])}",
        ),
        (
            "BDI",
            "0.046",
            f"ANCOVA, last carried forward: {_says(bdi)}",
            f"MMRM with Kenward-Roger: {number(planned_bdi['estimate'])}, p = {p_value(planned_bdi['p'])}",
        ),
        (
            "Response",
            "0.039 (7/13 vs 2/13)",
            f"Pearson without correction: {ratio}, p = {p_value(pearson.p)}",
            f"Boschloo: p = {p_value(boschloo.p)}; Fisher: p = {p_value(fisher.p)}",
        ),
        (
            "Treatment x glycine",
            "0.043",
            f"Least squares, last carried forward: p = {p_value(glycine.p)}",
            f"the same with HC3: p = {p_value(two.moderation.robust.p)}",
        ),
    ]
    table = counts(
        "as_published",
        "The published results, the named analysis, and the planned one",
        ("Outcome", "Published p", "As published, here", "As planned, here"),
        rows,
    )
    reasons = (
        "The paper does not say which model each p belongs to; the second column names the analysis that is taken for "
        "it. Carrying the last rating forward counts who left as unchanged since; the planned mixed model uses every "
        "rating under treatment and assumes those missing to be missing at random, adjusts for site, and its p allows "
        "for the covariance being estimated from few subjects.",
        "The published response test is Pearson's without correction. Fisher's test of the same table is not "
        "significant; the planned test is Boschloo's, which is exact and less conservative.",
    )
    return Section("as_published", "As published, and as planned here", (table, *reasons))


def _says(one) -> str:
    return f"{Number(one.estimate, 1)}, p = {p_value(one.p)}"


def _digest(arms: pd.Series) -> str:
    """A hash of who got what, by which two copies of the report can be compared."""
    text = "".join(f"{who},{NAMES[arm]}\n" for who, arm in arms.sort_index().items())
    return hashlib.sha256(text.encode()).hexdigest()
