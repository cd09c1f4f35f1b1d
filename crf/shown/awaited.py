"""Visits and forms that wait for a person, and what comes next for each subject: three sections of the work list.

A fixed number of statements, whatever the number of subjects.
"""

from datetime import date, timedelta

from django.db.models import DateField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from crf import permissions, spec, trial
from crf.chart import states
from crf.chart.days_in_sql import opens
from crf.chart.places import address
from crf.chart.standing import Standing
from crf.chart.study_end import has_ended
from crf.models import RoleHeld, Subject, User, Visit
from crf.models.lookup import Lookup
from crf.rules.windows import VisitStatus
from crf.shown.coming import comes_next
from crf.shown.header import awaited_visits
from crf.shown.tasks import Section, Task
from crf.spec import dates
from crf.spec.purposes import Purpose

#: Who sees that a visit is due: those who hold it or measure at it.
VISIT_PEOPLE = (RoleHeld.Role.INVESTIGATOR, RoleHeld.Role.COORDINATOR, RoleHeld.Role.RATER, RoleHeld.Role.PHARMACIST)
#: What the standing of a subject needs whoever looks: what makes forms due, and what ended.
TOLD_OF_ALL = frozenset(
    code for purpose in (Purpose.DEMOGRAPHY, Purpose.END_OF_STUDY) if (code := trial.code_serving(purpose))
)
COMING = timedelta(days=14)
URGENCY = {VisitStatus.TO_BE_MARKED_MISSED: 0, VisitStatus.OVERDUE: 1, VisitStatus.DUE: 2, VisitStatus.IN_WINDOW: 3}


def visits_and_forms(user: User) -> list[Section]:
    sites = user.sites_as(*VISIT_PEOPLE)
    if not sites:
        return []
    mine = {site: _forms_entered(user, site) for site in sites}
    reading = {form.code for entered in mine.values() for form in entered} | TOLD_OF_ALL
    visits, incomplete, coming = [], [], []
    early, treated = [], []
    tomorrow = timezone.now().date() + timedelta(days=1)  # the day at any site is this one at most
    for subject in _WITH_SOMETHING_OPEN.of(sites, tomorrow):
        (treated if subject.first_dose_on else early).append(subject)
    for standing in (*Standing.of_all(early), *Standing.of_all(treated, reading=reading)):
        today = standing.subject.site.today()
        due = _due_visits(standing, today, mine[standing.subject.site_id])
        open_forms = _incomplete(standing, mine[standing.subject.site_id])
        visits += due
        incomplete += open_forms
        if not standing.subject.first_dose_on:
            coming += _coming(standing, today, user, mine[standing.subject.site_id], {one.href for one in open_forms})
    coming += _coming_visits(sites, mine)
    return [
        Section.of("Visits due", visits),
        Section.of("Forms to complete", incomplete),
        Section.of("What comes next", coming),
    ]


def _coming(standing: Standing, today: date, user: User, mine: set, listed: set[str]) -> list[Task]:
    """What comes next for who has no first dose yet, unless it is listed already (F-310)."""
    site = standing.subject.site_id
    step = comes_next(
        standing,
        today,
        may=lambda step: step.form in mine if step.form else not step.deed or permissions.may(user, step.deed, site),
        reads=set(permissions.readable_forms(user, site)),
    )
    if step is None or step.href in listed or not (step.href or permissions.may(user, "settle visit", site)):
        return []
    href = step.href or standing.subject.get_absolute_url()
    urgency = (0, standing.subject.screened_on, standing.subject.number)
    return [Task(standing.subject, step.what, step.state, href, urgency, when=step.when)]


def _in_the_study(sites):
    return Subject.objects.filter(~has_ended(), site_id__in=sites, screen_failed_at__isnull=True)


def _coming_visits(sites: set[int], mine: dict[int, set]) -> list[Task]:
    """The next visits of treated subjects that open within two weeks, the soonest first. One statement."""
    codes = {
        site: {
            visit.code
            for visit in trial.VISITS
            if any(trial.form(c.form) in forms for c in trial.planned_at(visit.code))
        }
        for site, forms in mine.items()
    }
    today = timezone.now().date()
    tasks: dict[int, Task] = {}
    for visit in _OPENING.of(sites, today, today + COMING):
        if visit.subject_id not in tasks and visit.code in codes[visit.site_id]:
            tasks[visit.subject_id] = Task(
                visit.subject,
                visit.label,
                states.PLANNED,
                visit.subject.get_absolute_url(),
                (1, visit.opens, visit.subject.number),
                when=f"opens {dates.day(visit.opens)}",
            )
    return list(tasks.values())


_OPENING = Lookup(
    lambda sites, today, until: (
        Visit.objects.filter(
            subject__in=_in_the_study(sites).filter(randomised_at__isnull=False),
            state=Visit.State.PLANNED,
            occurred_on__isnull=True,
        )
        .annotate(opens=opens(day_1("subject__")))
        .filter(opens__gt=today, opens__lte=until)
        .select_related("subject")
        .only("code", "number", "site_id", "subject__number")
        .order_by("opens", "subject__number")
    )
)


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


def _due_visits(standing: Standing, today: date, mine: set) -> list[Task]:
    """Awaited visits whose window is open or past and at which the person enters a form."""
    found = []
    for visit, status in awaited_visits(standing, today):
        if status not in URGENCY or visit.code == trial.SCREENING:
            continue
        if any(form in mine for form, _ in standing.due_at(visit)):
            window = standing.window_of(visit)
            found.append(
                Task(
                    standing.subject,
                    visit.label,
                    states.VISIT_STATES[status],
                    standing.subject.get_absolute_url(),
                    (URGENCY[status], window.closes, standing.subject.number),
                    when=f"to {dates.day(window.closes)}",
                )
            )
    return found


def _incomplete(standing: Standing, mine: set) -> list[Task]:
    """One task for each visit that began, or is the screening visit, and has forms to complete: the first of them."""
    found = []
    for visit in standing.visits:
        is_under_way = visit.occurred_on is not None or visit.code == trial.SCREENING
        if visit.state == Visit.State.MISSED or not is_under_way:
            continue
        open_forms = [form for form in standing.incomplete_at(visit) if form in mine]
        if open_forms:
            more = f" and {len(open_forms) - 1} more" if len(open_forms) > 1 else ""
            on = visit.occurred_on or standing.subject.screened_on
            state = states.INCOMPLETE if standing.at(open_forms[0].code, visit) else states.DUE
            found.append(
                Task(
                    standing.subject,
                    f"{visit.label}: {open_forms[0].title}{more}",
                    state,
                    address(standing.subject, visit, open_forms[0].code),
                    (on, standing.subject.number, visit.definition.number),
                    when=dates.day(on),
                )
            )
    return found
