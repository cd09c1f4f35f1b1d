"""The first dose: the date that all study days count from (PROTOCOL 2)."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Purpose, Time
from crf.spec.people import READERS, SITE_TEAM


class FirstDose(Form):
    """A fact of what was taken, apart from what was prescribed. Until it is entered, days count from baseline."""

    code, title, domain = "FIRSTDOSE", "First dose (taken)", "EC"
    catch = "What was taken, and when: study day 1 is counted from here."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.FIRST_DOSE
    after_randomisation = True
    dated = "taken_on"

    taken_on = Item("Date of the first capsule", Date())
    taken_at = Item("Time of the first capsule", Time())
    observed = Item("Taken under observation at the site", YES_NO)

    checks = (
        Check(
            "FIRSTDOSE-01",
            "The first dose lies before the consent: please correct one of the dates.",
            lambda r, others: (
                (signed := others.value("CONSENT", "signed_on", visit="SCR")) is None or signed <= r.taken_on
            ),
        ),
        Check(
            "FIRSTDOSE-02",
            "The first dose lies before the day it was prescribed for: please correct it.",
            lambda r, others: (
                (begins := others.value("DOSING", "effective_on", visit="BL")) is None or begins <= r.taken_on
            ),
        ),
    )

    typical = {"taken_at": "12:00"}

    sdtm = {"taken_on": "ECSTDTC; DM.RFXSTDTC", "taken_at": "ECSTDTC; DM.RFXSTDTC"}
