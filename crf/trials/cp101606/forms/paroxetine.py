"""The open paroxetine of both periods."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Text
from crf.spec.people import READERS, SITE_TEAM


class Paroxetine(Form):
    """What the subject takes every day. It is open, so it tells no arm."""

    code, title, domain = "PAROX", "Paroxetine", "EC"
    catch = "The dose from today on, not the one until today."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    dated = "asked_on"

    asked_on = Item("Date", Date())
    daily_mg = Item("Dose from today", Integer(0, 60), unit="mg/d", testcd="PXDOSE")
    days_missed = Item("Days without a tablet since the last visit", Integer(0, 60), testcd="PXMISS")
    was_changed = Item("Dose changed today", YES_NO)
    reason_for_change = Item("Why", Text(200), when=was_changed.isin("Y"))

    checks = (
        Check("PAROX-01", "Paroxetine comes in steps of 10 mg: please check the dose.", lambda r: r.daily_mg % 10 == 0),
    )
    typical = {"daily_mg": "40", "days_missed": "0", "was_changed": "N"}
    sdtm = {"daily_mg": "ECDOSE", "asked_on": "ECSTDTC"}
