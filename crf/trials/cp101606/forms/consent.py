"""Informed consent: comes before any procedure."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Purpose, Text, Time
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.cp101606 import protocol


class Consent(Form):
    """The consent to both periods; that the run-in holds a placebo infusion is told to nobody who receives it."""

    code, title, domain = "CONSENT", "Informed consent", "DS"
    catch = "The date on the signed form. Nothing of the trial is done before it."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.CONSENT
    begun_after_failure = True
    carries_eligibility = True
    withdraws_attestation = True
    dated = "signed_on"

    consent_version = Item("Version of the consent form", Text(20))
    signed_on = Item("Date of the subject's signature", Date())
    signed_at = Item("Time of the subject's signature", Time())
    obtained_by = Item("Consent obtained by", Text(100), help="Initials or staff code, no full name")
    copy_given = Item("Signed copy given to the subject", YES_NO)

    checks = (
        Check(
            "CONSENT-01",
            "This version of the consent form is not among the approved ones: please check.",
            lambda r: r.consent_version in protocol.CONSENT_VERSIONS,
        ),
        Check(
            "CONSENT-02",
            "The subject received no signed copy: please give one, or say why not.",
            lambda r: r.copy_given == "Y",
        ),
    )
    typical = {"consent_version": "1.0", "signed_at": "09:00", "obtained_by": "IM"}
    sdtm = {"signed_on": "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED; DM.RFICDTC"}
