"""The page that says of a whole form that it was not done: one reason instead of one an item (EST-03)."""

from django.contrib import messages
from django.shortcuts import redirect, render

from crf import permissions, spec
from crf.actions import drafts, enter
from crf.chart.elsewhere import lacking
from crf.chart.examine import understood_so_far, without_set_aside
from crf.models import Record
from crf.refusals import Refusal
from crf.shown import entry
from crf.shown.cautions import cautions
from crf.spec.kinds import shows_something
from crf.views.desk import Desk
from crf.views.told import tell_what_follows


def not_done(request, number, visit, form, row=1):
    """Ask why, then mark every question that is still open; what was answered before stays."""
    desk = Desk(request, number, visit, form, row)
    permissions.require_entry(request.user, desk.form, desk.subject.site_id)
    if not desk.may_enter:
        desk.refuse_entry()
    typed, version = _begun(desk)
    open_items = _open(desk, typed)
    code, why = request.POST.get("code", ""), request.POST.get("why", "").strip()
    refusal = None
    if request.method == "POST":
        try:
            saved = _mark(desk, typed, open_items, code=code, why=why, version=version)
            messages.success(request, f"{desk.form.title}: {spec.MISSING[code].lower()}, with the reason.")
            tell_what_follows(request, saved)
            first = open_items[0]
            for sentence in cautions(desk.form, {f"{first}__why": why}, desk.subject).get(first, []):
                messages.warning(request, sentence)
            return redirect(desk.after_saving())
        except Refusal as refused:
            refusal = refused
    context = desk.page.context(
        f"Not done: {desk.form.title}",
        form=desk.form,
        visit=desk.visit,
        desk=desk,
        refusal=refusal,
        code=code,
        why=why,
        codes=spec.MISSING.items(),
        open_labels=[desk.form.items[name].label for name in open_items],
        answered=sum(bool(typed.get(name)) for name in desk.form.items),
    )
    return render(request, "crf/not_done.html", context, status=refusal.status if refusal else 200)


def _begun(desk: Desk) -> tuple[dict[str, str], int | None]:
    """What is stored and what the person has typed since, and the version it stands on."""
    typed = entry.typed_of(desk.record) if desk.record else {}
    version = desk.record.version if desk.record else None
    kept = drafts.find(form=desk.form, subject=desk.subject, visit=desk.visit, by=desk.user, row=desk.row)
    if kept:
        return without_set_aside(desk.form, desk.visit_code, typed | kept.answers), kept.base_version
    return typed, version


def _open(desk: Desk, typed) -> list[str]:
    """The questions that wait for an answer."""
    _, missing = entry.split(typed, desk.form)
    return lacking(desk.form, understood_so_far(desk.form, typed), missing, desk.visit_code, desk.others)


def _mark(desk: Desk, typed, open_items, *, code: str, why: str, version: int | None) -> enter.Saved:
    """Save the form with every open question marked. Raises Refusal without a kind, a reason, or anything open."""
    if code not in spec.MISSING:
        raise Refusal("Choose not done, unknown or not applicable.")
    if not shows_something(why):
        raise Refusal("Say in a few words why there are no answers. The analysis needs the reason.")
    if not open_items:
        raise Refusal(f"Every question of “{desk.form.title}” is answered already. Nothing was changed.")
    answers, missing = entry.split(typed, desk.form)
    missing |= {name: {"code": code, "reason": why} for name in open_items}
    return enter.save(
        form=desk.form,
        subject=desk.subject,
        visit=desk.visit,
        by=desk.user,
        answers=answers,
        missing=missing,
        source=desk.record.source if desk.record else Record.Source.ESOURCE,
        row=desk.row,
        version=version,
        reason=f"{spec.MISSING[code]}: {why}",
    )
