"""Every adverse event and every laboratory result of each participant, one by one (ICH E3, 16.2.7 and 16.2.8)."""

import pandas as pd

from analysis.derive import plan
from analysis.papers.tables import counts
from analysis.reports import harm, whom
from analysis.reports.comparison import Comparison
from analysis.reports.document import NOTHING, Number, Section
from analysis.reports.listings import SHOWN
from crf import trial

EVENTS, EVENTS_TITLE = "adverse_listing", "Adverse events one by one"
RESULTS, RESULTS_TITLE = "laboratory_listing", "Laboratory results one by one"
OUT = {"LOW": " L", "HIGH": " H"}


def adverse_events(comparison: Comparison) -> Section | None:
    """Every event with its arm, treatment-emergent or not; None where the trial has no form for them."""
    if not harm.is_recorded():
        return None
    arms = _arms(comparison)
    found = harm.recorded(comparison.collected)
    found = found[found["subject"].isin(arms)].sort_values(["subject", "onset", "row"], kind="stable")
    if found.empty:
        return Section(EVENTS, EVENTS_TITLE, ("No adverse event of a randomised participant is recorded.",))
    rows = [
        (
            row["subject"],
            arms[row["subject"]],
            _known(row["term"]),
            _known(row["onset"]),
            _known(row["onset_dose"]),
            _known(row["severity"]).capitalize(),
            "serious" if row["is_serious"] else "no",
            _known(row["related"]).lower(),
            _known(row["action"]).lower(),
            _known(row["outcome"]).lower(),
            "yes" if row["emergent"] else "no",
        )
        for row in found.head(SHOWN).to_dict("records")
    ]
    head = ("Subject", "Arm", "Event", "Onset", "Dose at onset", "Severity", "Serious", "Related", "Action", "Outcome")
    title = "Adverse events of each participant, as entered"
    table = counts(EVENTS, title, (*head, "Treatment-emergent"), rows, notes=_cut(len(found)))
    return Section(EVENTS, EVENTS_TITLE, (table,), whom.RANDOMISED)


def laboratory(comparison: Comparison) -> Section | None:
    """The results of each participant, a row a day of drawing; None where the trial has no laboratory."""
    declared = trial.TRIAL.laboratory
    if declared is None:
        return None
    arms = _arms(comparison)
    found = comparison.collected.laboratory.dropna(subset=["value"])
    found = found[found["subject"].isin(arms)]
    if found.empty:
        return Section(RESULTS, RESULTS_TITLE, ("No result of a randomised participant is recorded.",))
    names = {test.code: test.name for test in declared.analytes}
    by_day = found.groupby(["subject", "on"], sort=True, dropna=False)
    rows = [
        (who, arms[who], NOTHING if own["day"].isna().all() else int(own["day"].iloc[0]), _results(own, names))
        for (who, _), own in list(by_day)[:SHOWN]
    ]
    units = ", ".join(f"{test.name} {test.unit}" for test in declared.analytes)
    note = f"L and H: below or above the limits that held. In the standard units: {units}."
    title = "Laboratory results of each participant by study day"
    head = ("Subject", "Arm", "Study day", "Results")
    table = counts(RESULTS, title, head, rows, notes=(note, *_cut(by_day.ngroups)))
    return Section(RESULTS, RESULTS_TITLE, (table,), whom.RANDOMISED)


def _results(own: pd.DataFrame, names: dict[str, str]) -> str:
    order = {code: place for place, code in enumerate(names)}
    rows = sorted(own.to_dict("records"), key=lambda row: order.get(row["analyte"], len(order)))
    return "; ".join(f"{names.get(row['analyte'], row['analyte'])} {_value(row)}" for row in rows)


def _value(row: dict) -> str:
    value = float(row["value"])
    return f"{Number(value, 0 if value == int(value) else 2)}{OUT.get(row['flag'], '')}"


def _arms(comparison: Comparison) -> dict[str, str]:
    names = plan.names()
    return {who: names[arm] for who, arm in zip(*(comparison.subjects[c] for c in ("subject", "arm")), strict=True)}


def _known(value) -> str:
    return NOTHING if value is None or pd.isna(value) or value == "" else str(value)


def _cut(n: int) -> tuple[str, ...]:
    return () if n <= SHOWN else (f"The first {SHOWN} of {n}; the data sets have all.",)
