"""The words to declare a form with. Plain Python: knows no Django and no database.

A form is declared once, as a class; its table, entry page, range limits, checks, completeness, dictionary, export
columns and demo data follow from it. A declaration polices itself: what cannot be right is a `DeclarationError` with
a sentence when the module is imported, never a check that silently does not run.
"""

import enum
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crf.kinds import (
    MISSING,
    PARTIAL_DATE,
    YES_NO,
    Coded,
    Date,
    Decimal,
    DeclarationError,
    Impossible,
    Integer,
    Kind,
    PartialDate,
    Text,
    Time,
    choice,
    clean,
    scale,
)

__all__ = [
    "IDENTIFIES",
    "MISSING",
    "OPEN",
    "PARTIAL_DATE",
    "RATING_HEADER",
    "UNBLINDS",
    "YES_NO",
    "AtVisit",
    "Both",
    "Check",
    "Coded",
    "Condition",
    "Date",
    "Decimal",
    "DeclarationError",
    "Discloses",
    "Either",
    "Form",
    "Impossible",
    "Integer",
    "Item",
    "Kind",
    "NotAtVisit",
    "OneOf",
    "PartialDate",
    "Score",
    "Text",
    "Time",
    "Values",
    "at_visit",
    "choice",
    "clean",
    "not_at_visit",
    "scale",
]


class Discloses(enum.Enum):
    """What a form or item gives away. There is no default: every form says it."""

    OPEN = "open"
    IDENTIFIES = "identifies"
    UNBLINDS = "unblinds"


OPEN, IDENTIFIES, UNBLINDS = Discloses.OPEN, Discloses.IDENTIFIES, Discloses.UNBLINDS

# -- conditions: data that page, server and database evaluate alike --------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """When an item applies. `holds` evaluates it on a mapping of item names to values, at a visit code."""

    def holds(self, values: Mapping[str, Any], visit: str | None) -> bool:
        raise NotImplementedError

    def as_json(self) -> dict:
        raise NotImplementedError

    def items(self) -> "tuple[Item, ...]":
        return ()

    def __and__(self, other: "Condition") -> "Condition":
        return Both(self, other)


@dataclass(frozen=True)
class OneOf(Condition):
    """The item's answer is one of these codes."""

    item: "Item" = field(repr=False)
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


def at_visit(*codes: str) -> Condition:
    return AtVisit(codes)


def not_at_visit(*codes: str) -> Condition:
    return NotAtVisit(codes)


# -- items, scores, checks -------------------------------------------------------------------------------------------


class Item:
    """A question. Labels and order are wording and may change; name and codes are fixed after the first subject.

    `required`: counts for completeness. `when`: the condition under which it applies; otherwise it is logically
    skipped and stays empty. `discloses`: where it gives away more than its form does. `computed`: the server fills it
    (crf/derive/computed.py); it is shown, never asked, and never taken from a page.
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
            answers = [(item, values.get(item.name)) for item in members if values.get(item.name) is not None]
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


class Check:
    """A rule on values, with a code and the sentence a person reads. The rule says what is *right*.

    `rule(r)` sees the record's values as attributes, and `r.visit`; with two arguments, `rule(r, others)`, it may look
    at other records of the subject: `others.value("HAMD", "mood", visit="BL")`. It runs when every item it names is
    answered (`blank=True`: always). A `hard` check refuses the save; a soft one saves and raises a query.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        rule: Callable,
        *,
        hard: bool = False,
        blank: bool = False,
        items: tuple[str, ...] = (),
    ):
        if not re.fullmatch(r"[A-Z0-9_]+-[0-9]{2}", code):
            raise DeclarationError(f"The check code “{code}” is not like HAMD-01.")
        self.code, self.sentence, self.rule, self.hard, self.blank = code, sentence, rule, hard, blank
        self.items = items
        self.across = len(inspect.signature(rule).parameters) == 2

    def named_items(self, form: "type[Form]") -> tuple[str, ...]:
        """The items of the form that the rule looks at."""
        names = self.items or tuple(name for name in _names_in(self.rule.__code__) if name in form.items)
        return tuple(dict.fromkeys(names))

    def holds(self, form: "type[Form]", values: Mapping[str, Any], visit: str | None, others=None) -> bool:
        """Whether the values pass. A rule that needs other records passes while there are none to look at."""
        if not self.blank and any(values.get(name) is None for name in self.named_items(form)):
            return True
        record = Values(values, visit)
        if self.across:
            return True if others is None else bool(self.rule(record, others))
        return bool(self.rule(record))


def _names_in(code) -> list[str]:
    names = list(code.co_names)
    for constant in code.co_consts:
        if inspect.iscode(constant):
            names += _names_in(constant)
    return names


class Values:
    """The values of one record as attributes; blank is None."""

    def __init__(self, values: Mapping[str, Any], visit: str | None):
        self._values, self.visit = values, visit

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._values.get(name)


# -- forms -----------------------------------------------------------------------------------------------------------

