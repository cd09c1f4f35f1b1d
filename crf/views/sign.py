"""The investigator signs a casebook: what is signed, what is not complete, one question, one button."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from crf import trial
from crf.actions import compared
from crf.actions import sign as deeds
from crf.chart.closing import open_in
from crf.chart.facts import Settled
from crf.chart.signed_content import content_of
from crf.chart.signing import parts_to_sign
from crf.refusals import Refusal
from crf.views.asking import asked, posted
from crf.views.subject_page import Page

LAST = "signed_at"  # in the session: when this person signed last in it


def sign(request, number):
    """Sign what is stored now, if it is what the page showed; with fresh authentication for each signature (SIG-02)."""
    page = Page.of(request.user, number)
    page.require("sign")
    return _sign(request, page)


@reauthentication_required
def _sign(request, page: Page):
    if not _is_fresh(request):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: request.path})}")
    subject, settled = page.subject, Settled.of(page.subject.pk)
    content = content_of(subject)

    def deed(answers):
        if "username" in answers and answers["username"].strip().casefold() != request.user.username.casefold():
            raise Refusal("This is not the username that you are signed in with, so nothing was signed.")
        shown = request.POST.get("shown", "")[:64]
        signature = deeds.sign_casebook(subject=subject, shown_sha256=shown, by=request.user)
        request.session[LAST] = time.time()
        messages.success(request, f"You signed the casebook of {subject}: {signature.meaning}")
        return redirect(subject)

    context = page.context(
        "Sign",
        compared=compared.standing_signature(subject),
        content=content,
        forms=len({fact.sheet for fact in page.standing.facts if fact.record in content.covers.get(fact.form, ())}),
        statement=trial.CASEBOOK_STATEMENT,
        settled=settled,
        signer=str(request.user),
        parts=parts_to_sign(page.standing, settled),
        is_signed=settled.signs_all_of(content.covers),
        open_points=[] if settled.lock else open_in(page.standing),
    )
    # Both components for the first signature of a session, the password alone for those that follow (SIG-02).
    first = FirstOfSession(posted(request)) if LAST not in request.session else None
    return asked(request, "crf/sign.html", context, first, deed)


class FirstOfSession(entry.Form):
    """The other half of who signs, beside the password that was just asked for."""

    username = entry.CharField(
        max_length=150,
        label="Your username",
        help_text="Asked with your password for the first signature after signing in.",
        widget=entry.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


def _is_fresh(request) -> bool:
    """Whether the person showed who it is since the last signature of this session.

    An account that signs in elsewhere only (single sign-on) has nothing to show here, as for every other deed.
    """
    last, shown = request.session.get(LAST), get_authentication_records(request, request.user)
    return last is None or not shown or max(record.get("at", 0) for record in shown) > last
