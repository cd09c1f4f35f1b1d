"""The contact on day 4."""

from tests.spec.rows import day, row

CHECKS = {
    "CONTACT-01": {
        "passes": [row(reached="Y", attempts=1), row(reached="N", attempts=0)],
        "fails": [row(reached="Y", attempts=0)],
    },
    "CONTACT-02": {"passes": [row(attempts=1)], "fails": [row(attempts=0)]},
    "CONTACT-03": {
        "passes": [
            row("D4", {"DOSING.decision@D4": "MAINTAIN"}, reached="N"),
            row("D4", reached="N"),
            row("D4", {"DOSING.decision@D4": "STEP_UP"}, reached="Y"),
        ],
        "fails": [row("D4", {"DOSING.decision@D4": "STEP_UP"}, reached="N")],
    },
    "CONTACT-04": {
        "passes": [row(contacted_on=day(4), last_attempt_on=day(4))],
        "fails": [row(contacted_on=day(5), last_attempt_on=day(4))],
    },
}
