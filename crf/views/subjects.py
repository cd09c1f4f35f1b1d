"""Subjects: the list with its search, a new one, and the casebook of one."""

from django import forms as entry
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.utils import timezone

from crf import permissions, study
from crf.actions import enrol as enrolling
from crf.derive import states
from crf.derive.casebook import SIGNED_FORMS, Casebook
from crf.derive.header import next_visit
from crf.derive.standing import Standing
from crf.derive.timeline import timeline
from crf.derive.worklist import readable_alerts, readable_queries
from crf.forms import by_code
from crf.models import RECORDS, CasebookLock, Signature, Site, Subject
from crf.refusals import Refusal
from crf.views.asking import posted
from crf.views.subject_page import Page

A_PAGE = 50
STAGES = {
    "screening": ("In screening", Q(randomised_at__isnull=True, screen_failed_at__isnull=True)),
    "randomised": ("Randomised", Q(randomised_at__isnull=False)),
    "failed": ("Screen failure", Q(screen_failed_at__isnull=False)),
    "ended": ("Study ended", Q(has_ended=True)),
}


def visible_subjects(user):
    """The subjects of the sites where the person may see subjects, with their site."""
    ended = RECORDS["EOS"].objects.standing().filter(subject=OuterRef("pk"))
    sites = user.sites_as(*permissions.SUBJECT_READERS)
    locked = CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)
    return Subject.objects.filter(site_id__in=sites).select_related("site").annotate(
        has_ended=Exists(ended), is_locked=Exists(locked),
        is_signed=Exists(Signature.objects.whole().filter(subject=OuterRef("pk"))),
    )  # fmt: skip


