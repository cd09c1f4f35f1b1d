"""Alerts: danger signs of the subjects at one's sites, and what a physician did about each."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions, trial
from crf.actions import alerts as deeds
from crf.chart import states
from crf.chart.facts import Settled
from crf.chart.places import address
from crf.models import RECORDS
from crf.refusals import NotAllowed
from crf.shown.worklist import readable_alerts
from crf.views.asking import asked, posted
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


def alert(request, pk):
    """One alert; a physician acknowledges it with the action taken."""
    found = get_object_or_404(
        readable_alerts(request.user).select_related("subject__site", "visit", "acknowledged_by"), pk=pk
    )
    page = Page.of(request.user, found.subject.number)
    form = Action(posted(request))
    is_locked = Settled.of(found.subject_id).lock is not None

    def deed(answers):
        deeds.acknowledge(alert=found, by=request.user, **answers)
        messages.success(request, "The alert is acknowledged, with the action taken.")
        return redirect("crf:alert", pk=pk)

    context = page.context(
        "Alert",
        alert=found,
        state=states.alert_state(found),
        kind=trial.alert_in_words(found.kind).capitalize(),
        declared=trial.form(found.form),
        href=address(found.subject, found.visit, found.form, _row(found)),
        may_act=page.may("acknowledge alert") and found.acknowledged_at is None and not is_locked,
        is_locked=is_locked and found.acknowledged_at is None,
    )
    return asked(request, "crf/alert.html", context, form, deed)


def _row(alert) -> int:
    """The row of the record that raised the alert."""
    return RECORDS[alert.form].objects.values_list("row_number", flat=True).get(pk=alert.record)
