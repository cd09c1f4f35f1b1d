"""What was prescribed, handed out, counted and taken, by subject (METHODS 11.5). Pure; the ladder is the protocol's.

Three facts, never mixed (PROTOCOL 5). Of single days only what was prescribed is known, so days at each step are those
prescribed up to the last dose; milligrams and compliance come from the capsules.
"""

import functools
import weakref
from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive.derivations import study_day
from analysis.stats import exposure as taking
from crf import trial
from crf.rules.ladder import Prescription, in_force
from crf.spec.dosing import Ladder


def _once(make: Callable[[Collected], Any]) -> Callable[[Collected], Any]:
    """What several tables ask of the same data is made once, and each is handed a copy of it."""
    kept: tuple[Callable[[], Collected | None], Any] = (lambda: None, None)

    @functools.wraps(make)
    def made(collected: Collected) -> Any:
        nonlocal kept
        if kept[0]() is not collected:
            kept = (weakref.ref(collected), make(collected))
        return kept[1].copy()

    return made


@_once
def periods(collected: Collected) -> pd.DataFrame:
    """The daily dose in force, one row a subject and period: subject, first, last (study days, both counted), mg.

    From day 1 to the last dose; while treatment goes on, to the latest visit, and never beyond the last planned day.
    Empty for a trial without a dose ladder: what was prescribed then is no daily dose.
    """
    columns = ["subject", "first", "last", "mg"]
    if trial.LADDER is None:
        return pd.DataFrame(columns=columns)
    last = last_days(collected).to_dict()
    rows = []
    decided = collected.decisions.assign(day=_days_of(collected, collected.decisions, "effective_on"))
    decided = decided[decided["subject"].isin(list(last)) & decided["day"].notna()]
    history: dict[str, list[Prescription]] = {}
    for who, day, decision, mg in zip(*(decided[c] for c in ("subject", "day", "decision", "mg")), strict=True):
        history.setdefault(who, []).append(Prescription(int(day), decision, int(mg)))
    for who in sorted(history):
        began = [(max(entry.day, 1), entry.mg) for entry in in_force(history[who])]
        ends = [first - 1 for first, _ in began[1:]] + [int(last[who])]
        rows += [
            (who, first, min(end, int(last[who])), mg)
            for (first, mg), end in zip(began, ends, strict=True)
            if first <= min(end, int(last[who]))
        ]
    return pd.DataFrame(rows, columns=columns)


@_once
def last_days(collected: Collected) -> pd.Series:
    """The last study day on the drug as far as is known, by subject; only who took a first dose."""
    dosed = collected.randomised[collected.randomised["first_dose_on"].notna()].set_index("subject")
    known = study_day(dosed["last_dose_on"], day_1=dosed["day_1"]).where(dosed["treatment_ended"].notna())
    seen = collected.visits.groupby("subject")["day"].max().reindex(dosed.index)
    # Who is still treated was so on the day before the latest visit.
    so_far = (seen.astype("Float64").fillna(1) - 1).clip(1, _ladder().last_day).astype("Int64")
    return known.fillna(so_far).clip(lower=1)


