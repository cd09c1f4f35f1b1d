"""Concomitant medication, with changes of the antidepressant marked (PROTOCOL 3 and 9)."""

from crf.spec import OPEN, YES_NO, Check, Coded, Decimal, Form, Item, PartialDate, Purpose, Text, Values, choice, joined
from crf.spec.dates import partial_day
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd.forms.adverse_event import partial_order_holds
from crf.trials.dcs_trd.rules.medication import PROHIBITED, prohibited_drug

GROUPS = choice(
    AD="Antidepressant",
    AP="Antipsychotic",
    BZD="Benzodiazepine or hypnotic",
    MOOD="Mood stabiliser",
    NMDA="Memantine, ketamine, amantadine, dextromethorphan",
    AMINO="Glycine or serine supplement",
    TB="Isoniazid or ethionamide",
    PHENYTOIN="Phenytoin",
    OTHER="Other",
)
ROUTES = Coded(
    (
        ("ORAL", "Oral"),
        ("INTRAVENOUS", "Intravenous"),
        ("INTRAMUSCULAR", "Intramuscular"),
        ("NASAL", "Nasal"),
        ("TOPICAL", "Topical"),
        ("OTHER", "Other"),
    )
)


class Medication(Form):
    """One row a drug at one dose: a changed dose ends a row and begins another."""

    code, title, domain, category = "CONMED", "Concomitant medication", "CM", "CONCOMITANT"
    listed = ("indication", "dose", "dose_unit", "began", "stopped")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.MEDICATION
    departures = (prohibited_drug,)

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.drug, partial_day(r.began))

    repeating = log = True

    drug = Item("Drug", Text(100), testcd="CMTRT")
    group = Item("Group", GROUPS)
    indication = Item("For", Text(200), testcd="CMINDC")
    dose = Item("Single dose", Decimal("0", "100000", 3), testcd="CMDOSE")
    dose_unit = Item(
        "Unit", choice(mg="mg", g="g", ug="µg", mL="mL", IU="IU", TABLET="Tablet", DROP="Drop"), testcd="CMDOSU"
    )
    frequency = Item(
        "How often",
        choice(
            QD="Once a day",
            BID="Twice a day",
            TID="Three times a day",
            QID="Four times a day",
            PRN="As needed",
            ONCE="Once",
            OTHER="Other",
        ),
        testcd="CMDOSFRQ",
    )
    route = Item("Route", ROUTES, testcd="CMROUTE")
    began = Item("Began", PartialDate(), testcd="CMSTDTC")
    ongoing = Item("Ongoing", YES_NO)
    stopped = Item("Ended", PartialDate(), testcd="CMENDTC", when=ongoing.isin("N"))
    change = Item(
        "Change since baseline",
        choice(NONE="None", NEW="New", DOSE="Dose changed", ENDED="Stopped"),
        when=group.isin("AD"),
    )
    event_recorded = Item("Recorded as intercurrent event", YES_NO, when=change.isin("NEW", "DOSE", "ENDED"))
    atc = Item("Classification (by import)", Text(20), testcd="CMCLASCD", required=False)

    checks = (
        Check(
            "CONMED-01",
            "The drug ends before it began: please correct one of the dates.",
            lambda r: partial_order_holds(r.began, r.stopped),
            hard=True,
        ),
        Check(
            "CONMED-02",
            "A new or changed antidepressant is an intercurrent event: please record it there.",
            lambda r: r.event_recorded == "Y",
        ),
        Check(
            "CONMED-03",
            "This drug interferes with the study drug: please record a deviation.",
            lambda r: r.group not in PROHIBITED,
        ),
        Check(
            "CONMED-04",
            "An antidepressant that was stopped cannot be ongoing: please correct one of them.",
            lambda r: not (r.change == "ENDED" and r.ongoing == "Y"),
        ),
    )

    typical = {
        "drug": "Escitalopram",
        "group": "AD",
        "indication": "Depression",
        "dose": "20",
        "dose_unit": "mg",
        "began": "2025-11",
        "change": "NONE",
        "atc": "",
    }
