"""From what was collected to the analysis variables of the trial: its windows, outcomes and thresholds (METHODS 2).

The rules are `analysis.derive.derivations`; the numbers they are given are the trial's declaration.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import derivations as derive
from analysis.derive import intercurrent, plan
from crf import trial
from crf.spec import outcomes
from crf.spec.outcomes import Kind, Outcome
from crf.spec.purposes import Purpose


@dataclass(frozen=True)
class Course:
    """One outcome over the trial: `frame` has subject, site, visit, day, value, base, change, percent, on_treatment.

    Baseline is among the visits. left_out says which ratings and subjects are not in it, and why; `removed` has the
    ratings that came after an intercurrent event (subject, day, value, kind, label, event_day), empty where all count.
    """

    outcome: Outcome
    frame: pd.DataFrame
    left_out: tuple[str, ...]
    removed: pd.DataFrame

    @property
    def score(self) -> str:
        """What it is called."""
        return self.outcome.label

    @property
    def after_baseline(self) -> pd.DataFrame:
        return self.frame[self.frame["visit"] != trial.BASELINE].reset_index(drop=True)

    @property
    def visits(self) -> tuple[str, ...]:
        """Baseline, where it is rated then, and the analysis visits of the outcome."""
        return (*([trial.BASELINE] if self.has_baseline else []), *plan.visits_of(self.outcome))

    @property
    def has_baseline(self) -> bool:
        """Whether it is rated before treatment: always where changes are compared, else as the data have it."""
        return self.outcome.kind is Kind.CHANGE or (self.frame["visit"] == trial.BASELINE).any()


def happened(collected: Collected) -> derive.Derived:
    """The intercurrent events of the randomised subjects, a row each (METHODS 2.10)."""
    frames = {
        Purpose.MEDICATION: (intercurrent.MEDICATION, collected.medication),
        Purpose.ADVERSE_EVENTS: (intercurrent.EVENT, collected.adverse_events),
    }
    strategies = trial.ANALYSIS.strategies
    return intercurrent.events(
        collected.randomised,
        kinds=[strategy.kind for strategy in strategies],
        recorded=collected.intercurrent,
        tellings=[
            (strategy.kind, *frames[telling.purpose], telling)
            for strategy in strategies
            for telling in strategy.told_by
        ],
        decisions=collected.decisions,
        code_breaks=collected.code_breaks,
        top_mg=trial.LADDER.maximum if trial.LADDER else None,
    )


def cuts(events: pd.DataFrame) -> pd.DataFrame:
    """For each subject the event after which its ratings leave the primary analysis (METHODS 2.11)."""
    return intercurrent.cuts(events, trial.ANALYSIS.strategies, hypothetical=outcomes.HYPOTHETICAL)


def course(collected: Collected, code: str, *, cut: pd.DataFrame | None = None) -> Course:
    """The outcome of that code for every randomised subject by analysis visit.

    Without `cut` every rating counts, whatever happened: treatment policy. With the `cuts` of the intercurrent events
    later ratings leave before the windows are looked at: the primary analysis.
    """
    outcome = trial.ANALYSIS.outcome(code)
    subjects = collected.randomised
    ratings = _ratings(collected, code)
    removed, why = _removed(ratings, cut, outcome.label)
    ratings = ratings.drop(index=removed.index).drop(columns="visit")
    base = derive.baseline(ratings, subject="subject", day="day", score="value", subjects=subjects["subject"])
    seen = plan.visits_of(outcome)
    later = derive.windowed(
        ratings[(ratings["day"] > 1).fillna(False)],
        subject="subject",
        day="day",
        score="value",
        windows=tuple(one for one in plan.windows() if one.visit in seen),
    )
    sites = subjects.set_index("subject")["site"]
    first = base.frame.rename(columns={"base": "value", "base_day": "day"}).assign(visit=trial.BASELINE)
    first["site"] = first["subject"].map(sites)
    columns = ["subject", "site", "visit", "day", "value"]
    frame = pd.concat([first[columns], later.frame[columns]], ignore_index=True) if len(later.frame) else first[columns]
    frame = derive.change_from_baseline(frame, subject="subject", score="value", base=base.frame)
    frame = frame.assign(on_treatment=_on_treatment(frame, subjects))
    order = {code: place for place, code in enumerate(plan.all_visits())}
    frame = frame.sort_values(["subject", "visit"], key=lambda c: c.map(order) if c.name == "visit" else c)
    lacking = base.left_out if outcome.kind is Kind.CHANGE else ()  # what is compared as it stands needs no baseline
    return Course(outcome, frame.reset_index(drop=True), lacking + later.left_out + why, removed.reset_index(drop=True))


def courses(collected: Collected, code: str, cut: pd.DataFrame) -> tuple[Course, Course]:
    """The outcome with every rating, and with those that count in the primary analysis: the same where none leaves."""
    every = course(collected, code)
    leaves = len(cut) > 0 and intercurrent.is_after(_ratings(collected, code), cut).any()
    return every, course(collected, code, cut=cut) if leaves else every


def _ratings(collected: Collected, code: str) -> pd.DataFrame:
    """The ratings of an outcome that the randomised subjects have, wherever and whenever they were made."""
    rows = (collected.scores["outcome"] == code) & collected.scores["value"].notna()
    rows &= collected.scores["subject"].isin(collected.randomised["subject"])
    ratings = collected.scores.loc[rows, ["subject", "site", "visit", "day", "value"]]
    return ratings.assign(value=_whole(ratings["value"]))


def _whole(values: pd.Series) -> pd.Series:
    """Whole numbers as such: the values of other outcomes in the same frame may be decimal."""
    return values.astype("Int64") if (values % 1 == 0).all() else values


def _removed(ratings: pd.DataFrame, cut: pd.DataFrame | None, score: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The ratings after an event, with the event, and a sentence for each."""
    which = pd.Series(False, ratings.index) if cut is None or cut.empty else intercurrent.is_after(ratings, cut)
    removed = ratings[which].rename(columns={"visit": "rated_at"})
    for column, source in (("kind", "kind"), ("label", "label"), ("event_day", "day")):
        removed[column] = None if cut is None or removed.empty else removed["subject"].map(cut[source])
    sentences = tuple(
        f"{row['subject']}: {score} of {plan.at(row['rated_at'])} came after “{row['label']}” and is "
        "not in the primary analysis"
        for row in removed.to_dict("records")
    )
    return removed, sentences


