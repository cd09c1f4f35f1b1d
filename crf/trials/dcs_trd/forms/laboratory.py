"""Safety laboratory and pregnancy test (PROTOCOL 3). Blood before and during treatment, never a drug level."""

from crf.spec import OPEN, Check, Coded, Date, Decimal, Form, Item, Purpose, Result, Text, Time, Values, choice
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd.laboratory import LABORATORY, unit_fits
from crf.trials.dcs_trd.rules import alerts


class Laboratory(Form):
    """One row a result, as reported and in the standard unit; each abnormal value is judged by the investigator.

    The standard result, the limits that hold and the flag are computed on saving (crf/rules/laboratory.py); the
    judgement is the investigator's signature.
    """

    code, title, domain = "LAB", "Safety laboratory", "LB"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.LABORATORY
    alerts = (alerts.of_laboratory,)
    carries_eligibility = True
    repeating = True
    dated = "drawn_on"

    @staticmethod
    def called(r: Values) -> str:
        return LABORATORY.analyte(r.analyte).name if r.analyte else ""

    drawn_on = Item("Date drawn", Date(), testcd="LBDTC")
    drawn_at = Item("Time drawn", Time(), required=False)
    accession = Item("Accession number", Text(40), testcd="LBREFID", required=False)
    analyte = Item("Test", Coded(LABORATORY.codes), testcd="LBTESTCD")
    result = Item(
        "Result as reported",
        Result("0", "100000", 4),
        testcd="LBORRES",
        help="A result below or above a limit as the report has it: <5, >300, BLQ",
    )
    unit = Item("Unit as reported", Coded(tuple((unit, unit) for unit in LABORATORY.units)), testcd="LBORRESU")
    low = Item(
        "Lower limit on the report",
        Decimal("0", "100000", 4),
        required=False,
        help="In the unit as reported. Leave both blank where the report gives none: the site's limits hold",
    )
    high = Item("Upper limit on the report", Decimal("0", "100000", 4), required=False)
    standard_result = Item("Result in the standard unit", Result("0", "10000000", 4), testcd="LBSTRESN", computed=True)
    lower_limit = Item("Lower limit of normal", Decimal("0", "10000000", 4), testcd="LBORNRLO", computed=True)
    upper_limit = Item("Upper limit of normal", Decimal("0", "10000000", 4), testcd="LBORNRHI", computed=True)
    limits_from = Item(
        "Limits taken from",
        choice(REPORT="The report", SITE="The site's laboratory", TEXTBOOK="Textbook values"),
        computed=True,
    )
    flag = Item("Against the limits", choice(LOW="Low", NORMAL="Normal", HIGH="High"), testcd="LBNRIND", computed=True)
    significant = Item(
        "Clinically significant",
        choice(Y="Yes", N="No"),
        testcd="LBCLSIG",
        computed=True,
        when=flag.isin("LOW", "HIGH"),
    )
    judged_by = Item(
        "Judged by",
        Text(100),
        when=flag.isin("LOW", "HIGH"),
        retired=True,
        help="Initials or staff code of the investigator",
    )
    reviewed_on = Item("Reviewed on", Date(), required=False, retired=True)

    checks = (
        Check(
            "LAB-01",
            "The lower limit lies above the upper limit: please correct one of them.",
            lambda r: r.low <= r.high,
            hard=True,
        ),
        Check(
            "LAB-02",
            "The test is not reported in this unit: please check both.",
            lambda r: unit_fits(r.analyte, r.unit),
        ),
        # The flag is computed by now: these two find what was typed before it was.
        Check(
            "LAB-03",
            "The result is below the lower limit but not called low: please check.",
            lambda r: (r.flag == "LOW") == (r.result < r.low),
        ),
        Check(
            "LAB-04",
            "The result is above the upper limit but not called high: please check.",
            lambda r: (r.flag == "HIGH") == (r.result > r.high),
        ),
        Check("LAB-05", "Clinically significant: please record an adverse event.", lambda r: r.significant != "Y"),
        Check(
            "LAB-06",
            "The sample was reviewed before it was drawn: please correct one of the dates.",
            lambda r: r.drawn_on <= r.reviewed_on,
            hard=True,
        ),
        Check(
            "LAB-07",
            "No limits of normal are known for this test and subject: please enter those of the report.",
            lambda r: r.flag is not None or r.limits_from is not None or not unit_fits(r.analyte, r.unit),
            items=("result", "analyte", "unit"),
        ),
        Check(
            "LAB-08",
            "The result is below or above a limit of the assay, so it cannot be told whether it is normal: please ask "
            "the laboratory.",
            lambda r: r.flag is not None or r.limits_from is None,
            items=("result",),
        ),
    )

    typical = {"analyte": "ALT", "result": "24", "unit": "U/L", "low": "", "high": "", "accession": "GL-0001"}
    #: A normal panel, in standard units; the limits are those of the site.
    typical_rows = (
        {"analyte": "ALT", "result": "24", "unit": "U/L"},
        {"analyte": "CREAT", "result": "72", "unit": "umol/L"},
        {"analyte": "HGB", "result": "13.8", "unit": "g/dL"},
    )

    sdtm = {"drawn_at": "LBDTC"}


class PregnancyTest(Form):
    """For subjects who may become pregnant."""

    code, title, domain = "PREG", "Pregnancy test", "LB"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    carries_eligibility = True
    dated = "tested_on"

    tested_on = Item("Date", Date(), testcd="LBDTC")
    specimen = Item("Specimen", choice(SERUM="Serum", URINE="Urine"), testcd="LBSPEC")
    result = Item("Result", choice(NEGATIVE="Negative", POSITIVE="Positive", BORDERLINE="Borderline"), testcd="HCG")

    checks = (
        Check(
            "PREG-01",
            "A pregnancy test for a male subject: please check the demography form.",
            lambda r, others: others.value("DEMOG", "sex", visit="SCR") != "M",
            items=("result",),
        ),
        Check(
            "PREG-02",
            "Pregnant, or perhaps so: the protocol excludes before and stops the drug during treatment.",
            lambda r: r.result == "NEGATIVE",
        ),
    )
