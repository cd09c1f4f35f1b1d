"""Drug level after the first dose: it tells the arm; only the safety officer sees it (PROTOCOL 3 and 10)."""

from fractions import Fraction

from crf.spec import UNBLINDS, Check, Date, Form, Item, LevelMessages, Purpose, Result, Text, Time, Values, joined
from crf.spec.people import SAFETY

TOXIC = 30  # ug/mL, from the label


class DrugLevel(Form):
    """One row a sample. Nothing of it, not even that it exists, reaches a blinded role."""

    code, title, domain = "DRUGLEVEL", "Drug level", "PC"
    listed = ("drawn_on",)
    discloses = UNBLINDS
    entered_by, read_by = SAFETY, SAFETY
    purpose = Purpose.DRUG_LEVEL
    repeating = log = True
    dated = "drawn_on"
    messages = LevelMessages(  # our assumption, as is the share: one level in ten above the toxic one
        go_on="Go on with the dose as planned.",
        act="Reduce the dose by one step at the next decision.",
        acts_above=TOXIC,
        sham_act=Fraction(1, 10),
    )

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.accession, r.drawn_on)

    drawn_on = Item("Date drawn", Date(), testcd="PCDTC")
    drawn_at = Item("Time drawn", Time())
    last_dose_at = Item("Time of the last capsule before", Time(), required=False)
    accession = Item("Accession number", Text(40), testcd="PCREFID")
    level = Item("Cycloserine in serum", Result("0", "500", 2), unit="ug/mL", testcd="CYCLOSER")
    wanted_because = Item("Why it was measured", Text(200))

    checks = (
        Check(
            "DRUGLEVEL-01",
            "The level is above 30 ug/mL, which the label ties to toxicity: please act and confirm.",
            lambda r: r.level <= TOXIC,
        ),
    )

    typical = {"level": "12.50", "accession": "GL-0001"}

    sdtm = {"drawn_at": "PCDTC"}
