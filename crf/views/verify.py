"""The monitor verifies the records of a visit against their source, or withdraws a verification."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from crf import trial
from crf.actions import verify as deeds
from crf.chart.places import LOG
from crf.shown.verifying import in_groups, sheets_at
from crf.views.asking import Reason, asked, posted
from crf.views.subject_page import Page


def verify_visit(request, number, visit):
    """The forms of the visit (LOG: those that belong to none), what changed since each was verified; one button."""
    page = Page.of(request.user, number)
    page.require("verify")
    at = None if visit == LOG else page.visit(visit)
    label = at.label if at else "Forms at any time"

    def deed(_):
        made = deeds.verify(subject=page.subject, seen=_seen(request.POST.getlist("record")), by=request.user)
        found = {(one.form, one.record) for one in made}
        forms = {sheet.fact.sheet for sheet in sheets if (sheet.fact.form, sheet.fact.record) in found}
        many = "1 form is" if len(forms) == 1 else f"{len(forms)} forms are"
        messages.success(request, f"{label}: {many} verified against the source.")
        back = next((sheet.href for sheet in sheets if sheet.href == request.POST.get("back")), None)
        return redirect(back or page.subject)

    sheets = sheets_at(page.standing, at, page.readable)
    context = page.context(
        f"Verify {label}",
        label=label,
        sheets=sheets,
        groups=in_groups(sheets),
        place=visit,
        waiting=sum(not sheet.is_verified for sheet in sheets),
    )
    return asked(request, "crf/verify_visit.html", context, None, deed)


def withdraw_verification(request, number, visit, form, row=1):
    """A verification was a mistake: why?"""
    page = Page.of(request.user, number)
    page.require("verify")
    at = None if visit == LOG else page.visit(visit)
    sheets = sheets_at(page.standing, at, page.readable)
    sheet = next((sheet for sheet in sheets if (sheet.fact.form, sheet.fact.row) == (form, row)), None)
    if sheet is None:
        raise Http404("There is no such form.")
    reason = Reason(posted(request), label="Why is the verification withdrawn?")

    def deed(answers):
        deeds.withdraw(subject=page.subject, form=form, record=sheet.fact.record, by=request.user, **answers)
        messages.success(request, f"{sheet.title}: the verification is withdrawn. It stays in the audit trail.")
        return redirect(sheet.href)

    context = page.context("Withdraw a verification", sheet=sheet)
    return asked(request, "crf/withdraw_verification.html", context, reason, deed)


def _seen(named: list[str]) -> list[deeds.Seen]:
    """HAMD.12.3 is version 3 of the record 12; what cannot be read names nothing."""
    found = []
    for text in " ".join(named).split():
        form, _, rest = text.partition(".")
        record, _, version = rest.partition(".")
        if (
            form in tuple(form.code for form in trial.FORMS)
            and record.isdecimal()
            and version.isdecimal()
            and len(rest) < 24
        ):
            found.append(deeds.Seen(form, int(record), int(version)))
    return found
