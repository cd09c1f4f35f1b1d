"""Randomisation: one question, what it will do, who will see it, one button."""

from django.contrib import messages
from django.shortcuts import redirect

from crf import trial
from crf.actions import randomise as randomising
from crf.chart import strata
from crf.chart.others import Others
from crf.views.asking import asked
from crf.views.subject_page import Page


def randomise(request, number):
    """Give the subject its kit. Asked again (a double click, the back button) it answers with the same kit."""
    page = Page.of(request.user, number)
    page.require("randomise")

    def deed(_):
        kit = randomising.randomise(subject=page.subject, by=request.user)
        messages.success(request, f"{page.subject} is randomised to kit {kit}.")
        return redirect("crf:randomise", number=number)

    is_randomised = page.subject.is_randomised
    context = page.context(
        "Randomise",
        reasons=[] if is_randomised else randomising.reasons_against(page.subject),
        kits_of=page.subject.site.name if trial.ALLOCATION.by_site else "the trial",
        factors=strata.used_and_now(page.subject, Others(page.subject.pk)) if is_randomised else [],
    )
    return asked(request, "crf/randomise.html", context, None, deed)
