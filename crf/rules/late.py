"""Late transcription: entered long after the day that it tells of, as from paper after an outage (BCK-04)."""

from datetime import date, datetime, tzinfo

from crf import trial


def days_late(told_of: date | None, *, entered_at: datetime, zone: tzinfo) -> int | None:
    """How many days after the day it tells of the entry was made, as days are at the site; None within the limit that
    the trial declares, and for what bears no day."""
    if told_of is None:
        return None
    days = (entered_at.astimezone(zone).date() - told_of).days
    return days if days > trial.SETTINGS.late_days else None
