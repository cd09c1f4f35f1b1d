"""Data to take out, the codebook, and what was made in the background: asked for, watched, cancelled, handed out."""

from datetime import UTC

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from analysis import outputs
from analysis.collect import datasets
from analysis.extract import archive, codebook, take_out
from analysis.papers import files
from analysis.papers.pdf import as_data
from analysis.views import crumbs, handed_out, page_of
from crf import permissions
from crf.actions import outputs as store
from crf.chart.states import State
from crf.models import Output
from crf.refusals import NotYet
from crf.views.asking import asked, posted

A_PAGE = 30
STATES = {
    Output.State.WAITING: State("Waiting", "due", "doing"),
    Output.State.RUNNING: State("Being made", "due", "doing"),
    Output.State.DONE: State("Ready", "complete", "ok"),
    Output.State.FAILED: State("Failed", "failed", "warn"),
    Output.State.CANCELLED: State("Cancelled", "missed"),
    Output.State.GONE: State("Thrown away", "none"),
}


# -- the data of the trial


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
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d %b %Y %H:%M", "%Y-%m-%d"],
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
        past = answers["past"].astimezone(UTC).isoformat() if answers["past"] else None
        output = outputs.ask("data", by=request.user, purpose=purpose, formats=answers["formats"], past=past)
        return redirect("analysis:output", pk=output.pk)

    wanted = take_out.wanted_by(request.user)
    context = {
        "crumbs": crumbs("Data"),
        "forms": len(wanted.forms),
        "wanted": wanted,
        "kept": settings.OUTPUTS_KEPT.days,
        "recent": _shown(Output.objects.filter(asked_by=request.user, kind="data")[:5]),
    }
    return asked(request, "analysis/data.html", context, Wanted(posted(request)), deed, cautious=False)


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


# -- what was made


def made(request):
    """What the person asked for, newest first, with the hash of each file."""
    _require_any(request.user)
    found = Output.objects.filter(asked_by=request.user)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"crumbs": crumbs("Outputs"), "rows": _shown(page), "page": page, "kept": settings.OUTPUTS_KEPT.days}
    return render(request, "analysis/outputs.html", context)


def output(request, pk):
    """How far it is; once it is ready, where it is read or which files there are."""
    one = _own(request, pk)
    kind = outputs.KINDS[one.kind]
    if one.is_ready:
        outputs.require(one, request.user)
        if address := kind.address(one):
            return redirect(address)
    (shown,) = _shown([one])
    context = {"crumbs": crumbs(shown["title"]), "shown": shown, "output": one, "unblinded": one.is_unblinded}
    return render(request, "analysis/output.html", context)


def output_file(request, pk, name):
    """One file of what was made, to whom may have it today."""
    one = _own(request, pk)
    file = one.file(name)
    if not one.is_ready or file is None or name == outputs.PAGE:
        raise Http404("There is no such file.")
    outputs.require(one, request.user)
    if one.is_unblinded:
        return _unblinded_file(request, one, file)
    return handed_out(request, one, file, what=one.kind, purpose=one.purpose)


@reauthentication_required
def _unblinded_file(request, one: Output, file: dict):
    return handed_out(request, one, file, what=one.kind, purpose=one.purpose)


@require_POST
def cancel(request, pk):
    """Stop what is being made."""
    store.cancel(_own(request, pk))
    messages.success(request, "It was cancelled.")
    return redirect("analysis:outputs")


@require_POST
def again(request, pk):
    """Ask the same once more, of the data as they are now."""
    one = _own(request, pk)
    if one.is_open or one.is_ready:
        raise NotYet("This is made, or being made. There is nothing to try again.")
    said = {name: one.question[name] for name in outputs.KINDS[one.kind].asked}
    new = outputs.ask(one.kind, by=request.user, purpose=one.purpose, **said)
    return redirect("analysis:output", pk=new.pk)


def _own(request, pk: int) -> Output:
    """An output of the person's own: nobody else's is there."""
    _require_any(request.user)
    if pk > 2**62:
        raise Http404("There is no such output.")
    found = Output.objects.filter(pk=pk, asked_by=request.user).first()
    if found is None:
        raise Http404("There is no such output.")
    return found


def _require_any(user) -> None:
    if not any(permissions.may_anywhere(user, deed) for deed in ("blinded report", "unblinded report")):
        permissions.require_anywhere(user, take_out.DEED)


def _shown(found) -> list[dict]:
    return [
        {
            "output": one,
            "title": outputs.KINDS[one.kind].title(one.question),
            "state": STATES[one.state],
            "files": [file for file in one.files if file["name"] != outputs.PAGE],
        }
        for one in found
    ]
