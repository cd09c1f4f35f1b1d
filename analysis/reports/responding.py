"""Response beyond the primary visit: across sites, sustained, by treatment policy, and the time to it.

METHODS 5.9, 2.9 and 15.
"""

from functools import partial

import numpy as np
import pandas as pd

from analysis.derive import derivations as derive
from analysis.derive import plan, variables
from analysis.derive.plan import Pair
from analysis.papers import drawings
from analysis.papers.tables import counts, interval, of_all, p_value, percent
from analysis.reports import made_by, whom
from analysis.reports.comparison import Comparison, responding_outcome
from analysis.reports.document import Analysis, Figure, Number, PValue, Section, Table
from analysis.stats.descriptive import count
from analysis.stats.interval_censored import interval_log_rank, turnbull
from analysis.stats.mantel_haenszel import cmh, mantel_haenszel_difference, tables_by_stratum
from analysis.stats.results import Survival
from analysis.stats.two_by_two import Table as TwoByTwo
from analysis.stats.unconditional import boschloo
from crf import trial

UNCONTROLLED = "Not controlled for multiplicity: p is nominal."
TITLE = "Response: sustained, by site, and the time to it"


def responding(comparison: Comparison) -> Section:
    """What stands beside response at the primary visit."""
    everyone = comparison.subjects[["subject", "site", "arm"]]
    outcome, remission = responding_outcome(), trial.ANALYSIS.remission
    seen = variables.responses(comparison.counted_course(outcome.code), comparison.events)
    at_last = everyone.merge(comparison.answered, on="subject", how="left")
    policy = variables.responses(comparison.course(outcome.code))
    policy = policy[policy["visit"] == plan.last()].set_index("subject")["responded"]
    who = everyone["subject"]
    verdicts = [
        (f"Response at {plan.at_last()}, all randomised", at_last["responded"]),
        ("the same by treatment policy", who.map(policy)),
        *((label, who.map(verdict)) for label, verdict in sustained(seen, outcome)),
    ]
    if remission is not None:
        verdicts.append((f"Remission at {plan.at_last()}", at_last["remitted"]))
    rows, known = [], {}
    for label, verdict in verdicts:
        shares, tested = {}, []
        for pair in plan.pairs():
            found = table_of(everyone["arm"], verdict, pair)
            if found not in known:
                known[found] = boschloo(found).p
            tested.append(PValue(known[found]))
            shares |= dict(zip(pair.arms, _shares(found), strict=True))
        rows.append((label, *(shares[arm] for arm in plan.names()), *tested))
    several = len(plan.pairs()) > 1
    table = counts(
        "responding",
        f"Response{' and remission' if remission else ''}, who was not rated counted as none",
        (
            "",
            *plan.order(),
            *(f"p, Boschloo, {pair.difference}" if several else "p, Boschloo" for pair in plan.pairs()),
        ),
        rows,
        notes=(UNCONTROLLED,),
    ).by(*_made(rows, remission is not None))
    by_site = [_by_site(at_last, pair) for pair in plan.pairs()] if everyone["site"].nunique() > 1 else []
    return Section(
        "responding", TITLE, (table, *(one for one in by_site if one), *_times(comparison, seen)), whom.RANDOMISED
    )


def _made(rows: list[tuple], is_remission: bool):
    """How the rows were made that need one visit only: response, the same by treatment policy, and remission."""
    own = [(rows[0][0], "response", made_by.PRIMARY), (rows[1][0], "response", made_by.EVERY)]
    own += [(rows[-1][0], "remission", made_by.PRIMARY)] if is_remission else []
    for label, which, ratings in own:
        facts = {"rule": made_by.rule(which), "at": plan.last(), "ratings": ratings, "arms": plan.names()}
        yield Analysis.of("boschloo_row", label, pairs=tuple(pair.active for pair in plan.pairs()), **facts)
    for label, until_end in zip([row[0] for row in rows[2:4]], (True, False), strict=False):
        if not trial.ANALYSIS.response.sustained_visits:
            break
        facts = {
            "rule": made_by.rule("response"),
            "order": plan.visits_to_primary(responding_outcome()),
            "run": trial.ANALYSIS.response.sustained_visits,
            "until_end": until_end,
            "arms": plan.names(),
        }
        yield Analysis.of("sustained_row", label, pairs=tuple(pair.active for pair in plan.pairs()), **facts)


