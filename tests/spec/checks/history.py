"""Psychiatric history, antidepressant trials, medical history."""

from tests.spec.rows import row

BORN_1970 = {"DEMOG.birth_year@SCR": 1970}

CHECKS = {
    "PSYHX-01": {
        "passes": [row(diagnosis="SINGLE", episodes=1), row(diagnosis="RECURRENT", episodes=2)],
        "fails": [row(diagnosis="SINGLE", episodes=2)],
    },
    "PSYHX-02": {
        "passes": [row(diagnosis="RECURRENT", episodes=2), row(diagnosis="SINGLE", episodes=1)],
        "fails": [row(diagnosis="RECURRENT", episodes=1)],
    },
    "PSYHX-03": {
        "passes": [
            row("SCR", BORN_1970, age_at_onset=55, episode_began="2025-09"),
            row("SCR", age_at_onset=90, episode_began="2025"),
        ],
        "fails": [row("SCR", BORN_1970, age_at_onset=56, episode_began="2025-09")],
    },
    "PSYHX-04": {
        "passes": [
            row("SCR", {"ELIG.e2@SCR": "Y"}, psychotic_features="Y"),
            row("SCR", psychotic_features="Y"),
            row("SCR", {"ELIG.e2@SCR": "N"}, psychotic_features="N"),
        ],
        "fails": [row("SCR", {"ELIG.e2@SCR": "N"}, psychotic_features="Y")],
    },
    "ADTRIAL-01": {
        "passes": [row(began="2025-03", stopped="2025-03-01"), row(began="2025", stopped="2025")],
        "fails": [row(began="2025-04", stopped="2025-03")],
    },
    "ADTRIAL-02": {
        "passes": [row(adequate="Y", weeks=4), row(adequate="N", weeks=3)],
        "fails": [row(adequate="Y", weeks=3)],
    },
    "ADTRIAL-03": {
        "passes": [row(adequate="Y", adherence="PART"), row(adequate="N", adherence="POOR")],
        "fails": [row(adequate="Y", adherence="POOR")],
    },
    "MEDHX-01": {
        "passes": [row(began="2020-01", stopped="2020-01")],
        "fails": [row(began="2020-02", stopped="2020-01")],
    },
    "MEDHX-02": {
        "passes": [
            row("SCR", {"ELIG.e1@SCR": "Y"}, condition="Febrile seizure"),
            row("SCR", condition="Epilepsy"),
            row("SCR", {"ELIG.e1@SCR": "N"}, condition="Hypertension"),
        ],
        "fails": [
            row("SCR", {"ELIG.e1@SCR": "N"}, condition="Febrile seizure"),
            row("SCR", {"ELIG.e1@SCR": "N"}, condition="EPILEPSY in childhood"),
        ],
    },
}
