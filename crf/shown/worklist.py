"""What waits for a person: alerts, visits, forms and queries of the subjects at their sites, the most urgent first.

A fixed number of statements, whatever the number of subjects.
"""

from datetime import date, timedelta

from django.db.models import DateField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from crf import permissions, spec, trial
from crf.chart import states
from crf.chart.blood_states import TO_JUDGE
from crf.chart.days_in_sql import opens
from crf.chart.judgements import waiting_at
from crf.chart.places import address, in_address
from crf.chart.prompted import EVENTS, asked_for
from crf.chart.serious import owed
from crf.chart.standing import Standing
from crf.chart.study_end import has_ended
from crf.models import Alert, Query, RoleHeld, Subject, User, Visit
from crf.rules import laboratory, windows
from crf.rules.access import OLD_DRAFTS
from crf.rules.windows import VisitStatus
from crf.shown.header import awaited_visits, subject_alerts_are_open_to
from crf.shown.old_drafts import drafts_handed_to, old_drafts
from crf.shown.ratings import ratings_to_look_at
from crf.shown.tasks import Section, Task
from crf.shown.to_settle import to_sign, to_verify
from crf.spec import dates
from crf.spec.purposes import Purpose

#: Who sees that a visit is due: those who hold it or measure at it.
VISIT_PEOPLE = (RoleHeld.Role.INVESTIGATOR, RoleHeld.Role.COORDINATOR, RoleHeld.Role.RATER, RoleHeld.Role.PHARMACIST)
#: What the standing of a subject needs whoever looks: what makes forms due, and what ended.
TOLD_OF_ALL = frozenset(
    code for purpose in (Purpose.DEMOGRAPHY, Purpose.END_OF_STUDY) if (code := trial.code_serving(purpose))
)
URGENCY = {VisitStatus.TO_BE_MARKED_MISSED: 0, VisitStatus.OVERDUE: 1, VisitStatus.DUE: 2, VisitStatus.IN_WINDOW: 3}


def work_of(user: User) -> list[Section]:
    """The sections that have something in them."""
    sections = [
        _alerts(user),
        _prompts(user),
        _judgements(user),
        _serious_events(user),
        _attestations(user),
        *_visits_and_forms(user),
        *_queries(user),
        to_sign(user),
        to_verify(user),
        _handed_drafts(user),
        _old_drafts(user),
        _ratings(user),
    ]
    return [section for section in sections if section.tasks]


def _alerts(user: User) -> Section:
    sites = user.sites_as(*permissions.DEEDS["acknowledge alert"])
    waiting = Alert.objects.filter(
        site_id__in=sites, acknowledged_at__isnull=True, no_longer_at__isnull=True
    ).select_related("subject__site")
    return Section.of(
        "Alerts to act on",
        [
            Task(
                alert.subject,
                alert.sentence,
                states.alert_state(alert),
                f"/alerts/{alert.pk}/",
                (not alert.is_blocking, alert.raised_at),
            )
            for alert in waiting
        ],
    )


def _prompts(user: User) -> Section:
    """What alerts asked for besides an action, for who enters adverse events, until there or a reason is given."""
    if EVENTS is None:
        return Section("", [], 0)
    entering = set(user.sites_as(*permissions.may_enter_form(EVENTS)))
    sites = [site for site in entering if subject_alerts_are_open_to(_codes_read(user, site))]
    return Section.of(
        "Asked for by alerts",
        [
            Task(
                alert.subject,
                asked_for(alert.prompts_open, alert.sentence),
                states.DUE,
                f"/alerts/{alert.pk}/",
                (alert.raised_at,),
            )
            for alert in Alert.objects.prompting().filter(site_id__in=sites).select_related("subject__site")
        ],
    )


def _codes_read(user: User, site: int) -> set[str]:
    return {form.code for form in permissions.readable_forms(user, site)}


def _serious_events(user: User) -> Section:
    """Serious adverse events of which the sponsor has no report yet, with the time that is left."""
    report = trial.serving(Purpose.SERIOUS_REPORTS)
    if report is None:
        return Section("", [], 0)
    sites = user.sites_as(*permissions.may_enter_form(report), RoleHeld.Role.MEDICAL_MONITOR)
    return Section.of(
        "Serious adverse events to report",
        [
            Task(
                one.subject,
                one.called,
                states.OVERDUE if one.is_overdue else states.DUE,
                address(one.subject, None, trial.code_serving(Purpose.ADVERSE_EVENTS), one.row),
                (place,),
                when=f"by {dates.moment(one.due, one.subject.site.zone)}"
                if one.due
                else "time of awareness not entered",
            )
            for place, one in enumerate(owed(site_id__in=sites))
        ],
    )


def _attestations(user: User) -> Section:
    """Subjects whose eligibility was attested until an answer it rests on was changed."""
    sites = user.sites_as(*permissions.DEEDS["attest eligibility"])
    if not sites:
        return Section("", [], 0)
    found = Subject.objects.filter(
        site_id__in=sites,
        attestation_revoked_at__isnull=False,
        randomised_at__isnull=True,
        screen_failed_at__isnull=True,
    )
    return Section.of(
        "Eligibility to attest anew",
        [
            Task(
                subject,
                f"{trial.form(subject.attestation_revoked_by_form).title} was changed",
                states.REVOKED,
                subject.get_absolute_url(),
                (subject.attestation_revoked_at,),
            )
            for subject in found
        ],
    )


