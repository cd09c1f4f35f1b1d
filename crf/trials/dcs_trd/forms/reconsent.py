"""Consent given again, to a new version or after new information (PROTOCOL 3)."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Text, Time, Values, choice, joined
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd import protocol


class Reconsent(Form):
    """One row an occasion; the first consent is the form CONSENT."""

    code, title, domain = "RECONSENT", "Consent given again", "DS"
    listed = ("asked_on", "because", "agreed")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    repeating = log = True
    dated = "asked_on"

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.consent_version and f"version {r.consent_version}", r.asked_on)

    because = Item("Why", choice(VERSION="New version", INFORMATION="New information", OTHER="Other"))
    consent_version = Item("Version of the consent form", Text(20))
    asked_on = Item("Date", Date())
    asked_at = Item("Time", Time())
    agreed = Item("The subject agreed", YES_NO)
    obtained_by = Item("Obtained by", Text(100), help="Initials or staff code, no full name")

    checks = (
        Check(
            "RECONSENT-01",
            "This lies before the first consent: please correct one of the dates.",
            lambda r, others: (
                (signed := others.value("CONSENT", "signed_on", visit="SCR")) is None or signed <= r.asked_on
            ),
        ),
        Check(
            "RECONSENT-02",
            "The subject did not agree: please record the end of the study or of the treatment.",
            lambda r: r.agreed == "Y",
        ),
        Check(
            "RECONSENT-03",
            "This version of the consent form is not among the approved ones: please check.",
            lambda r: r.consent_version in protocol.CONSENT_VERSIONS,
        ),
    )

    typical = {"consent_version": "1.0", "obtained_by": "IM"}

    sdtm = {
        "asked_on": "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED",
        "asked_at": "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED",
    }
