"""Eligibility: where the answers contradict one another or another form."""

from tests.spec.rows import day, row

CHECKS = {
    "ELIG-01": {
        "passes": [row(i4="Y", adequate_trials=2), row(i4="N", adequate_trials=1), row(i4="Y")],
        "fails": [row(i4="Y", adequate_trials=1), row(i4="Y", adequate_trials=0)],
    },
    "ELIG-02": {
        "passes": [row(i4="N", adequate_trials=1), row(i4="Y", adequate_trials=3)],
        "fails": [row(i4="N", adequate_trials=2)],
    },
    "ELIG-03": {
        "passes": [
            row(i7="NA"),
            row(i7="Y", beside={"DEMOG.may_become_pregnant@SCR": "Y"}),
            row(i7="NA", beside={"DEMOG.may_become_pregnant@SCR": "MENO"}),
        ],
        "fails": [row(i7="NA", beside={"DEMOG.may_become_pregnant@SCR": "Y"})],
    },
    "ELIG-04": {
        "passes": [row(e5="Y", beside={"DEMOG.sex@SCR": "F"}), row(e5="N", beside={"DEMOG.sex@SCR": "M"})],
        "fails": [row(e5="Y", beside={"DEMOG.sex@SCR": "M"})],
    },
    "ELIG-05": {
        "passes": [
            row(i6="Y", assessed_on=day(2), beside={"CONSENT.signed_on@SCR": day(2)}),
            row(i6="N", assessed_on=day(2)),
        ],
        "fails": [
            row(i6="Y", assessed_on=day(2)),
            row(i6="Y", assessed_on=day(2), beside={"CONSENT.signed_on@SCR": day(3)}),
        ],
    },
}
