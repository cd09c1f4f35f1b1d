"""Dates as people type and read them (F-411)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crf.spec import Date, Impossible, PartialDate, Time, dates

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-411")]
FIFTH = dt.date(2026, 11, 5)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "5 Nov 2026",
            "5 nov 2026",
            "05 NOVEMBER 2026",
            "5nov2026",
            "05-Nov-2026",
            "5. Nov. 2026",
            "5th November 2026",
        ),
        *("Nov 5, 2026", "november 5 2026", "2026 Nov 5", "2026-11-05", "2026-11-5", "2026/11/05", "05.11.2026"),
        *("5.11.2026", " 5  nov\u00a02026 ", "2026–11–05"),
    ],
)
def test_what_can_mean_one_day_only_is_read_however_it_is_typed(typed):
    assert Date().parse(typed) == FIFTH


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("11/05/2026", "can be 11 May 2026 or 5 Nov 2026. Write the month in letters"),
        ("05-11-2026", "can be 11 May 2026 or 5 Nov 2026"),
        ("5 11 2026", "can be 11 May 2026 or 5 Nov 2026"),
        ("30 Feb 2026", "There is no 30 Feb 2026: that month has 28 days."),
        ("2026-02-30", "There is no 30 Feb 2026"),
        ("5.11.26", "four digits"),
        ("5 Nov 26", "four digits"),
        ("Nov 2026", "has no day"),
        ("2026", "is not a date"),
        ("2026-13-01", "there is no month 13"),
        ("5 Foo 2026", "there is no month “foo”"),
        ("5 Nov 1066", "The year 1066 cannot be right"),
        ("13/14/2026", "is not a date"),
        ("tomorrow", "is not a date"),
        ("٥ Nov 2026", "is not a date"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused_with_a_sentence(typed, said):
    with pytest.raises(Impossible, match=said.replace(".", r"\.")):
        Date().parse(typed)


def test_a_day_with_slashes_is_read_where_only_one_of_the_numbers_can_be_the_month():
    assert Date().parse("25/11/2026") == Date().parse("11/25/2026") == dt.date(2026, 11, 25)
    assert Date().parse("5/5/2026") == dt.date(2026, 5, 5)


@pytest.mark.req("TIM-02")
@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("5 nov 2026", "2026-11-05", "5 Nov 2026"),
        ("nov 2026", "2026-11", "Nov 2026"),
        ("2026-11", "2026-11", "Nov 2026"),
        ("11/2026", "2026-11", "Nov 2026"),
        ("11.2026", "2026-11", "Nov 2026"),
        ("2026", "2026", "2026"),
    ],
)
def test_a_partial_date_keeps_what_is_known_and_no_more(typed, stored, shown):
    assert PartialDate().parse(typed) == stored
    assert PartialDate().show(stored) == shown
    assert PartialDate().parse(shown) == stored


@pytest.mark.parametrize("typed", ["2026-00", "30 feb 2026", "11/05/2026", "26", "2026-", "nov"])
def test_a_partial_date_is_no_licence_to_guess(typed):
    with pytest.raises(Impossible):
        PartialDate().parse(typed)


def test_every_day_is_shown_in_one_form_that_can_be_typed():
    for number in range(0, 80_000, 37):
        on = dt.date(1900, 1, 1) + dt.timedelta(days=number % 73_000)
        assert Date().parse(Date().show(on)) == on == Date().parse(on.isoformat())


def test_a_time_is_shown_with_its_date_and_zone():
    at = dt.datetime(2026, 11, 5, 7, 30, tzinfo=dt.UTC)
    assert dates.moment(at, ZoneInfo("Asia/Jerusalem")) == "5 Nov 2026 09:30 IST"
    assert dates.moment(at) == "5 Nov 2026 07:30 UTC"


@pytest.mark.parametrize("typed", ["09:30", "9:30", "0930", "930", "9.30", "09:30:00"])
def test_a_time_of_day_is_typed_with_or_without_its_colon(typed):
    assert Time().parse(typed) == dt.time(9, 30)


def test_seconds_are_never_dropped_unsaid_and_those_of_a_device_stay_in_its_file():
    for typed in ("09:30:15", "9:30:59"):
        with pytest.raises(Impossible, match=r"has seconds, and times are kept to the minute. Enter 09:30\."):
            Time().parse(typed)
    for stands in ("09:30:15", "9:30", "09:30:15.250"):
        assert Time().parse(Time().of_a_file(stands)) == dt.time(9, 30)
    for wrong in ("09:30:75", "09:75:15", "2026-11-05 09:30:15"):
        with pytest.raises(Impossible):
            Time().parse(Time().of_a_file(wrong))
