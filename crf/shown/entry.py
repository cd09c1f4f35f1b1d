"""The entry page of a form, from its declaration: fields, layout, what is preset, what is asked beside.

The page is a plain Django form laid out by crispy-forms. It does not validate: the deed does, with the same rules that
answer while one types.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms as django_forms
from django.utils.html import escape

from crf import spec
from crf.chart.computed import in_words
from crf.chart.examine import questions_put, understood_so_far
from crf.chart.held import Held
from crf.spec import dates

#: So many codes with words stand below the name of their item and not beside it (entry.css).
WORDY = 5
#: From this many scale items on, the page sets them in two columns on a wide screen.
MANY = 12
REASONS = (
    ("Typing error", "Typing error"),
    ("Source was corrected", "The source was corrected"),
    ("Source was misread", "The source was misread"),
    ("Answer to a query", "Answer to a query"),
    ("Answer was missing", "Further information came in"),
    ("Other", "Other (say which)"),
)


@dataclass
class Line:
    """One item as the page shows it: the declaration, what is typed, and what is said beside it.

    `offered`: answers to choose from that other records of the subject give, with how they are called.
    """

    item: spec.Item
    text: str = ""
    missing: str = ""
    why: str = ""
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    hint: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    is_skipped: bool = False
    held: Held | None = None  # frozen or locked by itself: it is read, and sent as it stands
    is_ruled_out: bool = False  # by another form: no answer on this page brings the question back

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def is_header(self) -> bool:
        """Whether it belongs to the header of a rating."""
        return self.name in spec.RATING_HEADER

    @property
    def look(self) -> str:
        """Which template shows it: keys for a scale, choice for words, select for a long list, else a text field; what
        the server computes is only read."""
        kind = self.item.kind
        if self.item.computed:
            return "computed"
        if self.held:
            return "held"
        if self.offered or (isinstance(kind, spec.Coded) and self.is_header):
            return "select"
        if isinstance(kind, spec.Coded):
            return "keys" if kind.is_scale else "choice" if len(kind.codes) <= 6 else "select"
        return "long" if isinstance(kind, spec.Text) and kind.long else "text"

    @property
    def is_day(self) -> bool:
        """Whether a calendar stands beside the field."""
        return isinstance(self.item.kind, spec.Date | spec.PartialDate)

    @property
    def is_words(self) -> bool:
        """Whether it is free text, which may be written from either side."""
        return isinstance(self.item.kind, spec.Text)

    @property
    def how(self) -> str:
        """How to type it, for everybody to see; empty where the example in the field is enough."""
        return f"{dates.HOW_TO_TYPE_PARTIAL}." if isinstance(self.item.kind, spec.PartialDate) else ""

    @property
    def example(self) -> str:
        """What stands in the empty field."""
        match self.item.kind:
            case spec.Date() | spec.PartialDate():
                return f"such as {dates.EXAMPLE}"
            case spec.Time():
                return "as 09:30"
        return ""

    @property
    def unit(self) -> str:
        """What stands after the field: the unit; of a time the zone it is told in."""
        return self.item.unit or ("site time" if isinstance(self.item.kind, spec.Time) else "")

    @property
    def input_mode(self) -> str:
        match self.item.kind:
            case spec.Integer():
                return "numeric"
            case spec.Result():
                return "text"  # a keyboard with < and >
            case spec.Decimal():
                return "decimal"
        return "text"

    @property
    def bounds(self) -> str:
        """The possible range in words, for numbers."""
        kind = self.item.kind
        if isinstance(kind, spec.Result):
            return f"{kind.low} to {kind.high}, or such as <5, >300, BLQ"
        return f"{kind.low} to {kind.high}" if isinstance(kind, spec.Integer | spec.Decimal) else ""

    @property
    def width(self) -> str:
        match self.item.kind:
            case spec.Integer() | spec.Decimal() | spec.Time():
                return "narrow"
            case spec.Date() | spec.PartialDate():
                return "middle"
        return "wide"

    @property
    def when(self) -> str:
        """The condition under which the item applies, for the browser."""
        if self.is_ruled_out:
            return json.dumps({"visit": []})
        return json.dumps(self.item.when.as_json()) if self.item.when else ""

    @property
    def codes(self) -> list[tuple[str, str]]:
        return [(str(code), label) for code, label in self.item.kind.codes]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Codes with the whole answer in words, where the code itself is not shown. What stands there already stays."""
        if self.offered:
            is_known = not self.text or self.text in dict(self.offered)
            return [*self.offered, *([] if is_known else [(self.text, self.text)])]
        return [(str(code), self.item.kind.show(code)) for code, _ in self.item.kind.codes]

    @property
    def missing_codes(self):
        return spec.MISSING.items()

    @property
    def said(self) -> str:
        """The answer in words, for reading."""
        if self.offered:
            return dict(self.offered).get(self.text, self.text)
        try:
            return self.item.kind.show(self.item.kind.parse(self.text)) if self.text.strip() else ""
        except spec.Impossible:
            return self.text

    @property
    def reading(self) -> str:
        """A computed answer in words, with a shape where it is a flag."""
        return in_words(self.item, self.item.kind.parse(self.text)) if self.text.strip() else ""

    @property
    def described_by(self) -> str:
        """Ids of what describes the field, for assistive technology."""
        return f"said-{self.name}"


