"""The casebook as PDF: blank for everybody with a role, filled for who may print it; annotated on request."""

from django import forms as entry
from django.http import HttpResponse
from django.shortcuts import redirect, render

from crf import permissions, spec, trial
from crf.actions import output_kinds
from crf.models import Site
from crf.papers import printed_blank, typeset
from crf.refusals import Refusal
from crf.spec.kinds import shows_something
from crf.views.asking import Reason, asked, posted
from crf.views.outputs import OUTPUTS, handed_out
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
    output = output_kinds.ask(
        "casebook", by=request.user, purpose=purpose, number=page.subject.number, annotated=_is_annotated(request)
    )
    if not output.is_ready:
        return redirect("crf:output", pk=output.pk)
    output_kinds.require(output, request.user)
    kind = output_kinds.kinds()["casebook"]
    return handed_out(request, output, output.files[0], what=kind.logged_as(output), purpose=purpose)


class Wanted(entry.Form):
    """Of which site, and what for."""

    site = entry.ChoiceField(label="Site")
    annotated = entry.BooleanField(required=False, label="With SDTM names")
    purpose = entry.CharField(
        max_length=300,
        label="What are they wanted for?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name, the time and the checksum.",
    )


def casebooks(request):
    """The casebooks of all subjects of a site in one archive, made in the background."""
    permissions.require_anywhere(request.user, "print casebook")
    sites = Site.objects.filter(pk__in=request.user.sites_as(*permissions.DEEDS["print casebook"])).order_by("code")
    form = Wanted(posted(request))
    form.fields["site"].choices = [(site.code, site.name) for site in sites]

    def deed(answers):
        if not shows_something(answers["purpose"]):
            raise Refusal("Say what the casebooks are wanted for. Nothing was made.")
        output = output_kinds.ask("casebooks", by=request.user, **answers)
        return redirect("crf:output", pk=output.pk)

    return asked(request, "crf/casebooks.html", {"crumbs": [OUTPUTS, {"word": "Casebooks"}]}, form, deed)


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
