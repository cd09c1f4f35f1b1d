"""The trail of the whole study on one page, its export, and what the last look at the record found."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.core.paginator import Paginator
from django.shortcuts import redirect, render

from crf import permissions, trial
from crf.actions import export_trail as deeds
from crf.actions import output_kinds, verify_record
from crf.exchange.trail.export import FORMATS
from crf.models import AuditEntry, RecordCheck, SignIn, Site, Subject
from crf.refusals import Refusal
from crf.shown import access_states as states
from crf.shown import study_trail
from crf.spec import dates
from crf.spec.kinds import shows_something
from crf.views.asking import asked, posted

A_PAGE = 50
FILTERS = ("kind", "who", "subject", "site", "since", "until")


def trail(request):
    """Everything that was written or done, newest first: by kind, person, subject, site and day."""
    permissions.require_anywhere(request.user, "read whole trail")
    told = {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in FILTERS}
    kinds = [(kind, word) for kind, (word, _) in study_trail.KINDS.items()] + [(study_trail.SIGN_INS, "Sign-ins")]
    context = {"asked": told, "kinds": kinds, "sites": Site.objects.order_by("code")}
    if told["kind"] == study_trail.SIGN_INS:
        page = Paginator(_sign_ins(told), A_PAGE).get_page(request.GET.get("page"))
        context["sign_ins"] = [{"event": event, "state": states.SIGN_INS[event.kind]} for event in page]
    else:
        page = Paginator(_entries(told), A_PAGE).get_page(request.GET.get("page"))
        context["lines"] = study_trail.lines(page)
    return render(request, "crf/trail.html", context | {"page": page, "check": verify_record.latest()})


def _entries(told: dict):
    tables = study_trail.KINDS.get(told["kind"], ("", ()))[1]
    every = [table for _, of_kind in study_trail.KINDS.values() for table in of_kind]
    found = AuditEntry.objects.filter(table__in=tables or every).exclude(chain="apart").order_by("-at", "-pk")
    if told["who"]:
        found = found.filter(actor_name__iexact=told["who"])
    if told["subject"]:
        found = found.filter(
            subject__in=Subject.everything.filter(number=trial.subject_number_typed(told["subject"])).values("pk")
        )
    if told["site"]:
        found = found.filter(site_id__in=Site.objects.filter(code=told["site"]).values("pk"))
    return _between(found, told)


def _sign_ins(told: dict):
    found = SignIn.objects.select_related("user").order_by("-at", "-pk")
    if told["who"]:
        found = found.filter(user__username__iexact=told["who"])
    return _between(found, told)


def _between(found, told: dict):
    """Between two days (UTC), both among them; of what is no day the page says so."""
    for name, lookup in (("since", "at__date__gte"), ("until", "at__date__lte")):
        try:
            found = found.filter(**{lookup: dates.read_day(told[name])}) if told[name] else found
        except dates.NotADate as wrong:
            told[f"{name}_wrong"] = str(wrong)
    return found


class Wanted(entry.Form):
    """Which part of the trail, in which form, and what for."""

    subject = entry.CharField(
        required=False, max_length=20, label="Subject", help_text="Its number; empty for the whole trail."
    )
    format = entry.ChoiceField(label="Form", choices=list(FORMATS.items()))
    purpose = entry.CharField(
        max_length=300,
        label="What is it wanted for?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name, the time and the checksum of the file.",
    )


def export_trail(request):
    """Take the trail out, with the verifier and the anchors; with fresh authentication."""
    permissions.require_anywhere(request.user, "export trail")
    return _export(request)


@reauthentication_required
def _export(request):
    form = Wanted(posted(request), initial={"subject": request.GET.get("subject", "")[:20]})

    def deed(answers):
        if not shows_something(answers["purpose"]):
            raise Refusal("Say what the audit trail is wanted for. Nothing was handed out.")
        number, purpose = trial.subject_number_typed(answers["subject"]), answers["purpose"].strip()
        output = output_kinds.ask(deeds.WHAT, by=request.user, purpose=purpose, number=number, format=answers["format"])
        return redirect("crf:output", pk=output.pk)

    crumbs = [{"word": "Audit trail", "href": ""}, {"word": "Export"}]
    return asked(request, "crf/export_trail.html", {"crumbs": crumbs}, form, deed, cautious=False)


def record_check(request):
    """What the last looks at the whole record found, and when its trail was anchored."""
    permissions.require_anywhere(request.user, "read verification")
    if request.method == "POST":
        return redirect("crf:output", pk=output_kinds.ask("record check", by=request.user).pk)
    latest = verify_record.anchors().latest()
    context = {
        "checks": RecordCheck.objects.order_by("-ended_at")[:20],
        "anchored_at": latest[0] if latest else None,
        "point": latest[1] if latest else None,
        "key": verify_record.anchors().key() if latest else "",
    }
    return render(request, "crf/record_check.html", context)
