"""Intercurrent events."""

from tests.spec.rows import day, row

FIRST = {"FIRSTDOSE.taken_on@BL": day(5)}

CHECKS = {
    "ICE-01": {"passes": [row(began_on=day(5), ended_on=day(5))], "fails": [row(began_on=day(6), ended_on=day(5))]},
    "ICE-02": {
        "passes": [row(None, {"EOT.reason": "ADVERSE EVENT"}, kind="STOPDRUG"), row(kind="ECT")],
        "fails": [row(kind="STOPDRUG")],
    },
    "ICE-03": {
        "passes": [row(None, FIRST, began_on=day(5)), row(began_on=day(1))],
        "fails": [row(None, FIRST, began_on=day(4))],
    },
}
