"""Concomitant medication beside paroxetine."""

from crf.spec import OPEN, YES_NO, Check, Decimal, Form, Item, PartialDate, Purpose, Text, Values, choice, joined
from crf.spec.dates import partial_day
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.cp101606.forms.adverse_event import may_come_first

GROUPS = choice(
    AD="Antidepressant",
    AP="Antipsychotic",
    BZD="Benzodiazepine or hypnotic",
    MOOD="Mood stabiliser",
    NMDA="Memantine, ketamine, amantadine, dextromethorphan",
    OTHER="Other",
)


class Medication(Form):
    """One row a drug at one dose: a changed dose ends a row and begins another."""

    code, title, domain, category = "CONMED", "Concomitant medication", "CM", "CONCOMITANT"
    catch = "A changed dose ends a row and begins another. Paroxetine has a form of its own."
    listed = ("indication", "dose", "began", "stopped")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.MEDICATION
    repeating = log = True

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.drug, partial_day(r.began))

    drug = Item("Drug", Text(100), testcd="CMTRT")
    group = Item("Group", GROUPS)
    indication = Item("For", Text(200), testcd="CMINDC")
    dose = Item("Daily dose", Decimal("0", "100000", 3), testcd="CMDOSE", unit="mg")
    began = Item("Began", PartialDate(), testcd="CMSTDTC")
    ongoing = Item("Ongoing", YES_NO)
    stopped = Item("Ended", PartialDate(), testcd="CMENDTC", when=ongoing.isin("N"))
    change = Item(
        "Change since baseline of period 2",
        choice(NONE="None", NEW="New", DOSE="Dose changed", ENDED="Stopped"),
        when=group.isin("AD"),
    )

    checks = (
        Check(
            "CONMED-01",
            "The drug ends before it began: please correct one of the dates.",
            lambda r: may_come_first(r.began, r.stopped),
            hard=True,
        ),
    )
    typical = {"drug": "Zolpidem", "group": "BZD", "indication": "Insomnia", "dose": "10", "began": "2025-11"}