def _on_treatment(frame: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Rated at most `on_treatment_days` after the last dose of a subject who stopped the drug early (PROTOCOL 9)."""
    by = subjects.set_index("subject")
    stopped = by["treatment_ended"].notna() & (by["treatment_ended"] != "COMPLETED")
    last = derive.study_day(by["last_dose_on"], day_1=by["day_1"])
    # Who stopped without a known last dose, or was never dosed, has no rating on treatment after baseline.
    last = last.fillna(0).where(stopped)
    limit = frame["subject"].map(last).astype("Int64") + trial.ANALYSIS.on_treatment_days
    return ~(limit.notna() & (frame["visit"] != trial.BASELINE) & (frame["day"] > limit)).fillna(False).astype(bool)


def at_last_visit(taken: Course, subjects: pd.DataFrame, *, carried: bool) -> pd.DataFrame:
    """One row a subject with `value`, `base`, `change` and `percent` at the primary visit: observed, or carried on.

    subjects: one row each with subject, and what else the model needs (arm, site, a moderator).
    """
    frame = taken.after_baseline
    base = taken.frame[["subject", "base"]].drop_duplicates("subject")
    subjects = subjects.merge(base, on="subject", how="left")
    values = ["value", "change", "percent"]
    if carried:
        filled = derive.locf(
            frame,
            subject="subject",
            visit="visit",
            values=values,
            order=list(plan.visits_to_primary(taken.outcome)),
            subjects=subjects["subject"],
        )
        frame = filled.frame
    return derive.observed_at(
        frame[["subject", "visit", *values]], subject="subject", visit="visit", at=plan.last(), subjects=subjects
    )


def responses(taken: Course, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """The course after baseline with `responded` and `remitted`, true, false or missing (METHODS 2.7 and 2.8).

    Response is told of every outcome whose change is compared, remission of the one that it is declared of; both are
    missing where the trial has no such rule. With the intercurrent `events`, a rating on or after one that counts as
    non-response is neither (METHODS 2.12).
    """
    frame = taken.after_baseline
    responded = remitted = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    declared = trial.ANALYSIS
    if declared.response is not None and taken.outcome.kind is Kind.CHANGE:
        responded = derive.is_response(
            frame["value"],
            base=frame["base"],
            percent=declared.response.percent,
            lower_is_better=plan.is_better_lower(taken.outcome),
        )
    if declared.remission is not None and taken.outcome.code == declared.remission.outcome:
        remitted = derive.is_remission(
            frame["value"], at_most=declared.remission.at_most, at_least=declared.remission.at_least
        )
    if events is not None and len(events):
        never = intercurrent.without_response(frame, events, declared.strategies, composite=outcomes.COMPOSITE)
        if declared.response is not None and taken.outcome.kind is Kind.CHANGE:
            responded = responded.where(~never, False)
        if declared.remission is not None and taken.outcome.code == declared.remission.outcome:
            remitted = remitted.where(~never, False)
    return frame.assign(responded=responded, remitted=remitted)


def analysis_columns() -> dict[str, str]:
    """The columns of the analysis data set and what each means."""
    declared = trial.ANALYSIS
    rule = "" if declared.response is None else f" by {declared.response.percent} % of it at least"
    remission = (
        "empty: the trial has no rule of remission"
        if declared.remission is None
        else f"Y: the score is {plan.remits()} ({declared.outcome(declared.remission.outcome).label} only)"
    )
    return {
        "subject": "subject number",
        "site": "code of the site",
        "score": "which score the row is about",
        "visit": "analysis visit: the rating nearest to the planned day within its window",
        "day": "study day of the rating",
        "value": "the score",
        "base": "its baseline: the last rating on or before day 1",
        "change": "value minus base",
        "percent": "change in percent of base",
        "on_treatment": f"Y: rated no later than {declared.on_treatment_days} days after the last dose of a subject "
        "who stopped early",
        "in_primary": "Y: in the primary analysis; N: it came after an intercurrent event",
        "in_treatment_policy": "Y: stands for the visit when every rating counts, whatever happened",
        "responded": f"Y: better than its baseline{rule}" if rule else "empty: the trial has no rule of response",
        "remitted": remission,
    }


def analysis_set(courses: list[tuple[Course, Course]]) -> pd.DataFrame:
    """The analysis data set that goes out, columns as in analysis_columns.

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
        order = {code: place for place, code in enumerate(plan.all_visits())}
        parts.append(
            frame.sort_values(
                ["subject", "visit", "day"], kind="stable", key=lambda c, o=order: c.map(o) if c.name == "visit" else c
            )
        )
    whole = pd.concat(parts, ignore_index=True)
    for column in ("on_treatment", "in_primary", "in_treatment_policy", "responded", "remitted"):
        flags = whole[column].astype("boolean")
        whole[column] = np.where(flags.isna(), "", np.where(flags.fillna(False), "Y", "N"))
    return whole[list(analysis_columns())]


def _rated(one: Course) -> pd.DataFrame:
    verdicts = responses(one)[["subject", "visit", "responded", "remitted"]]
    return one.frame.merge(verdicts, on=["subject", "visit"], how="left").assign(score=one.score)
