"""Concomitant medication."""

from tests.spec.rows import row

CHECKS = {
    "CONMED-01": {
        "passes": [row(began="2026-03", stopped="2026-03-01")],
        "fails": [row(began="2026-03-02", stopped="2026-03-01")],
    },
    "CONMED-02": {"passes": [row(event_recorded="Y"), row()], "fails": [row(event_recorded="N")]},
    "CONMED-03": {
        "passes": [row(group="AD"), row(group="OTHER")],
        "fails": [row(group="NMDA"), row(group="AMINO"), row(group="TB"), row(group="PHENYTOIN")],
    },
    "CONMED-04": {
        "passes": [row(change="ENDED", ongoing="N"), row(change="DOSE", ongoing="Y")],
        "fails": [row(change="ENDED", ongoing="Y")],
    },
}
