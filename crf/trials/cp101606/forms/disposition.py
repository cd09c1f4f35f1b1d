"""End of treatment and end of study: two facts. With one infusion, treatment ends when period 2 or paroxetine ends."""

from crf.spec import OPEN, YES_NO, Check, Coded, Date, Form, Item, Purpose, Text
from crf.spec.people import INVESTIGATORS, READERS

_COMMON = (
    ("ADVERSE EVENT", "Adverse event"),
    ("LACK OF EFFICACY", "Lack of efficacy"),
    ("LOST TO FOLLOW-UP", "Lost to follow-up"),
    ("PHYSICIAN DECISION", "Decision of the physician"),
    ("PROTOCOL DEVIATION", "Protocol deviation"),
    ("WITHDRAWAL BY SUBJECT", "Withdrawal by the subject"),
    ("DEATH", "Death"),
    ("OTHER", "Other"),
)
TREATMENT_ENDS = Coded((("COMPLETED", "Completed period 2"), *_COMMON))
STUDY_ENDS = Coded(
    (
        ("COMPLETED", "Completed the study"),
        ("SCREEN FAILURE", "Not randomised: screen failure or response to paroxetine"),
        *_COMMON,
    )
)


class EndOfTreatment(Form):
    """The day of the infusion, and how period 2 ended."""

    code, title, domain = "EOT", "End of treatment", "DS"
    catch = "The date of the decision, not of the infusion; visits go on after it."
    listed = ("decided_on", "reason")
    discloses = OPEN
    entered_by, read_by = INVESTIGATORS, READERS
    purpose = Purpose.END_OF_TREATMENT
    log = True
    dated = "decided_on"

    ever_dosed = Item("Any of the infusion was given", YES_NO)
    last_dose_on = Item("Date of the infusion", Date(), when=ever_dosed.isin("Y"))
    decided_on = Item("Date of the decision", Date())
    reason = Item("How treatment ended", TREATMENT_ENDS, testcd="DSDECOD")
    details = Item("In words", Text(500, long=True), testcd="DSTERM", when=reason.isin("OTHER", "PHYSICIAN DECISION"))

    checks = (
        Check(
            "EOT-01",
            "The infusion is recorded on another day: please correct one of the dates.",
            lambda r, others: (
                (given := others.value("INFUSION", "taken_on", visit="BL")) is None or given == r.last_dose_on
            ),
        ),
    )
    sdtm = {"last_dose_on": "DM.RFXENDTC", "decided_on": "DSSTDTC"}


class EndOfStudy(Form):
    """The last contact, and why it was the last; kept for those who were not randomised too."""

    code, title, domain = "EOS", "End of study", "DS"
    catch = "The last contact. That treatment ended is a form of its own."
    listed = ("ended_on", "reason")
    discloses = OPEN
    entered_by, read_by = INVESTIGATORS, READERS
    purpose = Purpose.END_OF_STUDY
    begun_after_withdrawal = True
    begun_after_failure = True
    log = True
    dated = "ended_on"

    ended_on = Item("Date of the last contact", Date())
    reason = Item("How the study ended for the subject", STUDY_ENDS, testcd="DSDECOD")
    details = Item("In words", Text(500, long=True), testcd="DSTERM", when=reason.isin("OTHER", "SCREEN FAILURE"))
    consent_withdrawn = Item("Consent withdrawn", YES_NO)
    consent_withdrawn_on = Item("Date of withdrawal", Date(), when=consent_withdrawn.isin("Y"))
    died_on = Item("Date of death", Date(), when=reason.isin("DEATH"))

    checks = (
        Check(
            "EOS-01",
            "Consent was withdrawn, yet the study is called completed: please correct one of them.",
            lambda r: not (r.reason == "COMPLETED" and r.consent_withdrawn == "Y"),
        ),
        Check(
            "EOS-02",
            "The consent was withdrawn after the last contact: please correct one of the dates.",
            lambda r: r.consent_withdrawn_on <= r.ended_on,
        ),
    )
    typical = {"consent_withdrawn": "N"}
    sdtm = {"ended_on": "DSSTDTC; DM.RFPENDTC", "died_on": "DM.DTHDTC"}