class Question(Field):
    """An item on the page. How it looks follows from the declaration alone while nothing is said beside it and its
    answer is one of its codes, or none: then it is made once, and what is kept holds nothing of a subject's own."""

    _made: ClassVar[dict[tuple, tuple[spec.Item, str]]] = {}  # with the item, so that no other comes to its identity

    def __init__(self, line: Line):
        super().__init__(line.name, template=f"crf/items/{line.look}.html")
        self.line = line

    def render(self, form, context, *args, **kwargs):
        line = self.line
        said = line.missing or line.why or line.errors or line.warnings or line.hint or line.offered or line.held
        is_code = not line.text or (isinstance(line.item.kind, spec.Coded) and line.text in dict(line.codes))
        if said or not is_code:
            return super().render(form, context, *args, **kwargs)
        key = (id(line.item), line.text, line.is_skipped, line.is_ruled_out)
        if key not in self._made:
            self._made[key] = (line.item, super().render(form, context, *args, **kwargs))
        return self._made[key][1]


class EntryPage(django_forms.Form):
    """The form as a page. `lines` holds one line an item, in the declared order."""

    def __init__(self, form: type[spec.Form], lines: list[Line]):
        super().__init__()
        self.declaration, self.lines = form, lines
        for line in lines:
            self.fields[line.name] = django_forms.CharField(required=False, label=line.item.label)
            self.fields[line.name].line = line
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self._sections())

    @property
    def answer_keys(self) -> list[str]:
        """The keys that answer a question of this form: digits of its scales, and Y and N."""
        codes = [code for line in self.lines if line.look in ("keys", "choice") for code, _ in line.item.kind.codes]
        digits = sorted({code for code in codes if isinstance(code, int) and 0 <= code <= 9})
        runs = [f"{digits[0]}–{digits[-1]}"] if len(digits) > 1 else []
        return runs + [key for key in ("Y", "N") if key in codes]

    def _sections(self):
        """One block a section; the sections of a long scale run on in one, so that two columns can hold it."""
        scales = sum(line.look == "keys" for line in self.lines)
        for head, lines in groupby(self.lines, key=lambda line: self._head(line, scales)):
            parts = []
            for section, members in groupby(lines, key=lambda line: line.item.section):
                if section and head != "header":
                    parts.append(HTML(f'<h2 class="section">{escape(section)}</h2>'))
                parts += [Question(line) for line in members]
            if head == "scale":  # two blocks side by side on a wide screen, one above the other on a narrow one
                half = self._middle(parts)
                parts = [Div(*parts[:half], css_class="column"), Div(*parts[half:], css_class="column")]
            yield Div(*parts, css_class=f"items items-{head}")

    def _middle(self, parts: list) -> int:
        """Where the second of two columns of equal height begins. A scale with many words takes two lines, its name
        above its keys; a heading stays with what it heads."""
        wordy = {line.name for line in self.lines if line.look == "keys" and len(line.item.kind.codes) >= WORDY}
        heights = [1 if isinstance(part, HTML) or part.fields[0] not in wordy else 2 for part in parts]
        upper, half = 0, 0
        while 2 * upper < sum(heights):
            upper, half = upper + heights[half], half + 1
        return half - isinstance(parts[half - 1], HTML)

    @staticmethod
    def _head(line: Line, scales: int) -> str:
        if line.is_header:
            return "header"
        return "scale" if scales >= MANY and line.look == "keys" else "roomy"


