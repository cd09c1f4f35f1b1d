"""The lock of the study: what speaks against it, the reason, fresh authentication; and lifting it."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import redirect

from crf import permissions
from crf.actions import lock as deeds
from crf.models import StudyLock
from crf.views.asking import asked, posted


class Locking(entry.Form):
    """The ground on which the study is locked."""

    reason = entry.CharField(max_length=300, label="On what ground?", widget=entry.Textarea(attrs={"rows": 3}),
                             help_text="Such as the data review, its date and who took part.")
    despite = entry.BooleanField(required=False, label="Lock although this is open; each point stays on record")


class Lifting(entry.Form):
    """Why the lock is lifted."""

    reason = entry.CharField(max_length=300, label="Why is the lock lifted?", widget=entry.Textarea(attrs={"rows": 3}))


def lock(request):
    """Lock the study, or lift the lock, whichever it stands at; with fresh authentication."""
    permissions.require_anywhere(request.user, "lock study")
    return _lock(request)


@reauthentication_required
def _lock(request):
    standing = StudyLock.objects.select_related("locked_by").filter(lifted_at__isnull=True).first()
    findings = [] if standing else deeds.findings()
    form = (Lifting if standing else Locking)(posted(request))
    if not standing and not findings:
        del form.fields["despite"]

    def deed(answers):
        if standing:
            deeds.lift(by=request.user, **answers)
            messages.success(request, "The lock is lifted. Records can be changed again.")
        else:
            deeds.lock_study(by=request.user, **answers)
            messages.success(request, "The study is locked. Nothing in it changes any more.")
        return redirect("crf:lock")

    earlier = StudyLock.objects.select_related("locked_by", "lifted_by").filter(lifted_at__isnull=False)
    context = {"standing": standing, "findings": findings, "earlier": earlier.order_by("-locked_at")}
    return asked(request, "crf/lock.html", context, form, deed, cautious=False)  # who took part is said here
