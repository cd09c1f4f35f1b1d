"""Who came in, and the regular look over all accounts."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import redirect, render

from crf import permissions
from crf.actions import access_review as deeds
from crf.actions.reach import administered
from crf.models import AccessReview, SignIn
from crf.shown import access_states as states
from crf.views.accounts import page
from crf.views.asking import asked, posted
from crf.views.once import Once

A_PAGE = 50


def sign_ins(request):
    """Every sign-in, sign-out and failure, newest first; of one person or one kind where the address says so."""
    permissions.require_anywhere(request.user, "read access")
    asked_for = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in ("who", "kind")}
    found = SignIn.objects.select_related("user").order_by("-at", "-pk")
    if not request.user.sites_as("auditor"):  # names that nobody has are for every administrator to see
        found = found.filter(Q(user__isnull=True) | Q(user__in=administered(request.user)))
    if asked_for["who"]:
        found = found.filter(user__username__iexact=asked_for["who"].strip())
    if asked_for["kind"] in SignIn.Kind.values:
        found = found.filter(kind=asked_for["kind"])
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = [{"event": event, "state": states.SIGN_INS[event.kind]} for event in shown]
    context = page(request, rows=rows, page=shown, asked=asked_for, kinds=SignIn.Kind.choices)
    return render(request, "crf/sign_ins.html", context)


class Finding(entry.Form):
    """What a review found."""

    finding = entry.CharField(
        max_length=500,
        label="What did you find?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Such as: all as delegated; or which account or role was ended since.",
    )


def access_review(request):
    """Every account with its roles of today, to be looked over; what was found goes on record."""
    permissions.require_anywhere(request.user, "administer")

    def deed(answers):
        deeds.review(by=request.user, **answers)
        messages.success(request, "The review is on record.")
        return redirect("crf:access_review")

    earlier = AccessReview.objects.select_related("reviewed_by").order_by("-reviewed_at")[:10]
    context = page(request, seen=deeds.seen_today(), earlier=earlier, due=deeds.due_on())
    return asked(
        request, "crf/access_review.html", context, Finding(posted(request)), deed, cautious=False, once=Once(request)
    )
