"""The kinds of answer an item can have: what may be typed, the value it makes, the words that show it.

Plain Python. Part of the words of crf/spec.py, which hands them on.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any

from crf.spec import dates


class DeclarationError(Exception):
    """A form, item, score or check that cannot be right; the message says which and why."""


class Impossible(ValueError):
    """What was typed cannot be a value of this item; the message tells the person what to do."""


#: Why an answer is missing (C66742-like sponsor codes); each wants a reason in words.
MISSING = {"ND": "Not done", "UNK": "Unknown", "NA": "Not applicable"}


#: Bullets and marks that word processors write as characters of a font of their own, and what they look like.
OF_A_FONT = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→", "\uf02d": "-"})


def joined(*parts: Any) -> str:
    """The parts that are there, with commas: how a row is called by several of its answers."""
    return ", ".join(dates.day(part) if isinstance(part, dt.date) else str(part) for part in parts if part)


#: What is said of a text in which nothing can be seen.
UNSEEN = "Nothing can be seen in this text. Type it in words, or leave it empty."
#: Letters and signs that are drawn as nothing: fillers of Hangul, a blank of Braille, a musical null, a placeholder.
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159\ufffc")


def clean(text: str) -> str:
    """The text without surrounding blanks, with pasted bullets as everybody's and each line break as one character.

    Browsers send a line break as two characters and count it as one. Raises Impossible on what no record can hold or no
    paper can show (NUL, controls, half pairs, characters that only one font knows, and those that Unicode sets aside),
    and on a text that is not empty and shows nothing.
    """
    if text.isascii() and text.isalnum():  # a code or a number: most answers are, and nothing is to be looked for
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(OF_A_FONT)
    if any(_is_no_text(character) for character in text):
        raise Impossible("This contains a character that cannot be stored. Please type the answer again.")
    text = text.strip()
    if text and not shows_something(text):
        raise Impossible(UNSEEN)
    return text


def shows_something(text: str) -> bool:
    """Whether one character of the text can be seen: a letter, digit, mark of punctuation or sign."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _DRAWN_AS_NOTHING for character in text
    )


def _is_no_text(character: str) -> bool:
    number = ord(character)
    return (
        unicodedata.category(character) in ("Cs", "Co")
        or (number < 32 and character not in "\t\n\r")
        or number & 0xFFFE == 0xFFFE
        or 0xFDD0 <= number <= 0xFDEF
    )


@dataclass(frozen=True)
class Kind:
    """A kind of answer: `parse` makes a value of what was typed, `show` makes words of a value."""

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return "" if value is None else str(value)

    def raw(self, value: Any) -> str:
        """The value as it would be typed: `parse(raw(v)) == v`."""
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Coded(Kind):
    """One of a list of codes, whole numbers or short words. `not_assessed` codes count 0 in a score."""

    codes: tuple[tuple[int | str, str], ...]
    not_assessed: tuple[int, ...] = ()

    def __post_init__(self):
        values = [code for code, _ in self.codes]
        if len(set(values)) != len(values) or len({type(value) for value in values}) != 1:
            raise DeclarationError(f"The codes {values} are not distinct codes of one type.")

    @property
    def numeric(self) -> bool:
        return isinstance(self.codes[0][0], int)

    @property
    def is_scale(self) -> bool:
        """Whether one key answers it: single digits."""
        return all(isinstance(code, int) and 0 <= code <= 9 for code, _ in self.codes)

    def parse(self, text):
        text = clean(text)
        for code, _ in self.codes:
            if str(code) == text:
                return code
        allowed = ", ".join(str(code) for code, _ in self.codes)
        raise Impossible(f"“{text[:30]}” is not one of the possible answers. Choose one of {allowed}.")

    def show(self, value):
        for code, label in self.codes:
            if code == value:
                return f"{code} {label}" if self.numeric and label != str(code) else label
        return "" if value is None else str(value)


#: A comma after which three digits follow: a decimal comma to some, to others a mark of thousands.
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
#: Digits in groups, or digits of another script: what people and machines write for a number, and we never guess.
_GROUPED = re.compile(r"[+-]?[0-9]+([.,'’٬٫_ \u00a0\u2007\u2009\u202f]+[0-9]+)+")


def with_decimal_point(text: str) -> str:
    """A number with its decimal comma, if it has one, as a point. Raises Impossible where the comma can be either."""
    if _EITHER.fullmatch(text):
        plain = text.replace(",", "")
        raise Impossible(
            f"“{text}” can be read in two ways. Write {plain}, or {text.replace(',', '.')} with a decimal point."
        )
    return text.replace(",", ".") if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text) else text


