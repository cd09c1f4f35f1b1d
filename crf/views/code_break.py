"""Breaking the code of one subject in an emergency: the request is on record before anything is shown."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from crf import trial
from crf.actions import code_break as deeds
from crf.models import User
from crf.rules.identifying import looks_identifying
from crf.views.asking import Reason, asked, posted
from crf.views.once import Once
from crf.views.subject_page import Page


def code_break(request, number):
    """One question, what it will do, who will see it. It is never refused to an investigator who says why."""
    page = Page.of(request.user, number)
    page.require("break code")
    return _code_break(request, page)


@reauthentication_required
def _code_break(request, page: Page):
    form = Reason(
        posted(request),
        label="Why must the arm be known now?",
        help_text="What happened, and what depends on knowing the arm. No names.",
    )

    def deed(answers):
        log_id = deeds.request(subject=page.subject, by=request.user, reason=answers["reason"])
        for sentence in looks_identifying(answers["reason"]):  # afterwards: an emergency is not held up
            messages.warning(request, f"About the reason you gave: {sentence}")
        return redirect("crf:reveal", number=page.subject.number, log_id=log_id)

    earlier = deeds.requests_for(page.subject)
    people = {user.pk: str(user) for user in User.objects.filter(pk__in={entry["requested_by"] for entry in earlier})}
    context = page.context(
        "Break the code",
        earlier=[
            entry
            | {
                "who": people[entry["requested_by"]],
                "is_withdrawn": deeds.is_withdrawn(entry["id"]),
                "is_mine": entry["requested_by"] == request.user.pk,
            }
            for entry in earlier
        ],
    )

    def still_counts(led_to: str) -> bool:
        """What was shown once is shown again only on a new request."""
        return any(
            entry["shown_at"] is None
            and not deeds.is_withdrawn(entry["id"])
            and led_to == reverse("crf:reveal", args=[page.subject.number, entry["id"]])
            for entry in deeds.requests_for(page.subject)
        )

    once = Once(request, still_counts=still_counts, is_durable=True)
    return asked(request, "crf/code_break.html", context, form, deed, cautious=False, once=once)


def reveal(request, number, log_id):
    """The request is on record; the arm is shown in answer to a POST only, so that no address shows it again."""
    page = Page.of(request.user, number)
    page.require("break code")
    return _reveal(request, page, log_id)


@reauthentication_required
def _reveal(request, page: Page, log_id: int):
    context = page.context("Break the code", log_id=log_id)
    if request.method != "POST":
        if not any(entry["id"] == log_id for entry in deeds.requests_for(page.subject)):
            raise Http404("There is no such request.")
        return render(request, "crf/reveal.html", context)
    code = deeds.reveal(log_id=log_id, subject=page.subject, by=request.user)
    arm = next(arm for arm in trial.ARMS if arm.code == code)
    return render(request, "crf/revealed.html", context | {"arm": arm, "unblinded": True})
