"""Time to response of each arm, and the log-rank test (METHODS 15)."""

from __future__ import annotations

from analysis.command.estimators.asked import Asked
from analysis.command.estimators.endpoint import responded, response_rule
from analysis.command.longform import LongForm
from analysis.derive.derivations.derivations import first_response_day
from analysis.stats.results import NotEstimable
from analysis.stats.survival import kaplan_meier, log_rank


def survival(data: LongForm, asked: Asked) -> dict:
    """Kaplan-Meier curve of each arm and the log-rank test, within --stratum too where one is named.

    The day of a rating is its own column (--day) or that of its visit (--visit-days). Who was never rated is left out.
    """
    names = data.columns
    rows = data.rows[data.rows[names.visit].isin(data.visits)]
    if asked.day:
        rows = rows.assign(_day=rows[asked.day])
    elif asked.visit_days:
        if unknown := [visit for visit in data.visits if visit not in asked.visit_days]:
            raise NotEstimable(f"--visit-days does not say the day of visit {unknown[0]}.")
        rows = rows.assign(_day=rows[names.visit].map(asked.visit_days))
    else:
        raise NotEstimable('--method survival wants the days: --day COLUMN, or --visit-days "W1=8,W2=15".')
    own = [column for column in data.subjects.columns if column != names.subject]
    rows = rows.drop(columns=[column for column in own if column in rows]).merge(data.subjects, on=names.subject)
    rated = responded(data, rows, asked)
    times = first_response_day(rated, subject=names.subject, day="_day", responded="responded")
    if times.empty:
        raise NotEstimable("Nobody has a rating with a day: there is no time to response.")
    times = data.subjects.merge(times, on=names.subject, how="left")
    kept = {"subject": names.subject, "time": "time", "event": "event"}
    arms = {"arm": names.arm, "active": data.active, "reference": data.reference}
    found = {
        "rule": response_rule(data, asked),
        "log_rank": log_rank(times, **kept, **arms, strata=None),
        **{
            side: kaplan_meier(times[times[names.arm] == arm], **kept, name=arm, level=asked.level)
            for side, arm in (("active", data.active), ("reference", data.reference))
        },
    }
    if asked.stratum:
        found["log_rank_stratified"] = log_rank(times, **kept, **arms, strata=asked.stratum)
    return found
