"""Drugs that interfere with the study drug, and changes of the antidepressant (PROTOCOL 4 and 8)."""

from datetime import date

from crf.spec.consequences import MAJOR, Departure

PROHIBITED = ("NMDA", "AMINO", "TB", "PHENYTOIN")


def prohibited(
    *,
    drug_row: int,
    called: str = "",
    group: str | None,
    until: str | None,
    first_dose_on: date | None,
    began: str | None = None,
    ended_on: date | None = None,
) -> Departure | None:
    """A drug that interferes with the study drug, taken while under treatment. `until`: ISO 8601, perhaps partial;
    None while it goes on. `began`: likewise, None where it is not known; `ended_on`: the last day of treatment."""
    if group not in PROHIBITED or first_dose_on is None:
        return None
    first = date.fromisoformat((began + "-01-01")[:10]) if began else first_dose_on
    if ended_on is not None and first > ended_on:
        return None
    if until is not None and until < first_dose_on.isoformat()[: len(until)]:
        return None
    return Departure(
        "PROHIBITED",
        f"A prohibited drug was taken under treatment: {called or f'row {drug_row} of the concomitant medication'}.",
        max(first, first_dose_on),
        f"PROHIBITED:{drug_row}",
        MAJOR,
    )


def prohibited_drug(record, chart) -> Departure | None:
    """The hook of the concomitant medication."""
    return prohibited(
        drug_row=record.row_number,
        called=record.drug or "",
        group=record.group,
        until=None if record.ongoing == "Y" else record.stopped,
        first_dose_on=chart.first_dose_on,
        began=record.began,
        ended_on=chart.treatment_ended.on if chart.treatment_ended else None,
    )
