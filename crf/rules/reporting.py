"""The clock of a serious adverse event: from the site's awareness to the first report to the sponsor (PROTOCOL 7)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crf import trial


def due_at(*, aware_on: date | None, aware_at: time | None, zone: ZoneInfo) -> datetime | None:
    """When the first report must have reached the sponsor; None while the day of awareness is not known.

    Without a time of day the clock runs from the beginning of the day, which errs towards too early. The hours are
    hours that pass: a change of the clocks in the night does not lengthen or shorten them.
    """
    if aware_on is None:
        return None
    aware = datetime.combine(aware_on, aware_at or time(0), tzinfo=zone)
    return (aware.astimezone(ZoneInfo("UTC")) + timedelta(hours=trial.SETTINGS.sae_hours)).astimezone(zone)


def sent(on: date | None, at: time | None, zone: ZoneInfo) -> datetime | None:
    """When a report went out; without a time of day the end of the day counts. None while the date is not known."""
    return None if on is None else datetime.combine(on, at or time(23, 59), tzinfo=zone)
