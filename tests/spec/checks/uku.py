"""UKU side effect rating scale."""

from tests.spec.rows import clock, row

MAN, WOMAN = {"DEMOG.sex@SCR": "M"}, {"DEMOG.sex@SCR": "F"}

CHECKS = {
    "UKU-01": {
        "passes": [row(started=clock("09:00"), ended=clock("09:00"))],
        "fails": [row(started=clock("09:01"), ended=clock("09:00"))],
    },
    "UKU-02": {"passes": [row(epileptic_seizures=0)], "fails": [row(epileptic_seizures=1)]},
    "UKU-03": {
        "passes": [
            row("W1", MAN, menorrhagia=0, erection=2),
            row("W1", WOMAN, menorrhagia=2),
            row("W1", erection=1),
            row("W1", MAN),
        ],
        "fails": [row("W1", MAN, menorrhagia=1), row("W1", WOMAN, erection=1), row("W1", WOMAN, ejaculation=3)],
    },
    "UKU-04": {
        "passes": [row(sleep_longer=1, sleep_shorter=0), row(sleep_longer=0, sleep_shorter=1)],
        "fails": [row(sleep_longer=1, sleep_shorter=1)],
    },
    "UKU-05": {
        "passes": [row(weight_gain=0, weight_loss=2), row(weight_gain=1, weight_loss=0)],
        "fails": [row(weight_gain=1, weight_loss=1)],
    },
}
