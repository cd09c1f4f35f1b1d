"""The field for a day on pages that ask one thing: typed as on the entry pages, shown as everywhere."""

import datetime as dt

from django import forms as entry

from crf.spec import dates


class DayInput(entry.DateInput):
    """A text field that shows a day as everywhere; static/ecrf/days.js sets a calendar beside it."""

    def __init__(self, attrs=None):
        super().__init__(
            {"data-day": "", "autocomplete": "off", "placeholder": f"such as {dates.EXAMPLE}"} | (attrs or {})
        )

    class Media:
        js = (entry.Script("ecrf/days.js", defer=True),)

    def format_value(self, value):
        return dates.day(value) if isinstance(value, dt.date) else value


class DayField(entry.DateField):
    """A day that may be typed in any way that leaves one reading (crf/spec/dates.py)."""

    widget = DayInput

    def __init__(self, *args, help_text: str = "", **kwargs):
        super().__init__(*args, help_text=f"{help_text} {dates.HOW_TO_TYPE}.".strip(), **kwargs)

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, dt.date):
            return super().to_python(value)
        try:
            return dates.read_day(str(value))
        except dates.NotADate as wrong:
            raise entry.ValidationError(str(wrong), code="invalid") from None
