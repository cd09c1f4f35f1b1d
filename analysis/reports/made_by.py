"""What is told of an analysis so that another program can make its numbers anew: the facts of each method.

The names of the methods and of their facts are those of the functions of analysis/second/estimators.R.
"""

from collections.abc import Mapping

from analysis.derive import plan
from analysis.reports.document import Analysis
from analysis.stats.mmrm import Fit
from crf import trial
from crf.spec import outcomes
from crf.spec.outcomes import Kind, Outcome

PRIMARY, EVERY = "primary", "every"
UNSTRUCTURED = "un"
UNCOVERED = "uncovered"  # no other program makes the number; the fact `why` says why not
#: Where the numbers of a difference stand in a row, by the layout of the table.
ESTIMATE = {"n": 1, "estimate": 2, "se": 3, "df": 4, "ends": 5, "t": 6, "p": 7}
POINTS = {"estimate": 1, "low": 2, "high": 3}
NOTED = POINTS | {"p": 4}


def reference_first() -> tuple[str, ...]:
    """The codes of the arms, the reference first."""
    return (trial.REFERENCE.code, *(arm.code for arm in trial.ACTIVE_ARMS))


def summaries(outcome: Outcome, groups: tuple[str, ...], visits: tuple[str, ...], *, points: bool) -> Analysis:
    """Means by visit. groups: the printed arms; of one group everybody is in it."""
    labels = plan.labels()
    return Analysis.of(
        "summaries",
        outcome=outcome.code,
        ratings=EVERY,
        visits={code: labels[code] for code in visits},
        arms=plan.names() if len(groups) > 1 else {"all": groups[0]},
        level=plan.level(),
        baseline=trial.BASELINE,
        points=points,
        dosed=outcome.kind is Kind.DESCRIBED,  # what is watched for safety is told of who took a dose
    )


def mixed(
    method: str, fit: Fit, outcome: Outcome, *, row: str = "", ratings: str = PRIMARY, members: str = "", **more
) -> tuple[Analysis, ...]:
    """A number of a mixed model; where its covariance is not the one that the other program fits, that it is not."""
    if fit.covariance != UNSTRUCTURED:
        why = f"the covariance is {fit.covariance.upper()}, and the second program fits the unstructured one only"
        return (Analysis.of(UNCOVERED, row, why=why),)
    labels = plan.labels()
    facts = {
        "outcome": outcome.code,
        "ratings": ratings,
        "members": members,
        "visits": {code: labels[code] for code in plan.visits_of(outcome)},
        "arms": reference_first(),
        "site": trial.ANALYSIS.adjusted_for_site,
    }
    return (Analysis.of(method, row, **facts, **more),)


def mixed_row(fit: Fit, outcome: Outcome, row: str, active: str, columns: Mapping[str, int], **which: str):
    """The difference of a mixed model at the primary visit in one row of a table; `columns` says where it stands."""
    more = {"active": active, "at": plan.last(), "level": plan.level(), "columns": dict(columns)}
    return mixed("mixed_row", fit, outcome, row=row, **which, **more)


def covariance(
    outcome: Outcome, row: str, active: str, columns: Mapping[str, int], *, carried: bool, robust: bool = False
):
    """An analysis of covariance of every rating at the primary visit in one row of a table."""
    return Analysis.of(
        "ancova_row",
        row,
        columns=dict(columns),
        outcome=outcome.code,
        ratings=EVERY,
        carried=carried,
        order=plan.visits_to_primary(outcome),
        arms=reference_first(),
        active=active,
        level=plan.level(),
        robust=robust,
    )


def rule(which: str) -> dict[str, object]:
    """The rule of `response` or of `remission`, and the events that count as none."""
    composite = tuple(one.kind for one in trial.ANALYSIS.strategies if one.response == outcomes.COMPOSITE)
    if which == "response":
        declared = trial.ANALYSIS.response
        falls = plan.is_better_lower(trial.ANALYSIS.outcome(declared.outcome))
        kind, limit = ("response_lower" if falls else "response_higher"), declared.percent
    else:
        declared = trial.ANALYSIS.remission
        kind = "at_most" if declared.at_most is not None else "at_least"
        limit = declared.at_most if declared.at_most is not None else declared.at_least
    return {"outcome": declared.outcome, "kind": kind, "limit": limit, "composite": composite}
