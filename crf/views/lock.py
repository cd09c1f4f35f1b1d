"""The locks of the study and of a casebook: what speaks against, the reason, fresh authentication; and lifting them."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import redirect

from crf import permissions
from crf.actions import compared
from crf.actions import lock as deeds
from crf.models import CasebookLock, StudyLock
from crf.refusals import AlreadySettled
from crf.views.asking import asked, posted
from crf.views.subject_page import Page


class Locking(entry.Form):
    """The ground on which the study or a casebook is locked."""

    reason = entry.CharField(
        max_length=300,
        label="On what ground?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Such as the data review, its date and who took part.",
    )
    despite = entry.BooleanField(required=False, label="Lock although this is open; each point stays on record")


class Lifting(entry.Form):
    """Why the lock is lifted."""

    reason = entry.CharField(max_length=300, label="Why is the lock lifted?", widget=entry.Textarea(attrs={"rows": 3}))


def lock(request):
    """Ask that the study be locked or its lock lifted, consent to what another asked; with fresh authentication."""
    permissions.require_anywhere(request.user, "see study lock")
    return _lock(request)


@reauthentication_required
def _lock(request):
    standing = StudyLock.objects.select_related("locked_by", "confirmed_by").filter(lifted_at__isnull=True).first()
    waiting = deeds.waiting()
    may_ask = permissions.may_anywhere(request.user, "lock study") and not waiting
    findings = [] if standing or waiting or not may_ask else deeds.findings()
    form = (Lifting if standing else Locking)(posted(request)) if may_ask else None
    if form and not standing and not findings:
        del form.fields["despite"]

    def deed(answers):
        if waiting:
            return _settled(request, waiting)
        if not may_ask:
            permissions.require_anywhere(request.user, "lock study")
        (deeds.ask_to_lift if standing else deeds.ask_to_lock)(by=request.user, **answers)
        messages.success(request, "Your request is on record. Nothing is done until a second person confirms it.")
        return redirect("crf:lock")

    earlier = StudyLock.objects.select_related("locked_by", "confirmed_by", "lifted_by").filter(lifted_at__isnull=False)
    context = {
        "standing": standing,
        "waiting": waiting,
        "missing": deeds.still_missing(waiting) if waiting else [],
        "given": waiting.consents.select_related("by").order_by("pk") if waiting else [],
        "may_consent": bool(waiting) and deeds.may_consent(waiting, request.user),
        "may_withdraw": bool(waiting) and permissions.may_anywhere(request.user, "confirm study lock"),
        "is_opened": bool(standing) and deeds.opened_at(standing) is not None,
        "findings": findings,
        "earlier": earlier.order_by("-locked_at"),
        "compared": compared.study_lock(standing) if standing else None,
    }
    return asked(request, "crf/lock.html", context, form, deed, cautious=False)  # who took part is said here


def _settled(request, waiting):
    """The answer to another person's request."""
    if request.POST.get("deed") == "withdraw":
        deeds.withdraw(request=waiting, by=request.user)
        messages.success(request, "The request is withdrawn. Nothing was done.")
        return redirect("crf:lock")
    settled = deeds.consent(request=waiting, by=request.user)
    if settled.settled_at is None:
        messages.success(request, "Your consent is on record; others are still wanted.")
    elif settled.kind == settled.Kind.LOCK:
        messages.success(request, "The study is locked. Nothing in it changes any more.")
    else:
        messages.success(request, "The lock is lifted. Records can be changed again.")
    return redirect("crf:lock")


def casebook_lock(request, number):
    """Lock one subject's casebook, or lift its lock; with fresh authentication."""
    page = Page.of(request.user, number)
    page.require("lock casebook")
    return _casebook_lock(request, page)


@reauthentication_required
def _casebook_lock(request, page: Page):
    subject = page.subject
    locks = CasebookLock.objects.select_related("locked_by", "lifted_by").filter(subject=subject)
    standing = locks.filter(lifted_at__isnull=True).first()
    is_study_locked = deeds.is_locked()
    findings = [] if standing or is_study_locked else deeds.findings_in(subject)
    form = (Lifting if standing else Locking)(posted(request))
    if not standing and not findings:
        del form.fields["despite"]

    def deed(answers):
        # A second click meets the other page: it must not undo what the first one did.
        if request.POST.get("deed") != ("lift" if standing else "lock"):
            state = "is locked already" if standing else "is not locked any more"
            raise AlreadySettled(f"The casebook of {subject} {state}. Nothing was changed now.")
        if standing:
            deeds.lift_casebook(subject=subject, by=request.user, **answers)
            messages.success(request, f"The lock of {subject} is lifted. Its forms can be changed again.")
        else:
            deeds.lock_casebook(subject=subject, by=request.user, **answers)
            messages.success(request, f"The casebook of {subject} is locked. Nothing in it changes any more.")
        return redirect(subject)

    context = page.context(
        "Lock",
        standing=standing,
        findings=findings,
        is_study_locked=is_study_locked,
        compared=compared.casebook_lock(standing) if standing else None,
        earlier=locks.filter(lifted_at__isnull=False).order_by("-locked_at"),
    )
    return asked(request, "crf/casebook_lock.html", context, form, deed, cautious=False)
