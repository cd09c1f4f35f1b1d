"""Rules on values: what is right, and the sentence a person reads when it is not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from crf.spec.kinds import DeclarationError

if TYPE_CHECKING:
    from crf.spec.forms import Form


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
            raise DeclarationError(f"The check code “{code}” is not like FORM-01.")
        self.code, self.sentence, self.rule, self.hard, self.blank = code, sentence, rule, hard, blank
        self.items = items
        self._named: dict[type[Form], tuple[str, ...]] = {}
        self.across = len(inspect.signature(rule).parameters) == 2

    def named_items(self, form: type[Form]) -> tuple[str, ...]:
        """The items of the form that the rule looks at. Found once: every save asks for every check."""
        if form not in self._named:
            names = self.items or tuple(name for name in _names_in(self.rule.__code__) if name in form.items)
            self._named[form] = tuple(dict.fromkeys(names))
        return self._named[form]

    def holds(self, form: type[Form], values: Mapping[str, Any], visit: str | None, others=None) -> bool:
        """Whether the values pass. A rule that needs other records passes while there are none to look at."""
        return self.passes(form, Values(values, visit), others)

    def passes(self, form: type[Form], record: Values, others=None) -> bool:
        """`holds`, of values that several checks look at."""
        if not self.blank:
            answers = record.__dict__
            for name in self.named_items(form):
                if answers.get(name) is None:
                    return True
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
    """The values of one record as attributes; blank is None, and so is what is no item of it."""

    def __init__(self, values: Mapping[str, Any], visit: str | None):
        self.__dict__.update(values)
        self.visit = visit

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.__dict__.get(name)
