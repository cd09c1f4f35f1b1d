"""From what was collected to the analysis variables of this trial: its windows, scores and thresholds (METHODS 2).

The rules are `analysis.derive.derivations`; the numbers they are given stand in `crf.study`.
"""

from dataclasses import dataclass

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import derivations as derive
from analysis.derive import intercurrent
from crf import trial
from crf.spec import outcomes

BASELINE = trial.BASELINE
WEEKS = tuple(trial.ANALYSIS_WINDOWS)
LAST = trial.ANALYSIS.visit
#: The column of each score and of its study day in the frame of scores, and the form it is rated on.
COLUMN = {
    "HAMD-21": ("hamd21", "hamd_day", "HAMD"),
    "HAMD-17": ("hamd17", "hamd_day", "HAMD"),
    "BDI": ("bdi", "bdi_day", "BDI"),
    "HAM-A": ("hama", "hama_day", "HAMA"),
}
PRIMARY, SECOND = tuple(trial.ANALYSIS.outcome(code).label for code in trial.ANALYSIS.sequence)
WINDOWS = tuple(
    derive.Window(code, first, last, trial.visit(code).day) for code, (first, last) in trial.ANALYSIS_WINDOWS.items()
)


def weeks_of(score: str) -> tuple[str, ...]:
    """The analysis visits at which the schedule has the score rated."""
    planned = trial.visits_of(COLUMN[score][2])
    return tuple(code for code in WEEKS if code in planned)


@dataclass(frozen=True)
class Course:
    """One score over the trial: `frame` has subject, site, visit, day, value, base, change, percent, on_treatment.

    Baseline is among the visits. left_out says which ratings and subjects are not in it, and why; `removed` has the
    ratings that came after an intercurrent event (subject, day, value, kind, label, event_day), empty where all count.
    """

    score: str
    frame: pd.DataFrame
    left_out: tuple[str, ...]
    removed: pd.DataFrame

    @property
    def after_baseline(self) -> pd.DataFrame:
        return self.frame[self.frame["visit"] != BASELINE].reset_index(drop=True)

    @property
    def visits(self) -> tuple[str, ...]:
        """Baseline and the analysis visits of the score."""
        return (BASELINE, *weeks_of(self.score))


def happened(collected: Collected) -> derive.Derived:
    """The intercurrent events of the randomised subjects, a row each (METHODS 2.10)."""
    return intercurrent.events(
        collected.randomised,
        recorded=collected.intercurrent,
        medication=collected.medication,
        decisions=collected.decisions,
        adverse_events=collected.adverse_events,
        code_breaks=collected.code_breaks,
        top_mg=trial.LADDER.steps[-1].mg,
    )


def cuts(events: pd.DataFrame) -> pd.DataFrame:
    """For each subject the event after which its ratings leave the primary analysis (METHODS 2.11)."""
    return intercurrent.cuts(events, trial.ANALYSIS.strategies, hypothetical=outcomes.HYPOTHETICAL)


def course(collected: Collected, score: str, *, cut: pd.DataFrame | None = None) -> Course:
    """The score of every randomised subject by analysis visit.

    Without `cut` every rating counts, whatever happened: treatment policy. With the `cuts` of the intercurrent events
    later ratings leave before the windows are looked at: the primary analysis.
    """
    value, day, _ = COLUMN[score]
    subjects = collected.randomised
    ratings = collected.scores[collected.scores["subject"].isin(subjects["subject"])]
    ratings = ratings[["subject", "site", "visit", day, value]].rename(columns={day: "day", value: "value"})
    ratings = ratings[ratings["value"].notna()]
    removed, why = _removed(ratings, cut, score)
    ratings = ratings.drop(index=removed.index).drop(columns="visit")
    base = derive.baseline(ratings, subject="subject", day="day", score="value", subjects=subjects["subject"])
    seen = weeks_of(score)
    later = derive.windowed(
        ratings[(ratings["day"] > 1).fillna(False)],
        subject="subject",
        day="day",
        score="value",
        windows=tuple(one for one in WINDOWS if one.visit in seen),
    )
    sites = subjects.set_index("subject")["site"]
    first = base.frame.rename(columns={"base": "value", "base_day": "day"}).assign(visit=BASELINE)
    first["site"] = first["subject"].map(sites)
    columns = ["subject", "site", "visit", "day", "value"]
    frame = pd.concat([first[columns], later.frame[columns]], ignore_index=True) if len(later.frame) else first[columns]
    frame = derive.change_from_baseline(frame, subject="subject", score="value", base=base.frame)
    frame = frame.assign(on_treatment=_on_treatment(frame, subjects))
    order = {code: place for place, code in enumerate((BASELINE, *WEEKS))}
    frame = frame.sort_values(["subject", "visit"], key=lambda c: c.map(order) if c.name == "visit" else c)
    return Course(
        score, frame.reset_index(drop=True), base.left_out + later.left_out + why, removed.reset_index(drop=True)
    )


