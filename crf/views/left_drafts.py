"""A draft that somebody left behind: handed on to a colleague or discarded, by people who see no value of it."""

from django import forms as entry
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from crf import permissions
from crf.actions import drafts as deeds
from crf.shown.old_drafts import draft_to_settle, heirs_of
from crf.views.asking import asked, posted

DISCARD = "discard"


class Settling(entry.Form):
    """Who goes on with it, or that it goes; and why."""

    outcome = entry.ChoiceField(label="What becomes of it?", widget=entry.RadioSelect)
    reason = entry.CharField(
        max_length=300,
        label="Why?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="It stays in the audit trail. No names of subjects.",
    )

    def __init__(self, *args, heirs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(str(user.pk), f"{user} goes on with it") for user in heirs] + [
            (DISCARD, "It is discarded: what was typed is gone for good")
        ]


def settle(request, pk):
    """What was typed is shown to nobody here: only whose it is, of which form, and how much."""
    permissions.require_anywhere(request.user, "settle drafts")
    old = draft_to_settle(request.user, pk)
    if old is None:
        raise Http404("There is no such draft.")
    heirs = {str(user.pk): user for user in heirs_of(old.draft)}
    form = Settling(posted(request), heirs=heirs.values())

    def deed(answers):
        if answers["outcome"] == DISCARD:
            deeds.discard_left(draft=old.draft, by=request.user, reason=answers["reason"])
            messages.success(request, "The draft is discarded. That there was one stays in the audit trail.")
        else:
            to = heirs[answers["outcome"]]
            deeds.hand_on(draft=old.draft, to=to, by=request.user, reason=answers["reason"])
            messages.success(request, f"{to} finds the draft on the work list now.")
        return redirect("crf:drafts")

    crumbs = [{"word": "Drafts", "href": "/drafts/"}, {"word": "Left behind"}]
    return asked(request, "crf/settle_draft.html", {"old": old, "crumbs": crumbs}, form, deed)
