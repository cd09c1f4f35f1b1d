"""Alerts: danger signs of the subjects at one's sites, and what a physician did about each."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions, trial
from crf.actions import alerts as deeds
from crf.chart import states
from crf.chart.facts import Settled
from crf.chart.places import address
from crf.chart.prompted import EVENTS, wants_an_event
from crf.models import RECORDS, TakenBack
from crf.refusals import NotAllowed
from crf.shown.worklist import readable_alerts
from crf.views.asking import Reason, asked, posted
from crf.views.subject_page import Page


def alerts(request):
    """Alerts that wait come first, the oldest of them on top."""
    if not request.user.sites_as(*permissions.READ_ALL_OPEN):
        raise NotAllowed("Your role does not include the alerts. Ask the administrator if it should.")
    found = readable_alerts(request.user).select_related("subject__site", "visit", "acknowledged_by")
    is_all = request.GET.get("show") == "all"
    if not is_all:
        found = found.filter(acknowledged_at__isnull=True, no_longer_at__isnull=True)
    page = Paginator(found.order_by("-acknowledged_at", "-is_blocking", "raised_at"), 50)
    page = page.get_page(request.GET.get("page"))
    rows = [{"alert": alert, "state": states.alert_state(alert)} for alert in page]
    return render(request, "crf/alerts.html", {"rows": rows, "page": page, "is_all": is_all})


class Action(entry.Form):
    """What the physician did."""

    action = entry.CharField(
        max_length=500,
        label="What was done?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="The judgement and the action taken. No names.",
    )


class NotEntered(entry.Form):
    """Why what an alert asks for is not entered, or where it is."""

    reason = entry.CharField(
        max_length=500,
        label="Why is it not entered, or where is it recorded already?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Such as the row of an adverse event entered before. No names.",
    )


def alert(request, pk):
    """One alert; a physician acknowledges it with the action taken, and what it asks for besides is answered."""
    found = get_object_or_404(
        readable_alerts(request.user).select_related("subject__site", "visit", "acknowledged_by"), pk=pk
    )
    page = Page.of(request.user, found.subject.number)
    is_locked = Settled.of(found.subject_id).lock is not None
    wanted = found.prompts_open if found.is_prompting else []
    is_about_prompts = request.POST.get("deed") == "prompts"
    is_taking_back = request.POST.get("deed") == "take back"
    form = (NotEntered if is_about_prompts else Action)(posted(request)) if not is_taking_back else _wrong(request)

    def deed(answers):
        if is_about_prompts:
            deeds.settle_prompts(alert=found, by=request.user, **answers)
            messages.success(request, "It is on record why nothing is entered; it is asked for no more.")
            return redirect("crf:alert", pk=pk)
        if is_taking_back:
            deeds.take_back(alert=found, by=request.user, **answers)
            messages.success(request, "The alert waits for a physician again. What was written stays on record.")
            return redirect("crf:alert", pk=pk)
        deeds.acknowledge(alert=found, by=request.user, **answers)
        messages.success(request, "The alert is acknowledged, with the action taken.")
        return redirect("crf:alert", pk=pk)

    context = page.context(
        "Alert",
        alert=found,
        state=states.alert_state(found),
        declared=trial.form(found.form),
        href=address(found.subject, found.visit, found.form, _row(found)),
        may_act=page.may("acknowledge alert") and found.acknowledged_at is None and not is_locked,
        is_locked=is_locked and found.acknowledged_at is None,
        wanted=wanted,
        may_answer=bool(wanted) and not is_locked and EVENTS is not None and EVENTS in page.enterable,
        event_address=_next_event(page) if wants_an_event(wanted) else "",
        not_entered=NotEntered() if not is_about_prompts else form,
        is_about_prompts=is_about_prompts,
        action=Action(),
        wrong=form if is_taking_back else _wrong(),
        is_taking_back=is_taking_back,
        may_take_back=page.may("acknowledge alert")
        and found.acknowledged_at is not None
        and found.no_longer_at is None
        and not is_locked,
        taken_back=TakenBack.objects.filter(kind=TakenBack.Kind.ALERT, record=pk).select_related("taken_back_by"),
    )
    return asked(request, "crf/alert.html", context, form, deed)


def _wrong(request=None) -> Reason:
    return Reason(request and posted(request), label="Why was it not acted upon?", help_text="No names.", longest=200)


def _next_event(page: Page) -> str:
    """Where the next adverse event of the subject is entered."""
    last = RECORDS[EVENTS.code].objects.filter(subject=page.subject).aggregate(last=Max("row_number"))["last"] or 0
    return address(page.subject, None, EVENTS.code, last + 1)


def _row(alert) -> int:
    """The row of the record that raised the alert."""
    return RECORDS[alert.form].objects.values_list("row_number", flat=True).get(pk=alert.record)
