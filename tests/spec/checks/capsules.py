"""Capsule count, return and intake. Nothing that was swallowed is refused."""

from tests.spec.rows import day, row

HAD_15 = {"DISPENSE.capsules@BL": 15}
REFILLED = {
    "CAPSULES.returned in time": [(day(8), 3), (day(15), 1)],
    "DISPENSE.capsules in time": [(day(1), 15), (day(8), 18), (day(10), 6), (day(15), 18)],
}
HAD_18_LATER = {"DISPENSE.capsules@BL": 15, "DISPENSE.capsules@W1": 18}

CHECKS = {
    "CAPSULES-01": {
        "passes": [
            row("W1", HAD_15, returned=10, lost=5),
            row("W1", returned=99, lost=0),
            row("W2", HAD_18_LATER, returned=18, lost=0),
            row("W2", HAD_15 | REFILLED, counted_on=day(15), returned=24, lost=0),
        ],
        "fails": [
            row("W1", HAD_15, returned=11, lost=5),
            row("W2", HAD_18_LATER, returned=18, lost=1),
            row("W2", HAD_15 | REFILLED, counted_on=day(15), returned=25, lost=0),
        ],
    },
    "CAPSULES-02": {
        "passes": [
            row("W1", HAD_15, taken=11, returned=4, lost=0),
            row("W1", taken=1, returned=1, lost=1),
            row("W2", HAD_15 | REFILLED, counted_on=day(15), taken=20, returned=4, lost=0),
        ],
        "fails": [row("W1", HAD_15, taken=11, returned=3, lost=0), row("W1", HAD_15, taken=12, returned=4, lost=0)],
    },
    "CAPSULES-03": {
        "passes": [row(most_in_a_day=4), row(most_in_a_day=0)],
        "fails": [row(most_in_a_day=5), row(most_in_a_day=40)],
    },
    "CAPSULES-04": {"passes": [row(most_in_a_day=4, taken=4)], "fails": [row(most_in_a_day=4, taken=3)]},
    "CAPSULES-05": {
        "passes": [row(bottle_returned="N", returned=0), row(bottle_returned="Y", returned=3)],
        "fails": [row(bottle_returned="N", returned=1)],
    },
    "CAPSULES-06": {
        "passes": [row(last_taken_on=day(8), counted_on=day(8))],
        "fails": [row(last_taken_on=day(9), counted_on=day(8))],
    },
}
