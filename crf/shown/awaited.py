"""Visits and forms that wait for a person, and what comes next for each subject: three sections of the work list.

A fixed number of statements, whatever the number of subjects.
"""

from datetime import date, timedelta
from functools import partial

from django.db.models import DateField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from crf import permissions, spec, trial
from crf.chart import states
from crf.chart.days_in_sql import opens
from crf.chart.outline import Outline, Outlined
from crf.chart.places import address
from crf.chart.standing import Standing
from crf.chart.study_end import has_ended
from crf.models import RoleHeld, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.rules import windows
from crf.rules.windows import VisitStatus
from crf.shown.coming import comes_next
from crf.shown.header import awaited_visits
from crf.shown.tasks import Section, Task, Waiting, the_first
from crf.spec import dates

#: Who sees that a visit is due: those who hold it or measure at it.
VISIT_PEOPLE = (RoleHeld.Role.INVESTIGATOR, RoleHeld.Role.COORDINATOR, RoleHeld.Role.RATER, RoleHeld.Role.PHARMACIST)
COMING = timedelta(days=14)
URGENCY = {VisitStatus.TO_BE_MARKED_MISSED: 0, VisitStatus.OVERDUE: 1, VisitStatus.DUE: 2, VisitStatus.IN_WINDOW: 3}


def visits_and_forms(user: User) -> list[Section]:
    """What is due and open of the subjects with something open; put into words for the first of each section alone."""
    sites = user.sites_as(*VISIT_PEOPLE)
    if not sites:
        return []
    mine = {site: _forms_entered(user, site) for site in sites}
    tomorrow = timezone.now().date() + timedelta(days=1)  # the day at any site is this one at most
    early, treated = [], []
    for subject in _WITH_SOMETHING_OPEN.of(sites, tomorrow):
        (treated if subject.first_dose_on else early).append(subject)
    visits, incomplete, coming = [], [], []
    reads = {site: set(permissions.readable_forms(user, site)) for site in sites}
    for standing in Standing.of_all(early):
        site = standing.subject.site_id
        today = standing.subject.site.today()
        open_forms = _incomplete(standing, mine[site])
        visits += _due_visits(standing, today, mine[site])
        incomplete += open_forms
        coming += _coming(standing, today, user, mine[site], reads[site], {one.task().href for one in open_forms})
    codes = {site: trial.codes_of(forms) for site, forms in mine.items()}
    for outline in Outline.of_all(treated, frozenset().union(*codes.values())):
        visits += _due_outlined(outline, codes[outline.subject.site_id])
        incomplete += _incomplete_outlined(outline, codes[outline.subject.site_id])
    return [
        Section.of_waiting("Visits due", visits),
        Section.of_waiting("Forms to complete", incomplete),
        _what_comes_next(coming, sites, codes),
    ]


def _coming(standing: Standing, today: date, user: User, mine: set, reads: set, listed: set[str]) -> list[Waiting]:
    """What comes next for who has no first dose yet, unless it is listed already (F-310)."""
    subject, site = standing.subject, standing.subject.site_id
    step = comes_next(
        standing,
        today,
        may=lambda step: step.form in mine if step.form else not step.deed or permissions.may(user, step.deed, site),
        reads=reads,
    )
    if step is None or step.href in listed or not (step.href or permissions.may(user, "settle visit", site)):
        return []
    href = step.href or subject.get_absolute_url()
    task = Task(subject, step.what, step.state, href, when=step.when)
    return [Waiting((0, subject.screened_on, subject.number), lambda: task)]


def _in_the_study(sites):
    return Subject.objects.filter(~has_ended(), site_id__in=sites, screen_failed_at__isnull=True)


def _what_comes_next(early: list[Waiting], sites: set[int], codes: dict[int, frozenset[str]]) -> Section:
    """First those without a first dose; then the next visits of treated subjects that open within two weeks, the
    soonest first. One statement."""
    at: dict[tuple[str, ...], list[int]] = {}
    for site in sorted(sites):
        visited = tuple(v.code for v in trial.VISITS if any(c.form in codes[site] for c in trial.planned_at(v.code)))
        at.setdefault(visited, []).append(site)
    today = timezone.now().date()
    found = _OPENING.of(today, today + COMING, sites, *(part for pair in at.items() for part in pair))
    waiting = [Waiting((1, visit.opens, visit.subject.number), partial(_opening, visit)) for visit in found]
    more = found[0].in_all - len(found) if found else 0
    return Section.of_waiting("What comes next", early + waiting, besides=more)


def _opening(visit: Visit) -> Task:
    href = visit.subject.get_absolute_url()
    return Task(visit.subject, visit.label, states.PLANNED, href, when=f"opens {dates.day(visit.opens)}")


