"""The safety laboratory: each test before treatment and at last, and who left the limits of normal.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan
from analysis.papers.tables import counts, mean_sd
from analysis.reports import whom
from analysis.reports.document import NOTHING, Section, Table
from analysis.stats.descriptive import summary
from crf import trial
from crf.spec.laboratory import Analyte

TITLE = "Laboratory"
FLAGS = ("LOW", "NORMAL", "HIGH")


def bloods(collected: Collected, groups: pd.Series, order: tuple[str, ...]) -> Section | None:
    """The section; None where the trial has no laboratory."""
    declared = trial.TRIAL.laboratory
    if declared is None:
        return None
    frame = collected.laboratory.dropna(subset=["value", "day"])
    frame = frame.assign(group=frame["subject"].map(groups)).dropna(subset=["group"])
    if frame.empty:
        return Section("bloods", TITLE, ("No result is recorded yet.",), whom.DOSED)
    tests = [test for test in declared.analytes if (frame["analyte"] == test.code).any()]
    return Section("bloods", TITLE, (_values(tests, frame, order), _shifts(tests, frame, order)), whom.DOSED)


def _ends(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By subject the last result up to day 1, and the last after it. Rows come in the order of dates."""
    before, after = frame[frame["day"] <= 1], frame[frame["day"] > 1]
    return before.groupby("subject").last(), after.groupby("subject").last()


def _values(tests: list[Analyte], frame: pd.DataFrame, order: tuple[str, ...]) -> Table:
    several, rows = len(order) > 1, []
    for test in tests:
        for group in order:
            before, after = _ends(frame[(frame["analyte"] == test.code) & (frame["group"] == group)])
            first, last = before["value"].astype(float), after["value"].astype(float)
            change = (last - first).dropna()
            found = [summary(values, name=test.code, level=plan.level()) for values in (first, last, change)]
            cells = [cell for part in found for cell in (part.n, mean_sd(part, 2) if part.n else NOTHING)]
            rows.append((f"{test.name} ({test.unit})", *((group,) if several else ()), *cells))
    head = ("Test", *(("Arm",) if several else ()), "n", "Baseline, mean (SD)", "n", "Last, mean (SD)")
    note = "In the standard unit. Baseline: the last result up to day 1. Last: the last one after it."
    title = "Laboratory tests before treatment and at last"
    return counts("bloods", title, (*head, "n", "Change, mean (SD)"), rows, notes=(note,))


def _shifts(tests: list[Analyte], frame: pd.DataFrame, order: tuple[str, ...]) -> Table:
    """Against the limits that held for each result: from what at baseline to what at any time after."""
    several, rows = len(order) > 1, []
    for test in tests:
        for group in order:
            own = frame[(frame["analyte"] == test.code) & (frame["group"] == group)].dropna(subset=["flag"])
            before, _ = _ends(own)
            later = own[own["day"] > 1].groupby("subject")["flag"].agg(set)
            both = pd.DataFrame({"before": before["flag"], "later": later}).dropna()
            cells = []
            for flag in FLAGS:
                at = both.loc[both["before"] == flag, "later"]
                went = tuple(sum(other in seen for seen in at) for other in ("LOW", "HIGH"))
                cells += [len(at), went[0] if flag != "LOW" else NOTHING, went[1] if flag != "HIGH" else NOTHING]
            rows.append((test.name, *((group,) if several else ()), *cells))
    words = (name for flag in FLAGS for name in (f"{flag.capitalize()} at baseline", "then low", "then high"))
    note = (
        "Subjects with results before and after. Then: at any time after day 1, also unscheduled; one may have been "
        "both low and high. Limits printed on the report go before the site's, and those before the textbook's."
    )
    head = ("Test", *(("Arm",) if several else ()), *words)
    return counts("bloods_shift", "Laboratory tests: shifts against the limits of normal", head, rows, notes=(note,))
