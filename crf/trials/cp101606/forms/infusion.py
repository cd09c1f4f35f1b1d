"""The infusions: the placebo of the run-in, and the one that is randomised. Day 1 is the day of the second."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Purpose, Text, Time, choice
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.cp101606 import dosing

WHY = choice(AE="Adverse event", LINE="Vein or pump", WISH="The subject's wish", OTHER="Other")


class RunInInfusion(Form):
    """Placebo for everybody; the subject does not know it."""

    code, title, domain = "RIINF", "Infusion of the run-in (placebo, single-blind)", "EC"
    catch = "The infusion of the run-in, not the randomised one. Start and stop lie on one day."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    dated = "given_on"

    given_on = Item("Date", Date())
    begun_at = Item("Start", Time())
    ended_at = Item("Stop", Time())
    rate = Item("Rate", Integer(1, 500), unit="mL/h")
    interrupted = Item("Interrupted or cut short", YES_NO)
    why = Item("Why", WHY, when=interrupted.isin("Y"))

    checks = (
        Check(
            "RIINF-01",
            "The infusion stops before it starts: please correct one of the times.",
            lambda r: r.begun_at < r.ended_at,
        ),
    )
    typical = {"begun_at": "09:30", "ended_at": "17:30", "rate": "60", "interrupted": "N"}


class Infusion(Form):
    """The one administration of the trial: what was given, at which rate, and whether it ran through."""

    code, title, domain = "INFUSION", "Infusion of the study drug", "EC"
    catch = "The number on the bag itself, not the one that was planned. Study day 1 is counted from here."
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.FIRST_DOSE
    after_randomisation = True
    needs_randomisation = True
    dated = "taken_on"

    taken_on = Item("Date of the infusion", Date())
    bag = Item("Number on the bag", Text(20), help="The kit number that randomisation gave")
    begun_at = Item("Start", Time())
    ended_at = Item("Stop", Time())
    rate = Item("Rate", Integer(1, 500), unit="mL/h")
    interrupted = Item("Interrupted", YES_NO)
    minutes_interrupted = Item("Minutes interrupted", Integer(1, 1440), when=interrupted.isin("Y"))
    completed = Item("Infused to the end", YES_NO)
    volume = Item("Volume infused", Integer(0, 2000), unit="mL", when=completed.isin("N"))
    why = Item("Why interrupted or cut short", WHY, when=interrupted.isin("Y"))
    why_incomplete = Item("Why it was not infused to the end", WHY, when=completed.isin("N"))

    checks = (
        Check(
            "INFUSION-01",
            "The infusion stops before it starts: please correct one of the times.",
            lambda r: r.begun_at < r.ended_at,
        ),
        Check(
            "INFUSION-02",
            f"The infusion took less than {dosing.HOURS} hours, yet it is said to have run to the end: please check.",
            lambda r: (
                r.completed == "N"
                or (r.ended_at.hour * 60 + r.ended_at.minute) - (r.begun_at.hour * 60 + r.begun_at.minute)
                >= 60 * dosing.HOURS
            ),
        ),
        Check(
            "INFUSION-03",
            "The infusion lies before the consent: please correct one of the dates.",
            lambda r, others: (
                (signed := others.value("CONSENT", "signed_on", visit="SCR")) is None or signed <= r.taken_on
            ),
        ),
    )
    typical = {"begun_at": "09:30", "ended_at": "17:30", "rate": "60", "interrupted": "N", "bag": "as assigned"}
    sdtm = {"taken_on": "ECSTDTC; DM.RFXSTDTC"}
