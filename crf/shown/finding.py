"""Finding subjects: whom one may see, the search by number, the filters and the order of the lists.

PostgreSQL does the finding, so that a list costs the same at ten thousand subjects.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, DateField, DateTimeField, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Length
from django.utils import timezone

from crf import permissions, trial
from crf.chart.days_in_sql import closes, local_date, opens
from crf.chart.study_end import has_ended
from crf.models import CasebookLock, CodeBreak, Signature, Subject, User, Visit
from crf.shown.worklist import readable_alerts, readable_queries

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
ORDERS = {
    "number": "Number",
    "-number": "Number, last first",
    "newest": "Newest in screening",
    "overdue": "Longest overdue",
    "queries": "Most open queries",
}
_NUMBER = re.compile(r"^(?P<site>[A-Za-z]{2,10})?[\s-]*(?P<place>\d{1,9})$")


def visible_subjects(user: User):
    """The subjects of the sites where the person may see subjects, with their site, and what stands of each:
    `has_ended`, `is_signed`, `is_locked`, and `is_broken` where the blind was broken or lost."""
    sites = user.sites_as(*permissions.SUBJECT_READERS)
    locked = CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)
    return (
        Subject.objects.filter(site_id__in=sites)
        .select_related("site")
        .annotate(
            has_ended=has_ended(),
            is_locked=Exists(locked),
            is_broken=Exists(CodeBreak.objects.filter(subject=OuterRef("pk"), shown_at__isnull=False)),
            is_signed=Exists(Signature.objects.whole().filter(subject=OuterRef("pk"))),
        )
    )


# -- the search by number


def numbered(text: str, site_codes: list[str]) -> Q:
    """Which subjects a typed number means, at these sites.

    "12" and "jer 12" are whole numbers: subject 12 of any site, subject 12 of that site. Anything else is a part. Any
    dash will do.
    """
    text = trial.with_plain_dashes(text)
    if not (found := _NUMBER.match(text)) or "-0" in text or text.startswith("0"):
        return Q(number__icontains=text)
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


def found(user: User, asked: Asked):
    """The subjects asked for, in the order asked for."""
    subjects = visible_subjects(user)
    if asked.q:
        subjects = subjects.filter(numbered(asked.q, [held.site.code for held in user.current_roles]))
    if asked.site:
        subjects = subjects.filter(site__code=asked.site)
    if asked.stage:
        subjects = subjects.filter(STAGES[asked.stage][1])
    if asked.visit or asked.state:
        visits = _visits() if asked.state else Visit.objects.filter(subject=OuterRef("pk"))
        visits = visits.filter(code=asked.visit) if asked.visit else visits
        subjects = subjects.filter(Exists(visits.filter(VISIT_STATES[asked.state][1]) if asked.state else visits))
    if asked.marks:
        subjects = subjects.filter(Exists(_marks(user, asked.marks).filter(subject=OuterRef("pk"))))
    return _ordered(subjects, user, asked.sort)


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
