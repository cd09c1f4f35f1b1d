"""What was collected, as dataframes: the first of the four verbs hands this to the second. Knows no database.

There is no arm, kit or block in any of these frames, and nothing of the class UNBLINDS.
"""

import hashlib
from dataclasses import dataclass, field, fields
from functools import cached_property

import pandas as pd

SUBJECTS = {
    "subject": "subject number",
    "site": "code of the site",
    "screened_on": "date of screening",
    "sex": "F or M, at birth",
    "age": "years at screening, from the year of birth",
    "randomised_on": "date of randomisation",
    "first_dose_on": "date of the first dose",
    "day_1": "the date that counts as study day 1",
    "last_dose_on": "date of the last dose, once treatment ended",
    "treatment_ended": "how treatment ended (COMPLETED or a reason)",
    "ended_on": "date of the last contact, once the study ended for the subject",
    "died_on": "date of death",
    "study_ended": "how the study ended for the subject (COMPLETED or a reason)",
    "screen_failure": "reasons for failing screening, joined by semicolons",
    "status": "screening, screen failure, on treatment, in follow-up, completed or discontinued",
}
VISITS = {
    "subject": "subject number",
    "site": "code of the site",
    "visit": "code of the visit",
    "number": "counts unscheduled visits",
    "state": "planned, done or missed",
    "missed_because": "code of the reason for which it was missed",
    "occurred_on": "date of the visit",
    "day": "study day of the visit",
}
SCORES = {
    "subject": "subject number",
    "site": "code of the site",
    "visit": "visit at which it was rated",
    "outcome": "code of the outcome",
    "on": "date of the rating",
    "day": "study day of the rating",
    "value": "the score; missing where it was not assessed or cannot be summed yet",
}
MODERATORS = {
    "subject": "subject number",
    "moderator": "code of the moderator",
    "on": "date of the measurement",
    "value": "what was measured before treatment",
}
COMPLETENESS = {
    "subject": "subject number",
    "site": "code of the site",
    "visit": "code of a visit that took place",
    "form": "code of a form required there",
    "state": "complete, incomplete or absent",
}
ADVERSE_EVENTS = {
    "subject": "subject number",
    "site": "code of the site",
    "row": "row number of the event",
    "term": "the event in words",
    "onset": "onset, ISO 8601, perhaps partial",
    "special": "code of the event of special interest, or NONE",
    "worsening": "Y: of something present before the first dose",
    "severity": "MILD, MODERATE or SEVERE",
    "serious": "Y or N",
    "related": "judged relation to the study drug",
    "action": "action with the study drug",
    "outcome": "outcome",
    "preferred": "preferred term, where it was coded",
}
INTERCURRENT = {
    "subject": "subject number",
    "row": "row number of the event",
    "kind": "code of its kind",
    "began_on": "date it began",
    "why": "code of the reason",
}
MEDICATION = {
    "subject": "subject number",
    "row": "row number",
    "drug": "the drug in words",
    "group": "code of its group",
    "change": "code of how it changed since baseline",
    "began": "begin, ISO 8601, perhaps partial",
    "stopped": "end, ISO 8601, perhaps partial",
}
DECISIONS = {
    "subject": "subject number",
    "decided_on": "date of the dosing decision",
    "decision": "code of the decision",
    "mg": "daily dose prescribed",
    "effective_on": "first day at this dose",
}
CAPSULES = {
    "subject": "subject number",
    "on": "date of dispensing or of the count",
    "dispensed": "capsules dispensed; missing on a row of a count",
    "is_count": "Y: a row of a count",
    "returned": "capsules returned",
    "lost": "capsules lost",
    "taken": "capsules taken by the subject's account",
    "days_missed": "days without any capsule",
}
DEVIATIONS = {
    "subject": "subject number",
    "row": "row number",
    "kind": "code of its kind",
    "occurred_on": "date it happened",
    "severity": "MAJOR or MINOR",
    "at_visit": "code of the visit it belongs to",
}
OCCURRENCES = {
    "subject": "subject number",
    "form": "code of the form",
    "item": "the item that is answered yes or no",
    "before": "Y or N up to day 1, yes where it was ever so; missing: not asked",
    "after": "the same after day 1",
}
LABORATORY = {
    "subject": "subject number",
    "on": "date drawn",
    "day": "study day",
    "analyte": "code of the test",
    "value": "the result in the standard unit",
    "flag": "LOW, NORMAL or HIGH by the limits that held; missing where there are none",
}
GUESSES = {
    "subject": "subject number",
    "form": "code of the form, which says who guessed",
    "on": "date of the guess",
    "guess": "the answer",
    "guessed": "the arm that the answer names; missing: does not know",
}
CODE_BREAKS = {
    "subject": "subject number",
    "on": "date on which a code break was requested",
    "kind": "in an emergency, planned, or by envelope",
}


@dataclass(frozen=True)
class Collected:
    """The frames of one study at one time, for the sites that the reader may see."""

    subjects: pd.DataFrame = field(repr=False)
    visits: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    moderators: pd.DataFrame = field(repr=False)
    completeness: pd.DataFrame = field(repr=False)
    adverse_events: pd.DataFrame = field(repr=False)
    intercurrent: pd.DataFrame = field(repr=False)
    medication: pd.DataFrame = field(repr=False)
    decisions: pd.DataFrame = field(repr=False)
    capsules: pd.DataFrame = field(repr=False)
    deviations: pd.DataFrame = field(repr=False)
    occurrences: pd.DataFrame = field(repr=False)
    laboratory: pd.DataFrame = field(repr=False)
    guesses: pd.DataFrame = field(repr=False)
    code_breaks: pd.DataFrame = field(repr=False)

    def __post_init__(self):
        for name, described in DESCRIBED.items():
            if (found := list(getattr(self, name).columns)) != list(described):
                raise ValueError(f"The frame {name} has the columns {found}, not the described ones.")

    @cached_property
    def randomised(self) -> pd.DataFrame:
        """The subjects that were randomised, in the order of their numbers."""
        return self.subjects[self.subjects["randomised_on"].notna()].reset_index(drop=True)

    def digest(self) -> str:
        """SHA-256 over every frame as text, in a fixed order of columns and rows."""
        digest = hashlib.sha256()
        for one in fields(self):
            frame = getattr(self, one.name)
            digest.update(one.name.encode() + b"\n" + frame.to_csv(index=False, date_format="%Y-%m-%d").encode())
        return digest.hexdigest()


DESCRIBED = {
    "subjects": SUBJECTS,
    "visits": VISITS,
    "scores": SCORES,
    "moderators": MODERATORS,
    "completeness": COMPLETENESS,
    "adverse_events": ADVERSE_EVENTS,
    "intercurrent": INTERCURRENT,
    "medication": MEDICATION,
    "decisions": DECISIONS,
    "capsules": CAPSULES,
    "deviations": DEVIATIONS,
    "occurrences": OCCURRENCES,
    "laboratory": LABORATORY,
    "guesses": GUESSES,
    "code_breaks": CODE_BREAKS,
}
