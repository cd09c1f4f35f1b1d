"""The administrator's pages about sites: their approvals, and activation."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from crf import permissions, trial
from crf.actions import close_out
from crf.actions import sites as deeds
from crf.models import Site, SiteApproval
from crf.rules.access import APPROVALS
from crf.shown import access_states as states
from crf.views.accounts import page
from crf.views.asking import Reason, asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once


def _sites(user):
    return Site.objects.filter(pk__in=user.sites_as(*permissions.DEEDS["administer"]))


def sites(request):
    """The sites that the person administers, with what they still lack."""
    permissions.require_anywhere(request.user, "administer")
    rows = [
        {"site": site, "state": states.site_state(site), "missing": deeds.missing_approvals(site)}
        for site in _sites(request.user)
    ]
    return render(request, "crf/sites.html", page(request, rows=rows))


class Approval(entry.Form):
    """An approval with its date and reference."""

    what = entry.ChoiceField(choices=list(APPROVALS.items()), label="What")
    approved_on = DayField(label="Date of the approval")
    reference = entry.CharField(max_length=100, help_text="Under which it is filed in the site file.")


class Amendment(entry.Form):
    """The approval of the version of the protocol that is served."""

    approved_on = DayField(label="Date on which the ethics committee approved it")
    reference = entry.CharField(max_length=80, help_text="Under which it is filed in the site file.")


def site(request, code):
    """One site: its approvals, one more, its activation, and the version of the protocol it works by."""
    permissions.require_anywhere(request.user, "administer")
    found = get_object_or_404(_sites(request.user), code=code)

    is_amended = found.protocol_version != trial.PROTOCOL_VERSION
    is_adopting = is_amended and request.POST.get("deed") == "protocol"

    def deed(answers):
        if is_adopting:
            deeds.adopt_protocol(site=found, by=request.user, **answers)
            messages.success(request, f"{found} works by version {trial.PROTOCOL_VERSION} of the protocol from now on.")
            return redirect("crf:site", code)
        approval = deeds.record_approval(site=found, by=request.user, **answers)
        messages.success(request, f"On record: {approval.get_what_display().lower()}.")
        return redirect("crf:site", code)

    approvals = SiteApproval.objects.filter(site=found).select_related("recorded_by").order_by("approved_on", "pk")
    context = page(
        request, site=found, state=states.site_state(found), approvals=approvals, missing=deeds.missing_approvals(found)
    )
    context["crumbs"] = [{"word": "Sites", "href": "/sites/"}, {"word": found.name}]
    context["warning"] = close_out.access_ends_too_early(found)
    context |= {
        "approval": Approval(),
        "amendment": Amendment() if is_amended else None,
        "is_adopting": is_adopting,
        "served_version": trial.PROTOCOL_VERSION,
    }
    form = (Amendment if is_adopting else Approval)(posted(request))
    return asked(request, "crf/site.html", context, form, deed, once=Once(request))


def close_site(request, code):
    """End the access of everybody at the site, once its final copy is confirmed; with fresh authentication (INV-07)."""
    permissions.require_anywhere(request.user, "administer")
    return _close_site(request, get_object_or_404(_sites(request.user), code=code))


@reauthentication_required
def _close_site(request, found: Site):
    findings = [] if found.closed_on else close_out.findings(found)
    form = None if found.closed_on or findings else Reason(posted(request), label="On what ground?")

    def deed(answers):
        close_out.close(site=found, by=request.user, reason=answers.get("reason", ""))
        messages.success(request, f"{found} is closed. Nobody at the site has access any more.")
        return redirect("crf:site", found.code)

    context = page(request, site=found, findings=findings, final=close_out.final_copy(found))
    context["crumbs"] = [
        {"word": "Sites", "href": "/sites/"},
        {"word": found.name, "href": f"/sites/{found.code}/"},
        {"word": "Close"},
    ]
    return asked(request, "crf/close_site.html", context, form, deed, cautious=False)


@require_POST
def activate_site(request, code):
    """From today on the site screens subjects."""
    permissions.require_anywhere(request.user, "administer")
    found = deeds.activate(site=get_object_or_404(_sites(request.user), code=code), by=request.user)
    messages.success(request, f"{found} is active from today.")
    return redirect("crf:site", code)
