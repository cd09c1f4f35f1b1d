"""Vital signs and weight (PROTOCOL 3)."""

from crf.spec import OPEN, Check, Date, Decimal, Form, Integer, Item, Time, at_visit, choice
from crf.spec.people import READERS, SITE_TEAM
from crf.spec.visits import visits_before
from crf.trials.dcs_trd import protocol

JUMP_KG = 3


def last_weight_before(r, others):
    """The subject's latest weight of a day before this one, at whichever visit; without days, at a planned visit before
    this one. None where there is none."""
    dated = [(on, one.value) for on, one in others.answers_in_time("VITALS", "weight") if on is not None]
    if r.measured_on is not None and (earlier := [value for on, value in dated if on < r.measured_on]):
        return earlier[-1]
    for code in reversed(visits_before(protocol.VISITS, r.visit)):
        if (weight := others.value("VITALS", "weight", visit=code)) is not None:
            return weight
    return None


class Vitals(Form):
    """Measured after five minutes of rest; the weight in light clothing on the same scales."""

    code, title, domain = "VITALS", "Vital signs and weight", "VS"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    dated = "measured_on"

    measured_on = Item("Date", Date())
    measured_at = Item("Time", Time())
    position = Item("Position", choice(SITTING="Sitting", SUPINE="Supine", STANDING="Standing"))
    systolic = Item("Systolic blood pressure", Integer(50, 280), testcd="SYSBP", unit="mmHg")
    diastolic = Item("Diastolic blood pressure", Integer(20, 180), testcd="DIABP", unit="mmHg")
    pulse = Item("Pulse", Integer(20, 250), testcd="PULSE", unit="beats/min")
    temperature = Item("Body temperature", Decimal("30", "43", 1), testcd="TEMP", unit="C")
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
        Check(
            "VITALS-03",
            "The diastolic pressure is below 45 or above 110 mmHg: please confirm.",
            lambda r: 45 <= r.diastolic <= 110,
        ),
        Check(
            "VITALS-04", "The pulse is below 45 or above 120 beats/min: please confirm.", lambda r: 45 <= r.pulse <= 120
        ),
        Check(
            "VITALS-05",
            "The temperature is below 35 or above 38 °C: please confirm.",
            lambda r: 35 <= r.temperature <= 38,
        ),
        Check(
            "VITALS-06",
            "The weight differs by more than 3 kg from the visit before: please confirm.",
            lambda r, others: (before := last_weight_before(r, others)) is None or abs(r.weight - before) <= JUMP_KG,
        ),
        Check(
            "VITALS-07",
            "Weight and height give a body mass index below 14 or above 60: please check both.",
            lambda r: 14 <= r.weight * 10000 / (r.height * r.height) <= 60,
        ),
    )

    typical = {
        "systolic": "124",
        "diastolic": "78",
        "pulse": "72",
        "temperature": "36.6",
        "weight": "74.0",
        "height": "170",
        "measured_at": "09:10",
    }

    sdtm = {"measured_at": "VSDTC", "position": "VSPOS"}
