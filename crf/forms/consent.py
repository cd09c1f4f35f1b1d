"""Informed consent: comes before any procedure (PROTOCOL 2, 3 and 8)."""

from crf import study
from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Text, Time, choice


class Consent(Form):
    """The first consent. A later one, to a new version, is a row of RECONSENT."""

    code, title, domain = "CONSENT", "Informed consent", "DS"
    discloses = OPEN
    dated = "signed_on"

    consent_version = Item("Version of the consent form", Text(20))
    signed_on = Item("Date of the subject's signature", Date())
    signed_at = Item("Time of the subject's signature", Time())
    language = Item("Language of the form", choice(HE="Hebrew", AR="Arabic", RU="Russian", EN="English", OTH="Other"))
    obtained_by = Item("Consent obtained by", Text(100), help="Initials or staff code, no full name")
    use_explained = Item(
        "Use against the label's contraindication explained",
        YES_NO,
        help="The label names depression and severe anxiety as contraindications.",
    )
    copy_given = Item("Signed copy given to the subject", YES_NO)

    checks = (
        Check(
            "CONSENT-01",
            "This version of the consent form is not among the approved ones: please check.",
            lambda r: r.consent_version in study.CONSENT_VERSIONS,
        ),
        Check(
            "CONSENT-02",
            "The subject received no signed copy: please give one, or say why not.",
            lambda r: r.copy_given == "Y",
        ),
        Check(
            "CONSENT-03",
            "The use against the label was not explained: consent is not informed without it.",
            lambda r: r.use_explained == "Y",
        ),
    )
