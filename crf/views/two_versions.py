"""Somebody else saved first: both versions, item by item. Nothing is overwritten without a choice."""

from django.shortcuts import render

from crf import spec
from crf.models import records_of
from crf.shown import entry
from crf.views.desk import Desk


def conflict(desk: Desk, typed, refused):
    """The page with both versions; None when there is no longer a stored one."""
    found = records_of(desk.form.code).objects.select_related("changed_by", "site", "visit")
    stored = found.filter(subject=desk.subject, visit=desk.visit, row_number=desk.row, voided_at__isnull=True).first()
    if stored is None:
        return None
    return _choice(desk, typed, entry.typed_of(stored), refused, stored=stored, version=stored.version)


def conflict_with_draft(desk: Desk, typed, refused, *, version):
    """The page with what this page has and what the person typed on another one."""
    return _choice(desk, typed, dict(typed) | refused.answers, refused, stored=None, version=version)


def _choice(desk: Desk, typed, theirs, refused, *, stored, version):
    rows, same = [], []
    for name, item in desk.form.asked.items():
        keys = [name, f"{name}__missing", f"{name}__why"]
        mine_text, their_text = ([side.get(key, "") for key in keys] for side in (typed, theirs))
        if mine_text == their_text:
            same += [(key, typed.get(key, "")) for key in keys if typed.get(key)]
            continue
        rows.append(
            {
                "item": item,
                "mine": in_words(item, mine_text),
                "theirs": in_words(item, their_text),
                "mine_texts": list(zip(keys, mine_text, strict=True)),
                "their_texts": list(zip(keys, their_text, strict=True)),
                "is_mine_offered": not any(their_text),  # what is answered on one page only is offered first
            }
        )
    context = desk.page.context(
        desk.form.title,
        form=desk.form,
        stored=stored,
        version=version,
        rows=rows,
        same=same,
        refusal=refused,
        reasons=entry.REASONS if desk.record is not None else (),
        desk=desk,
        visit=desk.visit,
    )
    return render(desk.request, "crf/record_conflict.html", context, status=refused.status)


def in_words(item, texts) -> str:
    text, missing, why = texts
    if missing:
        return f"{spec.MISSING.get(missing, missing)}: {why}"
    return entry.Line(item, text).said or "blank"
