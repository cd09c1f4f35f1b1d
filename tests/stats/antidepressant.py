"""The antidepressant trial of the DIA missing-data working group as a panel, for the tests of imputation."""

import pandas as pd

from analysis.stats.imputation.panel import Panel, dropout_visits, panel
from tests.stats.oracles import antidepressant

VISITS = ("4", "5", "6", "7")
NAMES = {"subject": "PATIENT", "visit": "VISIT", "response": "CHANGE"}


def antidepressant_data() -> pd.DataFrame:
    """608 records of 172 patients; skips where the oracles are not at hand."""
    return antidepressant().astype({"PATIENT": str})


def antidepressant_panel(data: pd.DataFrame) -> Panel:
    """As rbmi's vignettes take it: drop-out is the event; patient 3618's gap at visit 5 is none."""
    return panel(
        data,
        **NAMES,
        arm="THERAPY",
        active="DRUG",
        reference="PLACEBO",
        covariates=["BASVAL"],
        factors=[],
        visits=VISITS,
        events=dropout_visits(data, **NAMES, visits=VISITS),
    )
