"""The audit trail of a subject: who wrote what, when and why."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render

from crf import trial
from crf.models import AuditEntry
from crf.shown.trail import FIRED, OTHER_TABLES, TABLE_OF, Trail
from crf.views.subject_page import Page


def audit(request, number):
    """Newest first, fifty to a page; one form, or one record of it, where the address says so."""
    page = Page.of(request.user, number)
    page.require("read audit trail")
    shown = [TABLE_OF[form.code] for form in page.readable] + list(OTHER_TABLES)
    found = AuditEntry.objects.filter(subject=page.subject.pk, table__in=shown).exclude(chain="apart")
    asked = {"form": request.GET.get("form", ""), "record": request.GET.get("record", "")}
    if trial.is_declared(asked["form"]):
        of_form, fired = {"table": TABLE_OF[asked["form"]]}, {"form": [None, asked["form"]]}
        if asked["record"].isdecimal() and len(asked["record"]) < 18:
            of_form["record"] = int(asked["record"])
            fired["record"] = [None, int(asked["record"])]
        # What a check made somebody correct before it was saved belongs to the history of the record (F-208).
        found = found.filter(Q(**of_form) | Q(table=FIRED, changes__contains=fired))
    entries = Paginator(found.order_by("-at", "-sequence"), 50).get_page(request.GET.get("page"))
    lines = Trail(page.standing, entries).lines()
    context = page.context("Audit trail", lines=lines, page=entries, asked=asked, readable=page.readable)
    context["may_redact"] = page.may("ask redaction")
    context["may_export"] = page.may("export trail")
    return render(request, "crf/audit.html", context)
