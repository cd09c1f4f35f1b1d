"""The arms of one trial, and each analysis of them, made once when it is first told.

Every number is computed in `analysis.stats`; the models and sets are the trial's plan (`analysis.derive.plan`). `arms`
is a Series of arm codes by subject number: the opened list's, or dummies for a rehearsal. Each active arm is compared
with the reference: differences are active minus reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.derive.derivations import Derived
from analysis.derive.plan import Pair
from analysis.derive.populations import Population
from analysis.reports.document import Analysis
from analysis.reports.estimand import IntercurrentEvents
from analysis.reports.sets import sets_of
from analysis.stats.ancova import ancova
from analysis.stats.covariance import FALLBACK
from analysis.stats.descriptive import count
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import Fit, first_converged, fit_with_fallback
from analysis.stats.moderation import arm_by_covariate
from analysis.stats.responders import responders
from analysis.stats.results import Ancova, Count, Moderation, NotEstimable, Responders
from crf import trial
from crf.spec.outcomes import Moderator

Made = TypeVar("Made")


@dataclass(frozen=True)
class Comparison:
    """The arms of one trial: the frames with the arm in them, and each analysis, made once when first told."""

    collected: Collected
    arms: pd.Series

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Randomised subjects with arm and site."""
        subjects = self.collected.randomised
        subjects = subjects.assign(arm=subjects["subject"].map(self.arms))
        if subjects["arm"].isna().any():
            who = ", ".join(subjects.loc[subjects["arm"].isna(), "subject"])
            raise NotEstimable(f"The list has no arm for {who}.")
        if unknown := sorted(set(subjects["arm"]) - set(plan.names())):
            raise NotEstimable(f"The list has the arm {unknown[0]}, which the trial does not declare.")
        return subjects

    def of_pair(self, pair: Pair, columns: tuple[str, ...] = ("subject", "site", "arm")) -> pd.DataFrame:
        """The subjects of the two arms of a comparison."""
        subjects = self.subjects
        return subjects.loc[subjects["arm"].isin(pair.arms), list(columns)].reset_index(drop=True)

    def moderator(self, code: str) -> pd.Series:
        """What was measured of a moderator, by subject."""
        found = self.collected.moderators
        found = found[found["moderator"] == code].drop_duplicates("subject").set_index("subject")["value"]
        return self.subjects["subject"].map(found).astype(float).set_axis(self.subjects["subject"])

    @cached_property
    def groups(self) -> pd.Series:
        """The printed name of the arm, by subject."""
        return self.subjects.set_index("subject")["arm"].map(plan.names())

    @cached_property
    def events(self) -> pd.DataFrame:
        """The intercurrent events, one a row (METHODS 2.10)."""
        return self._happened.frame

    @cached_property
    def _happened(self) -> Derived:
        return variables.happened(self.collected)

    @cached_property
    def cuts(self) -> pd.DataFrame:
        """For each subject the event after which its ratings leave the primary analysis (METHODS 2.11)."""
        return variables.cuts(self.events)

    # -- courses

    def course(self, code: str) -> variables.Course:
        """The outcome with every rating, whatever happened."""
        return self._courses(code)[0]

    def counted_course(self, code: str) -> variables.Course:
        """The outcome without the ratings after an intercurrent event of a hypothetical strategy."""
        return self._courses(code)[1]

    def _courses(self, code: str) -> tuple[variables.Course, variables.Course]:
        return self._once(("courses", code), lambda: variables.courses(self.collected, code, self.cuts))

    @property
    def every(self) -> variables.Course:
        """The primary outcome with every rating."""
        return self.course(plan.primary().code)

    @property
    def counted(self) -> variables.Course:
        """The primary outcome with the ratings that count in the primary analysis."""
        return self.counted_course(plan.primary().code)

    def at_primary_visit(
        self, taken: variables.Course, pair: Pair | None = None, *, carried: bool, moderator: str | None = None
    ) -> pd.DataFrame:
        """One row a subject: observed at the primary visit, or the last rating carried forward."""
        own = self.of_pair(pair) if pair else self.subjects[["subject", "site", "arm"]]
        if moderator is not None:
            own = own.assign(**{moderator: own["subject"].map(self.moderator(moderator))})
        return variables.at_last_visit(taken, own, carried=carried)

    # -- models

    def covariance(self, taken: variables.Course, pair: Pair, *, carried: bool) -> Ancova:
        """Change ~ baseline + arm at the primary visit, in the model of all arms (METHODS 4.1 and 1.7)."""
        frame = self.at_primary_visit(taken, carried=carried)
        rated = set(frame.dropna(subset=["change", "base"])["arm"])
        return ancova(
            frame,
            subject="subject",
            response="change",
            covariates=("base",),
            factors=(),
            level=plan.level(),
            beside=tuple(arm.code for arm in trial.ACTIVE_ARMS if arm.code != pair.active and arm.code in rated),
            **pair.parts,
        )

    def carried(self, code: str, pair: Pair) -> Ancova:
        """The analysis of covariance of every rating, the last carried forward."""
        return self._once(("carried", code, pair), lambda: self.covariance(self.course(code), pair, carried=True))

    def fitted(self, taken: variables.Course, *, members: tuple | None = None) -> Fit:
        """The mixed model of a course, all arms in one (METHODS 6): REML, unstructured or the first that converges.

        members: keep to these subjects, as an analysis set has them.
        """
        frame = taken.after_baseline.merge(self.subjects[["subject", "arm"]], on="subject")
        if members is not None:
            frame = frame[frame["subject"].isin(members)]
        seen = [visit for visit in plan.visits_of(taken.outcome) if visit in set(frame["visit"])]
        site = " + site" if plan.with_site(frame) else ""
        return fit_with_fallback(
            frame.astype({"change": float, "base": float}),
            subject="subject",
            visit="visit",
            response="change",
            fixed=f"base{site} + visit + arm + arm:visit",
            visits=seen,
            reference={"arm": trial.REFERENCE.code},
            method="reml",
        )

    @staticmethod
    def differences_of(fit: Fit, pair: Pair, *, df: str = "kr") -> pd.DataFrame:
        """Active minus reference at each visit, with Kenward-Roger unless another way is named."""
        return difference_by_visit(
            fit, arm="arm", active=pair.active, reference=pair.reference, visit="visit", df=df, level=plan.level()
        )

    @property
    def happened(self) -> IntercurrentEvents:
        """What the section on the estimand tells of."""
        return IntercurrentEvents(self.subjects, self.events, self.every, self.counted)

    @cached_property
    def sets(self) -> dict[str, Population]:
        """The analysis sets (METHODS 1)."""
        return sets_of(self.collected, self.every)

    @cached_property
    def model(self) -> Fit:
        """The primary model: ratings up to an intercurrent event of a hypothetical strategy."""
        return self.fitted(self.counted)

    def model_of(self, code: str) -> Fit:
        """An outcome analysed as the primary one is."""
        if code == plan.primary().code:
            return self.model
        return self._once(("model", code), lambda: self.fitted(self.counted_course(code)))

    def by_its_covariance(self, make: Callable[[str], Made]) -> tuple[Made, str, tuple[str, ...]]:
        """What is made with the covariance of the primary model, or where that does not converge the next of the list.

        With it the covariance that it was made with, and a sentence where it is another one.
        """
        own = self.model.covariance
        structures = FALLBACK[FALLBACK.index(own) :]
        made, left = first_converged(make, structures)
        used = structures[len(left)]
        said = f"{used.upper()} instead of the primary model's {own.upper()}, with which this did not converge."
        return made, used, (said,) if left else ()

    @cached_property
    def policy_model(self) -> Fit:
        """The first supplementary one: every rating, whatever happened; the primary fit where nothing had left."""
        return self.fitted(self.every) if len(self.counted.removed) else self.model

    def differences(self, pair: Pair, code: str | None = None) -> pd.DataFrame:
        """The difference by visit, of the primary outcome unless another is named."""
        code = code or plan.primary().code
        return self._once(("differences", code, pair), lambda: self.differences_of(self.model_of(code), pair))

    def robust_differences(self, pair: Pair) -> dict[str, pd.DataFrame]:
        """The differences with CR2 and CR3, by kind: printed beside where the covariance is not unstructured."""
        return {kind: self.differences_of(self.model, pair, df=kind) for kind in ("cr2", "cr3")}

    def contrast(self, pair: Pair, code: str | None = None) -> dict:
        """The row of the primary visit."""
        return at_last(self.differences(pair, code))

    # -- response

    def response(self, pair: Pair) -> Responders:
        """Response at the primary visit, all randomised, missing as non-response (METHODS 5)."""

        def make():
            frame = self.of_pair(pair, ("subject", "arm")).merge(self.answered, on="subject", how="left")
            return responders(
                frame,
                subject="subject",
                responded="responded",
                missing="non-response",
                rule=f"{responding_outcome().label} at {plan.at_last()} {plan.response_limit(responding_outcome())}",
                level=plan.level(),
                **pair.parts,
            )

        return self._once(("response", pair), make)

    @cached_property
    def answered(self) -> pd.DataFrame:
        """Who was rated at the primary visit: `responded` and `remitted` (METHODS 2.7 and 2.8), as far as declared."""
        found = self.subjects[["subject"]]
        for rule, column in ((trial.ANALYSIS.response, "responded"), (trial.ANALYSIS.remission, "remitted")):
            if rule is not None:
                frame = variables.responses(self.counted_course(rule.outcome), self.events)
                at = frame.loc[frame["visit"] == plan.last(), ["subject", column]]
                found = found.merge(at, on="subject", how="left")
        return found

    def having(self, verdict: str, arm: str) -> Count:
        """Who `responded` or `remitted` at the primary visit in the arm, all randomised, missing as not."""
        frame = self.subjects[["subject", "arm"]].merge(self.answered, on="subject", how="left")
        verdicts = frame.loc[frame["arm"] == arm, verdict]
        events, missing = int(verdicts.fillna(False).sum()), int(verdicts.isna().sum())
        return count(events, len(verdicts), name=arm, missing=missing, level=plan.level())

    # -- moderation

    def moderation(self, one: Moderator, pair: Pair) -> Moderation:
        """Change at the primary visit ~ baseline + arm x moderator, last carried forward (METHODS 9.1)."""

        def make():
            code = one.outcome or plan.primary().code
            frame = self.at_primary_visit(self.course(code), pair, carried=True, moderator=one.code)
            return arm_by_covariate(
                frame,
                subject="subject",
                response="change",
                moderator=one.code,
                covariates=("base",),
                factors=(),
                level=plan.level(),
                **pair.parts,
            )

        return self._once(("moderation", one.code, pair), make)

    @property
    def left_out(self) -> tuple[str, ...]:
        courses = (self.counted_course(one.code) for one in plan.reported())
        return tuple(dict.fromkeys(sum((one.left_out for one in courses), ()) + self._happened.left_out))

    # -- all differences of the primary outcome at the primary visit, as they are told

    def note(
        self,
        label: str,
        estimate: float,
        low: float,
        high: float,
        p: float,
        *,
        is_primary: bool = False,
        made: tuple[Analysis, ...] = (),
    ) -> None:
        """Keep such a difference under the name of its analysis, for the picture of all of them; `made` says how."""
        self.__dict__.setdefault("_noted", {})[label] = Noted(label, estimate, low, high, p, is_primary, made)

    @property
    def noted(self) -> tuple["Noted", ...]:
        """Those kept so far, in the order in which they were told."""
        return tuple(self.__dict__.get("_noted", {}).values())

    def once(self, what: str, make: Callable[[], Made]) -> Made:
        """What several parts of a report need, made when it is first asked for."""
        return self._once((what,), make)

    def _once(self, key: tuple, make: Callable[[], Made]) -> Made:
        made = self.__dict__.setdefault("_made", {})
        if key not in made:
            made[key] = make()
        return made[key]


@dataclass(frozen=True)
class Noted:
    """A difference of the primary outcome at the primary visit by one analysis."""

    label: str
    estimate: float
    low: float
    high: float
    p: float
    is_primary: bool
    made: tuple[Analysis, ...] = ()


def responding_outcome():
    """The outcome that response is told of."""
    return trial.ANALYSIS.outcome(trial.ANALYSIS.response.outcome)


def at_last(differences: pd.DataFrame) -> dict:
    """The row of the primary visit. NotEstimable where nobody was rated then."""
    rows = differences[differences["visit"] == plan.last()]
    if rows.empty:
        raise NotEstimable(f"Nobody was rated at {plan.at_last()}.")
    return rows.iloc[0].to_dict()
