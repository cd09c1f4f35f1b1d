"""The page of one's own e-mail address, in place of allauth's: fresh authentication, confirmation, notice, trail."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from crf.actions import own_email
from crf.refusals import Refusal
from crf.views.asking import asked, posted


class Address(entry.Form):
    """The new address."""

    email = entry.EmailField(
        label="New e-mail address", widget=entry.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"})
    )


@reauthentication_required
def change_email(request):
    """Which address, whether it is confirmed, and another one."""

    def deed(answers):
        own_email.ask(user=request.user, **answers)
        messages.success(
            request, f"A mail with a link was sent to {answers['email']}. Use it, signed in, within a day."
        )
        return redirect("account_email")

    return asked(request, "account/email.html", {}, Address(posted(request)), deed)


@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request, token):
    """The link in the mail. A look at it changes nothing: programs that read mails follow links."""
    try:
        email = own_email.asked_by(token, request.user)
        if request.method == "POST":
            own_email.confirm(token=token, user=request.user)
            messages.success(request, f"Your address is now {email}.")
            return redirect("account_email")
    except Refusal as refused:
        return render(request, "account/email_confirm.html", {"refusal": refused}, status=refused.status)
    return render(request, "account/email_confirm.html", {"address": email})


@login_not_required
def nothing_here(request, rest=""):
    """Where allauth would confirm an address of its own list."""
    raise Http404("There is no such page.")
