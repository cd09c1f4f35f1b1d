"""Ratings: the band of a total, how long one took, whether it was entered late (PROTOCOL 6)."""

from datetime import date, datetime, time, tzinfo

from crf.spec.forms import Form


def band(form: type[Form], score: str, total: int | None) -> str | None:
    """The band that the form declares for the total of this score; None where it declares none."""
    bands = form.bands.get(score)
    if total is None or not bands:
        return None
    return [name for first, name in bands if total >= first][-1]


def minutes(started: time | None, ended: time | None) -> int | None:
    """Duration of a rating; None when a time is missing or the end lies before the start."""
    if started is None or ended is None or ended < started:
        return None
    day = date(2000, 1, 1)
    return int((datetime.combine(day, ended) - datetime.combine(day, started)).total_seconds() // 60)


def is_short(form: type[Form], started: time | None, ended: time | None) -> bool:
    """Whether the rating took less than its form allows: listed for the monitor, no query to the rater."""
    spent = minutes(started, ended)
    return form.short_under is not None and spent is not None and spent < form.short_under


def is_entered_late(rated_on: date | None, entered_at: datetime, zone: tzinfo) -> bool:
    """Whether the rating was entered after the day on which it was made, as days are at the site."""
    return rated_on is not None and entered_at.astimezone(zone).date() > rated_on
