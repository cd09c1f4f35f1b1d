"""Dispensing: what was handed out, the second of the three facts about dose (PROTOCOL 5)."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Purpose, Text, Time
from crf.spec.people import PHARMACY, READERS_AND_PHARMACY
from crf.trials.dcs_trd.dosing import LADDER


def most_at_home(prescribed_mg: int) -> int:
    """Capsules for 9 days; at 250 mg the step of day 4 is handed out ahead, so twice as many."""
    ahead = 2 if prescribed_mg == LADDER.unit_dose else 1
    return LADDER.days_at_home * ahead * (prescribed_mg // LADDER.unit_dose)


class Dispensing(Form):
    """The kit number tells no arm. Another kit than the subject's is recorded and opens a deviation."""

    code, title, domain = "DISPENSE", "Dispensing", "DA"
    catch = (
        "Type the number on the bottle in your hand, not the one on the screen: that is how a wrong bottle is found."
    )
    discloses = OPEN
    entered_by, read_by = PHARMACY, READERS_AND_PHARMACY
    purpose = Purpose.DISPENSING
    after_randomisation = True
    dated = "dispensed_on"

    dispensed_on = Item("Date", Date(), testcd="DADTC")
    dispensed_at = Item("Time", Time(), required=False)
    kit = Item("Number on the bottle", Text(40), testcd="DAREFID")
    capsules = Item("Capsules dispensed", Integer(0, 300), unit="CAPSULE", testcd="DISPAMT")
    daily_mg = Item("Daily dose explained to the subject", Integer(0, 1000), unit="mg/day")
    dispensed_by = Item("Dispensed by", Text(100), help="Initials or staff code, no full name")
    second_check = Item("Number checked by a second person", YES_NO)

    checks = (
        Check(
            "DISPENSE-01",
            "More than 9 days of capsules go home: please confirm the quantity.",
            lambda r, others: (
                (mg := others.value("DOSING", "prescribed_mg", visit=r.visit)) is None or r.capsules <= most_at_home(mg)
            ),
            items=("capsules",),
        ),
        Check(
            "DISPENSE-02",
            "The dose explained is not the dose prescribed at this visit: please check.",
            lambda r, others: (
                (mg := others.value("DOSING", "prescribed_mg", visit=r.visit)) is None or r.daily_mg == mg
            ),
            items=("daily_mg",),
        ),
        Check(
            "DISPENSE-03",
            "The daily dose is no multiple of 250 mg: please correct it.",
            lambda r: r.daily_mg % LADDER.unit_dose == 0,
            hard=True,
        ),
    )

    typical = {"capsules": "15", "daily_mg": "250", "kit": "", "dispensed_at": ""}
