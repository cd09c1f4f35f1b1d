"""After a drug level: the safety officer tells the site one of two messages; the site takes note of it (BLI-08)."""

from django import forms as entry
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions, trial
from crf.actions import level_messages as deeds
from crf.models import LevelGround
from crf.refusals import NotYet
from crf.shown.level_messages import Shown, readable_messages
from crf.views.asking import asked, posted
from crf.views.levels import CRUMB, LevelDesk
from crf.views.once import Once
from crf.views.subject_page import Page


class Telling(entry.Form):
    """Which of the two, and why it is not the one that the level asks for."""

    says = entry.ChoiceField(label="Message to the site", widget=entry.RadioSelect)
    reason = entry.CharField(
        required=False,
        max_length=300,
        label="Why another message than the level asks for",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Only where it is another one. The site is not shown it.",
    )

    def __init__(self, *args, asked_for, **kwargs):
        super().__init__(*args, initial={"says": asked_for.says}, **kwargs)
        words = {kind: trial.LEVEL_MESSAGES.words(kind) for kind in deeds.Kind.values}
        if asked_for.from_list:
            words = {asked_for.says: words[asked_for.says]}
            del self.fields["reason"]
        self.fields["says"].choices = list(words.items())


def tell(request, number, row):
    """One question: which message. To everybody but the safety officer there is no such page."""
    desk = LevelDesk(request, number, row)
    if desk.record is None:
        raise Http404("There is no such sample.")
    sample = desk.record
    context = {
        "subject": desk.subject,
        "sample": sample,
        "unblinded": True,
        "messages_of": trial.LEVEL_MESSAGES,
        "unit": sample.form.items["level"].unit,
        "told": [
            (Shown(one.message), one)
            for one in LevelGround.objects.filter(message__subject=desk.subject, message__sample=row)
            .select_related("message__sent_by", "message__site")
            .order_by("-message_id")
        ],
        "crumbs": [CRUMB, {"word": f"{desk.subject}, sample {row}", "href": desk.address}, {"word": "Message"}],
    }
    try:
        wanted = deeds.asked_for(sample=sample, by=request.user)
    except NotYet as refused:
        if request.method == "POST":
            raise
        return render(request, "crf/tell_of_level.html", context | {"form": None, "refusal": refused})
    context["asked_for"] = wanted
    context["was_told"] = any(ground.message.version == sample.version for _, ground in context["told"])

    def deed(answers):
        deeds.send(sample=sample, by=request.user, says=answers["says"], reason=answers.get("reason", ""))
        messages.success(request, f"The site of {desk.subject} is told.")
        return redirect("crf:levels")

    form = Telling(posted(request), asked_for=wanted)
    return asked(request, "crf/tell_of_level.html", context, form, deed, once=Once(request))


def message(request, pk):
    """The message; the investigator takes note of it."""
    found = get_object_or_404(readable_messages(request.user), pk=pk)
    page = Page.of(request.user, found.subject.number)
    may = permissions.may(request.user, "take note of a level message", found.site_id) and found.seen_at is None

    def deed(_):
        deeds.take_note(message=found, by=request.user)
        messages.success(request, "You took note of the message.")
        return redirect(found.subject)

    context = page.context("Message after a drug level", one=Shown(found), may_take_note=may)
    return asked(request, "crf/level_message.html", context, None, deed)
