"""Dispensing."""

from tests.spec.rows import row

ON_250, ON_500 = {"DOSING.prescribed_mg@BL": 250}, {"DOSING.prescribed_mg@W1": 500}

CHECKS = {
    "DISPENSE-01": {
        "passes": [row("W1", ON_500, capsules=18), row("BL", ON_250, capsules=18), row("W1", capsules=90)],
        "fails": [
            row("W1", ON_500, capsules=19),
            row("BL", ON_250, capsules=19),
            row("W1", {"DOSING.prescribed_mg@W1": 0}, capsules=1),
        ],
    },
    "DISPENSE-02": {
        "passes": [row("W1", ON_500, daily_mg=500), row("W1", daily_mg=750)],
        "fails": [row("W1", ON_500, daily_mg=750)],
    },
    "DISPENSE-03": {"passes": [row(daily_mg=0), row(daily_mg=1000)], "fails": [row(daily_mg=300)]},
}
