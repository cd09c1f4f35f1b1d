"""End of treatment and end of study."""

from tests.spec.rows import day, row

FIRST = {"FIRSTDOSE.taken_on@BL": day(1)}

CHECKS = {
    "EOT-01": {
        "passes": [row(None, FIRST, last_dose_on=day(1)), row(last_dose_on=day(1))],
        "fails": [row(None, {"FIRSTDOSE.taken_on@BL": day(2)}, last_dose_on=day(1))],
    },
    "EOT-02": {
        "passes": [
            row(None, FIRST, reason="COMPLETED", last_dose_on=day(9, month=4)),
            row(None, FIRST, reason="ADVERSE EVENT", last_dose_on=day(9)),
            row(reason="COMPLETED", last_dose_on=day(9)),
        ],
        "fails": [row(None, FIRST, reason="COMPLETED", last_dose_on=day(8, month=4))],
    },
    "EOT-03": {
        "passes": [row(reason="COMPLETED", ever_dosed="Y"), row(reason="OTHER", ever_dosed="N")],
        "fails": [row(reason="COMPLETED", ever_dosed="N")],
    },
    "EOS-01": {
        "passes": [row(None, {"EOT.last_dose_on": day(5)}, ended_on=day(5)), row(ended_on=day(5))],
        "fails": [row(None, {"EOT.last_dose_on": day(6)}, ended_on=day(5))],
    },
    "EOS-02": {
        "passes": [
            row(reason="COMPLETED", consent_withdrawn="N"),
            row(reason="WITHDRAWAL BY SUBJECT", consent_withdrawn="Y"),
        ],
        "fails": [row(reason="COMPLETED", consent_withdrawn="Y")],
    },
    "EOS-03": {
        "passes": [row(consent_withdrawn_on=day(5), ended_on=day(5))],
        "fails": [row(consent_withdrawn_on=day(6), ended_on=day(5))],
    },
    "EOS-04": {
        "passes": [row(reason="SCREEN FAILURE"), row(None, FIRST, reason="COMPLETED")],
        "fails": [row(None, FIRST, reason="SCREEN FAILURE")],
    },
    "EOS-05": {
        "passes": [
            row(None, FIRST | {"EOT.reason": "COMPLETED"}, ended_on=day(5)),
            row(ended_on=day(5)),
            row(None, FIRST, ended_on=None),
        ],
        "fails": [row(None, FIRST, ended_on=day(5))],
    },
}
