"""What was made in the background: asked for on other pages; here watched, cancelled, asked for again, handed out."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crf import permissions
from crf.actions import output_kinds
from crf.actions import outputs as store
from crf.actions.export_log import note_export
from crf.chart.states import State
from crf.models import Output
from crf.refusals import NotYet

A_PAGE = 30
OUTPUTS = {"word": "Outputs", "href": "/outputs/"}
STATES = {
    Output.State.WAITING: State("Waiting", "due", "doing"),
    Output.State.RUNNING: State("Being made", "due", "doing"),
    Output.State.DONE: State("Ready", "complete", "ok"),
    Output.State.FAILED: State("Failed", "failed", "warn"),
    Output.State.CANCELLED: State("Cancelled", "missed"),
    Output.State.GONE: State("Thrown away", "none"),
}


def made(request):
    """What the person asked for, newest first, with the hash of each file."""
    output_kinds.require_any(request.user)
    found = Output.objects.filter(asked_by=request.user)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"crumbs": [{"word": "Outputs"}], "rows": shown(page), "page": page, "kept": settings.OUTPUTS_KEPT.days}
    context["may_print"] = permissions.may_anywhere(request.user, "print casebook")
    return render(request, "crf/outputs.html", context)


def output(request, pk):
    """How far it is; once it is ready, where it is read or which files there are."""
    one = _own(request, pk)
    kind = output_kinds.kinds()[one.kind]
    if one.is_ready:
        output_kinds.require(one, request.user)
        if address := kind.address(one):
            return redirect(address)
    (row,) = shown([one])
    context = {"crumbs": [OUTPUTS, {"word": row["title"]}], "shown": row, "output": one, "unblinded": one.is_unblinded}
    return render(request, "crf/output.html", context)


def output_file(request, pk, name):
    """One file of what was made, to whom may have it today."""
    one = _own(request, pk)
    kind = output_kinds.kinds()[one.kind]
    file = one.file(name)
    if not one.is_ready or file is None or name in kind.hidden():
        raise Http404("There is no such file.")
    output_kinds.require(one, request.user)
    give = _given_when_fresh if kind.wants_fresh_sign_in else _given
    return give(request, one, file)


def _given(request, one: Output, file: dict):
    return handed_out(request, one, file, what=output_kinds.kinds()[one.kind].logged_as(one), purpose=one.purpose)


@reauthentication_required
def _given_when_fresh(request, one: Output, file: dict):
    return _given(request, one, file)


@require_POST
def cancel(request, pk):
    """Stop what is being made."""
    store.cancel(_own(request, pk))
    messages.success(request, "It was cancelled.")
    return redirect("crf:outputs")


@require_POST
def again(request, pk):
    """Ask the same once more, of the data as they are now."""
    one = _own(request, pk)
    if one.is_open or one.is_ready:
        raise NotYet("This is made, or being made. There is nothing to try again.")
    said = {name: one.question[name] for name in output_kinds.kinds()[one.kind].asked}
    new = output_kinds.ask(one.kind, by=request.user, purpose=one.purpose, **said)
    return redirect("crf:output", pk=new.pk)


def _own(request, pk: int) -> Output:
    """An output of the person's own: nobody else's is there."""
    output_kinds.require_any(request.user)
    if pk > 2**62:
        raise Http404("There is no such output.")
    found = Output.objects.filter(pk=pk, asked_by=request.user).first()
    if found is None or found.kind not in output_kinds.kinds():
        raise Http404("There is no such output.")
    return found


def shown(found) -> list[dict]:
    """Outputs as rows of a table: title, state, and the files that are for the person."""
    every = output_kinds.kinds()
    return [
        {
            "output": one,
            "title": every[one.kind].title(one.question),
            "state": STATES[one.state],
            "files": [file for file in one.files if file["name"] not in every[one.kind].hidden()],
        }
        for one in found
        if one.kind in every
    ]


def handed_out(request, output: Output, file: dict, *, what: str, purpose: str):
    """One file of an output, and a row of the export log."""
    format, type_of = output_kinds.kinds()[output.kind].handed_out_as(file)
    note_export(
        by=request.user,
        what=what,
        format=format,
        sha256=file["sha256"],
        is_unblinded=output.is_unblinded,
        purpose=purpose,
    )
    parts = store.content(output, file["name"])
    if file["size"] > store.A_PART:
        answer = StreamingHttpResponse(parts, content_type=type_of)
    else:
        answer = HttpResponse(b"".join(parts), content_type=type_of)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file["name"]}"'
    answer.headers["Content-Length"] = str(file["size"])
    return answer
