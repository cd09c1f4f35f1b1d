"""Brief psychiatric rating scale."""

from tests.spec.rows import clock, row

CHECKS = {
    "BPRS-01": {
        "passes": [row(started=clock("09:00"), ended=clock("09:00"))],
        "fails": [row(started=clock("09:01"), ended=clock("09:00"))],
    },
    "BPRS-02": {
        "passes": [row(retardation=6, excitement=5), row(retardation=5, excitement=7)],
        "fails": [row(retardation=6, excitement=6)],
    },
    "BPRS-03": {
        "passes": [
            row(how="PHONE", mannerisms=1, retardation=1, blunted_affect=1),
            row(how="F2F", mannerisms=2, retardation=1, blunted_affect=1),
        ],
        "fails": [row(how="PHONE", mannerisms=1, retardation=1, blunted_affect=2)],
    },
}
