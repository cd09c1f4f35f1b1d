"""The blinded efficacy report: the trial as a whole, for those who must not know the arms.

Its data come through `analysis.collect.datasets`, which knows none; the
code of the tables and figures is the final report's.
"""

from analysis.collect.frames import Collected
from analysis.derive import variables
from analysis.reports import conduct, estimand, exposure, harm, outcome, sets
from analysis.reports.document import DataSet, Report, Section
from analysis.reports.manifest import Circumstances, manifest
from analysis.reports.variance import variance
from crf import trial

NAME = "blinded-efficacy-report"
TITLE = "Blinded efficacy report"
SYNTHETIC = (
    "The data are synthetic. They were made to reproduce published numbers; nothing in this report is evidence of "
    "anything."
)


def build(collected: Collected, circumstances: Circumstances) -> Report:
    """The report on what was collected. Pure: the same frames and circumstances give the same report."""
    subjects = collected.randomised
    happened = estimand.Happened.of(collected)
    cut, scores = variables.cuts(happened.events), (variables.PRIMARY, variables.SECOND, "BDI")
    pairs = [(variables.course(collected, one), variables.course(collected, one, cut=cut)) for one in scores]
    hamd, hama, bdi = (every for every, _ in pairs)
    everyone, order = outcome.everyone(subjects), ("All",)
    sentences = tuple(dict.fromkeys(sentence for _, primary in pairs for sentence in primary.left_out))
    return Report(
        name=NAME,
        title=TITLE,
        study=f"{trial.STUDY_ID}: {trial.TITLE}",
        sections=(
            conduct.enrolment(collected, until=circumstances.cut.date()),
            conduct.retention(collected),
            conduct.completeness(collected),
            estimand.estimand(happened, everyone, order),
            sets.pooled(collected, hamd, everyone, order),
            outcome.scores("hamd", hamd, everyone, order),
            outcome.scores("hama", hama, everyone, order),
            outcome.scores("bdi", bdi, everyone, order),
            outcome.response("response", hamd, everyone, order),
            variance(pairs[0][1]),
            exposure.exposure(collected, everyone, order),
            harm.pooled(harm.Harm.of(collected, until=circumstances.cut.date())),
            Section("left_out", "What is not in the tables", outcome.left_out(sentences)),
        ),
        manifest=manifest(collected, circumstances),
        cut=circumstances.cut,
        data=DataSet(
            "analysis", "Analysis data set, pooled", variables.ANALYSIS_COLUMNS, variables.analysis_set(pairs)
        ),
        is_unblinded=False,
        is_synthetic=circumstances.is_synthetic,
        warning=SYNTHETIC if circumstances.is_synthetic else "",
    )