@_once
def counts(collected: Collected) -> pd.DataFrame:
    """One row a subject and interval from dispensing to the count of that bottle.

    Columns subject, first, last (study days at risk), dispensed, returned, lost, taken, days_missed, prescribed
    (capsules). A bottle that was never counted has missing numbers once treatment ended; before, it is no row.
    """
    over = set(collected.randomised.loc[collected.randomised["treatment_ended"].notna(), "subject"])
    frame = collected.capsules.assign(day=_days_of(collected, collected.capsules, "on"))
    frame = frame[frame["day"].notna()]
    last, dose = last_days(collected), _by_subject(periods(collected))
    rows: list[tuple] = []
    waiting: dict[str, tuple[int, float | None]] = {}  # since when, and how many capsules are out
    for row in frame.to_dict("records"):
        who, day = row["subject"], int(row["day"])
        if row["is_count"] == "Y":
            since, handed = waiting.pop(who, (day, None))
            rows.append((who, since, day - 1, handed, *(row[c] for c in ("returned", "lost", "taken", "days_missed"))))
        elif who in waiting:
            since, handed = waiting[who]
            unknown = handed is None or pd.isna(row["dispensed"])
            waiting[who] = (since, None if unknown else handed + row["dispensed"])
        else:
            waiting[who] = (day, None if pd.isna(row["dispensed"]) else row["dispensed"])
    rows += [
        (who, since, last.get(who, since), handed, *(None,) * 4)
        for who, (since, handed) in waiting.items()
        if who in over and handed != 0
    ]
    columns = ["subject", "first", "last", "dispensed", "returned", "lost", "taken", "days_missed"]
    found = pd.DataFrame(rows, columns=columns).astype({"first": int, "last": int} | dict.fromkeys(columns[3:], float))
    found = found[found["subject"].isin(last.index)].reset_index(drop=True)
    prescribed = [
        sum(max(0, min(end, until) - max(first, since) + 1) * _a_day(mg) for first, end, mg in dose.get(who, ()))
        for who, since, until in zip(found["subject"], found["first"], found["last"], strict=True)
    ]
    return found.assign(prescribed=[float(capsules) for capsules in prescribed])


def _a_day(mg: int) -> float:
    """How many capsules a day the dose is; what is no step of the ladder is counted in its smallest difference."""
    ladder = _ladder()
    return ladder.capsules_of(mg) if mg == 0 or ladder.is_dose(mg) else mg / ladder.unit_dose


def _ladder() -> Ladder:
    assert trial.LADDER is not None, "Daily doses are asked for in a trial with a dose ladder."
    return trial.LADDER


@_once
def taken(collected: Collected) -> pd.DataFrame:
    """Exposure of everyone who took a dose, indexed by subject.

    The columns of `stats.exposure.exposure` as prescribed (days at each step and off the drug, highest dose,
    reductions), and taken_mg, relative_dose_intensity (over what the protocol plans) and compliance from the capsules;
    missing where a number of capsules is unknown, with the reason in `missing`.
    """
    doses = periods(collected)
    if doses.empty:
        return pd.DataFrame()
    ladder = _ladder()
    found = taking.exposure(
        doses,
        subject="subject",
        first="first",
        last="last",
        mg="mg",
        steps=tuple(step.mg for step in ladder.steps),
        planned_mg=float(ladder.planned_mg),
    )
    counted = counts(collected)
    if counted.empty:  # the first bottles are still out
        kept = found.drop(columns=["cumulative_mg", "mean_daily_mg"])
        return kept.assign(
            taken_mg=float("nan"),
            relative_dose_intensity=float("nan"),
            compliance=float("nan"),
            missing="no capsules are counted yet",
        )
    by = counted.groupby("subject")["taken"]
    capsules = by.sum().where(by.count() == by.size()).reindex(found.index)
    adhered = taking.compliance(
        counted, subject="subject", dispensed="dispensed", returned="returned", lost="lost", prescribed="prescribed"
    )
    adhered = adhered.reindex(found.index)
    mg = capsules * (ladder.mg_of(1) or float("nan"))  # of several strengths a number does not tell milligrams
    return found.drop(columns=["cumulative_mg", "mean_daily_mg"]).assign(
        taken_mg=mg,
        relative_dose_intensity=mg / ladder.planned_mg,
        compliance=adhered["compliance"],
        missing=adhered["missing"],
    )


def _days_of(collected: Collected, frame: pd.DataFrame, column: str) -> pd.Series:
    begun = dict(zip(collected.subjects["subject"], collected.subjects["day_1"], strict=True))
    return study_day(frame[column], day_1=pd.to_datetime(frame["subject"].map(begun)))


def _by_subject(doses: pd.DataFrame) -> dict[str, list[tuple]]:
    found: dict[str, list[tuple]] = {}
    for who, first, end, mg in doses.itertuples(index=False, name=None):
        found.setdefault(who, []).append((first, end, mg))
    return found
