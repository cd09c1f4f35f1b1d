"""The safety officer's own pages: serious events, and one arm for the report of one to an authority (BLI-13).

To everybody else none of it exists; what was opened here is told to nobody who runs or analyses the trial.
"""

from allauth.account.decorators import reauthentication_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from crf import permissions, trial
from crf.actions import code_break as deeds
from crf.chart.serious import owed
from crf.models import RECORDS, Record, Subject
from crf.shown import code_breaks
from crf.spec import dates
from crf.spec.purposes import Purpose
from crf.views.asking import Reason, asked, posted
from crf.views.once import Once

EVENTS = trial.code_serving(Purpose.ADVERSE_EVENTS)
CRUMB = {"word": "Safety", "href": "/safety/"}


def _sites(user) -> set[int]:
    """The sites at which the person is the safety officer; 404 where there is none."""
    sites = user.sites_as(*permissions.DEEDS["open arm for a report"])
    if not sites:
        raise Http404("There is no such page.")
    return sites


def _serious(sites, **where):
    if EVENTS is None:
        return []
    found = RECORDS[EVENTS].objects.standing().filter(site_id__in=sites, serious="Y", **where)
    return found.select_related("subject__site").order_by("subject__number", "row_number")


def safety(request):
    """What waits for the safety officer, and every serious event at the person's sites."""
    sites = _sites(request.user)
    waiting = {(one.subject.pk, one.row): one for one in owed(site_id__in=sites)}
    opened = {}
    for one in deeds.requests_for_reports(request.user):
        opened.setdefault((one["subject_id"], one["event"]), one)
    rows = [
        {
            "event": event,
            "onset": dates.partial_day(event.onset),
            "owed": waiting.get((event.subject_id, event.row_number)),
            "opened": opened.get((event.subject_id, event.row_number)),
        }
        for event in _serious(sites)
    ]
    context = {
        "rows": rows,
        "sections": code_breaks.tasks(request.user),
        "has_levels": trial.serving(Purpose.DRUG_LEVEL) is not None,
        "unblinded": True,
    }
    return render(request, "crf/safety.html", context)


def open_arm(request, number, row):
    """One question, what it will do, who will learn of it: only the person who asks."""
    return _open_arm(request, _event(request.user, number, row))


@reauthentication_required
def _open_arm(request, event: Record):
    subject = event.subject
    form = Reason(
        posted(request),
        label="For which report?",
        help_text="Its number, the authority, and why the event is a suspected unexpected reaction. No names.",
    )

    def deed(answers):
        log_id = deeds.request_for_report(
            subject=subject, event=event.row_number, by=request.user, reason=answers["reason"]
        )
        return redirect("crf:safety_reveal", subject.number, event.row_number, log_id)

    context = {"subject": subject, "event": event, "onset": dates.partial_day(event.onset), "unblinded": True}
    context["crumbs"] = [CRUMB, {"word": f"{subject}, arm"}]

    def still_counts(led_to: str) -> bool:
        """What was shown once is shown again only on a new request."""
        return any(
            one["shown_at"] is None
            and led_to == reverse("crf:safety_reveal", args=[subject.number, event.row_number, one["id"]])
            for one in deeds.requests_for_reports(request.user)
        )

    once = Once(request, still_counts=still_counts, is_durable=True)
    return asked(request, "crf/open_arm.html", context, form, deed, once=once)


def reveal(request, number, row, log_id):
    """The request is on record; the arm is shown in answer to a POST only, so that no address shows it again."""
    return _reveal(request, _event(request.user, number, row), log_id)


@reauthentication_required
def _reveal(request, event: Record, log_id: int):
    subject = event.subject
    context = {"subject": subject, "event": event, "log_id": log_id, "unblinded": True}
    context["crumbs"] = [CRUMB, {"word": f"{subject}, arm"}]
    if request.method != "POST":
        mine = deeds.requests_for_reports(request.user)
        if not any(one["id"] == log_id and one["subject_id"] == subject.pk for one in mine):
            raise Http404("There is no such request.")
        return render(request, "crf/open_arm_reveal.html", context)
    code = deeds.reveal_for_report(log_id=log_id, subject=subject, by=request.user)
    arm = next(arm for arm in trial.ARMS if arm.code == code)
    return render(request, "crf/open_arm_revealed.html", context | {"arm": arm})


def _event(user, number: str, row: int) -> Record:
    """The serious event of a randomised subject at the person's sites; 404 where there is none."""
    sites = _sites(user)
    subject = Subject.objects.filter(site_id__in=sites, number=number, randomised_at__isnull=False).first()
    event = next(iter(_serious(sites, subject=subject, row_number=row)), None) if subject else None
    if event is None:
        raise Http404("There is no such serious event at your sites.")
    return event