def sustained(seen: pd.DataFrame, outcome) -> list[tuple[str, pd.Series]]:
    """Response kept to the primary visit, and ever held for as many visits in a row, by subject (METHODS 2.9)."""
    run, order = trial.ANALYSIS.response.sustained_visits, list(plan.visits_to_primary(outcome))
    if not run:
        return []
    parts = {"subject": "subject", "visit": "visit", "responded": "responded", "order": order, "run": run}
    held = " and ".join(plan.at(visit) for visit in order[-run:])
    number = plan.NUMBERS.get(run, str(run))
    return [
        (f"Sustained: {held}", derive.sustained(seen, until_end=True, **parts)),
        (f"Response at any {number} visits in a row", derive.sustained(seen, until_end=False, **parts)),
    ]


def table_of(arm: pd.Series, verdict: pd.Series, pair: Pair) -> TwoByTwo:
    """Who has it, of all in each arm; who was not rated has it not."""
    has = verdict.astype("boolean").fillna(False).astype(bool)
    active, reference = (has[(arm == name).to_numpy()] for name in pair.arms)
    return TwoByTwo(int(active.sum()), len(active), int(reference.sum()), len(reference))


def _shares(found: TwoByTwo):
    for events, n in ((found.active_events, found.active_n), (found.reference_events, found.reference_n)):
        yield percent(count(events, n, name="", missing=0, level=plan.level()))


def _by_site(at_last: pd.DataFrame, pair: Pair) -> Table | None:
    """Response of the two arms by site; None where no site has both."""
    tables, left_out = tables_by_stratum(at_last, responded="responded", strata="site", **pair.parts)
    if not tables:
        return None
    test, gap = cmh(tables, continuity=False), mantel_haenszel_difference(tables, level=plan.level())
    names = {site.code: site.name for site in trial.SITES}
    rows = [
        (
            names.get(code, code),
            of_all(one.active_events, one.active_n),
            of_all(one.reference_events, one.reference_n),
            Number(100 * (one.active_events / one.active_n - one.reference_events / one.reference_n), 1),
            "",
        )
        for code, one in tables.items()
    ]
    rows.append(("Across sites", "", "", Number(100 * gap.estimate, 1), interval(100 * gap.low, 100 * gap.high)))
    return counts(
        pair.key("by_site"),
        pair.row(f"Response at {plan.at_last()} by site"),
        ("Site", *(plan.names()[arm] for arm in pair.arms), "Risk difference (points)", f"{plan.interval()} (Sato)"),
        rows,
        notes=(
            f"Cochran-Mantel-Haenszel without correction: chi-square {Number(test.statistic, 3)}, "
            f"p = {p_value(test.p)}. {UNCONTROLLED}",
            *left_out,
        ),
    ).by(
        Analysis.of(
            "by_site_table",
            rule=made_by.rule("response"),
            at=plan.last(),
            active=pair.active,
            reference=pair.reference,
            sites=names,
            level=plan.level(),
        )
    )


