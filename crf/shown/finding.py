"""Finding subjects: whom one may see, the search by number, the filters and the order of the lists.

PostgreSQL does the finding, so that a list costs the same at ten thousand subjects.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Length
from django.utils import timezone

from crf import permissions, trial
from crf.chart.days_in_sql import closes, local_date, opens
from crf.chart.study_end import has_ended
from crf.models import CasebookLock, CodeBreak, Signature, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.shown.readable_queries import readable_queries
from crf.shown.worklist import readable_alerts

PLANNED = [visit for visit in trial.VISITS if visit.is_planned]
STAGES = {
    "screening": ("In screening", Q(randomised_at__isnull=True, screen_failed_at__isnull=True)),
    "randomised": ("Randomised", Q(randomised_at__isnull=False)),
    "failed": ("Screen failure", Q(screen_failed_at__isnull=False)),
    "ended": ("Study ended", Q(has_ended=True)),
}
VISITS = {visit.code: visit.label for visit in PLANNED}
_AWAITED = Q(state=Visit.State.PLANNED, occurred_on__isnull=True, is_over=False)
VISIT_STATES = {
    "overdue": ("Overdue", _AWAITED & Q(closes__lt=F("today"))),
    "due": ("In window", _AWAITED & Q(opens__lte=F("today"), closes__gte=F("today"))),
    "planned": ("Planned", _AWAITED & (Q(opens__isnull=True) | Q(opens__gt=F("today")))),
    "begun": ("Begun", Q(state=Visit.State.PLANNED, occurred_on__isnull=False)),
    "done": ("Done", Q(state=Visit.State.DONE)),
    "missed": ("Missed", Q(state=Visit.State.MISSED)),
}
MARKS = {"queries": "Open queries", "alerts": "Open alerts"}
BY_NUMBER = ("", "number", "-number")
ORDERS = {
    "number": "Number",
    "-number": "Number, last first",
    "newest": "Newest in screening",
    "overdue": "Longest overdue",
    "queries": "Most open queries",
}
_NUMBER = re.compile(r"^(?P<site>[A-Za-z]{2,10})?[\s-]*(?P<place>\d{1,9})$")


def _of_sites(sites):
    return Subject.objects.filter(site_id__in=sites)


def _with_what_stands(subjects):
    """With their site, and what stands of each: `has_ended`, `is_signed`, `is_locked`, and `is_broken` where the blind
    was broken or lost."""
    locked = CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)
    return (
        subjects.select_related("site")
        .defer("stratum_levels", "screen_failure_reasons")
        .annotate(
            has_ended=has_ended(),
            is_locked=Exists(locked),
            is_broken=Exists(CodeBreak.objects.filter(subject=OuterRef("pk"), shown_at__isnull=False)),
            is_signed=Exists(Signature.objects.whole().filter(subject=OuterRef("pk"))),
        )
    )


# -- the search by number


def part_of(text: str) -> str:
    """What numbers are searched for that was typed as a part of them; empty where whole numbers are meant.

    "12" and "jer 12" are whole numbers: subject 12 of any site, subject 12 of that site. Anything else is a part. Any
    dash will do.
    """
    text = trial.with_plain_dashes(text)
    return "" if _NUMBER.match(text) and "-0" not in text and not text.startswith("0") else text


def numbered(text: str, site_codes: list[str]) -> Q:
    """Which subjects a typed number means, at these sites."""
    if part := part_of(text):
        return Q(number__icontains=part)
    if not (found := _NUMBER.match(trial.with_plain_dashes(text))):
        return Q()
    codes = [code for code in site_codes if not found["site"] or code.lower() == found["site"].lower()]
    return Q(number__in=[trial.subject_number(code, int(found["place"])) for code in codes])


# -- what was asked for


@dataclass(frozen=True)
class Asked:
    """The filters and the order that an address asks for; what it does not know, it passes over."""

    q: str = ""
    site: str = ""
    stage: str = ""
    visit: str = ""
    state: str = ""
    marks: str = ""
    sort: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        typed = {name: given.get(name, "").replace("\x00", "").strip()[:40] for name in cls.__dataclass_fields__}
        known = {"stage": STAGES, "visit": VISITS, "state": VISIT_STATES, "marks": MARKS, "sort": ORDERS}
        return cls(**{name: text if text in known.get(name, (text,)) else "" for name, text in typed.items()})

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return any((self.q, self.site, self.stage, self.visit, self.state, self.marks))

    @property
    def is_number_alone(self) -> bool:
        """Whether a number is searched for and nothing else asked, as from the search of every page."""
        return bool(self.q) and self == Asked(q=self.q)

    def in_words(self, sites: Mapping[str, str]) -> str:
        """The filters as a sentence says them; empty without any."""
        visit = VISITS.get(self.visit, "")
        state = VISIT_STATES[self.state][0].lower() if self.state else ""
        if visit or state:
            visit = f"{visit or 'a visit'} {state or 'planned, begun or settled'}"
        parts = (
            f"number “{self.q}”" if self.q else "",
            sites.get(self.site, self.site),
            STAGES[self.stage][0].lower() if self.stage else "",
            visit,
            MARKS[self.marks].lower() if self.marks else "",
        )
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Found:
    """The subjects asked for, in the order asked for, of which a page is read and all are counted.

    Which subjects stand on the page is found by their numbers alone; what is shown of them is read of these.
    `expected`: from which to which will be read, if there are so many.
    """

    user: User
    asked: Asked
    expected: tuple[int, int] = (0, 1)

    def __iter__(self):
        return iter(self[:])

    def __getitem__(self, part: slice) -> list[Subject]:
        ids = self._ids(part)
        by_id = {subject.pk: subject for subject in _SHOWN.of(ids, self._sites)}
        return [by_id[one] for one in ids if one in by_id]

    def count(self) -> int:
        """How many there are."""
        return sum(self._in_order.values()) if self._is_plain else self._read[1]

    ordered = True  # what a page is cut of

    @cached_property
    def _sites(self) -> list[int]:
        return sorted(self.user.sites_as(*permissions.SUBJECT_READERS))

    @property
    def _is_plain(self) -> bool:
        """Whether subjects of whole sites are asked for, by number, all or those with a part of a number: an index has
        them in their order."""
        q, site, sort = self.asked.q, self.asked.site, self.asked.sort
        return self.asked == Asked(q=q, site=site, sort=sort) and sort in BY_NUMBER and bool(self._part or not q)

    @cached_property
    def _part(self) -> str:
        return part_of(self.asked.q)

    def _ids(self, part: slice) -> list[int]:
        start, stop = part.start or 0, self.count() if part.stop is None else part.stop
        if not self._is_plain:
            if start == self.expected[0] and stop <= self.expected[1]:
                return self._read[0][: stop - start]
            ordered = _ordered(self._narrowed, self.user, self.asked.sort)
            return list(ordered.values_list("pk", flat=True)[start:stop])
        found = []
        for site, many in self._in_order.items():
            if start < many and stop > 0:
                found += self._numbered_at(site, max(start, 0), stop)
            start, stop = start - many, stop - many
        return found

    @cached_property
    def _read(self) -> tuple[list[int], int]:
        """Who is on the expected page, and how many there are in all: to find either, all are looked at."""
        ordered = _ordered(self._narrowed, self.user, self.asked.sort).annotate(in_all=Window(Count("*")))
        rows = list(ordered.values_list("pk", "in_all")[slice(*self.expected)])
        if not rows and self.expected[0]:  # no page is so far on
            return [], self._narrowed.count()
        return [one for one, _ in rows], rows[0][1] if rows else 0

    @cached_property
    def _in_order(self) -> dict[int, int]:
        """The sites in the order of their codes -> how many subjects each has."""
        codes = {held.site_id: held.site.code for held in self.user.current_roles if held.site_id in self._sites}
        chosen = [site for site, code in codes.items() if self.asked.site in ("", code)]
        with connection.cursor() as cursor:
            cursor.execute(counted_at(self._part), {"sites": chosen, "part": self._part})
            counted = dict(cursor.fetchall())
        backwards = self.asked.sort == "-number"
        return {site: counted.get(site, 0) for site in sorted(chosen, key=codes.get, reverse=backwards)}

    def _numbered_at(self, site: int, start: int, stop: int) -> list[int]:
        with connection.cursor() as cursor:
            told = {"site": site, "part": self._part, "start": start, "many": stop - start}
            cursor.execute(numbered_at(self._part, backwards=self.asked.sort == "-number"), told)
            return [one for (one,) in cursor.fetchall()]

    @property
    def _narrowed(self):
        """All of them, without an order."""
        asked, user = self.asked, self.user
        subjects = _of_sites(self._sites)
        if asked.q:
            subjects = subjects.filter(numbered(asked.q, [held.site.code for held in user.current_roles]))
        if asked.site:
            subjects = subjects.filter(site__code=asked.site)
        if asked.stage:
            subjects = subjects.annotate(has_ended=has_ended()).filter(STAGES[asked.stage][1])
        if asked.visit or asked.state:
            visits = _visits() if asked.state else Visit.objects.filter(subject=OuterRef("pk"))
            visits = visits.filter(code=asked.visit) if asked.visit else visits
            subjects = subjects.filter(Exists(visits.filter(VISIT_STATES[asked.state][1]) if asked.state else visits))
        if asked.marks:
            subjects = subjects.filter(Exists(_marks(user, asked.marks).filter(subject=OuterRef("pk"))))
        return subjects


_SHOWN = Lookup(lambda ids, sites: _with_what_stands(_of_sites(sites).filter(pk__in=ids)))
#: By the index `subject_in_order`.
_WITH_PART = " AND strpos(upper(number), upper(%(part)s)) > 0"


def counted_at(part: str) -> str:
    """The statement that counts the subjects of each of the sites, all or those with the part in their number."""
    return (
        "SELECT site_id, count(*) FROM crf_subject WHERE site_id = ANY(%(sites)s) AND annulled_at IS NULL"  # nosec B608
        f"{_WITH_PART if part else ''} GROUP BY site_id"
    )


def numbered_at(part: str, *, backwards: bool) -> str:
    """The statement that gives some of these at one site, in their order: JER-1000 comes after JER-999."""
    way = " DESC" if backwards else ""
    return (
        "SELECT id FROM crf_subject WHERE site_id = %(site)s AND annulled_at IS NULL"  # nosec B608 - no part is told by anybody
        f"{_WITH_PART if part else ''} ORDER BY length(number){way}, number{way} LIMIT %(many)s OFFSET %(start)s"
    )


def _marks(user: User, which: str):
    """The open queries or alerts that the person may read."""
    if which == "queries":
        return readable_queries(user).filter(state__in=("open", "answered"))
    return readable_alerts(user).filter(acknowledged_at__isnull=True, no_longer_at__isnull=True)


def _ordered(subjects, user: User, sort: str):
    by_number = ("site__code", Length("number"), "number")  # JER-1000 comes after JER-999
    if sort == "-number":
        return subjects.order_by(*(F(name).desc() if isinstance(name, str) else name.desc() for name in by_number))
    if sort == "newest":
        return subjects.order_by("-screened_on", *by_number)
    if sort == "overdue":
        waiting = _visits().filter(VISIT_STATES["overdue"][1]).order_by().values("subject")
        since = Subquery(waiting.annotate(since=Min("closes")).values("since"), output_field=DateField())
        return subjects.annotate(overdue_since=since).order_by(F("overdue_since").asc(nulls_last=True), *by_number)
    if sort == "queries":
        open_ones = _marks(user, "queries").filter(subject=OuterRef("pk")).order_by().values("subject")
        many = Coalesce(Subquery(open_ones.annotate(many=Count("pk")).values("many")), 0)
        return subjects.annotate(many_queries=many).order_by(F("many_queries").desc(), *by_number)
    return subjects.order_by(*by_number)


def _visits():
    """The visits of the subject outside, with `opens`, `closes`, `today` at its site, and whether no more `is_over`."""
    baseline = Visit.objects.filter(subject=OuterRef("subject"), code=trial.BASELINE).values("occurred_on")[:1]
    randomised = local_date("subject__site__timezone", F("subject__randomised_at"))
    return Visit.objects.filter(subject=OuterRef("pk")).annotate(
        day_1=Coalesce("subject__first_dose_on", Subquery(baseline), randomised),
        today=local_date("subject__site__timezone", Value(timezone.now(), output_field=DateTimeField())),
        is_over=Case(When(subject__screen_failed_at__isnull=False, then=Value(True)), default=has_ended("subject")),
        opens=_awaited(opens(F("day_1"))),
        closes=_awaited(closes(F("day_1"))),
    )


def _awaited(day) -> Case:
    """Who is not randomised is awaited at no visit after baseline (`Standing.window_of`)."""
    is_awaited = Q(subject__randomised_at__isnull=False) | Q(code__in=trial.BEFORE_RANDOMISATION)
    return Case(When(is_awaited, then=day), output_field=DateField())
