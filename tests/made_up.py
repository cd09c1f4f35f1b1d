"""A made-up trial as dataframes, from the calibrated outcomes of the demo: for tests of reports without a database."""

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd

from analysis.collect.datasets import WHOLE, numbers_of
from analysis.collect.frames import DESCRIBED, Collected
from analysis.reports import blinded, final
from analysis.reports.document import Report
from analysis.reports.manifest import Circumstances
from crf import trial as served
from crf.trials.dcs_trd.demo import outcomes as demo_outcomes

CUT = dt.datetime(2026, 6, 30, 12, 0, tzinfo=dt.UTC)
HAMA = served.visits_of("HAMA")
BEGAN = dt.date(2026, 1, 5)


def circumstances(**given) -> Circumstances:
    return Circumstances(**{"cut": CUT, "commitment": "ab" * 32, "is_synthetic": True} | given)


def allocation(seed: int = 1) -> list[tuple[str, str]]:
    """(subject number, arm): 14 and 12 at the two sites, 13 and 13 in the arms."""
    order = np.random.Generator(np.random.Philox(seed)).permutation(26)
    arms = np.array(["DCS"] * 13 + ["PLACEBO"] * 13)[order]
    numbers = [f"JER-{place:03d}" for place in range(1, 15)] + [f"AFU-{place:03d}" for place in range(1, 13)]
    return list(zip(numbers, map(str, arms), strict=True))


def arms(seed: int = 1) -> pd.Series:
    return pd.Series(dict(allocation(seed)), name="arm", dtype=object)


@functools.cache
def final_report() -> Report:
    """The unblinded report of the whole made-up trial, made once a process; nobody changes it."""
    return final.build(trial(1), circumstances(), arms(1))


@functools.cache
def blinded_report() -> Report:
    """The blinded report of the same."""
    return blinded.build(trial(1), circumstances())


