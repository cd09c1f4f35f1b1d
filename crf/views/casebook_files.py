"""The casebook as PDF: blank for everybody with a role, filled for who may print it; annotated on request."""

import hashlib

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from crf import permissions, spec, trial
from crf.actions.export_log import note_export
from crf.papers import printed_blank, printed_casebook, typeset
from crf.rules import disclosure
from crf.spec.kinds import shows_something
from crf.views.asking import Reason, posted
from crf.views.subject_page import Page

PURPOSE = "casebook_purpose"  # in the session


def blank(request):
    """Every form as it is asked, without any data. What unblinds is not among them."""
    permissions.require_anywhere(request.user, "read blank forms")
    annotated = _is_annotated(request)
    among = [form for form in trial.FORMS if form.discloses is not spec.UNBLINDS]
    data = printed_blank.blank(among, annotated=annotated, is_synthetic=False)
    return _file(typeset.pdf(data), "annotated-crf.pdf" if annotated else "casebook-blank.pdf")


def casebook(request, number):
    """The subject's records that this person may read; written down as a file that left (PRV-06)."""
    page = Page.of(request.user, number)
    page.require("print casebook")
    if not (purpose := _purpose(request)):
        return _ask_purpose(request, page)
    annotated = _is_annotated(request)
    sees_scores = disclosure.sees_totals(request.user.roles_at(page.subject.site_id))
    data = printed_casebook.filled(
        page.standing, page.readable, annotated=annotated, is_synthetic=settings.DEMO, sees_scores=sees_scores
    )
    content = typeset.pdf(data)
    note_export(
        by=request.user,
        what=f"casebook {number}{', annotated' if annotated else ''}",
        format="pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        purpose=purpose,
    )
    return _file(content, f"casebook-{page.subject.number}{'-annotated' if annotated else ''}.pdf")


def _purpose(request) -> str:
    """What the person said the casebook is wanted for: in this address, or before in this session."""
    said = request.GET.get("purpose", "").replace("\x00", "").strip()[:300]
    return said if shows_something(said) else request.session.get(PURPOSE, "")


def _ask_purpose(request, page: Page):
    """Asked once a session, kept with every casebook that is handed out in it (PRV-06)."""
    form = Reason(
        posted(request), label="What is the casebook wanted for?", help_text="Kept with your name and the time."
    )
    if request.method == "POST" and form.is_valid():
        request.session[PURPOSE] = form.cleaned_data["reason"]
        return redirect(request.get_full_path())
    return render(request, "crf/purpose.html", page.context("Casebook as PDF", form=form))


def _is_annotated(request) -> bool:
    return request.GET.get("annotated") == "1"


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
