"""The pages of the reports, and their files."""

import json
from base64 import b64encode

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from analysis import outputs
from analysis.asked_once import MEETING, PURPOSE
from analysis.collect import datasets
from analysis.papers import files
from analysis.papers.pdf import as_data
from analysis.reports import final as final_report
from analysis.reports import monitoring as monitoring_report
from analysis.reports.document import Report
from analysis.sealed.monitoring import groups as monitoring_groups
from crf import permissions
from crf.actions import output_kinds
from crf.actions import outputs as store
from crf.actions.export_log import note_export, salted
from crf.models import Output, Site, StudyLock
from crf.refusals import NotAllowed, Refusal
from crf.views.outputs import handed_out

DEEDS_HERE = ("blinded report", "unblinded report", "approve opening", "monitoring report", "learn treatments")
DEEDS_HERE += ("export data", "conduct report")


def index(request):
    """What reports there are for this person."""
    may = {deed: permissions.may_anywhere(request.user, deed) for deed in DEEDS_HERE}
    if not any(may.values()):
        permissions.require_anywhere(request.user, "blinded report")
    lock = StudyLock.objects.filter(lifted_at__isnull=True).first()
    is_open = final_report.is_open() if lock else False
    context = {
        "may_read_blinded": may["blinded report"],
        "may_read_unblinded": may["unblinded report"],
        "may_read_conduct": may["conduct report"] and not permissions.may_anywhere(request.user, "rate"),
        "may_monitor": may["monitoring report"],
        "may_learn_treatments": may["learn treatments"],
        "may_take_out": may["export data"],
        "may_approve": may["approve opening"] and lock and not is_open,
        "lock": lock,
        "is_open": is_open,
    }
    return render(request, "analysis/index.html", context)


def blinded(request, format="page"):
    """The blinded efficacy report."""
    return _given(request, output_kinds.ask("blinded report", by=request.user), format, address="analysis:blinded")


def conduct(request, format="page"):
    """The monitoring report: how the trial is conducted at the person's sites."""
    return _given(request, output_kinds.ask("monitoring report", by=request.user), format, address="analysis:conduct")


def rehearsal(request, format="page"):
    """The final report with dummy arms: its code is tried before anybody may know the real ones."""
    return _given(request, output_kinds.ask("rehearsal", by=request.user), format, address="analysis:rehearsal")


def final(request, format="page"):
    """The unblinded efficacy report: by role, once opened, freshly signed in, for a purpose. Each request is logged."""
    try:
        output_kinds.kinds()["final report"].question(request.user)
    except Refusal:
        note_export(by=request.user, what=final_report.NAME, format=format, is_unblinded=True, was_refused=True)
        raise
    return _final(request, format)


@reauthentication_required
def _final(request, format):
    purpose = PURPOSE.answered(request)
    if not purpose:
        return PURPOSE.page(request, crumbs(final_report.TITLE))
    try:
        output_kinds.kinds()["final report"].require_clean()
    except Refusal:
        note_export(by=request.user, what=final_report.NAME, format=format, is_unblinded=True, was_refused=True)
        raise
    output = output_kinds.ask("final report", by=request.user, purpose=purpose)
    return _given(request, output, format, address="analysis:final", purpose=purpose)


def monitoring_open(request, format="page"):
    """The open report to the monitoring committee: pooled."""
    permissions.require_anywhere(request.user, "monitoring report")
    report = monitoring_report.open_report(datasets.collected(), datasets.circumstances())
    return _at_once(request, report, format, address="analysis:monitoring_open")


def monitoring_closed(request, format="page"):
    """The closed report by group: freshly signed in, for a meeting; each look is on record in the sealed room."""
    _require_all_sites(request.user, "monitoring report")
    return _monitoring_closed(request, format)


@reauthentication_required
def _monitoring_closed(request, format):
    purpose = MEETING.answered(request)
    if not purpose:
        return MEETING.page(request, crumbs(monitoring_report.CLOSED_TITLE))
    groups = monitoring_groups(by=request.user, reason=purpose)
    report = monitoring_report.closed_report(datasets.collected(), datasets.circumstances(), groups)
    return _at_once(request, report, format, address="analysis:monitoring_closed", purpose=purpose)


def _require_all_sites(user, deed: str) -> None:
    """The role at every site: a report of some sites would not be the trial's."""
    permissions.require_anywhere(user, deed)
    held = user.sites_as(*permissions.DEEDS[deed])
    if set(Site.objects.values_list("pk", flat=True)) - held:
        raise NotAllowed(
            "The unblinded report is about all sites, and your role covers only some. Ask the administrator."
        )


def _at_once(request, report: Report, format: str, *, address: str, purpose: str = ""):
    """A report that is made in the request and kept nowhere: that of the monitoring committee."""
    if format == "page":
        if report.is_unblinded:
            note_export(by=request.user, what=report.name, format="page", is_unblinded=True, purpose=purpose)
        return render(request, "analysis/report.html", page_of(as_data(report), address))
    if format not in files.TYPES:
        raise Http404("There is no such form of the report.")
    made = files.file(report, format)
    name, sha256 = made.name, made.sha256
    if report.is_unblinded:
        number, sha256 = salted(made.content)
        name = f"{number}_{name}"
    note_export(
        by=request.user,
        what=report.name,
        format=format,
        sha256=sha256,
        is_unblinded=report.is_unblinded,
        purpose=purpose,
    )
    answer = HttpResponse(made.content, content_type=made.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _given(request, output: Output, format: str, *, address: str, purpose: str = ""):
    """The report as a page or as a file, from the store; what leaves is written down first. Else: how far it is."""
    if format != "page" and format not in files.TYPES:
        raise Http404("There is no such form of the report.")
    if not output.is_ready:
        return redirect("crf:output", pk=output.pk)
    if format == "page":
        shown = json.loads(b"".join(store.content(output, outputs.PAGE)))
        if output.is_unblinded:
            note_export(by=request.user, what=shown["name"], format="page", is_unblinded=True, purpose=purpose)
        return render(request, "analysis/report.html", page_of(shown, address))
    file = next(one for one in output.files if files.form_of(one["name"]) == format)
    return handed_out(request, output, file, what=file["name"].split("_")[0], purpose=purpose)


def page_of(shown: dict, address: str) -> dict:
    """What the template of a report is given; `shown`: the report as text, lists and numbers (papers/pdf.py)."""
    for section in shown["sections"]:
        for block in section["blocks"]:
            if block["kind"] in ("table", "figure"):
                block["columns"] = list(zip(block["head"], block["sides"], strict=True))
                block["lines"] = [list(zip(line, block["sides"], strict=True)) for line in block["rows"]]
            if block["kind"] == "figure":
                block["source"] = "data:image/svg+xml;base64," + b64encode(block["svg"].encode()).decode()
    return {
        "report": shown,
        "shown": shown,
        "unblinded": shown["is_unblinded"],
        "crumbs": crumbs(shown["title"]),
        "address": address,
        "formats": list(files.WORDS.items()),
    }


def crumbs(title: str) -> list[dict]:
    """The way here from the reports."""
    return [{"word": "Reports", "href": "/reports/"}, {"word": title, "href": ""}]
