"""The dosing decision."""

from types import SimpleNamespace

from tests.spec.rows import day, row

UP = {"decision": "STEP_UP", "prescribed_mg": 750}


def panel(*drawn, result=20, flag="NORMAL", significant=None):
    """The rows of a laboratory panel at one visit."""
    known = {"visit_code": "W3", "result": result, "flag": flag, "significant": significant, "missing": {}}
    return {"LAB": [SimpleNamespace(drawn_on=on, visit_number=1, **known) for on in drawn]}


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
            row(beside=panel(day(15)), decision="STEP_UP", prescribed_mg=750, decided_on=day(22)),
            row(beside=panel(day(22)), decision="STEP_UP", prescribed_mg=750, decided_on=day(22)),
            row(beside=panel(day(20), flag="HIGH", significant="N"), **UP, decided_on=day(22)),
            row(beside=panel(day(20), day(23)), **UP, decided_on=day(22)),
            row(decision="STEP_UP", prescribed_mg=500, decided_on=day(4)),
            row(decision="MAINTAIN", prescribed_mg=750, decided_on=day(29)),
        ],
        "fails": [
            row(beside=panel(day(14)), **UP, decided_on=day(22)),
            row(beside=panel(day(23)), **UP, decided_on=day(22)),
            row(beside=panel(day(20), flag="HIGH"), **UP, decided_on=day(22)),
            row(beside=panel(day(20), result=None), **UP, decided_on=day(22)),
            row(**UP, decided_on=day(22), panel_on=day(20)),
        ],
    },
    "DOSING-05": {
        "passes": [
            row(beside=panel(day(20)), **UP, panel_on=day(20), decided_on=day(22)),
            row(decision="STEP_UP", prescribed_mg=250, panel_on=day(20), decided_on=day(22)),
        ],
        "fails": [
            row(beside=panel(day(20)), **UP, panel_on=day(21), decided_on=day(22)),
            row(**UP, panel_on=day(20), decided_on=day(22)),
        ],
    },
}
