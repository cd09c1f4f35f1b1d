"""Suicidality in eleven categories."""

from tests.spec.rows import clock, row

NO_BEHAVIOUR = dict.fromkeys(("completed", "attempt", "interrupted", "aborted", "preparation"), "N")

CHECKS = {
    "SUICIDE-01": {
        "passes": [row(**NO_BEHAVIOUR), row(**NO_BEHAVIOUR | {"aborted": "Y"}, details="Turned back at the door")],
        "fails": [row(**NO_BEHAVIOUR | {"aborted": "Y"}), row(**NO_BEHAVIOUR | {"attempt": "Y"}, details="")],
    },
    "SUICIDE-02": {
        "passes": [
            row(plan="Y", nonspecific="Y", method="N", intent="N"),
            row(plan="N", nonspecific="N", method="N", intent="N"),
        ],
        "fails": [row(plan="Y", nonspecific="N", method="N", intent="N")],
    },
    "SUICIDE-03": {
        "passes": [row(started=clock("09:00"), ended=clock("09:00"))],
        "fails": [row(started=clock("09:01"), ended=clock("09:00"))],
    },
}
