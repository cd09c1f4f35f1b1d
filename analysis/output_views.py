"""Data to take out, and the codebook."""

from datetime import UTC

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from analysis import outputs
from analysis.collect import datasets
from analysis.extract import archive, codebook, take_out
from analysis.papers import files
from analysis.papers.pdf import as_data
from analysis.views import crumbs, page_of
from crf import permissions
from crf.actions import output_kinds
from crf.actions.export_log import note_export
from crf.models import Output
from crf.refusals import Refusal
from crf.views.asking import asked, posted
from crf.views.outputs import shown


class Wanted(entry.Form):
    """What is wanted, in which formats, as of when, and what for."""

    formats = entry.MultipleChoiceField(
        label="Formats",
        choices=list(archive.FORMATS.items()),
        initial=list(archive.FORMATS),
        widget=entry.CheckboxSelectMultiple,
    )
    past = entry.DateTimeField(
        label="As of (UTC)",
        required=False,
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d %b %Y %H:%M", "%Y-%m-%d", "%d %b %Y"],
        widget=entry.TextInput(attrs={"autocomplete": "off", "placeholder": "2026-11-26 14:00"}),
        error_messages={"invalid": "This is no moment. Enter day and time in UTC, such as 2026-11-26 14:00."},
        help_text="Empty: as it stands now. A past moment gives what the forms held then, from the audit trail.",
    )
    purpose = entry.CharField(
        max_length=300,
        label="What are the data wanted for?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name, the time and the hash of the archive.",
    )


def data(request):
    """Take the data out: one question, one button."""
    permissions.require_anywhere(request.user, take_out.DEED)

    def deed(answers):
        purpose = take_out.require_purpose(answers["purpose"])
        take_out.require_past(answers["past"])
        past = answers["past"].astimezone(UTC).isoformat() if answers["past"] else None
        output = output_kinds.ask("data", by=request.user, purpose=purpose, formats=answers["formats"], past=past)
        return redirect("crf:output", pk=output.pk)

    wanted = take_out.wanted_by(request.user)
    context = {
        "crumbs": crumbs("Data"),
        "forms": len(wanted.forms),
        "wanted": wanted,
        "kept": settings.OUTPUTS_KEPT.days,
        "recent": shown(Output.objects.filter(asked_by=request.user, kind="data")[:5]),
    }
    return asked(request, "analysis/data.html", context, Wanted(posted(request)), deed, cautious=False)


class WantedOpened(entry.Form):
    """Of the unblinded export: in which formats, and what for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= {name: Wanted.base_fields[name] for name in ("formats", "purpose")}


def unblinded_data(request):
    """The data with the arms: by role at all sites, once opened, freshly signed in, for a purpose that is asked each
    time. Each refused request is logged, as of the unblinded report."""
    kind = output_kinds.kinds()["unblinded data"]
    try:
        kind.question(request.user)
    except Refusal:
        note_export(by=request.user, what=kind.name, format="zip", is_unblinded=True, was_refused=True)
        raise
    return _unblinded_data(request)


@reauthentication_required
def _unblinded_data(request):
    kind = output_kinds.kinds()["unblinded data"]

    def deed(answers):
        purpose = take_out.require_purpose(answers["purpose"])
        try:
            kind.require_clean()
        except Refusal:
            note_export(by=request.user, what=kind.name, format="zip", is_unblinded=True, was_refused=True)
            raise
        output = output_kinds.ask(kind.name, by=request.user, purpose=purpose, formats=answers["formats"])
        return redirect("crf:output", pk=output.pk)

    context = {
        "crumbs": crumbs("Data with the arms"),
        "kept": settings.UNBLINDED_OUTPUTS_KEPT.days,
        "unblinded": True,
        "recent": shown(Output.objects.filter(asked_by=request.user, kind=kind.name)[:5]),
    }
    form = WantedOpened(posted(request))
    return asked(request, "analysis/unblinded_data.html", context, form, deed, cautious=False)


def the_codebook(request, format="page"):
    """Every variable that goes out, in words; it holds no data."""
    permissions.require_anywhere(request.user, take_out.DEED)
    shapes = outputs.all_shapes(take_out.wanted_by(request.user))
    report = codebook.report(shapes, as_of=datasets.circumstances().cut, is_synthetic=settings.DEMO)
    if format == "page":
        context = page_of(as_data(report), "analysis:codebook")
        formats = [
            (one, "Table (CSV)" if one == "csv" else words)
            for one, words in context["formats"]
            if one in files.OF_WORDS
        ]
        return render(request, "analysis/report.html", context | {"formats": formats})
    if format not in files.OF_WORDS:
        raise Http404("There is no such form of the codebook.")
    made = files.file(report, format)
    answer = HttpResponse(made.content, content_type=made.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
