"""Vital signs; on the day of the infusion after it."""

from crf.spec import OPEN, Check, Date, Decimal, Form, Integer, Item, Time, at_visit
from crf.spec.people import READERS, SITE_TEAM


class Vitals(Form):
    """Measured after five minutes of rest."""

    code, title, domain = "VITALS", "Vital signs", "VS"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    dated = "measured_on"

    measured_on = Item("Date", Date())
    measured_at = Item("Time", Time())
    systolic = Item("Systolic blood pressure", Integer(50, 280), testcd="SYSBP", unit="mmHg")
    diastolic = Item("Diastolic blood pressure", Integer(20, 180), testcd="DIABP", unit="mmHg")
    pulse = Item("Pulse", Integer(20, 250), testcd="PULSE", unit="beats/min")
    weight = Item("Weight", Decimal("25", "300", 1), testcd="WEIGHT", unit="kg")
    height = Item("Height", Integer(100, 230), testcd="HEIGHT", unit="cm", when=at_visit("SCR"))

    checks = (
        Check(
            "VITALS-01",
            "The diastolic pressure must be lower than the systolic: please correct one of them.",
            lambda r: r.diastolic < r.systolic,
            hard=True,
        ),
        Check(
            "VITALS-02",
            "The systolic pressure is below 85 or above 180 mmHg: please confirm.",
            lambda r: 85 <= r.systolic <= 180,
        ),
    )
    typical = {
        "systolic": "124",
        "diastolic": "78",
        "pulse": "72",
        "weight": "74.0",
        "height": "170",
        "measured_at": "09:10",
    }
    sdtm = {"measured_at": "VSDTC"}
