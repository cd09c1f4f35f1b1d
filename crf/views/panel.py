"""The page of a whole laboratory report: result, Enter, next row."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from crf import permissions
from crf.actions import panel as deeds
from crf.actions.drafts import LOCKED
from crf.models import Record, Visit
from crf.refusals import ImpossibleValues, KeptElsewhere, NotAllowed, Refusal
from crf.rules.laboratory import FORM
from crf.shown.panel import FIELDS, Panel
from crf.views.desk import Desk
from crf.views.sent import Unreadable, sent
from crf.views.told import tell_what_follows


def _desk(request, number, visit) -> Desk:
    """The desk of the laboratory form; 403 to who reads it only, 404 where it is not planned."""
    desk = Desk(request, number, visit, FORM.code, 1)
    permissions.require_entry(request.user, FORM, desk.subject.site_id)
    if desk.visit.state == Visit.State.MISSED:
        raise Refusal(f"{desk.visit.label} was called missed. Nothing can be entered for it.")
    return desk


def panel(request, number, visit):
    """Show the panel as typed so far, or save it whole."""
    desk = _desk(request, number, visit)
    found = Panel(desk.subject, desk.visit)
    draft = deeds.find_draft(subject=desk.subject, visit=desk.visit, by=request.user).first()
    typed = found.preset(desk.subject.site.today()) | (draft.answers if draft else {})
    refusal, errors = None, {}
    source = request.POST.get("source")
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in FIELDS}
        try:
            saved = deeds.save_panel(
                subject=desk.subject,
                visit=desk.visit,
                by=request.user,
                typed=typed,
                source=source if source in Record.Source.values else Record.Source.ESOURCE,
                is_all_kept=bool(request.POST.get("kept")),
            )
            _tell(request, saved)
            return redirect(desk.after_saving())
        except ImpossibleValues as refused:
            refusal, errors = refused, refused.errors
        except KeptElsewhere as elsewhere:
            typed |= elsewhere.answers  # shown, to be looked at and saved
            refusal = elsewhere
        except NotAllowed:
            raise
        except Refusal as refused:
            refusal = refused
    elif draft:
        _, errors = deeds.read_rows(found, typed)
    context = desk.page.context(
        "Laboratory report",
        desk=desk,
        visit=desk.visit,
        typed=typed,
        errors=errors,
        refusal=refusal,
        draft=draft,
        rows=found.rows(typed, errors, deeds.warnings(found, typed)),
        sources=Record.Source.choices,
        source=source or Record.Source.ESOURCE,
        address=f"{desk.address}panel/",
    )
    return render(request, "crf/panel.html", context, status=refusal.status if refusal else 200)


def _tell(request, saved):
    abnormal = sum(one.record.flag in ("LOW", "HIGH") for one in saved)
    messages.success(
        request,
        f"Saved: {len(saved)} rows of the laboratory report"
        + (f", {abnormal} outside the limits of normal." if abnormal else "."),
    )
    for one in saved:
        tell_what_follows(request, one.as_it_stands())


@require_POST
def draft(request, number, visit):
    """Keep what was typed a moment ago; say what is impossible or implausible in it, and what follows from it."""
    desk = _desk(request, number, visit)
    try:
        changes = sent(request).changes
    except Unreadable as unreadable:
        return unreadable.answer
    kept = deeds.keep(subject=desk.subject, visit=desk.visit, by=request.user, changes=changes)
    found = Panel(desk.subject, desk.visit)
    typed = found.preset(desk.subject.site.today()) | kept.answers
    _, errors = deeds.read_rows(found, typed)
    if kept.is_locked:
        return JsonResponse({"locked": LOCKED}, status=423)
    kept_at = kept.kept_at.astimezone(desk.subject.site.zone)
    return JsonResponse(
        {
            "kept_at": f"{kept_at:%H:%M:%S} {kept_at.tzname()}",
            "errors": errors,
            "warnings": deeds.warnings(found, typed),
            "computed": found.shown(typed),
        }
    )


@require_POST
def discard(request, number, visit):
    """Throw the own draft of the panel away."""
    desk = _desk(request, number, visit)
    found = deeds.find_draft(subject=desk.subject, visit=desk.visit, by=request.user)
    if not found.exists():
        raise Http404("There is no draft.")
    found.delete()
    messages.info(request, "The draft was discarded. The page shows what is stored.")
    return redirect(f"{desk.address}panel/")