def _next_to_open(today, until, sites, *told):
    """`told`: codes of visits, sites, codes of visits, sites, and so on. Of each subject the first of its visits."""
    at_these = Q(pk__in=[])
    for visited, together in zip(told[::2], told[1::2], strict=True):
        at_these |= Q(site_id__in=together, code__in=visited)
    to_come = Visit.objects.annotate(opens=opens(day_1("subject__")))
    next_of_each = (
        to_come.filter(
            at_these,
            subject__in=_in_the_study(sites).filter(randomised_at__isnull=False),
            state=Visit.State.PLANNED,
            occurred_on__isnull=True,
            opens__gt=today,
            opens__lte=until,
        )
        .order_by("subject_id", "opens")
        .distinct("subject_id")
    )
    return (
        to_come.filter(pk__in=next_of_each.values("pk"))
        .select_related("subject")
        .only("code", "number", "site_id", "subject__number")
        .order_by("opens", "subject__number")
    )


_OPENING = the_first(_next_to_open)


def day_1(subject: str = "") -> Coalesce:
    """The day that counts as study day 1, of subjects or of rows that point at them."""
    of = OuterRef(f"{subject}pk")
    baseline = Visit.objects.filter(subject=of, code=trial.BASELINE).values("occurred_on")[:1]
    return Coalesce(f"{subject}first_dose_on", Subquery(baseline), Cast(f"{subject}randomised_at", DateField()))


def _with_something_open(sites, tomorrow):
    """Those in screening, with a visit that is not completed, or with one whose window is open: PostgreSQL leaves out
    the others, who may be ten thousand."""
    # One look at the visits of each subject: a look for each kind of visit reads the whole table that often.
    waiting = (
        Visit.objects.filter(subject=OuterRef("pk"), state=Visit.State.PLANNED)
        .annotate(opens=opens(OuterRef("day_1")))
        .filter(Q(occurred_on__isnull=False) | Q(opens__lte=tomorrow))
    )
    found = _in_the_study(sites).select_related("site").annotate(day_1=day_1())
    return found.filter(Q(randomised_at__isnull=True) | Exists(waiting))


_WITH_SOMETHING_OPEN = Lookup(_with_something_open)


def _forms_entered(user: User, site_id: int) -> set[type[spec.Form]]:
    """The forms the person enters at the site. Log forms count only once they were begun."""
    held = user.roles_at(site_id)
    return {form for form in permissions.readable_forms(user, site_id) if held & set(permissions.may_enter_form(form))}


def _due_visits(standing: Standing, today: date, mine: set) -> list[Waiting]:
    """Awaited visits whose window is open or past and at which the person enters a form."""
    return [
        _due(standing.subject, visit, status, standing.window_of(visit))
        for visit, status in awaited_visits(standing, today)
        if _may_be_due(visit, status) and any(form in mine for form, _ in standing.due_at(visit))
    ]


def _due_outlined(outline: Outline, codes: frozenset[str]) -> list[Waiting]:
    """As `_due_visits`, of a subject under treatment."""
    return [
        _due(outline.subject, visit, status, outline.window_of(visit))
        for visit in outline.visits
        if visit.is_awaited
        and _may_be_due(visit, status := outline.status_of(visit))
        and outline.is_due_at(visit, codes)
    ]


def _may_be_due(visit: Visit | Outlined, status: VisitStatus) -> bool:
    return status in URGENCY and visit.code != trial.SCREENING


def _due(subject: Subject, visit: Visit | Outlined, status: VisitStatus, window: windows.Window) -> Waiting:
    def task() -> Task:
        when = f"to {dates.day(window.closes)}"
        return Task(subject, visit.label, states.VISIT_STATES[status], subject.get_absolute_url(), when=when)

    return Waiting((URGENCY[status], window.closes, subject.number), task)


def _incomplete(standing: Standing, mine: set) -> list[Waiting]:
    """One task for each visit that began, or is the screening visit, and has forms to complete: the first of them."""
    return [
        _to_complete(standing.subject, visit, open_forms, is_begun=bool(standing.at(open_forms[0].code, visit)))
        for visit in standing.visits
        if _is_under_way(visit) and (open_forms := [form for form in standing.incomplete_at(visit) if form in mine])
    ]


def _incomplete_outlined(outline: Outline, codes: frozenset[str]) -> list[Waiting]:
    """As `_incomplete`, of a subject under treatment."""
    return [
        _to_complete(outline.subject, visit, open_forms, is_begun=visit.has(open_forms[0].code))
        for visit in outline.visits
        if _is_under_way(visit) and (open_forms := outline.incomplete_at(visit, codes))
    ]


def _is_under_way(visit: Visit | Outlined) -> bool:
    has_begun = visit.occurred_on is not None or visit.code == trial.SCREENING
    return has_begun and visit.state != Visit.State.MISSED


def _to_complete(subject: Subject, visit: Visit | Outlined, open_forms: list, *, is_begun: bool) -> Waiting:
    on = visit.occurred_on or subject.screened_on

    def task() -> Task:
        first, more = open_forms[0], f" and {len(open_forms) - 1} more" if len(open_forms) > 1 else ""
        return Task(
            subject,
            f"{visit.label}: {first.title}{more}",
            states.INCOMPLETE if is_begun else states.DUE,
            address(subject, visit, first.code),
            when=dates.day(on),
        )

    return Waiting((on, subject.number, trial.visit(visit.code).number), task)
