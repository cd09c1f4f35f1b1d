"""The supply manager's pages: stock of the sites, shipments, quarantines, the packing list. To others there are none.

Who is here knows what each kit holds; what goes out to a site are numbers alone.
"""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from crf import trial
from crf.actions import packing, quarantines, shipments
from crf.models import Quarantine, Site
from crf.papers import packing as papers
from crf.refusals import AlreadySettled
from crf.shown import stock as shown
from crf.views.asking import Reason, Whole, asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once

CRUMB = {"word": "Supplies", "href": "/supply/"}


def _sites(user, deed: str = "send supplies") -> list[Site]:
    """404 to everybody else."""
    sites = shown.sites_of(user, deed)
    if not sites:
        raise Http404("There is no such page.")
    return sites


def supply(request):
    """Each site's stock in numbers, shipments and quarantines, those that wait first."""
    sites = _sites(request.user)
    kits = shown.kits_at(sites)
    rows = [
        {
            "site": site,
            "kits": len(own := [kit for kit in kits if kit.site == site]),
            "given": sum(kit.subject is not None for kit in own),
            "ready": sum(kit.subject is None and kit.fit > 0 for kit in own),
            "warned": [kit for kit in own if kit.warning],
        }
        for site in sites
    ]
    context = {
        "rows": rows,
        "shipments": shown.shipments(sites),
        "quarantines": shown.quarantines(sites),
        "bottle": trial.KITS.bottle,
        "unblinded": True,
    }
    return render(request, "crf/supply.html", context)


class Sent(entry.Form):
    """What is sent: kits of the list, which follow from it, and further bottles of a kit that is there."""

    kits = Whole(required=False, min_value=0, max_value=200, label="How many kits?")
    expires_on = DayField(label="Expiry", help_text="The earliest of all that is sent: one date for all of it.")
    kit = entry.CharField(required=False, max_length=40, label="Or more of the kit")
    more = Whole(required=False, min_value=0, max_value=99)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kits"].help_text = "The next of each stratum of the site, in the order of the list."
        self.fields["more"].label = f"How many more {trial.KITS.bottle}s of it?"


def send(request, code):
    """Put a shipment to a site on record; the page of it lists the numbers to be packed."""
    site = next((one for one in _sites(request.user) if one.code == code), None)
    if site is None:
        raise Http404("There is no such site.")

    def deed(answers):
        found = shipments.send(
            site=site,
            kits=answers["kits"] or 0,
            more=answers["more"] or 0,
            kit=answers["kit"],
            expires_on=answers["expires_on"],
            by=request.user,
        )
        messages.success(request, f"{found} is on record: {found.bottles.count()} {trial.KITS.bottle}s.")
        return redirect("crf:sent", found.pk)

    context = {"site": site, "unblinded": True, "crumbs": [CRUMB, {"word": f"Send to {site.name}"}]}
    return asked(request, "crf/send.html", context, Sent(posted(request)), deed, once=Once(request))


def sent(request, pk):
    """What a shipment holds, by number, and how it arrived."""
    found = get_object_or_404(shown.shipments(_sites(request.user)), pk=pk)
    rows = [shown.Row(one, found.expires_on, found.site.today()) for one in found.bottles.order_by("kit", "number")]
    context = {"shipment": found, "rows": rows, "bottle": trial.KITS.bottle, "unblinded": True}
    return render(request, "crf/shipment.html", context | {"crumbs": [CRUMB, {"word": str(found)}]})


class Settled(entry.Form):
    """What comes of a quarantine."""

    outcome = entry.ChoiceField(choices=[("", ""), *Quarantine.Outcome.choices], label="All of it is")
    because = entry.CharField(
        max_length=500,
        label="Why?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="The site reads it: nothing of what a kit holds. No names.",
    )


def settle(request, pk):
    """Release or reject what was put aside, as a whole."""
    sites = _sites(request.user, "settle quarantine")
    found = Quarantine.objects.filter(pk=pk, site__in=sites).select_related("site", "opened_by", "settled_by").first()
    if found is None:
        raise Http404("There is no such quarantine.")

    def deed(answers):
        if form is None:
            raise AlreadySettled("This quarantine was settled before.")
        quarantines.settle(quarantine=found, by=request.user, **answers)
        messages.success(request, "The quarantine is settled, and the site was told.")
        return redirect("crf:supply")

    form = Settled(posted(request)) if found.settled_at is None else None
    context = {"quarantine": found, "unblinded": True, "crumbs": [CRUMB, {"word": str(found)}]}
    return asked(request, "crf/settle_quarantine.html", context, form, deed)


class Wanted(Reason):
    """Which paper is wanted, and what for."""

    field_order = ["paper", "reason"]
    paper = entry.ChoiceField(
        choices=[("packing", "Packing list: which kit holds what"), ("labels", "Labels, without what they hold")],
        label="What is taken?",
    )


def packing_list(request):
    """The packing list or the labels as PDF, with fresh authentication and a reason; each time is on record."""
    _sites(request.user, "take packing list")
    return _packing_list(request)


@reauthentication_required
def _packing_list(request):
    form = Wanted(posted(request), label="What is it taken for?", help_text="Such as the first production. No names.")

    def deed(answers):
        kits = packing.packing(by=request.user, reason=answers["reason"])
        wants_labels = answers["paper"] == "labels"
        content = papers.labels(sorted(kits)) if wants_labels else papers.packing_list(kits)
        name = (
            f"{trial.STUDY_ID.lower()}-labels.pdf"
            if wants_labels
            else f"UNBLINDED-{trial.STUDY_ID.lower()}-packing.pdf"
        )
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    context = {"unblinded": True, "crumbs": [CRUMB, {"word": "Packing list"}]}
    return asked(request, "crf/packing_list.html", context, form, deed)