def lines_of(
    form: type[spec.Form],
    visit_code: str | None,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, list[str]] | None = None,
    warnings: Mapping[str, list[str]] | None = None,
    hints: Mapping[str, str] | None = None,
    offers: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
    elsewhere: Mapping[str, object] | None = None,
    held: Mapping[str, Held] | None = None,
) -> list[Line]:
    """The lines of the page from what is typed: NAME, NAME__missing and NAME__why. `elsewhere`: what questions hang on
    in other forms."""
    errors, warnings, hints, offers = errors or {}, warnings or {}, hints or {}, offers or {}
    put, _ = questions_put(form, visit_code, typed)
    lines = []
    for name, item in form.items.items():
        is_ruled_out = bool(elsewhere and item.when) and not all(
            one.holds(elsewhere, visit_code) for one in item.when.elsewhere()
        )
        applies = name in put and not is_ruled_out
        is_by_visit = item.when is not None and not item.when.items() and not item.when.elsewhere() and not applies
        if item.retired or (is_by_visit and not typed.get(name)):
            continue
        lines.append(
            Line(
                item,
                typed.get(name, ""),
                typed.get(f"{name}__missing", ""),
                typed.get(f"{name}__why", ""),
                errors.get(name, []),
                warnings.get(name, []),
                hints.get(name, ""),
                offers.get(name, ()),
                is_skipped=not applies,
                held=(held or {}).get(name),
                is_ruled_out=is_ruled_out,
            )
        )
    return lines


def days_as_shown(form: type[spec.Form], typed: Mapping[str, str]) -> dict[str, str]:
    """Of the dates and times that were typed and understood: how they are shown everywhere else."""
    kinds = (spec.Date, spec.PartialDate, spec.Time)
    read = understood_so_far(form, {name: typed[name] for name in typed if name in form.items})
    return {
        name: form.items[name].kind.show(value)
        for name, value in read.items()
        if value is not None and isinstance(form.items[name].kind, kinds)
    }


def typed_of(record) -> dict[str, str]:
    """What a stored record looks like when typed."""
    typed = {name: item.kind.raw(getattr(record, name)) for name, item in record.form.items.items()}
    for name, given in record.missing.items():
        typed[f"{name}__missing"], typed[f"{name}__why"] = given["code"], given["reason"]
    return typed


def split(typed: Mapping[str, str], form: type[spec.Form]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What was typed as (answers, missing) for the deed: marks without a code count as none."""
    answers = {name: typed.get(name, "") for name in form.asked if typed.get(name, "").strip()}
    missing = {
        name: {"code": typed[f"{name}__missing"], "reason": typed.get(f"{name}__why", "")}
        for name in form.asked
        if typed.get(f"{name}__missing")
    }
    return answers, missing


def preset(
    form: type[spec.Form], *, user, now: dt.datetime, visit, known: dt.date | None, language: str | None
) -> dict[str, str]:
    """What a new record begins with: of a rating its header (who, when, how), of others the date. No observation.

    `now` is the time at the site. The date is the visit's; while no form has told it, the one `known` otherwise, such
    as the day on which screening began; else today. The clock of now is that of a rating of today, and of no other.
    """
    day = (visit.occurred_on if visit else None) or known or now.date()
    typed = {form.dated: form.items[form.dated].kind.raw(day)} if form.dated and visit is not None else {}
    if form.rating:
        how = "PHONE" if visit is not None and visit.definition.by_telephone else "F2F"
        typed |= {"rated_by": initials(user), "how": how} | ({"started": f"{now:%H:%M}"} if day == now.date() else {})
        if language:
            typed["language"] = language
    return typed


def is_untouched(
    form: type[spec.Form], visit_code: str | None, typed: Mapping[str, str], begun: Mapping[str, str]
) -> bool:
    """Whether nothing stands on a new page but what it began with: defaults alone are no answers (F-304).

    A form of which they answer everything is saved all the same. The clock ran on since the page was opened.
    """
    given = {name for name, text in typed.items() if text.strip()}
    if not given <= set(begun):
        return False
    now, before = understood_so_far(form, typed), understood_so_far(form, begun)
    changed = [name for name in given if now[name] != before[name] and not isinstance(form.items[name].kind, spec.Time)]
    return not changed and bool(form.unanswered(now, {}, visit_code))


def initials(user) -> str:
    """The person's initials: no full name stands in a record."""
    return "".join(word[0] for word in (user.get_full_name() or user.username).split()).upper()