def _refuse_grouped(text: str) -> None:
    """Raise Impossible where it is a number in a notation that is not read: marks of thousands, other digits."""
    if _GROUPED.fullmatch(text):
        raise Impossible(f"“{text[:30]}” is not read. Write the digits without marks of thousands, such as 1250.5.")
    if text.lstrip("+-−")[:1].isdecimal() and not text.isascii():
        raise Impossible(f"“{text[:30]}” is not read. Write the number with the digits 0 to 9.")


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number between `low` and `high`."""

    low: int
    high: int

    def parse(self, text):
        text = clean(text)
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            if re.fullmatch(r"[+-]?[0-9]+", text):
                raise Impossible(f"This number is too large. Enter a whole number from {self.low} to {self.high}.")
            if not re.fullmatch(r"[+-]?[0-9]+[.,][0-9]{1,2}", text):
                _refuse_grouped(text)
            raise Impossible(f"“{text[:30]}” is not a whole number. Enter one from {self.low} to {self.high}.")
        value = int(text)
        if not self.low <= value <= self.high:
            raise Impossible(f"{value} is not possible here. Enter a whole number from {self.low} to {self.high}.")
        return value


@dataclass(frozen=True)
class Decimal(Kind):
    """A decimal number between `low` and `high` with at most `places` places."""

    low: str
    high: str
    places: int

    def parse(self, text):
        text = with_decimal_point(clean(text))
        if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?", text):
            _refuse_grouped(text)
            raise Impossible(f"“{text[:30]}” is not a number. Enter one from {self.low} to {self.high}.")
        value = Number(text)
        if not Number(self.low) <= value <= Number(self.high):
            raise Impossible(f"{text} is not possible here. Enter a number from {self.low} to {self.high}.")
        if -int(value.as_tuple().exponent) > self.places:
            raise Impossible(f"{text} has more than {self.places} decimal places. Round it to {self.places}.")
        return value.quantize(Number(1).scaleb(-self.places))


@dataclass(frozen=True)
class Text(Kind):
    """Free text up to `max_length` characters; `long` gives it several lines."""

    max_length: int = 200
    long: bool = False

    def parse(self, text):
        text = clean(text)
        if len(text) > self.max_length:
            raise Impossible(f"This text has {len(text)} characters; {self.max_length} fit. Please shorten it.")
        return text


@dataclass(frozen=True)
class Date(Kind):
    """A full date (ISO 8601). `future` says whether a date after today is possible (a planned date)."""

    future: bool = False

    def parse(self, text):
        try:
            return dates.read_day(clean(text))
        except dates.NotADate as wrong:
            raise Impossible(str(wrong)) from None

    def show(self, value):
        return dates.day(value)

    raw = show


#: What the database holds a partial date to, and `PartialDate.parse` too.
PARTIAL_DATE = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"


@dataclass(frozen=True)
class PartialDate(Kind):
    """A date of which day, or day and month, may be unknown: ISO 8601 text, as 2024, 2024-05 or 2024-05-17."""

    def parse(self, text):
        try:
            return dates.read_partial_day(clean(text))
        except dates.NotADate as wrong:
            raise Impossible(str(wrong)) from None

    def show(self, value):
        return dates.partial_day(value)

    raw = show


@dataclass(frozen=True)
class Time(Kind):
    """A time of day at the site, to the minute: nothing that was typed is dropped unsaid."""

    def parse(self, text):
        text = clean(text)
        found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])(:[0-5][0-9])?", text)
        if not found:
            raise Impossible(f"“{text[:30]}” is not a time. Enter it as hours:minutes of 24, such as 09:30 or 14:05.")
        value = dt.time(int(found[1]), int(found[2]))
        if found[3] not in (None, ":00"):
            raise Impossible(f"“{text}” has seconds, and times are kept to the minute. Enter {value:%H:%M}.")
        return value

    def of_a_file(self, text: str) -> str:
        """As a file of results is read: a device's seconds stay in the file, and the import specification says so."""
        return re.sub(r"^(\s*\d{1,2}:\d\d):[0-5]\d(?:[.,]\d+)?(\s*)$", r"\1\2", text)

    def show(self, value):
        return "" if value is None else f"{value:%H:%M}"

    raw = show


def scale(low: int, high: int, *anchors: str, not_assessed: int | None = None) -> Coded:
    """A rating scale from `low` to `high`, one key an answer. Anchors, where given, are one per score."""
    codes = list(range(low, high + 1))
    if anchors and len(anchors) != len(codes):
        raise DeclarationError(f"A scale from {low} to {high} wants {len(codes)} anchors, not {len(anchors)}.")
    labels = list(anchors) or [str(code) for code in codes]
    if not_assessed is not None:
        codes.append(not_assessed)
        labels.append("Not assessed")
    return Coded(tuple(zip(codes, labels, strict=True)), () if not_assessed is None else (not_assessed,))


def choice(**codes: str) -> Coded:
    """A choice between words: choice(F="Female", M="Male")."""
    return Coded(tuple(codes.items()))


YES_NO = choice(Y="Yes", N="No")
