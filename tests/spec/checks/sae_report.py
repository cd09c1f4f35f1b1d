"""Reports of a serious adverse event."""

from tests.spec.rows import day, row

SERIOUS = {"AE.serious": {1: "N", 2: "Y"}, "AE.aware_on": {1: None, 2: day(5)}}
INITIAL = {"SAEREPORT.event": {1: 2}, "SAEREPORT.report": {1: "INITIAL"}}

CHECKS = {
    "SAEREPORT-01": {
        "passes": [row(None, SERIOUS, event=2)],
        "fails": [row(None, SERIOUS, event=1), row(None, SERIOUS, event=3), row(event=1)],
    },
    "SAEREPORT-02": {
        "passes": [
            row(None, SERIOUS, event=2, sent_on=day(5)),
            row(None, SERIOUS, event=1, sent_on=day(1)),
            row(event=2, sent_on=day(1)),
        ],
        "fails": [row(None, SERIOUS, event=2, sent_on=day(4))],
    },
    "SAEREPORT-03": {
        "passes": [
            row(event=2, report="INITIAL"),
            row(None, INITIAL, event=2, report="FOLLOWUP"),
            row(None, INITIAL, event=2, report="FINAL"),
        ],
        "fails": [row(None, INITIAL, event=1, report="FOLLOWUP"), row(event=2, report="FINAL")],
    },
}
