"""The randomisation statistician's page: how the closed list is used, and its commitment."""

from allauth.account.decorators import reauthentication_required
from django.shortcuts import render

from crf import permissions, trial
from crf.actions import randomise, watch_list
from crf.views.asking import Reason, asked, posted


def allocation_list(request):
    """The commitment to everybody of the role; the balance by arm only for a reason, and each look is on record."""
    permissions.require_anywhere(request.user, "watch the list")
    return _allocation_list(request)


@reauthentication_required
def _allocation_list(request):
    form = Reason(
        posted(request), label="Why do you look at the balance now?", help_text="Such as the monthly review. No names."
    )
    context = {"commitment": randomise.commitment(), "unblinded": True, "arms": [arm.called for arm in trial.ARMS]}

    def deed(answers):
        rows = watch_list.balance(by=request.user, reason=answers["reason"])
        return render(request, "crf/allocation_list.html", context | {"rows": rows, "form": form})

    return asked(request, "crf/allocation_list.html", context, form, deed)
