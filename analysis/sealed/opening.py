"""The page on which two people, one after the other, approve that the allocation list is opened."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.shortcuts import redirect

from analysis.sealed import unblinding
from crf import permissions
from crf.models import StudyLock, User
from crf.views.asking import Reason, asked


def approve(*, by: User, reason: str) -> int:
    """The deed of the page; gives how many people have approved."""
    return unblinding.approve_opening(by=by, reason=reason)


def opening(request):
    """One question, what it will do, who will see it."""
    permissions.require_anywhere(request.user, "approve opening")
    return _opening(request)


@reauthentication_required
def _opening(request):
    form = Reason(
        request.POST or None,
        label="On what ground may the list be opened?",
        help_text="Such as the lock, its date, and that the data review is complete.",
    )

    def deed(answers):
        approved = approve(by=request.user, reason=answers["reason"])
        if approved < unblinding.NEEDED:
            messages.success(request, "Your approval is on record. The list opens when a second person approves.")
        else:
            messages.success(request, "The list is open. The unblinded report can be had by the statistician.")
        return redirect("analysis:opening")

    lock = StudyLock.objects.filter(lifted_at__isnull=True).select_related("locked_by").first()
    crumbs = [{"word": "Reports", "href": "/reports/"}, {"word": "Opening the list", "href": ""}]
    context = {"lock": lock, "is_open": unblinding.is_open(), "crumbs": crumbs}
    return asked(request, "analysis/opening.html", context, form, deed)
