"""Days of visits and sites said of columns, so that PostgreSQL can find and sort by them; the rules are `windows`'."""

from datetime import date

from django.db.models import Case, DateField, DateTimeField, ExpressionWrapper, F, Func, IntegerField, Value, When
from django.db.models.functions import Cast

from crf import trial
from crf.rules import windows

_ANY_DAY = date(2001, 1, 1)


def local_date(zone: str, moment) -> Cast:
    """The date of a moment at a site; `zone` names the column of its time zone."""
    local = Func(F(zone), moment, function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())


def opens(day_1) -> ExpressionWrapper:
    """The first day of the window of the row's visit; NULL for unplanned visits and while there is no day 1."""
    return _day_of(day_1, lambda window: window.opens)


def closes(day_1) -> ExpressionWrapper:
    """The last day of the window of the row's visit."""
    return _day_of(day_1, lambda window: window.closes)


def _day_of(day_1, of) -> ExpressionWrapper:
    known = {visit.code: windows.window_of(visit.code, day_1=_ANY_DAY) for visit in trial.VISITS if visit.is_planned}
    days = Case(
        *(When(code=code, then=Value((of(window) - _ANY_DAY).days)) for code, window in known.items()),
        output_field=IntegerField(),
    )
    return ExpressionWrapper(day_1 + days, output_field=DateField())
