"""Serum glycine before the first dose: the sample now, the result later (PROTOCOL 3 and 4)."""

from datetime import datetime

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Result, Text, Time
from crf.spec.people import READERS, SITE_TEAM

SAMPLE, SHIPMENT, RESULT = "Sample", "Shipment", "Result"


def before_first_dose(r, others) -> bool:
    """Drawn before the first capsule; passes while no first dose is entered."""
    dose_on = others.value("FIRSTDOSE", "taken_on", visit="BL")
    dose_at = others.value("FIRSTDOSE", "taken_at", visit="BL")
    if dose_on is None or r.drawn_on < dose_on:
        return True
    return dose_at is not None and datetime.combine(r.drawn_on, r.drawn_at) < datetime.combine(dose_on, dose_at)


class Glycine(Form):
    """Randomisation needs the sample, not its result. A level before the first dose gives no arm away."""

    code, title, domain, category = "GLYCINE", "Serum glycine before the first dose", "LB", "AMINO ACIDS"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    dated = "drawn_on"

    taken = Item("Sample taken", YES_NO, section=SAMPLE)
    drawn_on = Item("Date drawn", Date(), section=SAMPLE, when=taken.isin("Y"))
    drawn_at = Item("Time drawn", Time(), section=SAMPLE, when=taken.isin("Y"))
    fasting = Item("Fasting", YES_NO, section=SAMPLE, when=taken.isin("Y"))
    hours_fasting = Item("Hours since the last meal", Integer(0, 72), unit="h", section=SAMPLE, when=taken.isin("Y"))
    frozen = Item("Serum frozen", YES_NO, section=SAMPLE, when=taken.isin("Y"))
    frozen_at = Item("Time frozen", Time(), section=SAMPLE, when=frozen.isin("Y"))
    accession = Item("Accession number", Text(40), section=SAMPLE, when=taken.isin("Y"))
    not_taken_because = Item("Why not taken", Text(200), section=SAMPLE, when=taken.isin("N"))
    shipped_on = Item("Shipped on", Date(), section=SHIPMENT, required=False, when=taken.isin("Y"))
    arrived_frozen = Item("Arrived frozen", YES_NO, section=SHIPMENT, required=False, when=taken.isin("Y"))
    result = Item(
        "Glycine",
        Result("0", "5000", 1),
        testcd="GLY",
        unit="umol/L",
        section=RESULT,
        required=False,
        when=taken.isin("Y"),
    )
    analysed_on = Item("Analysed on", Date(), section=RESULT, required=False, when=taken.isin("Y"))

    checks = (
        Check(
            "GLYCINE-01",
            "The sample was not drawn before the first dose: please check both times.",
            before_first_dose,
            items=("drawn_on", "drawn_at"),
        ),
        Check(
            "GLYCINE-02",
            "Fasting, but less than 8 hours since the last meal: please check.",
            lambda r: r.fasting == "N" or r.hours_fasting >= 8,
        ),
        Check(
            "GLYCINE-03",
            "The sample was shipped before it was drawn: please correct one of the dates.",
            lambda r: r.drawn_on <= r.shipped_on,
            hard=True,
        ),
        Check(
            "GLYCINE-04",
            "The sample was analysed before it was drawn: please correct one of the dates.",
            lambda r: r.drawn_on <= r.analysed_on,
            hard=True,
        ),
        Check(
            "GLYCINE-05",
            "The result is below 80 or above 600 umol/L: please confirm with the laboratory.",
            lambda r: 80 <= r.result <= 600,
        ),
        Check(
            "GLYCINE-06",
            "No sample before the first dose: randomisation needs the sample (not its result).",
            lambda r: r.taken == "Y",
        ),
    )

    typical = {
        "hours_fasting": "10",
        "drawn_at": "08:30",
        "frozen_at": "09:00",
        "accession": "GL-0001",
        "result": "",
        "analysed_on": "",
        "shipped_on": "",
        "arrived_frozen": "",
    }

    sdtm = {
        "taken": "LBSTAT where LBTESTCD = GLY",
        "drawn_at": "LBDTC",
        "fasting": "LBFAST",
        "accession": "LBREFID",
        "not_taken_because": "LBREASND",
    }
