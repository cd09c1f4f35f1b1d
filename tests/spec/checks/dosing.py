"""The dosing decision."""

from tests.spec.rows import day, row

CHECKS = {
    "DOSING-01": {
        "passes": [
            row(decision="STOP", prescribed_mg=0),
            row(decision="INTERRUPT", prescribed_mg=0),
            row(decision="MAINTAIN", prescribed_mg=250),
            row(decision="RESUME", prescribed_mg=500),
        ],
        "fails": [
            row(decision="STOP", prescribed_mg=250),
            row(decision="INTERRUPT", prescribed_mg=250),
            row(decision="MAINTAIN", prescribed_mg=0),
            row(decision="REDUCE", prescribed_mg=0),
        ],
    },
    "DOSING-02": {
        "passes": [row(decided_on=day(10), effective_on=day(10)), row(decided_on=day(10), effective_on=day(12))],
        "fails": [row(decided_on=day(10), effective_on=day(9))],
    },
    "DOSING-03": {
        "passes": [row(decided_on=day(10), effective_on=day(12))],
        "fails": [row(decided_on=day(10), effective_on=day(13))],
    },
    "DOSING-04": {
        "passes": [
            row(decision="STEP_UP", prescribed_mg=750, decided_on=day(22), panel_on=day(15)),
            row(decision="STEP_UP", prescribed_mg=750, decided_on=day(22), panel_on=day(22)),
            row(decision="STEP_UP", prescribed_mg=500, decided_on=day(4)),
            row(decision="MAINTAIN", prescribed_mg=750, decided_on=day(29)),
        ],
        "fails": [
            row(decision="STEP_UP", prescribed_mg=750, decided_on=day(22), panel_on=day(14)),
            row(decision="STEP_UP", prescribed_mg=750, decided_on=day(22), panel_on=day(23)),
            row(decision="STEP_UP", prescribed_mg=750, decided_on=day(22)),
        ],
    },
}
