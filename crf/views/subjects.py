"""Subjects: the list with its search, a new one, and the casebook of one."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django import forms as entry
from django.core.paginator import Page as Shown
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join

from crf import permissions, trial
from crf.actions import compared
from crf.actions import enrol as enrolling
from crf.actions.annul import annulled
from crf.chart import states
from crf.chart.standing import Standing
from crf.models import Site, Subject
from crf.shown import finding
from crf.shown.casebook import SIGNED_FORMS, Casebook
from crf.shown.code_breaks import state_of
from crf.shown.coming import Step, comes_next
from crf.shown.corrections import corrections_of
from crf.shown.dose_strip import dose_strip
from crf.shown.header import END_OF_STUDY, next_visit
from crf.shown.level_messages import Shown as Message
from crf.shown.open_marks import open_alerts, open_queries
from crf.shown.timeline import timeline
from crf.spec.purposes import Purpose
from crf.trial import form as form_of
from crf.views.asking import asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once
from crf.views.subject_page import Page

A_PAGE = 50
A_MATRIX_PAGE = 30  # a row of the matrix is ten states


@dataclass(frozen=True)
class Listed:
    """What the list and the matrix have in common: the filters that the address asks for, and the page of subjects."""

    asked: finding.Asked
    page: Shown
    sites: dict[str, str]
    sees_alerts: bool

    @classmethod
    def of(cls, request, a_page: int) -> "Listed":
        roles, user = request.user.current_roles, request.user
        asked = finding.Asked.of(request.GET)
        number = request.GET.get("page", "")
        nth = int(number) if number.isdecimal() and len(number) < 7 and int(number) else 1
        found = finding.Found(user, asked, expected=((nth - 1) * a_page, nth * a_page))
        page = Paginator(found, a_page).get_page(number)
        sites = {held.site.code: held.site.name for held in roles if held.role in permissions.SUBJECT_READERS}
        return cls(asked, page, dict(sorted(sites.items())), bool(user.sites_as(*permissions.READ_ALL_OPEN)))

    def context(self) -> dict:
        """What the templates of both need: the filters with their choices, the sentence about them, the page."""
        marks = {key: word for key, word in finding.MARKS.items() if key != "alerts" or self.sees_alerts}
        words = self.asked.in_words(self.sites)
        return {
            "asked": self.asked,
            "page": self.page,
            "asked_in_words": words,
            "such_as": trial.subject_number(trial.SITES[0].code, 12),
            "part": f"{trial.SITES[0].code}-0",
            "choices": [
                Choice("site", "Site", "All", self.sites, self.asked.site) if len(self.sites) > 1 else None,
                Choice("stage", "Stage", "All", _words(finding.STAGES), self.asked.stage),
                Choice("visit", "Visit", "Any", finding.VISITS, self.asked.visit),
                Choice("state", "State", "Any", _words(finding.VISIT_STATES), self.asked.state),
                Choice("marks", "With", "Any", marks, self.asked.marks),
                Choice("sort", "Sorted by", "", finding.ORDERS, self.asked.sort),
            ],
        }


@dataclass(frozen=True)
class Choice:
    """One select of the filters; `anything` is the word for no choice, empty where there is always one."""

    name: str
    label: str
    anything: str
    options: dict[str, str]
    chosen: str

    def shown(self) -> str:
        """The options as they are shown."""
        return _options(tuple(self.options.items()), self.chosen)


@lru_cache(maxsize=512)  # forty words, the same for everybody
def _options(words: tuple[tuple[str, str], ...], chosen: str) -> str:
    option = {True: '<option value="{}" selected>{}</option>', False: '<option value="{}">{}</option>'}
    return format_html_join("", "{}", ((format_html(option[key == chosen], key, word),) for key, word in words))


def _words(known: dict) -> dict[str, str]:
    return {key: word for key, (word, _) in known.items()}


def subjects(request):
    """Every subject one may see, fifty to a page. A search that finds one opens its casebook."""
    permissions.require_anywhere(request.user, "see subjects")
    listed = Listed.of(request, A_PAGE)
    if listed.asked.is_number_alone and listed.page.paginator.count == 1:
        return redirect(listed.page[0])
    shown = list(listed.page)
    ids = [subject.pk for subject in shown]
    marks = open_queries(request.user, ids), open_alerts(request.user, ids)
    per_subject = [Counter(subject for subject, _ in found) for found in marks]
    told_at = request.user.sites_as(*permissions.DEEDS["read code breaks"])
    rows = []
    for standing in Standing.of_all(shown, reading=(), to_come=True):
        subject, today = standing.subject, standing.subject.site.today()
        visit, status = (None, None) if subject.has_ended else next_visit(standing, today)
        rows.append(
            {
                "subject": subject,
                "stage": states.stage_of(subject, has_ended=subject.has_ended),
                "day": standing.day_of(today) if subject.is_randomised else None,
                "visit": visit,
                "visit_state": states.VISIT_STATES[status] if visit else None,
                "casebook": [
                    state
                    for holds, state in (
                        (subject.is_signed, states.SIGNED),
                        (subject.is_locked, states.LOCKED),
                        (subject.is_broken and subject.site_id in told_at, states.CODE_BROKEN),
                    )
                    if holds
                ],
                "queries": per_subject[0][subject.pk],
                "alerts": per_subject[1][subject.pk],
            }
        )
    return render(
        request,
        "crf/subjects.html",
        listed.context()
        | {
            "rows": rows,
            "annulled": annulled(request.user.sites_as(*permissions.SUBJECT_READERS)),
            "may_enrol": permissions.may_anywhere(request.user, "enrol"),
        },
    )


# -- a new subject


class Enrolment(entry.Form):
    """The first answers about a new subject; the number is given by the deed."""

    site = entry.ModelChoiceField(Site.objects.none(), empty_label=None, label="Site")
    screened_on = DayField(label="Screening began on")
    rescreen_of = entry.ModelChoiceField(
        Subject.objects.none(),
        required=False,
        label="Rescreening of",
        to_field_name="number",
        help_text="Only for a person who was screened before and failed: the first number stays linked.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = user.sites_as(*permissions.DEEDS["enrol"])
        self.fields["site"].queryset = Site.objects.filter(pk__in=sites)
        self.fields["rescreen_of"].queryset = Subject.objects.filter(
            site_id__in=sites, screen_failed_at__isnull=False, rescreened_as__isnull=True
        )
        days = {site.today() for site in self.fields["site"].queryset}
        if len(days) == 1:  # around midnight the sites may have two, and a guess would be a false default
            self.fields["screened_on"].initial = days.pop()


def enrol(request):
    """Give a person who is being screened a subject number."""
    permissions.require_anywhere(request.user, "enrol")
    form = Enrolment(posted(request), user=request.user)

    def deed(answers):
        return redirect(enrolling.enrol(by=request.user, **answers))

    crumbs = [{"word": "Subjects", "href": "/subjects/"}, {"word": "New subject"}]
    return asked(request, "crf/enrol.html", {"crumbs": crumbs}, form, deed, once=Once(request))


# -- one subject


def subject(request, number):
    """The casebook: visits by forms, log forms, and what can be done next."""
    page = Page.of(request.user, number)
    book = Casebook.of(page.standing, page.readable, page.enterable, show=request.GET.get("show", ""))
    is_open = book.lock is None
    is_changed = is_open and book.hold is None  # under a freeze one still verifies and signs
    coming = _coming(page) if is_changed else None
    context = page.context(alerts=book.alerts, book=book, deeds=_deeds(page, book, coming) if is_changed else [])
    may_see_course, today = page.may("see course") and not page.may("rate"), page.subject.site.today()
    return render(
        request,
        "crf/subject.html",
        context
        | {
            "compared": compared.signature_shown(book.signature, page.standing)
            if book.signature and book.signature.stands
            else None,
            "coming": coming,
            "leads_on": bool(book.next_forms) and (coming is None or coming.href != book.next_address),
            "may_verify": page.may("verify") and is_open,
            "may_sign": page.may("sign") and is_open and book.unsigned > 0,
            "may_lock": page.may("lock casebook"),
            "may_hold": page.may("freeze and lock"),
            "may_ask_correction": page.may("ask correction") and page.roles_besides_rater(),
            "corrections": corrections_of(
                book.settled, page.standing, page.readable, rates_only=not page.roles_besides_rater()
            ),
            "level_messages": [Message(one) for one in book.settled.level_messages]
            if page.may("read level messages")
            else [],
            "reads_all": {form.code for form in page.readable} >= SIGNED_FORMS,
            "may_break_code": page.may("break code") and page.subject.is_randomised,
            "may_tell_of_a_lost_blind": page.may("record lost blind") and page.subject.is_randomised,
            "code_breaks": [(one, state_of(one.entry)) for one in book.settled.broken]
            if page.may("read code breaks")
            else [],
            "may_read_audit": page.may("read audit trail"),
            "may_copy": page.may("take copy"),
            "taken_back": book.taken_back if page.roles_besides_rater() else [],  # nor what a reason may tell
            "timeline": timeline(page.standing, today=today),
            "shows_reasons": page.roles_besides_rater(),  # a reason may tell of an adverse event
            "may_see_course": may_see_course,
            "strip": dose_strip(page.standing, context["header"].decided, today=today) if may_see_course else None,
            "may_correct_screening": page.may("enrol") and is_changed,
            "may_take_back_failure": page.may("fail screening") and is_changed and page.subject.is_screen_failure,
            "may_annul": page.may("annul") and is_changed and not page.subject.is_randomised,
            "may_print": page.may("print casebook"),
            "may_settle": page.may("settle visit") and is_changed,
            "query_state": states.OPEN_QUERIES,
            "answered_state": states.ANSWERED_QUERIES,
            "alert_state": states.ALERTS,
            "late_state": states.LATE,
            "revoked_by": page.subject.attestation_revoked_at and form_of(page.subject.attestation_revoked_by_form),
        },
    )


def _coming(page: Page) -> Step | None:
    """What comes next for the subject, as this person may do it or be told of it."""
    enterable, standing = page.enterable, page.standing
    return comes_next(
        standing,
        page.subject.site.today(),
        may=lambda step: step.form in enterable if step.form else not step.deed or page.may(step.deed),
        reads=set(page.readable),
    )


def _deeds(page: Page, book: Casebook, coming: Step | None) -> list[tuple[str, str]]:
    """What can be done with the subject as a whole now, besides what comes next: words and address name. What would be
    refused is not there."""
    done = coming.deed if coming and coming.href else ""
    found, person, standing = [], page.subject, page.standing
    if person.is_screen_failure or book.standing.has_record(END_OF_STUDY):
        return []
    if not person.is_randomised:
        eligibility = trial.code_serving(Purpose.ELIGIBILITY)
        answered = all(
            any(fact.is_complete for fact in standing.at(eligibility, standing.visit(code)))
            for code in (trial.visits_of(eligibility) if eligibility else ())
            if code in trial.BEFORE_RANDOMISATION
        )
        if page.may("attest eligibility") and answered and person.attested_at is None and done != "attest eligibility":
            found.append(("Attest eligibility", "crf:attest"))
        if page.may("randomise") and person.attested_at is not None and done != "randomise":
            found.append(("Randomise", "crf:randomise"))
        if page.may("fail screening"):
            found.append(("Record a screen failure", "crf:screen_failure"))
    if page.may("settle visit") and person.is_randomised:
        found.append(("Add a visit", "crf:begin_visit"))
    return found