def _judgements(user: User) -> Section:
    """Panels with abnormal values that the investigator has not judged as they are now; the oldest first."""
    sites = user.sites_as(*permissions.DEEDS["sign"])
    waiting = waiting_at(sites) if sites else []
    return Section.of(
        "Laboratory values to judge",
        [
            Task(
                one.subject,
                f"{one.visit.label}: {len(one.records)} outside the limits of normal",
                TO_JUDGE,
                f"/subjects/{one.subject}/{in_address(one.visit)}/{laboratory.FORM.code}/judge/",
                (min(record.created_at for record in one.records), one.subject.number),
            )
            for one in waiting
        ],
    )


def _visits_and_forms(user: User) -> list[Section]:
    sites = user.sites_as(*VISIT_PEOPLE)
    if not sites:
        return []
    subjects = Subject.objects.filter(~has_ended(), site_id__in=sites, screen_failed_at__isnull=True)
    mine = {site: _forms_entered(user, site) for site in sites}
    reading = {form.code for entered in mine.values() for form in entered} | TOLD_OF_ALL
    visits, incomplete = [], []
    for standing in Standing.of_all(_with_something_open(subjects.select_related("site")), reading=reading):
        today = standing.subject.site.today()
        visits += _due_visits(standing, today, mine[standing.subject.site_id])
        incomplete += _incomplete(standing, mine[standing.subject.site_id])
    return [Section.of("Visits due", visits), Section.of("Forms to complete", incomplete)]


def _with_something_open(subjects):
    """Those in screening, with a visit that is not completed, or with one whose window is open: PostgreSQL leaves out
    the others, who may be ten thousand."""
    baseline = Visit.objects.filter(subject=OuterRef("pk"), code=trial.BASELINE).values("occurred_on")[:1]
    day_1 = Coalesce("first_dose_on", Subquery(baseline), Cast("randomised_at", DateField()))
    tomorrow = timezone.now().date() + timedelta(days=1)  # the day at any site is this one at most
    # One look at the visits of each subject: a look for each kind of visit reads the whole table that often.
    waiting = (
        Visit.objects.filter(subject=OuterRef("pk"), state=Visit.State.PLANNED)
        .annotate(opens=opens(OuterRef("day_1")))
        .filter(Q(occurred_on__isnull=False) | Q(opens__lte=tomorrow))
    )
    return subjects.annotate(day_1=day_1).filter(Q(randomised_at__isnull=True) | Exists(waiting))


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
            window = windows.window_of(visit.code, day_1=standing.day_1)
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


def _queries(user: User) -> list[Section]:
    found = []
    for title, deed, state in (
        ("Queries to answer", "answer query", Query.State.OPEN),
        ("Answers to review", "close query", Query.State.ANSWERED),
    ):
        sites = user.sites_as(*permissions.DEEDS[deed])
        standing = readable_queries(user, sites).filter(state=state).select_related("subject__site", "visit")
        found.append(
            Section.of(
                title,
                [
                    Task(
                        query.subject,
                        f"{query.visit.label + ': ' if query.visit else ''}{query.text}",
                        states.QUERY_STATES[query.state],
                        f"/queries/{query.pk}/",
                        (query.opened_at,),
                    )
                    for query in standing
                ],
            )
        )
    return found


def _old_drafts(user: User) -> Section:
    """Drafts of anybody at the sites that nobody saved for a day; without values."""
    return Section.of(
        f"Drafts older than {OLD_DRAFTS}",
        [
            Task(
                old.draft.subject,
                old.what,
                states.LEFT_DRAFT if old.is_left_behind else states.OLD_DRAFT,
                f"/drafts/{old.draft.pk}/" if old.is_left_behind else old.href,
                (old.draft.kept_at,),
            )
            for old in old_drafts(user)
        ],
    )


def _handed_drafts(user: User) -> Section:
    """What a colleague who left had typed and somebody handed on to this person."""
    return Section.of(
        "Drafts handed to you",
        [
            Task(old.draft.subject, old.what, states.OLD_DRAFT, old.href, (old.draft.kept_at,))
            for old in drafts_handed_to(user)
        ],
    )


def _ratings(user: User) -> Section:
    """Short ratings that no monitor has asked about or compared with their source; to nobody who rates."""
    if permissions.may_anywhere(user, "rate") or not (sites := user.sites_as(*permissions.DEEDS["review ratings"])):
        return Section("", [], 0)
    return Section.of(
        "Short ratings to look at",
        [
            Task(one.subject, one.place, states.SHORT, one.href, (one.entered_at,), when=f"{one.minutes} min")
            for one in ratings_to_look_at(sites, kind="short")
            if not one.seen
        ],
    )


def readable_queries(user: User, sites=None):
    """The queries on forms that the person may read, at the sites given or at all of theirs."""
    sites = user.sites_as(*permissions.SUBJECT_READERS) if sites is None else sites
    found = Query.objects.none()
    by_forms: dict[tuple[str, ...], list[int]] = {}
    for site in sites:
        codes = tuple(form.code for form in permissions.readable_forms(user, site))
        by_forms.setdefault(codes, []).append(site)
    for codes, together in by_forms.items():
        found = found | Query.objects.filter(site_id__in=together, form__in=codes)
    return found


def readable_alerts(user: User):
    """The alerts of the sites at which the person reads everything that alerts tell of."""
    sites = [
        site
        for site in user.sites_as(*permissions.SUBJECT_READERS)
        if subject_alerts_are_open_to({form.code for form in permissions.readable_forms(user, site)})
    ]
    return Alert.objects.filter(site_id__in=sites)
