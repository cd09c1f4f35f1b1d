"""End of treatment and end of study: two facts, since visits go on after the drug is stopped (PROTOCOL 2 and 3)."""

from crf.spec import OPEN, YES_NO, Check, Coded, Date, Form, Item, Purpose, Text
from crf.spec.people import INVESTIGATORS, READERS

_COMMON = (
    ("ADVERSE EVENT", "Adverse event"),
    ("LACK OF EFFICACY", "Lack of efficacy"),
    ("LOST TO FOLLOW-UP", "Lost to follow-up"),
    ("PHYSICIAN DECISION", "Decision of the physician"),
    ("PREGNANCY", "Pregnancy"),
    ("PROTOCOL DEVIATION", "Protocol deviation"),
    ("WITHDRAWAL BY SUBJECT", "Withdrawal by the subject"),
    ("DEATH", "Death"),
    ("OTHER", "Other"),
)
TREATMENT_ENDS = Coded(
    (
        ("COMPLETED", "Completed the six weeks"),
        ("PROTOCOL-SPECIFIED WITHDRAWAL CRITERION MET", "Stopping criterion of the protocol"),
        ("REQUIRES PROHIBITED MEDICATION", "Needs a prohibited medication"),
        *_COMMON,
    )
)
STUDY_ENDS = Coded((("COMPLETED", "Completed the study"), ("SCREEN FAILURE", "Screen failure"), *_COMMON))


class EndOfTreatment(Form):
    """The last dose, and why it was the last. Who stops the drug stays in the study."""

    code, title, domain = "EOT", "End of treatment", "DS"
    listed = ("decided_on", "reason")
    discloses = OPEN
    entered_by, read_by = INVESTIGATORS, READERS
    purpose = Purpose.END_OF_TREATMENT
    log = True
    dated = "last_dose_on"

    ever_dosed = Item("Took at least one capsule", YES_NO)
    last_dose_on = Item("Date of the last dose", Date(), when=ever_dosed.isin("Y"))
    decided_on = Item("Date of the decision", Date())
    reason = Item("How treatment ended", TREATMENT_ENDS, testcd="DSDECOD")
    details = Item(
        "In words",
        Text(500, long=True),
        testcd="DSTERM",
        when=reason.isin("OTHER", "PHYSICIAN DECISION", "WITHDRAWAL BY SUBJECT"),
    )
    visits_go_on = Item("The subject agrees to further visits", YES_NO)

    checks = (
        Check(
            "EOT-01",
            "The last dose lies before the first: please correct one of the dates.",
            lambda r, others: (
                (first := others.value("FIRSTDOSE", "taken_on", visit="BL")) is None or first <= r.last_dose_on
            ),
        ),
        Check(
            "EOT-02",
            "Treatment was completed, yet fewer than 40 days lie between first and last dose.",
            lambda r, others: (
                r.reason != "COMPLETED"
                or (first := others.value("FIRSTDOSE", "taken_on", visit="BL")) is None
                or (r.last_dose_on - first).days + 1 >= 40
            ),
        ),
        Check(
            "EOT-03",
            "Treatment cannot be completed without a dose taken: please correct one of them.",
            lambda r: not (r.reason == "COMPLETED" and r.ever_dosed == "N"),
            hard=True,
        ),
    )

    sdtm = {"last_dose_on": "DM.RFXENDTC", "decided_on": "DSSTDTC"}


class EndOfStudy(Form):
    """The last contact, and why it was the last; kept for screen failures too, with their reasons."""

    code, title, domain = "EOS", "End of study", "DS"
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
    details = Item(
        "In words",
        Text(500, long=True),
        testcd="DSTERM",
        when=reason.isin("OTHER", "PHYSICIAN DECISION", "WITHDRAWAL BY SUBJECT", "SCREEN FAILURE"),
        help="For a screen failure: which criteria",
    )
    consent_withdrawn = Item("Consent withdrawn", YES_NO)
    consent_withdrawn_on = Item("Date of withdrawal", Date(), when=consent_withdrawn.isin("Y"))
    died_on = Item("Date of death", Date(), when=reason.isin("DEATH"))

    checks = (
        Check(
            "EOS-01",
            "The study ended before the last dose: please correct one of the dates.",
            lambda r, others: (last := others.value("EOT", "last_dose_on", visit=None)) is None or last <= r.ended_on,
        ),
        Check(
            "EOS-02",
            "Consent was withdrawn, yet the study is called completed: please correct one of them.",
            lambda r: not (r.reason == "COMPLETED" and r.consent_withdrawn == "Y"),
        ),
        Check(
            "EOS-03",
            "The consent was withdrawn after the last contact: please correct one of the dates.",
            lambda r: r.consent_withdrawn_on <= r.ended_on,
        ),
        Check(
            "EOS-04",
            "A screen failure cannot have taken study drug: please correct one of them.",
            lambda r, others: r.reason != "SCREEN FAILURE" or others.value("FIRSTDOSE", "taken_on", visit="BL") is None,
        ),
        Check(
            "EOS-05",
            "A dose was taken, yet no end of treatment is recorded: please enter when and why it ended.",
            lambda r, others: (
                r.ended_on is None
                or others.value("FIRSTDOSE", "taken_on", visit="BL") is None
                or others.value("EOT", "reason", visit=None) is not None
            ),
            items=("ended_on",),
        ),
    )

    typical = {"consent_withdrawn": "N"}

    sdtm = {"ended_on": "DSSTDTC; DM.RFPENDTC", "died_on": "DM.DTHDTC"}
