"""Corrections: what the site asks for where it may not change the record itself, and what becomes of it (INV-06)."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions
from crf.actions import corrections as deeds
from crf.models import Correction
from crf.shown.corrections import Shown, readable_corrections
from crf.views.asking import asked, posted
from crf.views.desk import Desk
from crf.views.once import Once
from crf.views.subject_page import Page


class Asking(entry.Form):
    """What is wrong, and what is right."""

    item = entry.ChoiceField(required=False, label="About")
    text = entry.CharField(
        max_length=500,
        label="What is wrong, what is right, and which source says so?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="No names. Data management answers here; nothing changes by asking.",
    )

    def __init__(self, *args, declared, **kwargs):
        super().__init__(*args, **kwargs)
        if declared is None:
            del self.fields["item"]
        else:
            items = [(name, item.label) for name, item in declared.items.items() if not item.retired]
            self.fields["item"].choices = [("", "The whole form"), *items]


class Answer(entry.Form):
    """What is decided or was done, for the site to read."""

    text = entry.CharField(max_length=500, label="In words", widget=entry.Textarea(attrs={"rows": 3}))


#: State -> what can be done: the deed's name, its function, the button.
DEEDS = {
    Correction.State.ASKED: {
        "accept": (deeds.accept, "Accept: it will be corrected"),
        "refuse": (deeds.refuse, "Refuse: it stays as it is"),
    },
    Correction.State.ACCEPTED: {
        "done": (deeds.tell_done, "It is corrected"),
        "refuse": (deeds.refuse, "Refuse after all: it stays as it is"),
    },
    Correction.State.REFUSED: {"accept": (deeds.accept, "Accept after all: it will be corrected")},
    Correction.State.DONE: {"accept": (deeds.accept, "It is not corrected yet")},
}
WITHDRAW = "withdraw"


def corrections(request):
    """All that one may read, what waits first."""
    permissions.require_anywhere(request.user, "see subjects")
    state = request.GET.get("state", "")
    found = readable_corrections(request.user)
    found = found.filter(state=state) if state in Correction.State.values else found
    page = Paginator(found.order_by("-asked_at", "-pk"), 50).get_page(request.GET.get("page"))
    shown = {"rows": [Shown(one) for one in page], "page": page, "asked": state, "choices": Correction.State.choices}
    return render(request, "crf/corrections.html", shown)


def correction(request, pk):
    """One correction with its fate; data management decides here."""
    found = get_object_or_404(readable_corrections(request.user), pk=pk)
    page = Page.of(request.user, found.subject.number)
    may = dict(DEEDS.get(found.state, {})) if permissions.may(request.user, "decide correction", found.site_id) else {}
    is_mine = found.asked_by_id == request.user.pk and permissions.may(request.user, "ask correction", found.site_id)
    if is_mine and found.state == Correction.State.ASKED:
        may[WITHDRAW] = (deeds.withdraw, "Withdraw: it was asked by mistake")
    form = Answer(posted(request)) if may or request.method == "POST" else None

    def deed(answers):
        known = {name: what for each in DEEDS.values() for name, what in each.items()} | may
        if request.POST.get("deed") not in known:
            raise Http404("There is no such deed.")
        settled = known[request.POST["deed"]][0](correction=found, by=request.user, text=answers["text"])
        messages.success(request, f"The correction is {settled.get_state_display().lower()}. The site reads it.")
        return redirect("crf:correction", pk)

    if request.method == "POST" and not (is_mine and request.POST.get("deed") == WITHDRAW):
        permissions.require(request.user, "decide correction", found.site_id)
    buttons = [(name, word) for name, (_, word) in may.items()]
    context = page.context(f"Correction {pk}", one=Shown(found), buttons=buttons)
    return asked(request, "crf/correction.html", context, form, deed)


def ask_about_subject(request, number):
    """About the subject itself: a stratum, a number, a date that no form of the site holds."""
    page = Page.of(request.user, number)
    page.require("ask correction")
    if not page.roles_besides_rater():
        permissions.require(request.user, "print casebook", page.subject.site_id)  # a rater asks about ratings
    return _asking(request, page, {}, page.subject.get_absolute_url())


def ask_about_form(request, number, visit, form, row=1):
    """About a form or one of its answers."""
    desk = Desk(request, number, visit, form, row)
    desk.page.require("ask correction")
    place = {"visit": desk.visit, "form": desk.form, "row": desk.row}
    return _asking(request, desk.page, place, desk.address)


def _asking(request, page: Page, place: dict, back: str):
    form = Asking(posted(request), declared=place.get("form"))

    def deed(answers):
        made = deeds.ask(subject=page.subject, by=request.user, **place, **answers)
        messages.success(request, "Your request is on record. Data management answers it here.")
        return redirect("crf:correction", made.pk)

    context = page.context("Ask for a correction", declared=place.get("form"), visit=place.get("visit"), href=back)
    return asked(request, "crf/ask_correction.html", context, form, deed, once=Once(request))