def _times(comparison: Comparison, seen: pd.DataFrame) -> tuple:
    """Time to the first visit with response: curves and the log-rank test, interval-censored by planned visit."""
    planned = seen.assign(planned=seen["visit"].map(lambda code: trial.visit(code).day).astype(float))
    times = derive.first_response_interval(planned, subject="subject", time="planned", responded="responded")
    times = times.merge(comparison.subjects[["subject", "site", "arm"]], on="subject")
    if times.empty:
        return ("Nobody was rated after baseline: there is no time to response.",)
    times["event"] = np.isfinite(times["right"])
    times["time"] = times["right"].where(times["event"], times["left"])
    parts = {"subject": "subject", "left": "left", "right": "right"}
    never = len(comparison.subjects) - len(times)
    found = {
        arm: turnbull(times[times["arm"] == arm], name=name, level=plan.level(), **parts)
        for arm, name in plan.names().items()
    }
    plain = {pair: _log_rank(times, pair, None, parts) for pair in plan.pairs()}
    tested = "; ".join(pair.row("Log-rank") + f": p = {p_value(one.p)}" for pair, one in plain.items())
    if times["site"].nunique() > 1:
        by_site = {pair: _log_rank(times, pair, "site", parts) for pair in plan.pairs()}
        tested += "; " + "; ".join(
            f"stratified by site: p = {p_value(one.p)}"
            if len(by_site) == 1
            else f"{pair.difference} stratified by site: p = {p_value(one.p)}"
            for pair, one in by_site.items()
        )
    rows = [(one.name, one.n, one.events, _median(one)) for one in found.values()]
    of_visits = {visit: trial.visit(visit).day for visit in plan.visits_of(responding_outcome())}
    facts = {"rule": made_by.rule("response"), "days": of_visits, "arms": plan.names()}
    table = counts(
        "time_to_response",
        "Time to response (planned day of the first visit with response)",
        ("Arm", "Subjects", "Responded", f"Median ({plan.interval()})"),
        rows,
        notes=(
            f"{tested}. {UNCONTROLLED} Response began between two visits: interval-censored by planned day (Turnbull; "
            "Sun's scores), so that the scatter of actual days moves nothing; a time is the upper end. Censored at the "
            "last visit rated." + (f" Never rated after baseline and not in it: {never}." if never else ""),
        ),
    ).by(Analysis.of("response_times", **facts))
    days = [trial.visit(code).day for code in plan.visits_of(responding_outcome())]
    ends = max(last for _, last in trial.ANALYSIS_WINDOWS.values())
    ticks = ((0.0, "0"), *((float(day), str(day)) for day in days), (float(ends), ""))
    curves = tuple(_curve(one, times[times["arm"] == arm], ticks) for arm, one in found.items())
    points = [
        (
            one.name,
            int(step[0]),
            int(step[1]),
            int(step[2]),
            Number(1 - step[4], 3),
            Number(1 - step[7], 3),
            Number(1 - step[6], 3),
        )
        for one in found.values()
        for step in one.steps
        if step[2]
    ]
    says = (
        " ".join(f"{one.name}: {one.events} of {one.n} had responded by their last rating." for one in found.values())
        + " "
        + "; ".join(pair.row("Log-rank") + f" p = {p_value(one.p)}, nominal" for pair, one in plain.items())
        + "."
    )
    if not points:
        return (table,)
    data = counts(
        "km_points",
        "Cumulative response, the numbers of the figure",
        ("Arm", "Study day", "At risk", "Responded", "Share", "Low", "High"),
        points,
    ).by(Analysis.of("response_curve", level=plan.level(), **facts))
    drawing = Figure(
        "km",
        f"Cumulative response by planned study day (Turnbull), {plan.in_percent(trial.ANALYSIS.level)} band",
        says,
        says,
        partial(drawings.risen, curves, ticks=ticks, y="Responded"),
        data,
    )
    return drawing, table


def _log_rank(times: pd.DataFrame, pair: Pair, strata: str | None, parts: dict):
    return interval_log_rank(times[times["arm"].isin(pair.arms)], strata=strata, **parts, **pair.parts)


def _median(one: Survival) -> str:
    def day(value):
        return "not reached" if value != value else f"{value:.0f}"

    return f"{day(one.median)} ({day(one.median_low)} to {day(one.median_high)})"


def _curve(one: Survival, times: pd.DataFrame, ticks) -> tuple:
    steps = tuple(
        (time, 1 - share, 1 - high if high == high else 1 - share, 1 - low if low == low else 1 - share)
        for time, _, events, _, share, _, low, high in one.steps
        if events
    )
    censored = tuple(sorted(times.loc[~times["event"].astype(bool), "time"]))
    at_risk = tuple(int((times["time"] >= at).sum()) for at, _ in ticks)
    return one.name, steps, censored, at_risk
