"""The blinded efficacy report: the trial as a whole, for those who must not know the arms.

Its data come through `analysis.collect.datasets`, which knows none; the code of the tables and figures is the final
report's.
"""

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.reports import (
    blinding,
    bloods,
    conduct,
    departures,
    dropout,
    estimand,
    exposure,
    flow,
    harm,
    outcome,
    review,
    sets,
    watched,
    whom,
)
from analysis.reports.document import DataSet, Report, Section
from analysis.reports.manifest import Circumstances, manifest
from analysis.reports.variance import variance
from crf import trial

NAME = "blinded-efficacy-report"
TITLE = "Blinded efficacy report"
SYNTHETIC = "The data are synthetic: made up to show the program. Nothing in this report is evidence of anything."
REPRODUCED = (
    "The data are synthetic. They were made to reproduce published numbers; nothing in this report is evidence of "
    "anything."
)


def build(collected: Collected, circumstances: Circumstances) -> Report:
    """The report on what was collected. Pure: the same frames and circumstances give the same report."""
    subjects = collected.randomised
    happened = estimand.IntercurrentEvents.of(collected)
    cut = variables.cuts(happened.events)
    pairs = {one.code: variables.courses(collected, one.code, cut) for one in plan.in_data_set()}
    every = {code: course for code, (course, _) in pairs.items()}
    primary = plan.primary().code
    everyone, order = outcome.everyone(subjects), ("All",)
    dosed = watched.dosed(collected, everyone)
    counted = [pairs[one.code][1].left_out for one in plan.reported()]
    sentences = tuple(dict.fromkeys(sentence for some in counted for sentence in some))
    harms = harm.Harm.of(collected, until=circumstances.cut.date()) if harm.is_recorded() else None
    sections = (
        flow.flow(collected, pairs[primary][1], everyone, order, is_blinded=True),
        conduct.enrolment(collected, until=circumstances.cut.date(), annulled=circumstances.annulled),
        conduct.retention(collected),
        conduct.completeness(collected),
        estimand.estimand(happened, everyone, order),
        sets.pooled(collected, every[primary], everyone, order),
        *(outcome.scores(every[one.code], everyone, order) for one in plan.reported()),
        outcome.response("response", every, everyone, order),
        dropout.dropout(every[primary], everyone, order),
        variance(pairs[primary][1]),
        exposure.exposure(collected, everyone, order),
        harm.pooled(harms) if harms else None,
        watched.scales(collected, dosed, order),
        watched.occurrences(collected, dosed, order),
        bloods.bloods(collected, dosed, order),
        departures.departures(collected, everyone, order, listed=True),
        blinding.blinding(collected, None),
        review.review(collected, happened, every[primary]),
        Section("left_out", "What is not in the tables", outcome.left_out(sentences), whom.RANDOMISED),
    )
    warning = (REPRODUCED if trial.PUBLISHED else SYNTHETIC) if circumstances.is_synthetic else ""
    return Report(
        name=NAME,
        title=TITLE,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=tuple(one for one in sections if one),
        manifest=manifest(collected, circumstances),
        cut=circumstances.cut,
        data=DataSet(
            "analysis",
            "Analysis data set, pooled",
            variables.analysis_columns(),
            variables.analysis_set([pairs[one.code] for one in plan.in_data_set()]),
        ),
        is_unblinded=False,
        is_synthetic=circumstances.is_synthetic,
        warning=warning,
    )
