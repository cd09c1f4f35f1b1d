"""The way back: void a form or move it to the visit where it belongs, take back a visit, annul a subject number."""

from django import forms as entry
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from crf.actions import annul as annulling
from crf.actions import move as moving
from crf.actions import undo_visit as undoing
from crf.actions import void as voiding
from crf.chart.places import address, in_address
from crf.views.asking import Reason, asked, posted
from crf.views.desk import Desk
from crf.views.sent import version_of
from crf.views.subject_page import Page


def _wrong(request, number, visit, form, row) -> Desk:
    """The desk of the record that is wrong; 404 where none stands."""
    desk = Desk(request, number, visit, form, row)
    desk.page.require("void")
    if desk.record is None:
        raise Http404("There is no such record.")
    return desk


def void(request, number, visit, form, row=1):
    """Declare a form, or a row of one, wrong; it stays readable."""
    desk = _wrong(request, number, visit, form, row)
    form_asked = Reason(posted(request), label="Why is it wrong?", help_text="No names.", longest=200)

    def deed(answers):
        voiding.void(record=desk.record, by=request.user, **answers)
        messages.success(request, f"“{desk.called}” is voided. It stays in the audit trail.")
        return redirect(desk.subject)

    context = desk.page.context(f"Void {desk.called}", declared=desk.form, called=desk.called, desk=desk)
    return asked(request, "crf/void.html", context, form_asked, deed)


class Moving(Reason):
    """To which visit, and why."""

    to = entry.ChoiceField(label="To which visit does it belong?", widget=entry.RadioSelect)
    field_order = ["to", "reason"]

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, label="Why did it stand at the wrong visit?", help_text="No names.", longest=200)
        self.fields["to"].choices = [(in_address(visit), visit.label) for visit in places]


def move(request, number, visit, form, row=1):
    """Move a form to the visit where it belongs, with all that was written about it."""
    desk = _wrong(request, number, visit, form, row)
    places = moving.places_for(desk.record, desk.page.standing.visits)

    def deed(answers):
        to = desk.page.visit(answers["to"])
        moved = moving.move(
            record=desk.record, to=to, version=version_of(request.POST), by=request.user, reason=answers["reason"]
        )
        messages.success(request, f"“{desk.form.title}” stands at {to.label} now. It is not verified and not signed.")
        return redirect(address(desk.subject, to, desk.form.code, moved.row_number))

    context = desk.page.context(f"Move {desk.called}", desk=desk, visit=desk.visit, places=places)
    question = Moving(posted(request), places=places) if places else None
    return asked(request, "crf/move.html", context, question, deed if places else _nowhere)


def _nowhere(_):
    raise Http404("There is no other visit at which this form can stand.")


def undo_visit(request, number, visit):
    """Say that what was said of a visit was wrong: it was not opened, not done, not missed."""
    page = Page.of(request.user, number)
    page.require("settle visit")
    found = page.visit(visit)

    def deed(answers):
        undone = undoing.undo(visit=found, by=request.user, **answers)
        said = "is undone" if undone.undone_at else "is as it was before"
        messages.success(request, f"{found.label} {said}. The reason stays in the casebook and in the audit trail.")
        return redirect(page.subject)

    question = Reason(posted(request), label="What was wrong?", help_text="No names.", longest=200)
    context = page.context(f"Take back {found.label}", visit=found, may_be_undone=undoing.may_be_undone(found))
    return asked(request, "crf/undo_visit.html", context, question, deed)


class Annulment(Reason):
    """Why the number was given in error; the number typed once more."""

    typed_number = entry.CharField(max_length=20, label="Type the subject number to confirm")
    field_order = ["reason", "typed_number"]


def annul(request, number):
    """Say that a subject number was given in error."""
    page = Page.of(request.user, number)
    page.require("annul")
    question = Annulment(
        posted(request),
        label="Why was the number given in error?",
        help_text="Such as: enrolled twice, and the other number. No names.",
        longest=200,
    )

    def deed(answers):
        annulling.annul(subject=page.subject, by=request.user, **answers)
        messages.success(request, f"{page.subject} is annulled. The number is not given again.")
        return redirect(page.subject)

    return asked(request, "crf/annul.html", page.context("Entered in error"), question, deed)
