"""The planned review of the audit trail: risks with counts, the events of each, and the review on record (AUD-16)."""

from datetime import date, timedelta

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils import timezone

from crf import permissions, trial
from crf.actions import review_trail as deeds
from crf.models import AuditEntry, TrailReview
from crf.shown import study_trail, trail_risks
from crf.spec import dates
from crf.views.asking import asked, posted
from crf.views.once import Once

A_PAGE = 30
USUAL = timedelta(days=30)


class Reviewed(entry.Form):
    """What was looked at and what came of it."""

    risks = entry.MultipleChoiceField(
        choices=[(risk.code, risk.word) for risk in trail_risks.RISKS],
        widget=entry.CheckboxSelectMultiple,
        label="Looked at",
    )
    outcome = entry.ChoiceField(choices=TrailReview.Outcome.choices, label="What came of it")
    finding = entry.CharField(
        max_length=1000,
        label="In words",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Such as: late entries of the second week explained by the monitor's visit report.",
    )


def review_trail(request):
    """Each risk with its count over some days, the events of one, and the form that puts the review on record."""
    permissions.require_anywhere(request.user, "read trail reviews")
    may_review = permissions.may_anywhere(request.user, "review trail")
    since, until, wrong = _days(request)
    looked = trail_risks.Looked(since, until, _readable(request.user))
    risk = trail_risks.BY_CODE.get(request.GET.get("risk", ""))
    counts = looked.counts()
    context = {
        "risks": [{"risk": one, "count": counts[one.code], "is_shown": one is risk} for one in trail_risks.RISKS],
        "since": dates.day(since),
        "until": dates.day(until),
        "wrong": wrong,
        "risk": risk,
        "reviews": TrailReview.objects.select_related("reviewed_by")[:20],
        "crumbs": [{"word": "Trail review", "href": ""}],
    }
    if risk:
        context["page"] = Paginator(looked.events(risk), A_PAGE).get_page(request.GET.get("page"))
        events = AuditEntry.objects.in_bulk(list(context["page"]))
        context["lines"] = study_trail.lines(events[pk] for pk in context["page"])

    def deed(answers):
        if not may_review:
            permissions.require_anywhere(request.user, "review trail")
        deeds.review(looked=looked, by=request.user, **answers)
        messages.success(request, "The review is on record.")
        return redirect("crf:review_trail")

    form = Reviewed(posted(request)) if may_review else None
    return asked(request, "crf/review_trail.html", context, form, deed, once=Once(request) if form else None)


def _readable(user):
    held = {role.role for role in user.current_roles}
    return [form for form in trial.FORMS if held & set(permissions.may_read_form(form))]


def _days(request) -> tuple[date, date, dict[str, str]]:
    """From which day to which (UTC), and what was typed that is no date, in a sentence."""
    today = timezone.now().date()
    found, wrong = {"since": today - USUAL, "until": today}, {}
    for name in found:
        if text := request.GET.get(name, "").strip()[:60]:
            try:
                found[name] = dates.read_day(text)
            except dates.NotADate as no:
                wrong[name] = str(no)
    return found["since"], found["until"], wrong
