"""What was typed is what is kept, or it is refused with a sentence: numbers, line breaks, texts that show nothing."""

from decimal import Decimal as Number

import pytest

from crf import spec, trial
from crf.spec.kinds import UNSEEN

pytestmark = pytest.mark.every_trial
AMOUNT, WHOLE = spec.Decimal("0", "100000", 4), spec.Integer(0, 100000)
UNREAD = ["1,250", "1.250,5", "1,250.5", "1 250", "1\u00a0250", "1\u202f250", "1'250", "1’250", "1,25,000", "1_250"]
OTHER_DIGITS = ["١٢٥٠", "１２５０", "१२५", "1٫5"]
NOTHING = ["\u200b", "\u200b\u200d\u2060", "\u00a0", "\u0301", "\u3164", "\u2800", "\ufe0f", "\u00ad", "\U000e0041"]


def refused(kind, text) -> str:
    with pytest.raises(spec.Impossible) as found:
        kind.parse(text)
    return str(found.value)


@pytest.mark.finding("F-401")
@pytest.mark.parametrize("text", UNREAD + OTHER_DIGITS)
@pytest.mark.parametrize("kind", [AMOUNT, WHOLE], ids=["decimal", "whole"])
def test_a_mark_of_thousands_is_never_guessed(kind, text):
    sentence = refused(kind, text)
    assert text[:30] in sentence and sentence.endswith(".")


@pytest.mark.finding("F-401")
def test_what_can_be_read_in_two_ways_is_said_with_both():
    assert "1250, or 1.250" in refused(AMOUNT, "1,250")


@pytest.mark.finding("F-401")
@pytest.mark.parametrize(
    ("text", "value"),
    [("1,5", "1.5"), ("12,34", "12.34"), ("0,250", "0.25"), ("1250,500", "1250.5"), ("1.250", "1.25")],
)
def test_a_decimal_comma_is_read_where_it_can_be_nothing_else(text, value):
    assert AMOUNT.parse(text) == Number(value)


@pytest.mark.finding("F-401")
def test_no_number_of_any_form_is_read_from_a_mark_of_thousands():
    numbers = [
        item
        for form in trial.FORMS
        for item in form.items.values()
        if isinstance(item.kind, spec.Decimal | spec.Integer)
    ]
    assert numbers
    for item in numbers:
        for text in ("1,000", "1 000", "1'000", "1.000,0"):
            refused(item.kind, text)


@pytest.mark.finding("F-406")
def test_a_line_break_counts_once_whoever_sends_it():
    text = spec.Text(10, long=True)
    assert text.parse("1234\r\n6789\r\n") == text.parse("1234\n6789") == text.parse("1234\r6789") == "1234\n6789"
    assert text.parse("12345\r\n789") == "12345\n789"  # ten characters as the box counts them
    assert "11 characters" in refused(text, "12345\r\n78901")


@pytest.mark.finding("F-418")
@pytest.mark.parametrize("text", NOTHING)
def test_a_text_of_which_nothing_can_be_seen_is_no_text(text):
    assert not spec.shows_something(text)
    for kind in (spec.Text(200), AMOUNT, WHOLE, spec.Date(), spec.YES_NO):
        if text.strip():
            assert refused(kind, text) == UNSEEN
        else:
            assert spec.clean(text) == ""


@pytest.mark.finding("F-418")
@pytest.mark.parametrize("text", ["a", "é", "שלום", "مرحبا", "-", "…", "😀", "5", "e\u0301", "\u200fא"])
def test_a_text_that_shows_something_is_one(text):
    assert spec.clean(text) == text and spec.shows_something(text)
