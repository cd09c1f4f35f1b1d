"""What waits for a person: alerts, visits, forms and queries of the subjects at their sites, the most urgent first.

A fixed number of statements, whatever the number of subjects.
"""

from crf import permissions, trial
from crf.chart import states
from crf.chart.blood_states import TO_JUDGE
from crf.chart.judgements import waiting_at
from crf.chart.places import address, in_address
from crf.chart.prompted import EVENTS, asked_for
from crf.chart.serious import owed_at
from crf.models import RECORDS, Alert, Query, RoleHeld, Subject, User
from crf.rules import laboratory
from crf.rules.access import OLD_DRAFTS
from crf.shown import stock
from crf.shown.awaited import visits_and_forms
from crf.shown.corrections import corrections_waiting
from crf.shown.header import subject_alerts_are_open_to
from crf.shown.level_messages import messages_to_read
from crf.shown.old_drafts import drafts_handed_to, old_drafts
from crf.shown.ratings import ratings_to_look_at
from crf.shown.readable_queries import queries_of, what_is_read
from crf.shown.tasks import Section, Task, the_first
from crf.shown.to_settle import to_sign, to_verify
from crf.spec import dates
from crf.spec.purposes import Purpose


def work_of(user: User) -> list[Section]:
    """The sections that have something in them."""
    sections = [
        _alerts(user),
        messages_to_read(user),
        _prompts(user),
        _deviations(user),
        _judgements(user),
        _serious_events(user),
        _attestations(user),
        *visits_and_forms(user),
        _supplies(user),
        *_queries(user),
        *corrections_waiting(user),
        to_sign(user),
        to_verify(user),
        _handed_drafts(user),
        _old_drafts(user),
        _ratings(user),
    ]
    return [section for section in sections if section.tasks]


def _alerts(user: User) -> Section:
    sites = user.sites_as(*permissions.DEEDS["acknowledge alert"])
    return Section.first_of(
        "Alerts to act on",
        _WAITING_ALERTS.of(sites),
        lambda alert: Task(alert.subject, alert.sentence, states.alert_state(alert), f"/alerts/{alert.pk}/"),
    )


_WAITING_ALERTS = the_first(
    lambda sites: (
        Alert.objects.filter(site_id__in=sites, acknowledged_at__isnull=True, no_longer_at__isnull=True)
        .select_related("subject__site")
        .order_by("-is_blocking", "raised_at")
    )
)


def _prompts(user: User) -> Section:
    """What alerts asked for besides an action, for who enters adverse events, until there or a reason is given."""
    if EVENTS is None:
        return Section("", [], 0)
    entering = set(user.sites_as(*permissions.may_enter_form(EVENTS)))
    sites = [site for site in entering if subject_alerts_are_open_to(_codes_read(user, site))]
    return Section.first_of(
        "Asked for by alerts",
        _PROMPTING_ALERTS.of(sites),
        lambda alert: Task(
            alert.subject, asked_for(alert.prompts_open, alert.sentence), states.DUE, f"/alerts/{alert.pk}/"
        ),
    )


_PROMPTING_ALERTS = the_first(
    lambda sites: (
        Alert.objects.prompting().filter(site_id__in=sites).select_related("subject__site").order_by("raised_at")
    )
)


def _codes_read(user: User, site: int) -> set[str]:
    return {form.code for form in permissions.readable_forms(user, site)}


def _deviations(user: User) -> Section:
    """Major deviations that the system opened and nobody has assessed: what was done about each (F-311)."""
    form = trial.serving(Purpose.DEVIATIONS)
    sites = user.sites_as(*permissions.DEEDS["sign"]) if form else []
    if not sites:
        return Section("", [], 0)
    return Section.first_of(
        "Deviations to assess",
        _TO_ASSESS.of(sites),
        lambda row: Task(
            row.subject,
            row.description,
            states.DUE,
            address(row.subject, None, form.code, row.row_number),
            when=dates.day(row.occurred_on),
        ),
    )


_TO_ASSESS = the_first(
    lambda sites: (
        RECORDS[trial.code_serving(Purpose.DEVIATIONS)]
        .objects.standing()
        .filter(site_id__in=sites, opened_by="SYSTEM", completed_at=None)
        .select_related("subject")
        .order_by("occurred_on", "subject__number", "row_number")
    )
)


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
            for place, one in enumerate(owed_at(sites))
        ],
    )


def _attestations(user: User) -> Section:
    """Subjects whose eligibility was attested until an answer it rests on was changed."""
    sites = user.sites_as(*permissions.DEEDS["attest eligibility"])
    if not sites:
        return Section("", [], 0)
    return Section.first_of(
        "Eligibility to attest anew",
        _TO_ATTEST.of(sites),
        lambda subject: Task(
            subject,
            f"{trial.form(subject.attestation_revoked_by_form).title} was changed",
            states.REVOKED,
            subject.get_absolute_url(),
        ),
    )


_TO_ATTEST = the_first(
    lambda sites: Subject.objects.filter(
        site_id__in=sites,
        attestation_revoked_at__isnull=False,
        randomised_at__isnull=True,
        screen_failed_at__isnull=True,
    ).order_by("attestation_revoked_at")
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


def _supplies(user: User) -> Section:
    """Of the pharmacist: shipments to receive, and bottles whose expiry is near or past."""
    return Section.of(
        "Supplies",
        [
            Task(one.site, one.what, one.state, one.href, (one.state is not stock.EXPIRED, place))
            for place, one in enumerate(stock.waiting(user))
        ],
    )


def _queries(user: User) -> list[Section]:
    found = []
    for title, deed, state in (
        ("Queries to answer", "answer query", Query.State.OPEN),
        ("Answers to review", "close query", Query.State.ANSWERED),
    ):
        sites = user.sites_as(*permissions.DEEDS[deed])
        found.append(Section.first_of(title, _IN_STATE.of(str(state), *what_is_read(user, sites)), _of_query))
    return found


_IN_STATE = the_first(
    lambda state, *told: (
        queries_of(told).filter(state=state).select_related("subject__site", "visit").order_by("opened_at", "pk")
    )
)


def _of_query(query: Query) -> Task:
    where = f"{query.visit.label}: " if query.visit else ""
    return Task(query.subject, f"{where}{query.text}", states.QUERY_STATES[query.state], f"/queries/{query.pk}/")


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


def readable_alerts(user: User):
    """The alerts of the sites at which the person reads everything that alerts tell of."""
    return Alert.objects.filter(site_id__in=alert_sites(user))


def alert_sites(user: User) -> list[int]:
    """The sites at which the person reads everything that alerts tell of."""
    return [
        site
        for site in user.sites_as(*permissions.SUBJECT_READERS)
        if subject_alerts_are_open_to({form.code for form in permissions.readable_forms(user, site)})
    ]
