"""Before randomisation: the investigator attests that every criterion is met, or the screening fails with reasons."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import redirect

from crf import trial
from crf.actions import enrol
from crf.chart.chart import Chart
from crf.refusals import AlreadySettled
from crf.shown.attesting import to_attest
from crf.spec.items import Item
from crf.spec.purposes import Purpose
from crf.views.asking import Reason, asked, posted
from crf.views.day_field import DayField
from crf.views.subject_page import Page


def attest(request, number):
    """The attestation, with fresh authentication (PROTOCOL 4)."""
    page = Page.of(request.user, number)
    page.require("attest eligibility")
    return _attest(request, page)


@reauthentication_required
def _attest(request, page: Page):
    chart = Chart.of(page.subject)
    reasons = page.standing.reasons_against_attesting(chart)

    def deed(_):
        enrol.attest(subject=page.subject, by=request.user)
        messages.success(request, f"You attested that {page.subject} is eligible.")
        return redirect(page.subject)

    is_settled = page.subject.is_randomised or page.subject.is_screen_failure
    context = page.context("Attest eligibility", reasons=reasons, is_settled=is_settled, attested=to_attest(chart))
    return asked(request, "crf/attest.html", context, None, deed)


def _criteria_items() -> list[Item]:
    """The items of the form for eligibility that are criteria: those that stand in a section."""
    form = trial.serving(Purpose.ELIGIBILITY)
    return [item for item in form.items.values() if item.section] if form else []


class ScreenFailure(entry.Form):
    """Which criteria were not met, and what else happened."""

    criteria = entry.MultipleChoiceField(required=False, label="Criteria not met", widget=entry.CheckboxSelectMultiple)
    other = entry.CharField(
        required=False,
        max_length=300,
        label="Another reason, or more about it",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="No names and no dates of birth.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = [item.label for item in _criteria_items()]
        self.fields["criteria"].choices = [(label, label) for label in labels]

    def reasons(self) -> list[str]:
        return [f"Not met: {label}" for label in self.cleaned_data["criteria"]] + [self.cleaned_data["other"]]


def screen_failure(request, number):
    """Keep the subject as a screen failure, with its reasons."""
    page = Page.of(request.user, number)
    page.require("fail screening")
    if page.subject.is_screen_failure:
        return _no_failure(request, page)
    form = ScreenFailure(posted(request))

    def deed(_):
        enrol.fail_screening(subject=page.subject, reasons=form.reasons(), by=request.user)
        messages.success(request, f"{page.subject} is kept as a screen failure.")
        return redirect(page.subject)

    context = page.context("Screen failure", is_settled=page.subject.is_randomised)
    return asked(request, "crf/screen_failure.html", context, form, deed)


def _no_failure(request, page: Page):
    """Say that the subject is no screen failure after all."""

    def deed(answers):
        if request.POST.get("deed") != "take back":  # the page of before: somebody was faster
            raise AlreadySettled(f"{page.subject} is a screen failure already.")
        enrol.take_back_failure(subject=page.subject, by=request.user, **answers)
        messages.success(request, f"{page.subject} is in screening again. Eligibility is attested anew.")
        return redirect(page.subject)

    data = posted(request) if request.POST.get("deed") == "take back" else None
    question = Reason(data, label="Why is it no screen failure?", help_text="No names.", longest=200)
    if request.method == "POST" and data is None:
        question = Reason({"reason": "-"})
    return asked(request, "crf/no_screen_failure.html", page.context("Screen failure"), question, deed)


class Screening(Reason):
    """The day on which screening began, and why the other was wrong."""

    screened_on = DayField(label="Screening began on")
    field_order = ["screened_on", "reason"]


def screening(request, number):
    """Correct the day on which screening began."""
    page = Page.of(request.user, number)
    page.require("enrol")
    known = {"screened_on": page.subject.screened_on}
    form = Screening(posted(request), initial=known, label="Why was it wrong?", help_text="No names.", longest=200)

    def deed(answers):
        enrol.correct_screening(subject=page.subject, by=request.user, **answers)
        messages.success(request, "The day on which screening began is corrected.")
        return redirect(page.subject)

    return asked(request, "crf/screening.html", page.context("First day of screening"), form, deed)
