"""The service as an administrator sees it: what is well, what is not, and which mails have not left."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crf import permissions
from crf.actions import outbox
from crf.chart.states import State
from crf.models import Mail
from crf.refusals import NotYet
from trialsite.operations import health

A_PAGE = 50
FINDINGS = {
    health.WELL: State("Well", "complete", "ok"),
    health.WARNING: State("Look after it", "planned", "warn"),
    health.FAILS: State("Fails", "failed", "warn"),
}
WORDS_OF_FINDINGS = {
    "database": "Database",
    "migrations": "Tables",
    "triggers": "Audit trail and guards",
    "arm_key": "Key of the sealed arms",
    "watch": "Watch",
    "worker": "Worker for reports and exports",
    "trail": "Keeper of the trail",
    "mail": "Mail",
    "disk": "Disk",
    "clock": "Clocks",
    "backup": "Backup",
    "drill": "Restore drill",
    "copies": "Copies at the sites",
    "replica": "Replica that reports are read from",
    "stamps": "Time stamps of the anchors",
    "program": "Program",
}
SENT = State("Left", "complete", "ok")
WAITS = State("Waits", "planned")
TRIED = State("Tried, not left", "failed", "warn")
NOBODY = State("Nobody to tell", "failed", "warn")
GIVEN_UP = State("Given up", "missed", "warn")


def service(request):
    """Findings, and the mails: first those that are in trouble."""
    permissions.require_anywhere(request.user, "administer")
    found = [
        {"name": WORDS_OF_FINDINGS[one.name], "state": FINDINGS[one.state], "said": one.sentence}
        for one in health.findings()
    ]
    shown = Paginator(Mail.objects.order_by("-written_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    troubled = outbox.troubled().order_by("written_at", "pk")[:A_PAGE]
    context = {
        "found": found,
        "troubled": [in_a_row(mail) for mail in troubled],
        "rows": [in_a_row(mail) for mail in shown],
        "page": shown,
    }
    return render(request, "service/service.html", context)


def in_a_row(mail: Mail) -> dict:
    return {"mail": mail, "state": state_of(mail)}


def state_of(mail: Mail) -> State:
    if mail.sent_at:
        return SENT
    if mail.given_up_at:
        return GIVEN_UP
    if not mail.to:
        return NOBODY
    return TRIED if mail.trouble else WAITS


@require_POST
def try_mails_again(request):
    """Everything that has not left is tried at the watch's next turn."""
    permissions.require_anywhere(request.user, "administer")
    try:
        count = outbox.try_again(by=request.user)
    except NotYet as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, f"{count} mails are tried again within a minute.")
    return redirect("service:service")
