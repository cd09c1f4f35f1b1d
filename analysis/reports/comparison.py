"""The two arms of one trial, and each analysis of them, made once when it is first told.

Every number is computed in `analysis.stats`; the models and sets are the protocol's (PROTOCOL 9). `arms` is a Series of
arm codes by subject number: the opened list's, or dummies for a rehearsal. Differences are active minus placebo.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import variables
from analysis.derive.derivations import Derived
from analysis.derive.populations import Population
from analysis.reports import masking
from analysis.reports.estimand import Happened
from analysis.reports.outcome import LEVEL
from analysis.reports.sets import sets_of
from analysis.stats.ancova import ancova
from analysis.stats.descriptive import count
from analysis.stats.lsmeans import difference_by_visit
from analysis.stats.mmrm import Fit, fit_with_fallback
from analysis.stats.moderation import arm_by_covariate
from analysis.stats.responders import responders
from analysis.stats.results import Ancova, Count, Moderation, NotEstimable, Responders
from crf import trial

ACTIVE, REFERENCE = masking.ACTIVE, masking.REFERENCE
NAMES = {arm.code: "DCS" if arm.active else arm.label for arm in trial.ARMS}
ORDER = (NAMES[ACTIVE], NAMES[REFERENCE])
DIFFERENCE = f"{NAMES[ACTIVE]} minus {NAMES[REFERENCE].lower()}"
TWO_ARMS = {"subject": "subject", "arm": "arm", "active": ACTIVE, "reference": REFERENCE}


@dataclass(frozen=True)
class Comparison:
    """The two arms of one trial: the frames with the arm in them, and each analysis, made once when first told."""

    collected: Collected
    arms: pd.Series

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Randomised subjects with arm, site and glycine."""
        subjects = self.collected.randomised
        subjects = subjects.assign(arm=subjects["subject"].map(self.arms))
        if subjects["arm"].isna().any():
            who = ", ".join(subjects.loc[subjects["arm"].isna(), "subject"])
            raise NotEstimable(f"The list has no arm for {who}.")
        glycine = self.collected.glycine.drop_duplicates("subject").set_index("subject")["glycine"]
        return subjects.assign(glycine=subjects["subject"].map(glycine).astype(float))

    @cached_property
    def groups(self) -> pd.Series:
        """The printed name of the arm, by subject."""
        return self.subjects.set_index("subject")["arm"].map(NAMES)

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

    @cached_property
    def hamd(self) -> variables.Course:
        return variables.course(self.collected, variables.PRIMARY)

    @cached_property
    def bdi(self) -> variables.Course:
        return variables.course(self.collected, "BDI")

    @cached_property
    def hama(self) -> variables.Course:
        return variables.course(self.collected, variables.SECOND)

    @cached_property
    def primary_hamd(self) -> variables.Course:
        """Without the ratings after an intercurrent event of a hypothetical strategy; so the next two."""
        return variables.course(self.collected, variables.PRIMARY, cut=self.cuts)

    @cached_property
    def primary_bdi(self) -> variables.Course:
        return variables.course(self.collected, "BDI", cut=self.cuts)

    @cached_property
    def primary_hama(self) -> variables.Course:
        return variables.course(self.collected, variables.SECOND, cut=self.cuts)

    def at_week_6(self, taken: variables.Course, *, carried: bool) -> pd.DataFrame:
        """One row a subject: observed at week 6, or the last rating carried forward."""
        return variables.at_last_visit(taken, self.subjects[["subject", "site", "arm", "glycine"]], carried=carried)

    def covariance(self, taken: variables.Course, *, carried: bool) -> Ancova:
        """Change ~ baseline + arm at week 6 (METHODS 4.1)."""
        frame = self.at_week_6(taken, carried=carried)
        return ancova(frame, response="change", covariates=("base",), factors=(), level=LEVEL, **TWO_ARMS)

    @cached_property
    def carried_hamd(self) -> Ancova:
        return self.covariance(self.hamd, carried=True)

    @cached_property
    def carried_bdi(self) -> Ancova:
        return self.covariance(self.bdi, carried=True)

    def fitted(self, taken: variables.Course, *, members: tuple | None = None) -> Fit:
        """The mixed model of a course (METHODS 6): REML, unstructured or the first that converges.

        members: keep to these subjects, as an analysis set has them.
        """
        frame = taken.after_baseline.merge(self.subjects[["subject", "arm"]], on="subject")
        if members is not None:
            frame = frame[frame["subject"].isin(members)]
        seen = [visit for visit in variables.weeks_of(taken.score) if visit in set(frame["visit"])]
        site = " + site" if frame["site"].nunique() > 1 else ""
        return fit_with_fallback(
            frame.astype({"change": float, "base": float}),
            subject="subject",
            visit="visit",
            response="change",
            fixed=f"base{site} + visit + arm + arm:visit",
            visits=seen,
            reference={"arm": REFERENCE},
            method="reml",
        )

    @staticmethod
    def differences_of(fit: Fit) -> pd.DataFrame:
        """Active minus reference at each visit, with Kenward-Roger."""
        return difference_by_visit(
            fit, arm="arm", active=ACTIVE, reference=REFERENCE, visit="visit", df="kr", level=LEVEL
        )

    @property
    def happened(self) -> Happened:
        """What the section on the estimand tells of."""
        return Happened(self.subjects, self.events, self.hamd, self.primary_hamd)

    @cached_property
    def sets(self) -> dict[str, Population]:
        """The analysis sets (METHODS 1)."""
        return sets_of(self.collected, self.hamd)

    @cached_property
    def model(self) -> Fit:
        """The primary model: ratings up to an intercurrent event of a hypothetical strategy."""
        return self.fitted(self.primary_hamd)

    @cached_property
    def policy_model(self) -> Fit:
        """The first supplementary one: every rating, whatever happened; the primary fit where nothing had left."""
        return self.fitted(self.hamd) if len(self.primary_hamd.removed) else self.model

    @cached_property
    def second_model(self) -> Fit:
        """The second outcome of the fixed sequence, as the first is analysed."""
        return self.fitted(self.primary_hama)

    @cached_property
    def bdi_model(self) -> Fit:
        """BDI as it is planned: the model of the primary analysis, wherever its p stands."""
        return self.fitted(self.primary_bdi)

    @cached_property
    def differences(self) -> pd.DataFrame:
        return self.differences_of(self.model)

    @cached_property
    def robust_differences(self) -> dict[str, pd.DataFrame]:
        """The differences with CR2 and CR3, by kind: printed beside where the covariance is not unstructured."""
        return {
            kind: difference_by_visit(
                self.model, arm="arm", active=ACTIVE, reference=REFERENCE, visit="visit", df=kind, level=LEVEL
            )
            for kind in ("cr2", "cr3")
        }

    @cached_property
    def primary(self) -> dict:
        """The row of the primary contrast: week 6."""
        return at_last(self.differences)

    @cached_property
    def response(self) -> Responders:
        """Response at week 6, all randomised, missing as non-response (METHODS 5)."""
        frame = self.subjects[["subject", "arm"]].merge(self.answered, on="subject", how="left")
        rule = f"{variables.PRIMARY} at week 6 at most half of baseline"
        return responders(frame, responded="responded", missing="non-response", rule=rule, level=LEVEL, **TWO_ARMS)

    @cached_property
    def answered(self) -> pd.DataFrame:
        """Who was rated at week 6: `responded` and `remitted` (METHODS 2.7 and 2.8)."""
        frame = variables.responses(self.primary_hamd, self.events)
        return frame.loc[frame["visit"] == variables.LAST, ["subject", "responded", "remitted"]]

    def remitted(self, arm: str) -> Count:
        """Remission at week 6 in the arm, all randomised, missing as non-remission."""
        frame = self.subjects[["subject", "arm"]].merge(self.answered, on="subject", how="left")
        verdicts = frame.loc[frame["arm"] == arm, "remitted"]
        return count(
            int(verdicts.fillna(False).sum()), len(verdicts), name=arm, missing=int(verdicts.isna().sum()), level=LEVEL
        )

    @cached_property
    def moderation(self) -> Moderation:
        """Week-6 change ~ baseline + arm x glycine, last observation carried forward (METHODS 9.1)."""
        frame = self.at_week_6(self.hamd, carried=True)
        return arm_by_covariate(
            frame, response="change", moderator="glycine", covariates=("base",), factors=(), level=LEVEL, **TWO_ARMS
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        courses = (self.primary_hamd, self.primary_hama, self.primary_bdi)
        return tuple(dict.fromkeys(sum((one.left_out for one in courses), ()) + self._happened.left_out))


def at_last(differences: pd.DataFrame) -> dict:
    """The row of the last visit, week 6. NotEstimable where nobody was rated then."""
    rows = differences[differences["visit"] == variables.LAST]
    if rows.empty:
        raise NotEstimable("Nobody was rated at week 6.")
    return rows.iloc[0].to_dict()
