"""Response beyond week 6: across sites, sustained, by treatment policy, and the time to it (METHODS 5.9, 2.9, 15)."""

from functools import partial

import numpy as np
import pandas as pd

from analysis.derive import derivations as derive
from analysis.derive import variables
from analysis.papers import drawings
from analysis.papers.tables import counts, interval, p_value, percent
from analysis.reports.comparison import ACTIVE, NAMES, ORDER, REFERENCE, Comparison
from analysis.reports.document import Figure, Number, PValue, Section
from analysis.reports.outcome import LABELS, LEVEL
from analysis.stats.descriptive import count
from analysis.stats.interval_censored import interval_log_rank, turnbull
from analysis.stats.mantel_haenszel import cmh, mantel_haenszel_difference, tables_by_stratum
from analysis.stats.results import Survival
from analysis.stats.two_by_two import Table as TwoByTwo
from analysis.stats.unconditional import boschloo
from crf import trial

ARMS = {"arm": "arm", "active": ACTIVE, "reference": REFERENCE}
UNCONTROLLED = "Not controlled for multiplicity: p is nominal."
ENDS = trial.ANALYSIS_WINDOWS[variables.LAST][1]


def responding(two: Comparison) -> Section:
    """What stands beside response at week 6."""
    everyone = two.subjects[["subject", "site", "arm"]]
    seen = variables.responses(two.primary_hamd, two.events)
    at_6 = everyone.merge(two.answered, on="subject", how="left")
    tables, left_out = tables_by_stratum(at_6, responded="responded", strata="site", **ARMS)
    policy = variables.responses(two.hamd)
    policy = policy[policy["visit"] == variables.LAST].set_index("subject")["responded"]
    parts = {"subject": "subject", "visit": "visit", "responded": "responded", "order": list(variables.WEEKS), "run": 2}
    who = everyone["subject"]
    verdicts = [
        ("Response at week 6, all randomised", at_6["responded"]),
        ("the same by treatment policy", who.map(policy)),
        (
            f"Sustained: {LABELS['W5'].lower()} and {LABELS['W6'].lower()}",
            who.map(derive.sustained(seen, until_end=True, **parts)),
        ),
        ("Response at any two visits in a row", who.map(derive.sustained(seen, until_end=False, **parts))),
        ("Remission at week 6", at_6["remitted"]),
    ]
    rows, known = [], {}
    for label, verdict in verdicts:
        found = table_of(everyone["arm"], verdict)
        if found not in known:
            known[found] = boschloo(found).p
        rows.append((label, *_shares(found), PValue(known[found])))
    table = counts(
        "responding",
        "Response and remission, who was not rated counted as none",
        ("", *ORDER, "p, Boschloo"),
        rows,
        notes=(UNCONTROLLED,),
    )
    blocks: list = [table]
    if tables:
        blocks.append(_by_site(tables, left_out))
    return Section("responding", "Response: sustained, by site, and the time to it", (*blocks, *_times(two, seen)))


def table_of(arm: pd.Series, verdict: pd.Series) -> TwoByTwo:
    """Who has it, of all in each arm; who was not rated has it not."""
    has = verdict.astype("boolean").fillna(False).astype(bool)
    active, reference = (has[(arm == name).to_numpy()] for name in (ACTIVE, REFERENCE))
    return TwoByTwo(int(active.sum()), len(active), int(reference.sum()), len(reference))


def _shares(found: TwoByTwo):
    for events, n in ((found.active_events, found.active_n), (found.reference_events, found.reference_n)):
        yield percent(count(events, n, name="", missing=0, level=LEVEL))


def _by_site(tables, left_out):
    test, gap = cmh(tables, continuity=False), mantel_haenszel_difference(tables, level=LEVEL)
    names = {site.code: site.name for site in trial.SITES}
    rows = [
        (
            names.get(code, code),
            f"{one.active_events} of {one.active_n}",
            f"{one.reference_events} of {one.reference_n}",
            Number(100 * (one.active_events / one.active_n - one.reference_events / one.reference_n), 1),
            "",
        )
        for code, one in tables.items()
    ]
    rows.append(("Across sites", "", "", Number(100 * gap.estimate, 1), interval(100 * gap.low, 100 * gap.high)))
    return counts(
        "by_site",
        "Response at week 6 by site",
        ("Site", *ORDER, "Risk difference (points)", "95 % interval (Sato)"),
        rows,
        notes=(
            f"Cochran-Mantel-Haenszel without correction: chi-square {Number(test.statistic, 3)}, "
            f"p = {p_value(test.p)}. {UNCONTROLLED}",
            *left_out,
        ),
    )


def _times(two: Comparison, seen: pd.DataFrame) -> tuple:
    """Time to the first rating with response: curves and the log-rank test."""
    planned = seen.assign(planned=seen["visit"].map(lambda code: trial.visit(code).day).astype(float))
    times = derive.first_response_interval(planned, subject="subject", time="planned", responded="responded")
    times = times.merge(two.subjects[["subject", "site", "arm"]], on="subject")
    times["event"] = np.isfinite(times["right"])
    times["time"] = times["right"].where(times["event"], times["left"])
    parts = {"subject": "subject", "left": "left", "right": "right"}
    found = {
        arm: turnbull(times[times["arm"] == arm], name=NAMES[arm], level=LEVEL, **parts) for arm in (ACTIVE, REFERENCE)
    }
    plain = interval_log_rank(times, strata=None, **parts, **ARMS)
    by_site = interval_log_rank(times, strata="site", **parts, **ARMS)
    rows = [(one.name, one.n, one.events, _median(one)) for one in found.values()]
    table = counts(
        "time_to_response",
        "Time to response (planned day of the first visit with response)",
        ("Arm", "Subjects", "Responded", "Median (95 % interval)"),
        rows,
        notes=(
            f"Log-rank: p = {p_value(plain.p)}; stratified by site: p = {p_value(by_site.p)}. "
            f"{UNCONTROLLED} Response began between two visits: interval-censored by planned day (Turnbull; Sun's "
            "scores), so that the scatter of actual days moves nothing; a time is the upper end. Censored at the last "
            "visit rated.",
        ),
    )
    ticks = (
        (0.0, "0"),
        *((float(trial.visit(code).day), str(trial.visit(code).day)) for code in variables.WEEKS),
        (float(ENDS), ""),
    )
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
        + f" Log-rank p = {p_value(plain.p)}, nominal."
    )
    if not points:
        return (table,)
    data = counts(
        "km_points",
        "Cumulative response, the numbers of the figure",
        ("Arm", "Study day", "At risk", "Responded", "Share", "Low", "High"),
        points,
    )
    drawing = Figure(
        "km",
        "Cumulative response by planned study day (Turnbull), 95 % band",
        says,
        says,
        partial(drawings.risen, curves, ticks=ticks, y="Responded"),
        data,
    )
    return drawing, table


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
