"""Vital signs."""

from decimal import Decimal as D

from tests.spec.rows import day, row

AT_BASELINE = {"VITALS.weight@BL": D("70.0")}
UNPLANNED = {"VITALS.weight in time": [(day(10), D("70.0")), (day(19), D("74.0")), (day(20), D("90.0"))]}
OLDER_FIRST = {"VITALS.weight@SCR": D("80.0"), "VITALS.weight@W1": D("70.0")}

CHECKS = {
    "VITALS-01": {
        "passes": [row(systolic=120, diastolic=119)],
        "fails": [row(systolic=120, diastolic=120), row(systolic=80, diastolic=120)],
    },
    "VITALS-02": {"passes": [row(systolic=85), row(systolic=180)], "fails": [row(systolic=84), row(systolic=181)]},
    "VITALS-03": {"passes": [row(diastolic=45), row(diastolic=110)], "fails": [row(diastolic=44), row(diastolic=111)]},
    "VITALS-04": {"passes": [row(pulse=45), row(pulse=120)], "fails": [row(pulse=44), row(pulse=121)]},
    "VITALS-05": {
        "passes": [row(temperature=D("35.0")), row(temperature=D("38.0"))],
        "fails": [row(temperature=D("34.9")), row(temperature=D("38.1"))],
    },
    "VITALS-06": {
        "passes": [
            row("W1", AT_BASELINE, weight=D("73.0")),
            row("W1", AT_BASELINE, weight=D("67.0")),
            row("W2", OLDER_FIRST, weight=D("72.0")),
            row("SCR", weight=D("120.0")),
            row("UNS", AT_BASELINE, weight=D("90.0")),
            row("W2", OLDER_FIRST | UNPLANNED, measured_on=day(20), weight=D("76.0")),
        ],
        "fails": [
            row("W1", AT_BASELINE, weight=D("73.1")),
            row("W1", AT_BASELINE, weight=D("66.9")),
            row("W2", OLDER_FIRST, weight=D("80.0")),
            row("W2", OLDER_FIRST | UNPLANNED, measured_on=day(18), weight=D("76.0")),
            row("UNS", UNPLANNED, measured_on=day(20), weight=D("70.0")),
        ],
    },
    "VITALS-07": {
        "passes": [
            row("SCR", weight=D("70.0"), height=170),
            row("SCR", weight=D("35.0"), height=158),
            row("SCR", weight=D("31.5"), height=150),
            row("SCR", weight=D("135.0"), height=150),
        ],
        "fails": [row("SCR", weight=D("35.0"), height=170), row("SCR", weight=D("170.0"), height=160)],
    },
}
