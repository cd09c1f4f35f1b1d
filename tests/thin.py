"""Small and bad trials as dataframes, of any declaration: what a report or an export must survive, by name.

Values are drawn from the declared ranges; nobody's rating is meant to look like anything.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.collect.frames import DESCRIBED, Collected
from analysis.derive import plan
from analysis.reports.manifest import Circumstances
from crf import trial
from tests.made_up import frame_of

BEGAN = dt.date(2026, 1, 5)
ABOUT = Circumstances(cut=dt.datetime(2026, 9, 30, 12, tzinfo=dt.UTC), commitment="cd" * 32, is_synthetic=True)
VISITS = tuple(
    one for one in trial.VISITS if one.code == trial.BASELINE or (one.is_planned and one.analysed is not None)
)
#: What is described for safety alone is many alike: two of it will do.
RATED = tuple(one for one in trial.ANALYSIS.outcomes if one not in plan.described()[2:])


def arms(collected: Collected) -> pd.Series:
    """One arm after another at each site."""
    who = list(collected.randomised["subject"])
    given = [trial.ARMS[place // 2 % len(trial.ARMS)].code for place in range(len(who))]
    return pd.Series(given, index=who, name="arm", dtype=object)


def one_arm(collected: Collected) -> pd.Series:
    """Nobody got the reference: one arm is empty."""
    return arms(collected).map(lambda _: trial.ACTIVE_ARMS[0].code)


def made(
    subjects: int = 8,
    *,
    sites: int = 2,
    stays: Callable[[int, int], bool] = lambda person, visit: True,
    value: Callable[[float], float] = lambda drawn: drawn,
    baseline: bool = True,
) -> Collected:
    """The trial. `stays` says whether the person is there at the visit of that place (0 is baseline)."""
    random = np.random.default_rng(7)
    frames: dict[str, list] = {name: [] for name in DESCRIBED}
    for person in range(subjects):
        site = trial.SITES[person % min(sites, len(trial.SITES))].code
        who, day_1 = f"{site}-{person + 1:03d}", BEGAN + dt.timedelta(days=3 * person)
        there = [one for place, one in enumerate(VISITS) if stays(person, place)]
        last = day_1 + dt.timedelta(days=(there[-1].day if there else 1) - 1)
        over = VISITS[-1] in there
        ends = (last, "COMPLETED" if over else "LACK OF EFFICACY", last, None)
        ends += ("COMPLETED" if over else "WITHDRAWAL BY SUBJECT", None, "completed" if over else "discontinued")
        frames["subjects"].append((who, site, day_1, "FM"[person % 2], 30 + person, day_1, day_1, day_1, *ends))
        for one in VISITS:
            done = one in there
            on = day_1 + dt.timedelta(days=one.day - 1)
            state = "done" if done else "missed"
            frames["visits"].append(
                (who, site, one.code, 1, state, *((None, on, one.day) if done else ("OTHER", None, None)))
            )
            if not done or (one.code == trial.BASELINE and not baseline):
                continue
            for outcome in RATED:
                if one.code not in (trial.BASELINE, *plan.visits_of(outcome)):
                    continue
                low, high = float(outcome.low), float(outcome.high)
                drawn = round(low + (high - low) * float(random.uniform(0.2, 0.7)))
                frames["scores"].append((who, site, one.code, outcome.code, on, one.day, value(drawn)))
            frames["completeness"].append((who, site, one.code, trial.ANALYSIS.primary.form, "complete"))
        for moderator in trial.ANALYSIS.moderators:
            frames["moderators"].append((who, moderator.code, day_1, value(200.0 + 10 * person)))
        event = ("Headache", day_1.isoformat(), "NONE", "N", "MILD", "N", "POSSIBLE", "DOSE NOT CHANGED")
        frames["adverse_events"].append((who, site, 1, *event, "RECOVERED/RESOLVED", None))
        if trial.LADDER is not None:
            frames["decisions"].append((who, day_1, "STEP_UP", trial.LADDER.steps[0].mg, day_1))
            frames["capsules"] += [(who, day_1, 40, "N", None, None, None, None), (who, last, None, "Y", 4, 0, 36, 0)]
    return Collected(**{name: frame_of(name, rows) for name, rows in frames.items()})


def interim() -> Collected:
    """Half of them are in the middle of it, and nobody has come to the primary visit."""
    half = made(stays=lambda person, visit: visit <= person // 2)
    subjects = half.subjects.copy()
    running = ["last_dose_on", "treatment_ended", "ended_on", "study_ended"]
    subjects[running] = subjects[running].head(0)
    subjects["status"] = "on treatment"
    states = half.visits.assign(state=half.visits["state"].replace("missed", "planned"), missed_because=None)
    return dataclasses.replace(half, subjects=subjects, visits=states)


PRIMARY_AT = [one.code for one in VISITS].index(trial.ANALYSIS.visit)
CASES: dict[str, Callable[[], Collected]] = {
    "no subjects": lambda: made(0),
    "one subject": lambda: made(1),
    "an empty arm": made,
    "one site": lambda: made(sites=1),
    "nobody at the primary visit": lambda: made(stays=lambda person, visit: visit != PRIMARY_AT),
    "all zeros": lambda: made(value=lambda _: 0.0),
    "no baseline": lambda: made(baseline=False),
    "everybody dropped out": lambda: made(stays=lambda person, visit: visit == 0),
    "an interim cut": interim,
}


def arms_of(case: str, collected: Collected) -> pd.Series:
    return (one_arm if case == "an empty arm" else arms)(collected)
