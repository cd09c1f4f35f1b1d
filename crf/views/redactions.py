"""Personal data that was entered by mistake: which place, why; and the second person, who carries it out (AUD-12)."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from crf import permissions
from crf.actions import redact as deeds
from crf.models import Redaction
from crf.refusals import ChangedMeanwhile
from crf.shown import redactable
from crf.views.asking import asked, posted
from crf.views.subject_page import Page


class Asked(entry.Form):
    """Where it stands, and why it is to go."""

    place = entry.ChoiceField(
        label="Where does it stand?", help_text="Everything that this place ever held is taken out."
    )
    why = entry.CharField(
        max_length=300,
        label="Why?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Such as: the name of a relative. Do not repeat what stands there: this reason is kept.",
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", "Choose a place"), *((place.key, place.label) for place in places)]


def redactions(request, number):
    """What was taken out of this subject's record and what waits for a second person; ask for one more."""
    page = Page.of(request.user, number)
    page.require("ask redaction")
    places = redactable.places(page.standing, page.readable)
    form = Asked(posted(request), places=places)

    def deed(answers):
        place = next(place for place in places if place.key == answers["place"])
        made = deeds.ask(subject=page.subject, place=place, why=answers["why"], by=request.user)
        messages.success(request, "On record. Nothing is taken out until a second person carries it out.")
        return redirect("crf:redaction", made.pk)

    found = Redaction.objects.filter(subject=page.subject).select_related("asked_by", "settled_by")
    rows = [{"redaction": one, "where": _where(one, places)} for one in found]
    return asked(request, "crf/redactions.html", page.context("Redactions", rows=rows), form, deed)


def _where(redaction: Redaction, places) -> str:
    return next((one.label for one in places if one.is_of(redaction)), f"{redaction.table} {redaction.record}")


def redaction(request, pk):
    """One redaction: what would go, where it stands besides, and the button of the second person."""
    found = get_object_or_404(Redaction.objects.select_related("subject", "asked_by", "settled_by"), pk=pk)
    page = Page.of(request.user, found.subject.number)
    page.require("ask redaction")
    return _redaction(request, page, found)


@reauthentication_required
def _redaction(request, page: Page, found: Redaction):
    places = redactable.places(page.standing, page.readable)
    place = next((one for one in places if one.is_of(found)), None)

    def deed(answers):
        if request.POST.get("deed") == "withdraw":
            deeds.withdraw(redaction=found, by=request.user)
            messages.success(request, "Withdrawn. Nothing was taken out.")
        elif request.POST.get("deed") == "carry out":
            changed = deeds.carry_out(redaction=found, by=request.user)
            messages.success(
                request, f"Taken out. {changed} events of the trail hold a tombstone, and the chain holds."
            )
        else:
            raise ChangedMeanwhile("Nothing was done: the page did not say what to do. Look at it once more.")
        return redirect("crf:redactions", page.subject.number)

    context = page.context(
        "Redaction",
        redaction=found,
        where=place.label if place else _where(found, places),
        texts=place.texts if place and found.settled_at is None else [],
        also=redactable.also_at(place, places) if place else [],
        is_mine=found.asked_by_id == request.user.pk,
        may_carry_out=permissions.may(request.user, "carry out redaction", page.subject.site_id),
    )
    return asked(request, "crf/redaction.html", context, None, deed, cautious=False)
