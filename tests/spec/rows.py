"""The words of the tables in tests/spec/checks: a row of answers, its visit and the other records beside it."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """One item of one row of a log form."""

    row: int
    value: Any


class OtherRecords:
    """What `others` is to a check, from a dict of "FORM.item@VISIT" (no @ for a log form) to values.

    The rows of a repeating log form stand as {row: value}.
    """

    def __init__(self, known: dict[str, Any] | None = None):
        self.known = known or {}

    def value(self, code: str, item: str, *, visit: str | None) -> Any:
        return self.known.get(f"{code}.{item}" + (f"@{visit}" if visit else ""))

    def series(self, code: str, item: str) -> list[Answer]:
        at_visits = [value for place, value in self.known.items() if place.startswith(f"{code}.{item}@")]
        rows = self.known.get(f"{code}.{item}", {}) | dict(enumerate(at_visits))
        return [Answer(row, value) for row, value in rows.items()]

    def answers_in_time(self, code: str, item: str) -> list:
        """Given as [(day, value)] under “FORM.item in time”; without, no answer bears a day."""
        return [(on, Answer(1, value)) for on, value in self.known.get(f"{code}.{item} in time", [])]

    def records(self, code: str) -> list[Any]:
        """Whole rows, given under the code of the form alone."""
        return self.known.get(code, [])


@dataclass(frozen=True)
class Row:
    """Answers of one record."""

    answers: dict[str, Any]
    at: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)

    def __str__(self):
        words = [f"{name}={value}" for name, value in self.answers.items()]
        words += [f"{name}={value}" for name, value in self.beside.items()]
        return " ".join(words)[:90] + (f" at {self.at}" if self.at else "")


def row(at: str | None = None, beside: dict[str, Any] | None = None, **answers: Any) -> Row:
    return Row(answers, at, beside or {})


def day(number: int, month: int = 3) -> date:
    """A day of March 2026, unless another month is named."""
    return date(2026, month, number)


def clock(text: str) -> time:
    return time.fromisoformat(text)
