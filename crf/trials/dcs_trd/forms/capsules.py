"""Capsules counted, returned and lost, and what was taken: recorded as it happened, never refused (PROTOCOL 5)."""

from datetime import date

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Purpose, Text
from crf.spec.people import PHARMACY, READERS_AND_PHARMACY
from crf.spec.visits import visits_before
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.dosing import LADDER

COUNT, TAKEN = "Count", "Taken since the last visit"


def handed_out(visit, others) -> int | None:
    """Capsules dispensed at the latest planned visit before this one; None where none is recorded."""
    for code in reversed(visits_before(protocol.VISITS, visit)):
        if (capsules := others.value("DISPENSE", "capsules", visit=code)) is not None:
            return capsules
    return None


def had(r, others) -> int | None:
    """Capsules dispensed since the count before this one, at whichever visits; without days, at the planned visit
    before this one. None where none is recorded."""
    counts = [
        on for on, _ in others.answers_in_time("CAPSULES", "returned") if on and r.counted_on and on < r.counted_on
    ]
    since = counts[-1] if counts else date.min
    given = [
        one.value
        for on, one in others.answers_in_time("DISPENSE", "capsules")
        if on and r.counted_on and since <= on < r.counted_on
    ]
    return sum(given) if given else handed_out(r.visit, others)


class Capsules(Form):
    """A count that nobody knows (a lost bottle) is marked unknown; compliance is then missing, not 100 %."""

    code, title, domain = "CAPSULES", "Capsule count, return and intake", "DA"
    discloses = OPEN
    entered_by, read_by = PHARMACY, READERS_AND_PHARMACY
    purpose = Purpose.RETURNS
    dated = "counted_on"

    counted_on = Item("Date of the count", Date(), section=COUNT)
    bottle_returned = Item("Bottle brought back", YES_NO, section=COUNT)
    returned = Item("Capsules returned", Integer(0, 300), testcd="RETAMT", unit="CAPSULE", section=COUNT)
    lost = Item("Capsules lost", Integer(0, 300), testcd="LOSTAMT", unit="CAPSULE", section=COUNT)
    taken = Item("Capsules taken", Integer(0, 999), unit="CAPSULE", section=TAKEN, help="By the subject's account")
    days_missed = Item("Days without any capsule", Integer(0, 60), unit="days", section=TAKEN)
    most_in_a_day = Item("Most capsules on any one day", Integer(0, 200), unit="CAPSULE", section=TAKEN)
    most_on = Item("On which date", Date(), section=TAKEN, required=False)
    last_taken_on = Item("Date of the last capsule taken", Date(), section=TAKEN, required=False)
    remark = Item("Remark", Text(500, long=True), section=TAKEN, required=False)

    checks = (
        Check(
            "CAPSULES-01",
            "More capsules were returned and lost than were dispensed: please count again.",
            lambda r, others: (all_of_them := had(r, others)) is None or r.returned + r.lost <= all_of_them,
            items=("returned", "lost"),
        ),
        Check(
            "CAPSULES-02",
            "Taken, returned and lost do not add up to the capsules dispensed: please explain.",
            lambda r, others: (all_of_them := had(r, others)) is None or r.taken + r.returned + r.lost == all_of_them,
            items=("taken", "returned", "lost"),
        ),
        Check(
            "CAPSULES-03",
            "More than 4 capsules (1000 mg) on one day: please record an adverse event.",
            lambda r: r.most_in_a_day * LADDER.unit_dose <= LADDER.maximum,
        ),
        Check(
            "CAPSULES-04",
            "The most on one day cannot exceed all that were taken: please correct one of them.",
            lambda r: r.most_in_a_day <= r.taken,
        ),
        Check(
            "CAPSULES-05",
            "Capsules are counted as returned although no bottle was brought back: please check.",
            lambda r: r.bottle_returned == "Y" or r.returned == 0,
        ),
        Check(
            "CAPSULES-06",
            "The last capsule was taken after the count: please correct one of the dates.",
            lambda r: r.last_taken_on <= r.counted_on,
            hard=True,
        ),
    )

    typical = {
        "returned": "4",
        "lost": "0",
        "taken": "12",
        "days_missed": "0",
        "most_in_a_day": "2",
        "most_on": "",
        "remark": "",
    }