def chosen(request, found):
    """The subjects that the filters of the address ask for, and what was asked."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("q", "site", "stage")}
    if asked["q"]:
        found = found.numbered_like(asked["q"].strip().replace("\x00", ""))
    if asked["site"]:
        found = found.filter(site__code=asked["site"].replace("\x00", ""))
    if asked["stage"] in STAGES:
        found = found.filter(STAGES[asked["stage"]][1])
    return found, asked


def page_of(request, found, count=A_PAGE):
    return Paginator(found.order_by("number"), count).get_page(request.GET.get("page"))


def filter_choices(user) -> dict:
    """The sites and stages that the filters offer."""
    sites = {held.site.code: held.site.name for held in user.current_roles if held.role in permissions.SUBJECT_READERS}
    return {"sites": sorted(sites.items()), "stages": [(key, word) for key, (word, _) in STAGES.items()]}


def subjects(request):
    """Every subject one may see, fifty to a page. A whole number in the search opens the casebook."""
    permissions.require_anywhere(request.user, "see subjects")
    found, asked = chosen(request, visible_subjects(request.user))
    page = page_of(request, found)
    if len(page) == 1 and page[0].number.lower() == asked["q"].strip().lower():
        return redirect(page[0])
    numbers = [subject.pk for subject in page]
    queries = readable_queries(request.user).filter(subject__in=numbers, state__in=("open", "answered"))
    alerts = readable_alerts(request.user).filter(subject__in=numbers, acknowledged_at__isnull=True)
    per_subject = [
        dict(marks.order_by().values_list("subject").annotate(many=Count("pk"))) for marks in (queries, alerts)
    ]
    rows = []
    for standing in Standing.of_all(page):
        subject, today = standing.subject, standing.subject.site.today()
        visit, status = next_visit(standing, today)
        rows.append({
            "subject": subject,
            "stage": states.stage_of(subject, has_ended=subject.has_ended),
            "day": standing.day_of(today) if subject.is_randomised else None,
            "visit": visit,
            "visit_state": states.VISIT_STATES[status] if visit else None,
            "casebook": [state for holds, state in ((subject.is_signed, states.SIGNED),
                                                    (subject.is_locked, states.LOCKED)) if holds],
            "queries": per_subject[0].get(subject.pk, 0),
            "alerts": per_subject[1].get(subject.pk, 0),
        })  # fmt: skip
    context = {"rows": rows, "page": page, "asked": asked, **filter_choices(request.user)}
    return render(request, "crf/subjects.html", context | {
        "query_state": states.OPEN_QUERIES, "alert_state": states.ALERTS,
        "may_enrol": permissions.may_anywhere(request.user, "enrol"),
    })  # fmt: skip


# -- a new subject


class Enrolment(entry.Form):
    """The first answers about a new subject; the number is given by the deed."""

    site = entry.ModelChoiceField(Site.objects.none(), empty_label=None, label="Site")
    screened_on = entry.DateField(label="Screening began on", widget=entry.DateInput(attrs={"type": "date"}))
    rescreen_of = entry.ModelChoiceField(
        Subject.objects.none(), required=False, label="Rescreening of", to_field_name="number",
        help_text="Only for a person who was screened before and failed: the first number stays linked.",
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = user.sites_as(*permissions.DEEDS["enrol"])
        self.fields["site"].queryset = Site.objects.filter(pk__in=sites)
        self.fields["rescreen_of"].queryset = Subject.objects.filter(
            site_id__in=sites, screen_failed_at__isnull=False, rescreened_as__isnull=True
        )
        self.fields["screened_on"].initial = timezone.now().date()


def enrol(request):
    """Give a person who is being screened a subject number."""
    permissions.require_anywhere(request.user, "enrol")
    form = Enrolment(posted(request), user=request.user)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(enrolling.enrol(by=request.user, **form.cleaned_data))
        except Refusal as refused:
            refusal = refused
    crumbs = [{"word": "Subjects", "href": "/subjects/"}, {"word": "New subject"}]
    context = {"form": form, "refusal": refusal, "crumbs": crumbs}
    return render(request, "crf/enrol.html", context, status=refusal.status if refusal else 200)


# -- one subject


def subject(request, number):
    """The casebook: visits by forms, log forms, and what can be done next."""
    page = Page.of(request.user, number)
    book = Casebook.of(page.standing, page.readable, page.enterable, show=request.GET.get("show", ""))
    is_open = book.lock is None
    context = page.context(alerts=book.alerts, book=book, deeds=_deeds(page, book) if is_open else [])
    return render(request, "crf/subject.html", context | {
        "may_verify": page.may("verify") and is_open,
        "may_sign": page.may("sign") and is_open and book.unsigned > 0,
        "may_lock": page.may("lock casebook"),
        "reads_all": {form.code for form in page.readable} >= SIGNED_FORMS,
        "may_break_code": page.may("break code") and page.subject.is_randomised,
        "may_read_audit": page.may("read audit trail"),
        "timeline": timeline(page.standing, today=page.subject.site.today()),
        "shows_reasons": page.roles_besides_rater(),  # a reason may tell of an adverse event
        "may_see_course": page.may("see course") and not page.may("rate"),
        "may_print": page.may("print casebook"),
        "may_settle": page.may("settle visit") and is_open,
        "query_state": states.OPEN_QUERIES, "answered_state": states.ANSWERED_QUERIES, "alert_state": states.ALERTS,
        "late_state": states.LATE,
        "revoked_by": page.subject.attestation_revoked_at and by_code(page.subject.attestation_revoked_by_form),
    })  # fmt: skip


def _deeds(page: Page, book: Casebook) -> list[tuple[str, str]]:
    """What can be done with the subject as a whole now: words and address name. What would be refused is not there."""
    found, person, standing = [], page.subject, page.standing
    if person.is_screen_failure or book.standing.has_record("EOS"):
        return []
    if not person.is_randomised:
        answered = all(
            any(fact.is_complete for fact in standing.at("ELIG", standing.visit(code)))
            for code in (study.SCREENING, study.BASELINE)
        )
        if page.may("attest eligibility") and answered and person.attested_at is None:
            found.append(("Attest eligibility", "crf:attest"))
        if page.may("randomise") and person.attested_at is not None:
            found.append(("Randomise", "crf:randomise"))
        if page.may("fail screening"):
            found.append(("Record a screen failure", "crf:screen_failure"))
    if page.may("settle visit") and person.is_randomised:
        found.append(("Add a visit", "crf:begin_visit"))
    return found
