"""Conditions as data that page, server and database evaluate alike: when an item applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crf.spec.items import Item


@dataclass(frozen=True)
class Condition:
    """When an item applies. `holds` evaluates it on a mapping of item names to values, at a visit code."""

    def holds(self, values: Mapping[str, Any], visit: str | None) -> bool:
        raise NotImplementedError

    def as_json(self) -> dict:
        raise NotImplementedError

    def items(self) -> tuple[Item, ...]:
        return ()

    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """The parts that look at another form."""
        return ()

    def __and__(self, other: Condition) -> Condition:
        return Both(self, other)


@dataclass(frozen=True)
class OneOf(Condition):
    """The item's answer is one of these codes."""

    item: Item = field(repr=False)
    codes: tuple

    def holds(self, values, visit):
        return values.get(self.item.name) in self.codes

    def as_json(self):
        return {"item": self.item.name, "in": [str(code) for code in self.codes]}

    def items(self):
        return (self.item,)


@dataclass(frozen=True)
class AtVisit(Condition):
    """The record belongs to one of these visits."""

    codes: tuple[str, ...]

    def holds(self, values, visit):
        return visit in self.codes

    def as_json(self):
        return {"visit": list(self.codes)}


@dataclass(frozen=True)
class NotAtVisit(Condition):
    """The record belongs to none of these visits."""

    codes: tuple[str, ...]

    def holds(self, values, visit):
        return visit not in self.codes

    def as_json(self):
        return {"not_visit": list(self.codes)}


@dataclass(frozen=True)
class Elsewhere(Condition):
    """An answer of another form of the subject, at a visit (None: of a log), is one of these codes: the sex, say.

    It decides what is asked and what counts as missing. While it is not answered the question is put; an answer that
    does not fit is kept, and is a check's to ask about: the other form may be the one that is wrong.
    """

    form: str
    item: str
    codes: tuple
    visit: str | None

    @property
    def key(self) -> str:
        """The name under which the other form's answer stands among the values."""
        return f"{self.form}.{self.item}"

    def holds(self, values, visit):
        answer = values.get(self.key)
        return answer is None or answer in self.codes

    def as_json(self):
        return {"all": []}  # the server knows the other form's answer; a page that asks the question asks it always

    def elsewhere(self):
        return (self,)


@dataclass(frozen=True)
class Both(Condition):
    """Two conditions at once."""

    left: Condition
    right: Condition

    def holds(self, values, visit):
        return self.left.holds(values, visit) and self.right.holds(values, visit)

    def as_json(self):
        return {"all": [self.left.as_json(), self.right.as_json()]}

    def items(self):
        return self.left.items() + self.right.items()

    def elsewhere(self):
        return self.left.elsewhere() + self.right.elsewhere()


def at_visit(*codes: str) -> Condition:
    return AtVisit(codes)


def not_at_visit(*codes: str) -> Condition:
    return NotAtVisit(codes)
