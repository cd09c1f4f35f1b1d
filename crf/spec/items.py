"""Questions and the sums over their answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crf.spec.conditions import Condition, OneOf
from crf.spec.disclosure import Discloses
from crf.spec.kinds import Coded, DeclarationError, Kind


class Item:
    """A question. Labels and order are wording and may change; name and codes are fixed after the first subject.

    `required`: counts for completeness. `when`: the condition under which it applies; otherwise it is logically
    skipped and stays empty. `discloses`: where it gives away more than its form does. `computed`: the server fills it
    (crf/chart/computed.py); it is shown, never asked, and never taken from a page.
    """

    def __init__(
        self,
        label: str,
        kind: Kind,
        *,
        testcd: str | None = None,
        unit: str | None = None,
        required: bool = True,
        when: Condition | None = None,
        help: str = "",
        section: str = "",
        discloses: Discloses | None = None,
        retired: bool = False,
        computed: bool = False,
    ):
        if not isinstance(kind, Kind):
            raise DeclarationError(f"The item “{label}” has no kind of answer.")
        self.label, self.kind, self.testcd, self.unit = label, kind, testcd, unit
        self.required, self.when, self.help, self.section = required and not computed, when, help, section
        self.computed = computed
        self.discloses, self.retired, self.name = discloses, retired, ""

    def __set_name__(self, owner, name):
        if not self.name:
            self.name = name

    def __repr__(self):
        return f"<Item {self.name}>"

    def isin(self, *codes) -> Condition:
        """The condition that this item's answer is one of the codes."""
        if isinstance(self.kind, Coded):
            known = {code for code, _ in self.kind.codes}
            if unknown := set(codes) - known:
                raise DeclarationError(f"A condition on “{self.label}” names the unknown code {sorted(unknown)}.")
        return OneOf(self, tuple(codes))

    def applies(self, values: Mapping[str, Any], visit: str | None) -> bool:
        """Whether the question is put at all, given the other answers and the visit."""
        return self.when is None or self.when.holds(values, visit)


@dataclass(frozen=True)
class Either:
    """Two items of which at most one is filled (HAMD 16A and 16B); a score takes the one that is."""

    first: Item
    second: Item


class Score:
    """A sum that the database computes. Missing when any part is blank, except a part that is logically skipped."""

    def __init__(self, label: str, *, of: list[Item | Either], low: int, high: int, testcd: str | None = None):
        self.label, self.of, self.testcd, self.low, self.high, self.name = label, tuple(of), testcd, low, high, ""

    def __set_name__(self, owner, name):
        self.name = name

    def compute(self, values: Mapping[str, Any]) -> int | None:
        """The score of these values as the database computes it, for tests and demo data."""
        total = 0
        for part in self.of:
            members = (part.first, part.second) if isinstance(part, Either) else (part,)
            if len(members) == 1 and _skipped_by_answer(members[0], values):
                continue
            answers = [(item, answer) for item in members if (answer := values.get(item.name)) is not None]
            if not answers:
                return None
            item, answer = answers[0]
            total += 0 if answer in getattr(item.kind, "not_assessed", ()) else answer
        return total


def _skipped_by_answer(item: Item, values: Mapping[str, Any]) -> bool:
    """A part counts 0 when the answer it hangs on was given and rules it out (18B when 18A is 0)."""
    if not isinstance(item.when, OneOf):
        return False
    governing = values.get(item.when.item.name)
    return governing is not None and governing not in item.when.codes
