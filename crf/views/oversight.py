"""What lies about and what left: drafts that nobody saved, and the record of exports."""

from django.core.paginator import Paginator
from django.shortcuts import render

from crf import permissions
from crf.models import AuditEntry, ExportLog
from crf.rules.access import OLD_DRAFTS
from crf.shown import access_states as states
from crf.shown.old_drafts import old_drafts

A_PAGE = 50


def drafts(request):
    """Old drafts, without any value: whose, of which form, since when."""
    permissions.require_anywhere(request.user, "see old drafts")
    shown = Paginator(old_drafts(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "crf/drafts.html", {"page": shown, "old": OLD_DRAFTS})


def exports(request):
    """Every file that was handed out and every request that was refused, newest first (PRV-06)."""
    permissions.require_anywhere(request.user, "read exports")
    found = ExportLog.objects.select_related("by").order_by("-at", "-pk")
    text = request.GET.get("who", "").strip().replace("\x00", "")[:60]
    if text:
        found = found.filter(by__username__iexact=text)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    told = {
        entry.record: entry
        for entry in AuditEntry.objects.filter(table="crf_exportlog", record__in=[log.pk for log in shown])
    }
    rows = [
        {"log": log, "state": states.export_state(log), "differs": not _is_as_told(log, told.get(log.pk))}
        for log in shown
    ]
    return render(request, "crf/exports.html", {"rows": rows, "page": shown, "asked": text})


def _is_as_told(log: ExportLog, entry: AuditEntry | None) -> bool:
    """Whether the row says what the trail says was written: what, in which form, with which hash, for what."""
    if entry is None or not entry.is_as_hashed:
        return False
    changes = entry.told["changes"]
    told = ("what", "format", "sha256", "purpose", "by_id")
    return all(changes.get(name, [None, ""])[1] == getattr(log, name) for name in told)