#: The header of every rating: by whom, on which day, from when to when, how, in which language.
RATING_HEADER = {
    "rated_by": lambda: Item("Rated by", Text(100), section="Rating", help="Initials or staff code, no full name"),
    "rated_on": lambda: Item("Date of rating", Date(), section="Rating"),
    "started": lambda: Item("Start", Time(), section="Rating"),
    "ended": lambda: Item("End", Time(), section="Rating"),
    "how": lambda: Item("How", choice(F2F="Face to face", VIDEO="Video", PHONE="Telephone"), section="Rating"),
    "language": lambda: Item(
        "Language", choice(HE="Hebrew", AR="Arabic", RU="Russian", EN="English", OTH="Other"), section="Rating"
    ),
}


class Form:
    """A case report form. Subclasses declare `code`, `title`, `discloses` and their items, scores and checks.

    `domain`, `category`: where it goes in SDTM. `repeating`: rows are numbered. `log`: does not belong to a visit.
    `rating`: carries the rating header. `dated`: the item that says when the
    observation was made (`rated_on` for ratings). `never_both`: pairs of items of which at most one is filled.
    """

    code = title = ""
    domain: str | None = None
    category: str | None = None
    discloses: Discloses | None = None
    repeating = log = rating = False
    dated: str | None = None
    reference = ""
    never_both: tuple[tuple[str, str], ...] = ()
    checks: tuple[Check, ...] = ()

    items: dict[str, Item]
    asked: dict[str, Item]
    scores: dict[str, Score]

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Item)}
        header = {}
        if cls.rating:
            for name, make in RATING_HEADER.items():
                header[name] = make()
                header[name].name = name
            cls.dated = cls.dated or "rated_on"
        cls.items = header | declared
        cls.asked = {name: item for name, item in cls.items.items() if not item.computed}
        cls.scores = {name: value for name, value in vars(cls).items() if isinstance(value, Score)}
        cls._police()

    @classmethod
    def _police(cls):
        def wrong(why):
            raise DeclarationError(f"The form {cls.__name__} {why}")

        if not re.fullmatch(r"[A-Z][A-Z0-9_]{1,19}", cls.code):
            wrong(f"has the code “{cls.code}”; it should be 2 to 20 capital letters or digits.")
        if not cls.title:
            wrong("has no title.")
        if not isinstance(cls.discloses, Discloses):
            wrong("does not say what it discloses: OPEN, IDENTIFIES or UNBLINDS.")
        if not cls.items:
            wrong("has no items.")
        if cls.dated is not None and cls.dated not in cls.items:
            wrong(f"is dated by “{cls.dated}”, which is not one of its items.")
        for name in cls.items | cls.scores:
            if name in RESERVED:
                wrong(f"calls an item “{name}”, a name that every record has already.")
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
                wrong(f"calls an item “{name}”; names are small letters, digits and underscores.")
        testcds = [item.testcd for item in (*cls.items.values(), *cls.scores.values()) if item.testcd]
        if len(set(testcds)) != len(testcds):
            wrong("uses a test code twice.")
        for first, second in cls.never_both:
            if first not in cls.items or second not in cls.items:
                wrong(f"pairs {first} with {second}, which are not both its items.")
        for item in cls.items.values():
            for governing in item.when.items() if item.when else ():
                if governing.name not in cls.items:
                    wrong(f"lets {item.name} hang on an item of another form.")
        for score in cls.scores.values():
            for part in score.of:
                for item in (part.first, part.second) if isinstance(part, Either) else (part,):
                    if cls.items.get(item.name) is not item or not getattr(item.kind, "numeric", False):
                        wrong(f"sums “{item.label}” in {score.name}, which is not a scored item of it.")
        codes = [check.code for check in cls.checks]
        if len(set(codes)) != len(codes):
            wrong("uses a check code twice.")
        for check in cls.checks:
            named = check.named_items(cls)
            if not named:
                wrong(f"has the check {check.code}, which names no item of it.")
            if unknown := [name for name in named if name not in cls.items]:
                wrong(f"has the check {check.code}, which names the unknown item {unknown[0]}.")

    # -- what follows from a declaration

    @classmethod
    def applicable(cls, values: Mapping[str, Any], visit: str | None) -> list[Item]:
        """The items that are put, in order, given the answers so far."""
        return [item for item in cls.asked.values() if not item.retired and item.applies(values, visit)]

    @classmethod
    def unanswered(cls, values: Mapping[str, Any], missing: Mapping[str, Any], visit: str | None) -> list[str]:
        """Required items that apply and have neither an answer nor a reason for having none."""
        return [
            item.name
            for item in cls.applicable(values, visit)
            if item.required and values.get(item.name) is None and item.name not in missing
        ]

    @classmethod
    def failed(cls, values: Mapping[str, Any], visit: str | None, others=None) -> list[Check]:
        """The checks that these values do not pass, in the order declared."""
        return [check for check in cls.checks if not check.holds(cls, values, visit, others)]

    @classmethod
    def disclosure(cls, item: Item) -> Discloses:
        """What the item gives away: its own word, else its form's."""
        return item.discloses or cls.discloses


#: Names that every record has; no item may take them.
RESERVED = frozenset(
    """id pk subject subject_id site site_id visit visit_id row row_number missing source version created_at created_by
    changed_at changed_by completed_at completed_by voided_at voided_by void_reason objects save delete clean checks
    items asked scores code title form protocol_version late""".split()
)
