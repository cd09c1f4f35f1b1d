"""Clinical global impressions."""

from tests.spec.rows import clock, row

CHECKS = {
    "CGI-01": {
        "passes": [row(severity=1, improvement=4), row(severity=2, improvement=5), row(severity=1)],
        "fails": [row(severity=1, improvement=5), row(severity=1, improvement=7)],
    },
    "CGI-02": {
        "passes": [row(severity=7, improvement=3), row(severity=6, improvement=1), row(severity=7, improvement=0)],
        "fails": [row(severity=7, improvement=1), row(severity=7, improvement=2)],
    },
    "CGI-03": {
        "passes": [
            row(started=clock("09:00"), ended=clock("09:05")),
            row(started=clock("09:00"), ended=clock("09:00")),
        ],
        "fails": [row(started=clock("09:05"), ended=clock("09:00"))],
    },
}
