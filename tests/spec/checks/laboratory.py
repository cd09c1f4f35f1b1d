"""Safety laboratory and pregnancy test."""

from decimal import Decimal as D

from crf.spec import Limited
from tests.spec.rows import day, row

CHECKS = {
    "LAB-01": {"passes": [row(low=D("5"), high=D("5"))], "fails": [row(low=D("5.1"), high=D("5"))]},
    "LAB-02": {
        "passes": [row(analyte="ALT", unit="U/L"), row(analyte="CREAT", unit="mg/dL")],
        "fails": [row(analyte="ALT", unit="mg/dL"), row(analyte="SODIUM", unit="g/L")],
    },
    "LAB-03": {
        "passes": [row(flag="LOW", result=D("4.9"), low=D("5")), row(flag="NORMAL", result=D("5"), low=D("5"))],
        "fails": [row(flag="NORMAL", result=D("4.9"), low=D("5")), row(flag="LOW", result=D("5"), low=D("5"))],
    },
    "LAB-04": {
        "passes": [row(flag="HIGH", result=D("41"), high=D("40")), row(flag="NORMAL", result=D("40"), high=D("40"))],
        "fails": [row(flag="NORMAL", result=D("40.1"), high=D("40")), row(flag="HIGH", result=D("40"), high=D("40"))],
    },
    "LAB-05": {"passes": [row(significant="N"), row()], "fails": [row(significant="Y")]},
    "LAB-06": {
        "passes": [row(drawn_on=day(5), reviewed_on=day(5))],
        "fails": [row(drawn_on=day(6), reviewed_on=day(5))],
    },
    "LAB-07": {
        "passes": [
            row(result=D("9"), analyte="ALT", unit="U/L", flag="NORMAL"),
            row(result=D("9"), analyte="ALT", unit="mg/dL"),
        ],
        "fails": [row(result=D("9"), analyte="ALT", unit="U/L"), row(result=D("9"), analyte="CREAT", unit="mg/dL")],
    },
    "LAB-08": {
        "passes": [row(result=D("9"), flag="NORMAL", limits_from="SITE"), row(result=D("9"))],
        "fails": [row(result=Limited("<", D("9")), limits_from="SITE"), row(result=Limited("BLQ"), limits_from="SITE")],
    },
    "PREG-01": {
        "passes": [row("SCR", {"DEMOG.sex@SCR": "F"}, result="NEGATIVE"), row("SCR", result="NEGATIVE")],
        "fails": [row("SCR", {"DEMOG.sex@SCR": "M"}, result="NEGATIVE")],
    },
    "PREG-02": {"passes": [row(result="NEGATIVE")], "fails": [row(result="POSITIVE"), row(result="BORDERLINE")]},
}
