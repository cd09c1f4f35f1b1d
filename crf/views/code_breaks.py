"""The register of code breaks; one entry with what those who must know do about it; a planned one, an accident."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render

from crf import permissions
from crf.actions import code_break, unblinded
from crf.models import CodeBreak, RoleHeld, User
from crf.refusals import NotAllowed, Refusal
from crf.shown import code_breaks as shown
from crf.shown.code_breaks import Answer
from crf.views.asking import Reason, asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once
from crf.views.subject_page import Page

CRUMB = {"word": "Code breaks", "href": "/code-breaks/"}
A_PAGE = 50


def code_breaks(request):
    """Every code break at one's sites: who, when, why, who was told, who took note. Never an arm."""
    permissions.require_anywhere(request.user, "read code breaks")
    page = Paginator(shown.register(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": [shown.row(one) for one in page], "page": page, "counts": shown.counts(request.user)}
    return render(request, "crf/code_breaks.html", context)


def emergency(request):
    """From the work list to the one question, by the number of the subject."""
    permissions.require_anywhere(request.user, "break code")
    page = Page.of(request.user, request.GET.get("number", "").replace("\x00", "").strip().upper()[:20])
    return redirect("crf:code_break", page.subject.number)


class Words(entry.Form):
    """What a code break means, or why it is declined."""

    words = entry.CharField(max_length=1000, widget=entry.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, label: str, help_text: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, help_text


class Others(entry.Form):
    """Who else knows the arm: accounts of the site and the sponsor, and others in words."""

    people = entry.ModelMultipleChoiceField(
        User.objects.none(), required=False, label="By account", widget=entry.CheckboxSelectMultiple
    )
    described = entry.CharField(
        required=False, max_length=200, label="Others", help_text="Such as “physician on duty”. No names."
    )

    def __init__(self, *args, site_id: int, **kwargs):
        super().__init__(*args, **kwargs)
        held = RoleHeld.objects.current().filter(site_id=site_id).values("user")
        self.fields["people"].queryset = User.objects.filter(pk__in=held).order_by("username")


def code_break_entry(request, pk):
    """One code break: what is known of it, and the deeds of this person."""
    permissions.require_anywhere(request.user, "read code breaks")
    found = shown.register(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such code break at your sites.")
    forms, deed, refusal = _forms(request.user, found), request.POST.get("deed", ""), None
    if request.method == "POST":
        if deed not in forms:
            raise NotAllowed("This is not yours to do here, or was done already.")
        form = forms[deed]
        if form is not None:
            form = forms[deed] = _bound(deed, found, posted(request))
        if form is None or form.is_valid():
            try:
                return _do(request, found, deed, form.cleaned_data if form else {})
            except NotAllowed:
                raise
            except Refusal as refused:
                refusal = refused
    context = {
        "row": shown.row(found),
        "found": found,
        "forms": forms,
        "refusal": refusal,
        "may_see_subject": request.user.sites_as(*permissions.SUBJECT_READERS) & {found.site_id},
        "crumbs": [CRUMB, {"word": f"{found.subject.number}, {found.get_kind_display().lower()}"}],
    }
    return render(request, "crf/code_break_entry.html", context, status=refusal.status if refusal else 200)


def _forms(user: User, found: CodeBreak) -> dict[str, entry.Form | None]:
    """The deeds that are this person's to do now, each with its form; None where nothing is asked."""
    roles, forms = user.roles_at(found.site_id), {}
    given = {(answer.kind, answer.as_role) for answer in found.answers.all()}
    on_record = found.kind != CodeBreak.Kind.PLANNED or found.log is not None

    def lacks(deed: str, kind: str) -> bool:
        return any(role in roles and (kind, role) not in given for role in permissions.DEEDS[deed])

    if on_record and lacks("acknowledge code break", Answer.SEEN):
        forms["acknowledge"] = None
    if (
        found.waits_for_approval
        and found.asked_by_id != user.pk
        and permissions.may(user, "approve code break", found.site_id)
    ):
        forms["approve"], forms["decline"] = None, _bound("decline", found)
    if permissions.may(user, "break code", found.site_id):
        if found.asked_by_id == user.pk and found.waits_to_be_shown:
            forms["go on"] = None
        if found.is_lost:
            forms["others"] = _bound("others", found)
    is_mine = found.asked_by_id == user.pk and permissions.may(user, "break code", found.site_id)
    if found.may_be_withdrawn and (
        is_mine or (found.approved_at and permissions.may(user, "approve code break", found.site_id))
    ):
        forms["withdraw"] = _bound("withdraw", found)
    if found.is_lost and lacks("assess impact", Answer.IMPACT):
        forms["assess"] = _bound("assess", found)
    if (
        found.may_be_taken_back
        and found.asked_by_id != user.pk
        and permissions.may(user, "approve code break", found.site_id)
    ):
        forms["take back"] = _bound("take back", found)
    return forms


def _bound(deed: str, found: CodeBreak, data=None) -> entry.Form:
    match deed:
        case "others":
            return Others(data, site_id=found.site_id)
        case "decline":
            return Words(data, label="Why is it declined?")
        case "withdraw":
            return Words(data, label="Why is it not gone on with?", help_text="No names.")
        case "take back":
            return Words(data, label="Why was it recorded by mistake, and how is that known?", help_text="No names.")
        case _:
            return Words(
                data,
                label="What does it mean for the subject, the ratings and the trial?",
                help_text="Never what the subject takes, or is thought to take. No names.",
            )


def _do(request, found: CodeBreak, deed: str, answers: dict):
    by, subject = request.user, found.subject
    match deed:
        case "acknowledge":
            unblinded.acknowledge(found=found, by=by)
            messages.success(request, "You took note of this code break.")
        case "approve":
            unblinded.decide(found=found, by=by, approves=True)
            messages.success(request, "The code break is approved. Who asked for it goes on with it.")
        case "decline":
            unblinded.decide(found=found, by=by, approves=False, because=answers["words"][:300])
            messages.success(request, "The code break is declined.")
        case "others":
            unblinded.tell_of_others(found=found, by=by, people=answers["people"], described=answers["described"])
            messages.success(request, "It is on record who else knows. They rate this subject no more.")
        case "assess":
            unblinded.assess(found=found, by=by, words=answers["words"])
            messages.success(request, "Your assessment is on record.")
        case "withdraw":
            unblinded.withdraw(found=found, by=by, because=answers["words"])
            messages.success(
                request, "The code break is withdrawn: nobody was shown the arm, and nobody will be by it."
            )
        case "take back":
            unblinded.take_back(found=found, by=by, because=answers["words"])
            messages.success(request, "It is on record that nobody learnt the arm by it. Those who were told are told.")
        case "go on":
            number = found.log or code_break.go_on(found=found, by=by)
            return redirect("crf:reveal", subject.number, number)
    return redirect(found)


# -- of one subject


def plan_code_break(request, number):
    """Ask for a code break that can wait; a second person approves it."""
    page = Page.of(request.user, number)
    page.require("break code")
    return _plan(request, page)


@reauthentication_required
def _plan(request, page: Page):
    form = Reason(
        posted(request), label="Why must the arm be known?", help_text="And why it can wait. No names.", longest=500
    )

    def deed(answers):
        found = unblinded.plan(subject=page.subject, by=request.user, **answers)
        messages.success(request, "The code break is asked for. The medical monitor approves or declines it.")
        return redirect(found)

    context = page.context("Planned code break")
    return asked(request, "crf/plan_code_break.html", context, form, deed, once=Once(request))


class Accident(Others):
    """How the blind was lost."""

    field_order = ["happened_on", "reason", "people", "described"]
    happened_on = DayField(label="On which day?")
    reason = entry.CharField(
        max_length=500,
        label="What happened?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="How somebody learnt it, or may have. Never what the subject takes. No names.",
    )


def lost_blind(request, number):
    """Record that somebody learnt by accident what the subject takes."""
    page = Page.of(request.user, number)
    page.require("record lost blind")
    form = Accident(posted(request), site_id=page.subject.site_id, initial={"happened_on": page.subject.site.today()})

    def deed(answers):
        found = unblinded.record_accident(subject=page.subject, by=request.user, **answers)
        messages.success(request, "It is on record, and those who must know were told. Do not tell anybody else.")
        return redirect(found if permissions.may(request.user, "read code breaks", found.site_id) else page.subject)

    context = page.context("Blind lost by accident")
    return asked(request, "crf/lost_blind.html", context, form, deed, once=Once(request))
