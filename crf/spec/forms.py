"""A case report form, declared once as a class; table, page, checks, rights, exports and what it leads to follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from crf.spec import people
from crf.spec.checks import Check, Values
from crf.spec.conditions import Elsewhere
from crf.spec.disclosure import UNBLINDS, Discloses
from crf.spec.items import Either, Item, Score
from crf.spec.kinds import Coded, Date, DeclarationError, Text, Time, choice
from crf.spec.level_messages import LevelMessages
from crf.spec.purposes import NEEDED, Purpose

#: The header of every rating: by whom, on which day, from when to when, how, in which language.
RATING_HEADER: dict[str, Callable[[type[Form]], Item]] = {
    "rated_by": lambda form: Item("Rated by", Text(100), section="Rating", help="Initials or staff code, no full name"),
    "rated_on": lambda form: Item("Date of rating", Date(), section="Rating"),
    "started": lambda form: Item("Start", Time(), section="Rating"),
    "ended": lambda form: Item("End", Time(), section="Rating"),
    "how": lambda form: Item("How", choice(F2F="Face to face", VIDEO="Video", PHONE="Telephone"), section="Rating"),
    "language": lambda form: Item("Language", form.languages, section="Rating"),
}


class Form:
    """A case report form. Subclasses declare `code`, `title`, `discloses`, who enters and reads it, and its items.

    What it is: `domain`, `category` (where it goes in SDTM); `repeating` (rows are numbered); `log` (does not belong to
    a visit); `rating` (carries the rating header); `dated`: the item that says when the observation was made
    (`rated_on` for ratings); `never_both`: pairs of items of which at most one is filled; `purpose`: what the engine
    needs it for, if anything (crf/spec/purposes.py).

    Who and when: `entered_by`, `read_by`: codes of crf/spec/people.py, without default; `after_randomisation`: not
    asked for before it; `needs_randomisation`: refused before it; `begun_after_withdrawal`, `begun_after_failure`:
    a new record is admitted once consent was withdrawn, or screening failed; `carries_eligibility`: corrected after
    randomisation it may show that a criterion was not met; `withdraws_attestation`: a change before randomisation asks
    for the attestation anew; `seen_before_attesting`.

    What it leads to, as hooks: `alerts` and `departures` take the record and the chart of the subject
    (crf/chart/others.py) and give what follows; `hints` by item give a sentence that stands beside the question;
    `bands` by score; `short_under`: minutes below which a rating is listed for the monitor; `threshold`: what entry
    asks of a total, by (visit code); `threshold_of`: the score it is about; `guesses`: of a form that serves as a
    guess of the arm, the arm that an answer to its item `guess` names (the others mean: does not know); `messages`: of
    a form of drug levels, what the site is told after one.

    Words: `catch` is a sentence about what is easily got wrong, above the questions; `called` names a row of a
    repeating form, `listed` are the items whose answers stand beside that name wherever its rows are listed;
    `reasons` are the items that say why, told wherever a record is told of in a line;
    `typical` answers for a plausible record, `typical_rows` what differs in each row of a repeating form at one visit;
    `sdtm` names by item;
    `abstract=True` as a class argument makes a base for other forms.
    """

    code = title = ""
    domain: str | None = None
    category: str | None = None
    discloses: Discloses  # this one, who enters and who reads have no default
    entered_by: tuple[str, ...]
    read_by: tuple[str, ...]
    purpose: Purpose | None = None
    repeating = log = rating = False
    after_randomisation = needs_randomisation = False
    begun_after_withdrawal = begun_after_failure = False
    carries_eligibility = withdraws_attestation = False
    dated: str | None = None
    reference = ""
    never_both: tuple[tuple[str, str], ...] = ()
    checks: tuple[Check, ...] = ()
    alerts: tuple[Callable, ...] = ()
    departures: tuple[Callable, ...] = ()
    hints: Mapping[str, Callable] = {}
    bands: Mapping[str, tuple[tuple[int, str], ...]] = {}
    short_under: int | None = None
    threshold: Callable[[str | None], int | None] | None = None
    threshold_of: str | None = None
    catch: str = ""
    guesses: Mapping[str, str] = {}
    messages: LevelMessages | None = None
    called: Callable[[Any], str] | None = None
    listed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    typical: Mapping[str, str] = {}
    typical_rows: tuple[Mapping[str, str], ...] = ({},)
    sdtm: Mapping[str, str] = {}
    analysis_only: tuple[str, ...] = ()
    languages: Coded = choice(EN="English", OTH="Other")

    items: dict[str, Item]
    asked: dict[str, Item]
    elsewhere: tuple[Elsewhere, ...]  # what its questions hang on in other forms
    scores: dict[str, Score]

    def __init_subclass__(cls, abstract: bool = False, **kwargs):
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Item)}
        header = {}
        if cls.rating:
            for name, make in RATING_HEADER.items():
                header[name] = make(cls)
                header[name].name = name
            cls.dated = cls.dated or "rated_on"
        cls.items = header | declared
        cls.asked = {name: item for name, item in cls.items.items() if not item.computed}
        conditions = [condition for item in cls.items.values() if item.when for condition in item.when.elsewhere()]
        cls.elsewhere = tuple(dict.fromkeys(conditions))
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
        if not isinstance(getattr(cls, "discloses", None), Discloses):
            wrong("does not say what it discloses: OPEN, IDENTIFIES or UNBLINDS.")
        if not cls.items:
            wrong("has no items.")
        cls._police_people(wrong)
        if cls.dated is not None and cls.dated not in cls.items:
            wrong(f"is dated by “{cls.dated}”, which is not one of its items.")
        for name in cls.items | cls.scores:
            if name in RESERVED:
                wrong(f"calls an item “{name}”, a name that every record has already.")
            if name in SHADOWED or (name in RATING_HEADER and not cls.rating):
                wrong(f"calls an item “{name}”, which is a word of the declaration itself. Choose another name.")
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
                wrong(f"calls an item “{name}”; names are small letters, digits and underscores.")
        asked: tuple[Item | Score, ...] = (*cls.items.values(), *cls.scores.values())
        testcds = [one.testcd for one in asked if one.testcd]
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

    @classmethod
    def _police_people(cls, wrong):
        for what in ("entered_by", "read_by"):
            named = getattr(cls, what, ())
            if not named:
                wrong(f"does not say who it is {what.replace('_', ' ')}; crf/spec/people.py has the roles.")
            if strangers := [role for role in named if role not in people.ROLES]:
                wrong(f"is {what.replace('_', ' ')} the unknown role {strangers[0]!r}.")
        if sponsors := set(cls.entered_by) - people.ENTERING:
            wrong(f"is entered by {', '.join(sorted(sponsors))}: nobody but the site and the safety officer enters.")
        if unread := set(cls.entered_by) - set(cls.read_by):
            wrong(f"is entered by {', '.join(sorted(unread))}, who may not read it.")
        if cls.discloses is UNBLINDS and set(cls.read_by) != {people.SAFETY_OFFICER}:
            wrong("unblinds, so the safety officer alone may enter and read it.")
        if cls.rating and people.RATER not in cls.entered_by and people.COORDINATOR not in cls.entered_by:
            wrong("is a rating that no rater can open.")
        if cls.purpose and (lacking := [name for name in NEEDED[cls.purpose] if name not in cls.items]):
            wrong(f"is the form for {cls.purpose.value}, which needs an item “{lacking[0]}”.")
        if cls.messages is not None and cls.purpose is not Purpose.DRUG_LEVEL:
            wrong("has messages after a drug level and serves no such purpose.")
        if cls.threshold_of is not None and cls.threshold_of not in cls.scores:
            wrong(f"has a threshold of “{cls.threshold_of}”, which is none of its scores.")
        for what in ("hints", "bands", "typical", "sdtm", "listed", "reasons"):
            if unknown := set(getattr(cls, what)) - set(cls.items) - set(cls.scores):
                wrong(f"names “{min(unknown)}” among its {what}, which is none of its items.")
        if unknown := {name for row in cls.typical_rows for name in row} - set(cls.items):
            wrong(f"names “{min(unknown)}” among its typical_rows, which is none of its items.")
        if len(cls.typical_rows) > 1 and not cls.repeating:
            wrong("has several typical_rows, but does not repeat.")

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
        record = Values(values, visit)
        return [check for check in cls.checks if not check.passes(cls, record, others)]

    @classmethod
    def row_called(cls, row: int, values: Mapping[str, Any]) -> str:
        """How a row of a repeating form is called: by what it is about, and by its number while that is blank."""
        words = cls.called(Values(values, None)) if cls.called else ""
        return words or f"{cls.title} {row}"

    @classmethod
    def disclosure(cls, item: Item) -> Discloses:
        """What the item gives away: its own word, else its form's."""
        return item.discloses or cls.discloses


#: Names that every record has; no item may take them.
RESERVED = frozenset(
    """id pk subject subject_id site site_id visit visit_id row row_number missing source version created_at created_by
    changed_at changed_by completed_at completed_by voided_at voided_by void_reason objects save delete clean checks
    items asked scores code title form protocol_version late belongs_to""".split()
)
#: Words of the declaration: an item of such a name would stand in for them (and show as itself on a page).
SHADOWED = frozenset(name for name in (*vars(Form), *Form.__annotations__) if not name.startswith("_"))
