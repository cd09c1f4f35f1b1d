"""Before randomisation: the investigator attests that every criterion is met, or the screening fails with reasons."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import redirect

from crf import trial
from crf.actions import enrol
from crf.chart.chart import Chart
from crf.shown.attesting import to_attest
from crf.spec.items import Item
from crf.spec.purposes import Purpose
from crf.views.asking import asked, posted
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
    form = ScreenFailure(posted(request))

    def deed(_):
        enrol.fail_screening(subject=page.subject, reasons=form.reasons(), by=request.user)
        messages.success(request, f"{page.subject} is kept as a screen failure.")
        return redirect(page.subject)

    is_settled = page.subject.is_randomised or page.subject.is_screen_failure
    return asked(request, "crf/screen_failure.html", page.context("Screen failure", is_settled=is_settled), form, deed)
