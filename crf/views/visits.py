"""Visits: the matrix of all subjects, and saying of one visit that it is complete, was missed, or begins unplanned."""

from django import forms as entry
from django.contrib import messages
from django.shortcuts import redirect, render

from crf import permissions, trial
from crf.actions import visits
from crf.chart import states
from crf.chart.places import in_address
from crf.shown import matrix as matrices
from crf.shown.casebook import Casebook
from crf.shown.finding import PLANNED
from crf.spec.visits import MISSED_BECAUSE, OTHER_REASON
from crf.views.asking import asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once
from crf.views.subject_page import Page
from crf.views.subjects import A_MATRIX_PAGE, Listed


def matrix(request):
    """Subjects by visits, thirty subjects to a page."""
    permissions.require_anywhere(request.user, "see subjects")
    listed = Listed.of(request, A_MATRIX_PAGE)
    context = {"rows": matrices.rows(request.user, listed.page), "visits": PLANNED, "legend": matrices.legend()}
    return render(
        request,
        "crf/matrix.html",
        listed.context() | context | {"query_state": states.OPEN_QUERIES, "alert_state": states.ALERTS},
    )


class Occurred(entry.Form):
    """The date of a visit that no form tells."""

    occurred_on = DayField(label="Date of the visit")


def complete(request, number, visit):
    """The visit is done: its forms are complete and its alerts were acted upon."""
    page = Page.of(request.user, number)
    page.require("settle visit")
    found = page.visit(visit)
    form = None if found.occurred_on else Occurred(posted(request))

    def deed(answers):
        visits.complete(visit=found, by=request.user, **answers)
        messages.success(request, f"{found.label} is done.")
        return redirect(page.subject)

    context = page.context(
        f"Complete {found.label}", visit=found, place=in_address(found), missing=page.standing.incomplete_at(found)
    )
    return asked(request, "crf/complete_visit.html", context, form, deed)


class WhyMissed(entry.Form):
    """Why a visit did not take place: from the list, in words where it is another reason."""

    because = entry.ChoiceField(
        choices=MISSED_BECAUSE, required=False, widget=entry.RadioSelect, label="Why was the visit missed?"
    )
    reason = entry.CharField(
        max_length=140,
        required=False,
        widget=entry.Textarea(attrs={"rows": 2}),
        label="In words",
        help_text="Wanted for another reason than those above. No names.",
    )

    def clean(self):
        answers = super().clean()
        answers["because"] = because = answers.get("because") or OTHER_REASON
        if because == OTHER_REASON and not answers.get("reason") and "reason" not in self.errors:
            self.add_error("because", "Choose a reason, or say in words which other one it was.")
        return answers


def miss(request, number, visit):
    """The visit did not take place, and why."""
    page = Page.of(request.user, number)
    page.require("settle visit")
    found = page.visit(visit)
    form = WhyMissed(posted(request))

    def deed(answers):
        visits.miss(visit=found, by=request.user, **answers)
        messages.success(request, f"{found.label} is recorded as missed.")
        return redirect(page.subject)

    columns = Casebook.of(page.standing, page.readable, page.enterable).columns
    may_miss = any(column.may_miss for column in columns if column.visit.pk == found.pk)
    return asked(
        request,
        "crf/miss_visit.html",
        page.context(f"Missed {found.label}", visit=found, may_miss=may_miss),
        form,
        deed,
    )


UNPLANNED = [visit for visit in reversed(trial.VISITS) if not visit.is_planned]


class Beginning(entry.Form):
    """Which visit begins that was not planned."""

    code = entry.ChoiceField(
        label="Which visit?", widget=entry.RadioSelect, choices=[(visit.code, visit.label) for visit in UNPLANNED]
    )


def begin(request, number):
    """Open an unscheduled or early termination visit."""
    page = Page.of(request.user, number)
    page.require("settle visit")
    form = Beginning(posted(request))

    def deed(answers):
        begun = visits.begin_unplanned(subject=page.subject, by=request.user, **answers)
        messages.success(request, f"{begun.label} is open. Its forms stand in the casebook under {in_address(begun)}.")
        return redirect(page.subject)

    context = page.context("Add a visit", unplanned=UNPLANNED)
    return asked(request, "crf/begin_visit.html", context, form, deed, once=Once(request))