def _removed(ratings: pd.DataFrame, cut: pd.DataFrame | None, score: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The ratings after an event, with the event, and a sentence for each."""
    which = intercurrent.is_after(ratings, cut) if cut is not None and len(cut) else pd.Series(False, ratings.index)
    removed = ratings[which].rename(columns={"visit": "rated_at"})
    for column, source in (("kind", "kind"), ("label", "label"), ("event_day", "day")):
        removed[column] = removed["subject"].map(cut[source]) if len(removed) else None
    sentences = tuple(
        f"{row['subject']}: {score} of {trial.visit(row['rated_at']).label.lower()} came after “{row['label']}” and is "
        "not in the primary analysis"
        for row in removed.to_dict("records")
    )
    return removed, sentences


def _on_treatment(frame: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Rated at most ON_TREATMENT_DAYS after the last dose of a subject who stopped the drug early (PROTOCOL 9)."""
    by = subjects.set_index("subject")
    stopped = by["treatment_ended"].notna() & (by["treatment_ended"] != "COMPLETED")
    last = derive.study_day(by["last_dose_on"], day_1=by["day_1"])
    # Who stopped without a known last dose, or was never dosed, has no rating on treatment after baseline.
    last = last.fillna(0).where(stopped)
    limit = frame["subject"].map(last).astype("Int64") + trial.ANALYSIS.on_treatment_days
    return ~(limit.notna() & (frame["visit"] != BASELINE) & (frame["day"] > limit)).fillna(False).astype(bool)


def at_last_visit(taken: Course, subjects: pd.DataFrame, *, carried: bool) -> pd.DataFrame:
    """One row a subject with `value`, `base`, `change` and `percent` at week 6: observed, or the last one carried on.

    subjects: one row each with subject, and what else the model needs (arm, site, glycine).
    """
    frame = taken.after_baseline
    base = taken.frame[["subject", "base"]].drop_duplicates("subject")
    subjects = subjects.merge(base, on="subject", how="left")
    values = ["value", "change", "percent"]
    if carried:
        filled = derive.locf(
            frame, subject="subject", visit="visit", values=values, order=list(WEEKS), subjects=subjects["subject"]
        )
        frame = filled.frame
    return derive.observed_at(
        frame[["subject", "visit", *values]], subject="subject", visit="visit", at=LAST, subjects=subjects
    )


def responses(taken: Course, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """The course after baseline with `responded` and `remitted`, true, false or missing (METHODS 2.7 and 2.8).

    With the intercurrent `events`, a rating on or after one that counts as non-response is neither (METHODS 2.12).
    """
    frame = taken.after_baseline
    responded = derive.is_response(frame["value"], base=frame["base"])
    remitted = derive.is_remission(frame["value"], at_most=trial.ANALYSIS.remission.at_most)
    if events is not None and len(events):
        never = intercurrent.without_response(frame, events, trial.ANALYSIS.strategies, composite=outcomes.COMPOSITE)
        responded, remitted = responded.where(~never, False), remitted.where(~never, False)
    return frame.assign(responded=responded, remitted=remitted)


ANALYSIS_COLUMNS = {
    "subject": "subject number",
    "site": "code of the site",
    "score": "which score the row is about",
    "visit": "analysis visit: the rating nearest to the planned day within its window",
    "day": "study day of the rating",
    "value": "the score",
    "base": "its baseline: the last rating on or before day 1",
    "change": "value minus base",
    "percent": "change in percent of base",
    "on_treatment": "Y: rated no later than 3 days after the last dose of a subject who stopped early",
    "in_primary": "Y: in the primary analysis; N: it came after an intercurrent event",
    "in_treatment_policy": "Y: stands for the visit when every rating counts, whatever happened",
    "responded": "Y: twice the score is at most its baseline",
    "remitted": "Y: the score is at most 7 (HAMD only)",
}


def analysis_set(courses: list[tuple[Course, Course]]) -> pd.DataFrame:
    """The analysis data set that goes out, columns as in ANALYSIS_COLUMNS.

    courses: pairs of the course with every rating and the one of the primary analysis. A visit has two rows where an
    earlier rating stands for it once a later one has left.
    """
    parts = []
    for every, primary in courses:
        keys = ["subject", "visit", "day"]
        frames = [
            _rated(one).assign(**{flag: True})
            for one, flag in ((every, "in_treatment_policy"), (primary, "in_primary"))
        ]
        shared = [column for column in frames[0].columns if column != "in_treatment_policy"]
        frame = frames[0].merge(frames[1][[*keys, "in_primary"]], on=keys, how="left")
        only = frames[1].merge(frames[0][keys], on=keys, how="left", indicator=True)
        only = only.loc[only["_merge"] == "left_only", [*shared, "in_primary"]]
        frame = pd.concat([frame, only], ignore_index=True) if len(only) else frame
        for flag in ("in_primary", "in_treatment_policy"):
            frame[flag] = frame[flag].astype("boolean").fillna(False)
        order = {code: place for place, code in enumerate(every.visits)}
        parts.append(
            frame.sort_values(
                ["subject", "visit", "day"], kind="stable", key=lambda c, o=order: c.map(o) if c.name == "visit" else c
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    for column in ("on_treatment", "in_primary", "in_treatment_policy", "responded", "remitted"):
        whole[column] = whole[column].map(lambda flag: "" if pd.isna(flag) else "Y" if flag else "N")
    return whole[list(ANALYSIS_COLUMNS)]


def _rated(one: Course) -> pd.DataFrame:
    frame = one.frame.merge(
        responses(one)[["subject", "visit", "responded", "remitted"]], on=["subject", "visit"], how="left"
    ).assign(score=one.score)
    if not one.score.startswith("HAMD"):
        frame["remitted"] = pd.NA
    return frame
