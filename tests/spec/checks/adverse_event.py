"""Adverse events. Of partial dates only what is known is compared."""

from tests.spec.rows import day, row

NO_CRITERION = dict.fromkeys(
    ("death", "life_threatening", "hospitalised", "disability", "birth_defect", "medically_important"), "N"
)

CHECKS = {
    "AE-01": {
        "passes": [
            row(onset="2026-03-05", resolved="2026-03-05"),
            row(onset="2026-03", resolved="2026-03-01"),
            row(onset="2026-03-05", resolved="2026"),
        ],
        "fails": [
            row(onset="2026-03-05", resolved="2026-03-04"),
            row(onset="2026-04", resolved="2026-03-31"),
            row(onset="2026", resolved="2025-12"),
        ],
    },
    "AE-02": {
        "passes": [row(serious="Y", **NO_CRITERION | {"hospitalised": "Y"}), row(serious="N", **NO_CRITERION)],
        "fails": [row(serious="Y", **NO_CRITERION)],
    },
    "AE-03": {
        "passes": [
            row(outcome="FATAL", serious="Y", death="Y"),
            row(outcome="UNKNOWN", serious="N"),
            row(outcome="UNKNOWN", serious="Y", death="N"),
        ],
        "fails": [
            row(outcome="FATAL", serious="Y", death="N"),
            row(outcome="FATAL", serious="N"),
            row(outcome="RECOVERED/RESOLVED", serious="Y", death="Y"),
        ],
    },
    "AE-04": {
        "passes": [row(life_threatening="Y", severity="MODERATE"), row(life_threatening="N", severity="MILD")],
        "fails": [row(life_threatening="Y", severity="MILD")],
    },
    "AE-05": {
        "passes": [row(onset="2026-03-05", aware_on=day(5)), row(onset="2026-03", aware_on=day(1))],
        "fails": [row(onset="2026-03-05", aware_on=day(4))],
    },
    "AE-06": {
        "passes": [
            row(ongoing="Y", outcome="NOT RECOVERED/NOT RESOLVED"),
            row(ongoing="Y", outcome="UNKNOWN"),
            row(ongoing="N", outcome="RECOVERED/RESOLVED"),
            row(ongoing="N", outcome="FATAL"),
        ],
        "fails": [row(ongoing="Y", outcome="RECOVERED/RESOLVED"), row(ongoing="N", outcome="RECOVERING/RESOLVING")],
    },
    "AE-07": {
        "passes": [
            row(None, {"CONSENT.signed_on@SCR": day(5)}, onset="2026-03-05", worsening="N"),
            row(None, {"CONSENT.signed_on@SCR": day(5)}, onset="2026-03", worsening="N"),
            row(None, {"CONSENT.signed_on@SCR": day(5)}, onset="2020", worsening="Y"),
            row(onset="2026-03-04", worsening="N"),
        ],
        "fails": [
            row(None, {"CONSENT.signed_on@SCR": day(5)}, onset="2026-03-04", worsening="N"),
            row(None, {"CONSENT.signed_on@SCR": day(5)}, onset="2026-02", worsening="N"),
        ],
    },
    "AE-08": {
        "passes": [
            row(None, {"DOSING.decision@W3": "REDUCE"}, action="DOSE REDUCED"),
            row(action="DOSE REDUCED"),
            row(None, {"DOSING.decision@BL": "STEP_UP"}, action="DOSE NOT CHANGED"),
        ],
        "fails": [
            row(None, {"DOSING.decision@BL": "STEP_UP"}, action="DOSE REDUCED"),
            row(None, {"DOSING.decision@W3": "REDUCE"}, action="DRUG WITHDRAWN"),
        ],
    },
    "AE-09": {
        "passes": [
            row(special="SEIZURE", action="DRUG WITHDRAWN"),
            row(special="TB", action="NOT APPLICABLE"),
            row(special="HEADACHE", action="DOSE NOT CHANGED"),
        ],
        "fails": [row(special="SEIZURE", action="DOSE REDUCED"), row(special="ATTEMPT", action="DOSE NOT CHANGED")],
    },
    "AE-10": {
        "passes": [row(term="Headache"), row(term="Sandfly fever")],
        "fails": [row(term="Headache and nausea"), row(term="Headache; nausea"), row(term="Rash + itching")],
    },
    "AE-11": {
        "passes": [row(special="ATTEMPT", serious="Y"), row(special="TREMOR", serious="N")],
        "fails": [row(special="ATTEMPT", serious="N")],
    },
}
