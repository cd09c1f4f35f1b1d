"""Time to response of each arm, and the log-rank test (METHODS 15)."""

from __future__ import annotations

from dataclasses import replace

from analysis.command.estimators.asked import Asked
from analysis.command.estimators.endpoint import responded, response_rule
from analysis.command.longform import LongForm
from analysis.derive.derivations import first_response_day, first_response_interval
from analysis.stats.interval_censored import interval_log_rank, turnbull
from analysis.stats.results import NotEstimable
from analysis.stats.survival import kaplan_meier, log_rank


def survival(data: LongForm, asked: Asked) -> dict:
    """Kaplan-Meier curve of each arm and the log-rank test, within --stratum too where one is named.

    With --visit-days response began between two visits at their planned days: interval-censored, so that the scatter
    of actual days moves nothing. With --day a response is taken as new on the day of its rating. Who was never rated
    is left out.
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
        raise NotEstimable('--method survival wants the days: --day COLUMN, or --visit-days "V1=8,V2=15".')
    own = [column for column in data.subjects.columns if column != names.subject]
    rows = rows.drop(columns=[column for column in own if column in rows]).merge(data.subjects, on=names.subject)
    rated = responded(data, rows, asked)
    if asked.day:
        times = first_response_day(rated, subject=names.subject, day="_day", responded="responded")
        kept, test, curve = {"time": "time", "event": "event"}, log_rank, kaplan_meier
    else:
        times = first_response_interval(rated, subject=names.subject, time="_day", responded="responded")
        kept, test, curve = {"left": "left", "right": "right"}, interval_log_rank, turnbull
    never = tuple(
        f"{who}: never rated" for who in sorted(set(data.subjects[names.subject]) - set(times[names.subject]))
    )
    if times.empty:
        raise NotEstimable("Nobody has a rating with a day: there is no time to response.")
    kept["subject"] = names.subject
    times = data.subjects.merge(times, on=names.subject)
    arms = {"arm": names.arm, "active": data.active, "reference": data.reference}
    plain = test(times, **kept, **arms, strata=None)
    found = {
        "rule": response_rule(data, asked),
        "log_rank": replace(
            plain, left_out=never, warnings=(*plain.warnings, *(_scattered(rated, names.visit) if asked.day else ()))
        ),
        **{
            side: curve(times[times[names.arm] == arm], **kept, name=arm, level=asked.level)
            for side, arm in (("active", data.active), ("reference", data.reference))
        },
    }
    if asked.stratum:
        found["log_rank_stratified"] = test(times, **kept, **arms, strata=asked.stratum)
    if not asked.day:  # the ordinary test beside: a response counts as new at its visit, missed visits before or not
        at_visits = times.assign(_event=times["right"].lt(float("inf")))
        at_visits["_time"] = at_visits["right"].where(at_visits["_event"], at_visits["left"])
        ordinary = {"subject": names.subject, "time": "_time", "event": "_event", **arms}
        for key, strata in (("", None), *((("_stratified", asked.stratum),) if asked.stratum else ())):
            found[f"log_rank_at_visits{key}"] = log_rank(at_visits, strata=strata, **ordinary)
    return found


def _scattered(rated, visit) -> tuple[str, ...]:
    """What to say where one visit has several days: the order of responses is then that of appointments."""
    days = rated[rated["responded"].notna()].groupby(visit)["_day"]
    spread = int((days.max() - days.min()).max())
    if not spread:
        return ()
    return (
        f"The days of one visit differ by up to {spread}. Where response is looked for at visits only, curve and test "
        "then follow the days of appointments; --visit-days takes the planned ones, interval-censored.",
    )
