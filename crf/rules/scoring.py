"""Scores of the instruments and what follows from them (PROTOCOL 6). Computed, never typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from crf import study
from crf.forms.bdi import BDI
from crf.forms.hamd import HAMD

# First score of each band (TRIAL 6a and 6b).
BANDS = {
    "HAMD-17": ((0, "none"), (8, "mild"), (14, "moderate"), (19, "severe"), (23, "very severe")),
    "BDI": ((0, "none or minimal"), (10, "mild to moderate"), (19, "moderate to severe"), (30, "severe")),
    "BDI-IA": ((0, "none or minimal"), (10, "mild to moderate"), (19, "moderate to severe"), (30, "severe")),
    "BDI-II": ((0, "minimal"), (14, "mild"), (20, "moderate"), (29, "severe")),
}


@dataclass(frozen=True)
class HamdTotals:
    """The three totals of one collection; None where a scored item is blank. `not_assessed`: item 16 was code 3."""

    hamd_17: int | None
    hamd_21: int | None
    hamd_24: int | None
    not_assessed: bool


def hamd_totals(answers: Mapping[str, Any]) -> HamdTotals:
    """Totals from a HAMD's answers by item name.

    Code 3 of item 16 counts 0 and sets the flag; a blank scored item makes every total that contains it missing.
    18A is a category and enters none.
    """
    weight = [answers.get(name) for name in ("weight_history", "weight_measured")]
    return HamdTotals(
        HAMD.total_17.compute(answers), HAMD.total_21.compute(answers), HAMD.total_24.compute(answers), 3 in weight
    )


def bdi_total(answers: Mapping[str, Any]) -> int | None:
    """The sum of 21 scores; None when one is blank."""
    return BDI.total.compute(answers)


#: The totals that have bands, by form and name of the score.
BANDED = {("HAMD", "total_17"): "HAMD-17", ("BDI", "total"): study.SETTINGS.bdi_version}


def band(instrument: str, total: int | None) -> str | None:
    """The band of a total. Shown for HAMD-17 and BDI only; for other instruments there is none."""
    if total is None or instrument not in BANDS:
        return None
    return [name for first, name in BANDS[instrument] if total >= first][-1]


def is_response(score: int | None, baseline: int | None) -> bool | None:
    """At least half of the baseline score gone: 2 x score <= baseline. None when either is missing or baseline is 0."""
    if score is None or not baseline:
        return None
    return 2 * score <= baseline


def is_remission(score: int | None) -> bool | None:
    """HAMD of at most 7; None when missing."""
    return None if score is None else score <= study.REMISSION_AT_MOST


def is_sustained_response(scores: Mapping[str, int | None], baseline: int | None) -> bool | None:
    """Response at two consecutive visits through week 6: at weeks 5 and 6.

    Response at week 6 alone is not sustained. None when what is missing could decide it.
    """
    last_two = [is_response(scores.get(code), baseline) for code in study.WEEKLY[-2:]]
    if False in last_two:
        return False
    return None if None in last_two else True


def change_from_baseline(score: int | None, baseline: int | None) -> int | None:
    """Score minus baseline: negative is better."""
    return None if score is None or baseline is None else score - baseline


def proposed_weight_loss(before: Decimal | None, now: Decimal | None) -> int | None:
    """The score of HAMD item 16B that a week's change of weight in kg proposes; the rater decides.

    Less than 0.5 kg lost (or a gain) is 0, up to 1 kg is 1, more is 2.
    """
    if before is None or now is None:
        return None
    lost = before - now
    if lost < Decimal("0.5"):
        return 0
    return 1 if lost <= 1 else 2


def minutes(started: time | None, ended: time | None) -> int | None:
    """Duration of a rating; None when a time is missing or the end lies before the start."""
    if started is None or ended is None or ended < started:
        return None
    day = date(2000, 1, 1)
    return int((datetime.combine(day, ended) - datetime.combine(day, started)).total_seconds() // 60)


def is_short(started: time | None, ended: time | None) -> bool:
    """A HAMD under ten minutes is listed for the monitor; it is no query to the rater."""
    spent = minutes(started, ended)
    return spent is not None and spent < study.SETTINGS.short_hamd_minutes


def is_entered_late(rated_on: date | None, entered_at: datetime, zone: tzinfo) -> bool:
    """Whether the rating was entered after the day on which it was made, as days are at the site."""
    return rated_on is not None and entered_at.astimezone(zone).date() > rated_on