def trial(seed: int = 1, *, weeks: int = 6) -> Collected:
    """The trial when it has run `weeks` weeks for everybody; a screen failure is in it."""
    made = demo_outcomes.outcomes(allocation(seed), seed=seed)
    subjects, visits, scores, moderators, completeness, decisions, capsules = [], [], [], [], [], [], []
    for place, (number, one) in enumerate(made.items()):
        day_1 = BEGAN + dt.timedelta(days=4 * place)
        site = number[:3]
        last = day_1 + dt.timedelta(days=14 if one.leaves_at else 41)
        is_over = weeks == 6 or one.leaves_at in ("W1", "W2")
        subjects.append(
            (
                number,
                site,
                day_1 - dt.timedelta(days=8),
                one.sex,
                one.age,
                day_1,
                day_1,
                day_1,
                last if is_over else None,
                ("LACK OF EFFICACY" if one.leaves_at else "COMPLETED") if is_over else None,
                last + dt.timedelta(days=1) if is_over else None,
                None,
                ("WITHDRAWAL BY SUBJECT" if one.leaves_at else "COMPLETED") if is_over else None,
                None,
                ("discontinued" if one.leaves_at else "completed") if is_over else "on treatment",
            )
        )
        moderators.append((number, "glycine", day_1, one.glycine))
        for visit in served.VISITS:
            if not visit.is_planned or visit.code in ("SCR", "FU"):
                continue
            week = int(visit.code[1:]) if visit.code.startswith("W") else 0
            happened = visit.code in one.hamd or visit.code == "D4"
            happened = happened and week <= weeks
            on = day_1 + dt.timedelta(days=visit.day - 1) if happened else None
            state = "done" if happened else "missed" if visit.code == one.missed else "planned"
            because = "ILL" if state == "missed" else None
            visits.append((number, site, visit.code, 1, state, because, on, visit.day if happened else None))
            if happened and visit.code in one.hamd:
                hamd, bdi = one.hamd[visit.code], one.bdi[visit.code]
                totals = {
                    "hamd21": hamd,
                    "hama": hama(hamd, place) if visit.code in HAMA else None,
                    "hamd17": max(hamd - 2, 0),
                    "hamd24": hamd + 3,
                    "bdi": bdi,
                    "cgi_s": min(7, 1 + hamd // 6),
                    "cgi_i": None if visit.code == "BL" else 4,
                }
                scores += [
                    (number, site, visit.code, code, on, visit.day, value)
                    for code, value in totals.items()
                    if value is not None
                ]
                completeness += [(number, site, visit.code, form, "complete") for form in ("HAMD", "BDI", "CGI")]
        given = doses(number, day_1, last if is_over else None, weeks)
        decisions += given[0]
        capsules += given[1]
    subjects.append(("AFU-013", "AFU", BEGAN, "M", 44, *(None,) * 8, "E1 Any seizure ever", "screen failure"))
    events = [
        (
            "JER-001",
            "JER",
            1,
            "Headache",
            "2026-01-20",
            "HEADACHE",
            "N",
            "MILD",
            "N",
            "POSSIBLE",
            "DOSE NOT CHANGED",
            "RECOVERED/RESOLVED",
            None,
        )
    ]
    return Collected(
        **{
            name: frame_of(name, rows)
            for name, rows in (
                ("subjects", subjects),
                ("visits", visits),
                ("scores", scores),
                ("moderators", moderators),
                ("completeness", completeness),
                ("adverse_events", events),
                ("decisions", decisions),
                ("capsules", capsules),
                *(
                    (name, [])
                    for name in (
                        "intercurrent",
                        "medication",
                        "deviations",
                        "occurrences",
                        "laboratory",
                        "guesses",
                        "code_breaks",
                    )
                ),
            )
        }
    )


def eventful(seed: int = 1) -> Collected:
    """The made-up trial with a drug stopped, an antidepressant changed, an attempt, a deviation and adverse events."""
    plain, stops = trial(seed), "JER-005"
    begun = plain.subjects.set_index("subject")["day_1"]
    subjects = plain.subjects.copy()
    here = subjects["subject"] == stops
    subjects.loc[here, ["treatment_ended", "last_dose_on"]] = ["ADVERSE EVENT", begun[stops] + dt.timedelta(days=29)]
    made = dataclasses.replace(plain, subjects=subjects)

    def on(who, day):
        return begun[who] + dt.timedelta(days=day - 1)

    def event(who, term, day, special="NONE", serious="N"):
        written = on(who, day).date().isoformat()
        row = (term, written, special, "N", "MILD", serious, "POSSIBLE", "DOSE NOT CHANGED", "UNKNOWN", None)
        return (who, who[:3], 2, *row)

    for name, row in (
        ("medication", ("JER-003", 1, "Sertraline", "AD", "NEW", on("JER-003", 30).date().isoformat(), None)),
        ("intercurrent", ("AFU-005", 1, "ADMISSION", on("AFU-005", 40), None)),
        ("deviations", ("AFU-006", 1, "PROHIBITED", BEGAN, "MAJOR", None)),
        ("adverse_events", event("JER-002", "Headache", 5)),
        ("adverse_events", event("JER-006", "Confusion", 24, "CONFUSION")),
        ("adverse_events", event("AFU-002", "Fracture", 60, serious="Y")),
        ("adverse_events", event("AFU-004", "Visual hallucinations", 10)),
        ("adverse_events", event("AFU-003", "Fever", 50)),
    ):
        made = with_rows(made, name, row)
    return made


def hama(hamd: int, place: int) -> int:
    """A HAM-A that goes along with the HAMD."""
    return max(0, (3 * hamd) // 4 + (5 * place + 3 * hamd) % 7 - 3)


def doses(number: str, day_1: dt.date, last: dt.date | None, weeks: int) -> tuple[list, list]:
    """The ladder as planned, nine days' capsules a week, and what is left brought back; until the last dose."""
    end = last or day_1 + dt.timedelta(days=7 * weeks)
    planned = [(day_1 + dt.timedelta(days=step.first - 1), step) for step in served.LADDER.steps]
    decisions = [(number, on, "STEP_UP", step.mg, on) for on, step in planned if on <= end]
    capsules = []
    for week in range(weeks):
        begins = day_1 + dt.timedelta(days=7 * week)
        if begins > end:
            break
        days = [7 * week + day for day in range(1, 8) if day_1 + dt.timedelta(days=7 * week + day - 1) <= end]
        taken = sum(
            next(step.capsules for step in served.LADDER.steps if step.first <= day <= step.last) for day in days
        )
        capsules += [
            (number, begins, taken + 4, "N", None, None, None, None),
            (number, begins + dt.timedelta(days=7), None, "Y", 4, 0, taken, 0),
        ]
    return decisions, capsules


def with_rows(collected: Collected, name: str, *rows: tuple) -> Collected:
    """The same trial with these rows more in the frame of that name."""
    more = pd.concat([getattr(collected, name), frame_of(name, list(rows))], ignore_index=True)
    return dataclasses.replace(collected, **{name: more})


def frame_of(name: str, rows: list[tuple]) -> pd.DataFrame:
    """The collected frame of that name with these rows, each column of the type that it has in the trial."""
    frame = pd.DataFrame(rows, columns=list(DESCRIBED[name]))
    for column in frame.columns:
        if column.endswith("_on") or column in ("day_1", "on"):
            frame[column] = pd.to_datetime(frame[column])
        if column.endswith("day") or column in WHOLE:
            frame[column] = frame[column].astype("Int64")
        if column == "value":
            frame[column] = numbers_of(frame[column])
    return frame
