"""Inclusion and exclusion criteria, at screening and again before the infusion.

The label of a criterion begins with its code: I is met by yes, E by no. All but I2 and I5 are our assumption.
"""

from crf.spec import OPEN, YES_NO, Date, Form, Item, Purpose, Text, at_visit
from crf.spec.people import INVESTIGATORS, READERS

INCLUSION, EXCLUSION = "Inclusion criteria", "Exclusion criteria"


class Eligibility(Form):
    """Every criterion wants an answer. The investigator's attestation is a deed of its own, not an item here."""

    code, title, domain = "ELIG", "Eligibility", "IE"
    catch = "Inclusion is met by yes, exclusion by no."
    discloses = OPEN
    entered_by, read_by = INVESTIGATORS, READERS
    purpose = Purpose.ELIGIBILITY
    carries_eligibility = True
    withdraws_attestation = True
    dated = "assessed_on"

    assessed_on = Item("Date of assessment", Date())
    i1 = Item("I1 Aged 18 to 65 years", YES_NO, testcd="INCL01", section=INCLUSION)
    i2 = Item(
        *("I2 Major depressive disorder by DSM-IV, after at least one adequate trial of an SSRI that failed", YES_NO),
        testcd="INCL02",
        section=INCLUSION,
    )
    i3 = Item("I3 HAMD-17 of at least 18 at screening", YES_NO, testcd="INCL03", section=INCLUSION)
    i4 = Item("I4 Written informed consent", YES_NO, testcd="INCL04", section=INCLUSION)
    i5 = Item(
        "I5 Did not respond to six weeks of paroxetine",
        YES_NO,
        testcd="INCL05",
        section=INCLUSION,
        when=at_visit("BL"),
        help="Less than half of the HAMD-17 of the first day is gone",
    )
    e1 = Item("E1 Psychotic features, or a psychotic or bipolar disorder", YES_NO, testcd="EXCL01", section=EXCLUSION)
    e2 = Item("E2 Dependence on alcohol or a drug within 6 months", YES_NO, testcd="EXCL02", section=EXCLUSION)
    e3 = Item("E3 Pregnant or nursing", YES_NO, testcd="EXCL03", section=EXCLUSION)
    e4 = Item("E4 Imminent risk of suicide", YES_NO, testcd="EXCL04", section=EXCLUSION)
    e5 = Item("E5 Unstable disease, or uncontrolled blood pressure", YES_NO, testcd="EXCL05", section=EXCLUSION)
    remark = Item("Remark", Text(500, long=True), required=False)

    typical = {"remark": "", "e1": "N", "e2": "N", "e3": "N", "e4": "N", "e5": "N"}
