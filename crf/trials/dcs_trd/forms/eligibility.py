"""Inclusion and exclusion criteria, at screening and confirmed at baseline (PROTOCOL 4).

A label is the criterion; `rules/eligibility.py` reads which answer meets it from the item's code: an inclusion
criterion is met by yes, an exclusion criterion by no. Unless marked otherwise the criteria are our assumption.
"""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Purpose, Text, choice
from crf.spec.people import INVESTIGATORS, READERS

INCLUSION, EXCLUSION = "Inclusion criteria", "Exclusion criteria"
OR_NOT_APPLICABLE = choice(Y="Yes", N="No", NA="Not applicable: cannot become pregnant")


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
    i1 = Item("I1 Aged 18 to 75 years", YES_NO, testcd="INCL01", section=INCLUSION)
    i2 = Item(
        "I2 Major depressive disorder by DSM-IV, in a current episode", YES_NO, testcd="INCL02", section=INCLUSION
    )  # TRIAL
    i3 = Item("I3 HAMD-21 of at least 20 at this visit", YES_NO, testcd="INCL03", section=INCLUSION)  # TRIAL: 20
    i4 = Item(
        "I4 At least two adequate antidepressant trials in this episode",
        YES_NO,
        testcd="INCL04",
        section=INCLUSION,
        help="Each with drug, dose, weeks and adherence",
    )  # TRIAL
    i5 = Item("I5 Antidepressant unchanged for at least 4 weeks", YES_NO, testcd="INCL05", section=INCLUSION)
    i6 = Item("I6 Written informed consent", YES_NO, testcd="INCL06", section=INCLUSION)
    i7 = Item(
        "I7 Contraception and a negative pregnancy test, where applicable",
        OR_NOT_APPLICABLE,
        testcd="INCL07",
        section=INCLUSION,
    )
    e1 = Item("E1 Any seizure ever", YES_NO, testcd="EXCL01", section=EXCLUSION)
    e2 = Item("E2 Bipolar or psychotic disorder, or such features", YES_NO, testcd="EXCL02", section=EXCLUSION)
    e3 = Item("E3 eGFR below 60 mL/min/1.73 m2 (CKD-EPI 2021)", YES_NO, testcd="EXCL03", section=EXCLUSION)
    e4 = Item("E4 Alcohol or substance dependence within 6 months", YES_NO, testcd="EXCL04", section=EXCLUSION)
    e5 = Item("E5 Pregnant or nursing", YES_NO, testcd="EXCL05", section=EXCLUSION)
    e6 = Item(
        "E6 Takes a drug that interferes",
        YES_NO,
        testcd="EXCL06",
        section=EXCLUSION,
        help="Isoniazid, ethionamide, phenytoin; memantine, ketamine, amantadine, dextromethorphan; "
        "supplements of glycine or serine",
    )
    e7 = Item("E7 ECT, TMS or esketamine within 3 months", YES_NO, testcd="EXCL07", section=EXCLUSION)
    e8 = Item(
        "E8 Imminent risk of suicide",
        YES_NO,
        testcd="EXCL08",
        section=EXCLUSION,
        help="HAMD item 3 rated 4, or by judgement",
    )
    e9 = Item("E9 Active or suspected tuberculosis", YES_NO, testcd="EXCL09", section=EXCLUSION)
    e10 = Item("E10 Heart failure or an unstable disease", YES_NO, testcd="EXCL10", section=EXCLUSION)
    e11 = Item(
        "E11 ALT above twice the upper limit, or haemoglobin below 11 g/dL", YES_NO, testcd="EXCL11", section=EXCLUSION
    )
    e12 = Item("E12 Hypersensitivity to cycloserine", YES_NO, testcd="EXCL12", section=EXCLUSION)
    e13 = Item("E13 Took part in another trial within 30 days", YES_NO, testcd="EXCL13", section=EXCLUSION)
    adequate_trials = Item("Adequate antidepressant trials in this episode", Integer(0, 20), required=False)
    remark = Item("Remark", Text(500, long=True), required=False)

    checks = (
        Check(
            "ELIG-01",
            "Two adequate trials are affirmed (I4) but fewer are counted: please correct one of them.",
            lambda r: not (r.i4 == "Y" and r.adequate_trials < 2),
        ),
        Check(
            "ELIG-02",
            "Two or more adequate trials are counted but I4 says no: please correct one of them.",
            lambda r: not (r.i4 == "N" and r.adequate_trials >= 2),
        ),
        Check(
            "ELIG-03",
            "I7 says not applicable for a subject who may become pregnant: please correct it.",
            lambda r, others: not (r.i7 == "NA" and others.value("DEMOG", "may_become_pregnant", visit="SCR") == "Y"),
        ),
        Check(
            "ELIG-04",
            "Pregnancy or nursing is affirmed for a male subject: please correct it.",
            lambda r, others: not (r.e5 == "Y" and others.value("DEMOG", "sex", visit="SCR") == "M"),
        ),
        Check(
            "ELIG-05",
            "Consent is affirmed (I6), but there is no consent dated on or before this assessment.",
            lambda r, others: (
                r.i6 == "N"
                or (
                    (signed := others.value("CONSENT", "signed_on", visit="SCR")) is not None
                    and signed <= r.assessed_on
                )
            ),
        ),
    )

    typical = {
        "i7": "NA",
        "adequate_trials": "2",
        "remark": "",
        "e1": "N",
        "e2": "N",
        "e3": "N",
        "e4": "N",
        "e5": "N",
        "e6": "N",
        "e7": "N",
        "e8": "N",
        "e9": "N",
        "e10": "N",
        "e11": "N",
        "e12": "N",
        "e13": "N",
    }
