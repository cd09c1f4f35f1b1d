"""The site's own copies: take one, confirm that it is kept, hold today's record against an earlier one."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions, trial
from crf.actions import copies as deeds
from crf.actions import output_kinds
from crf.chart.signed_content import signed_forms
from crf.models import Site, SiteCopy
from crf.refusals import Refusal
from crf.shown import copy_compared
from crf.spec.kinds import shows_something
from crf.views.asking import asked, posted

A_PAGE = 30
LARGEST = 4_000_000  # bytes of a manifest: some ten thousand rows
COPIES = {"word": "Copies", "href": "/copies/"}


def _sites(user, deed: str):
    return Site.objects.filter(pk__in=user.sites_as(*permissions.DEEDS[deed])).order_by("code")


def copies(request):
    """Every copy that was taken or pushed of the person's sites, newest first, and whether the site confirmed it."""
    permissions.require_anywhere(request.user, "read copies")
    found = SiteCopy.objects.filter(site__in=_sites(request.user, "read copies"))
    found = found.select_related("site", "subject", "made_by", "confirmed_by")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    mine = set(_sites(request.user, "take copy").values_list("pk", flat=True))
    rows = [
        {"copy": copy, "may_confirm": copy.site_id in mine and copy.is_of_site and copy.confirmed_at is None}
        for copy in page
    ]
    context = {"rows": rows, "page": page, "sites": _sites(request.user, "take copy")}
    return render(request, "crf/copies.html", context)


class Wanted(entry.Form):
    """Of whom, and what for."""

    subject = entry.CharField(
        required=False, max_length=20, label="Subject", help_text="Its number; empty for every subject of the site."
    )
    purpose = entry.CharField(
        max_length=300,
        label="What is it wanted for?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Such as the investigator’s file. Kept with your name, the time and the checksum.",
    )


def take_copy(request, code):
    """A certified copy of one's own site, at any time and without anybody's leave; with fresh authentication."""
    permissions.require_anywhere(request.user, "take copy")
    return _take_copy(request, get_object_or_404(_sites(request.user, "take copy"), code=code))


@reauthentication_required
def _take_copy(request, site: Site):
    form = Wanted(posted(request), initial={"subject": request.GET.get("subject", "")[:20]})

    def deed(answers):
        if not shows_something(answers["purpose"]):
            raise Refusal("Say what the copy is wanted for. Nothing was handed out.")
        number = trial.subject_number_typed(answers["subject"])
        output = output_kinds.ask(
            "certified copy", by=request.user, purpose=answers["purpose"].strip(), site=site.code, number=number
        )
        return redirect("crf:output", pk=output.pk)

    crumbs = [COPIES, {"word": site.name}]
    return asked(request, "crf/take_copy.html", {"crumbs": crumbs, "site": site}, form, deed)


class Received(entry.Form):
    """What the site says of a copy that it has."""

    sha256 = entry.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$",
        label="SHA-256 of your file",
        help_text="The last line that verify_copy.py prints: 64 characters.",
        error_messages={"invalid": "This is no SHA-256: 64 characters from 0 to 9 and a to f."},
    )
    kept_at = entry.CharField(
        max_length=200, label="Where is it kept?", help_text="In your own words, such as the archive of the hospital."
    )


def confirm_copy(request, pk):
    """The investigator has received and verified a copy: with it the site can be closed (INV-07)."""
    permissions.require_anywhere(request.user, "take copy")
    found = SiteCopy.objects.filter(site__in=_sites(request.user, "take copy")).select_related("site", "confirmed_by")
    return _confirm_copy(request, get_object_or_404(found, pk=pk))


@reauthentication_required
def _confirm_copy(request, copy: SiteCopy):
    def deed(answers):
        deeds.confirm(copy=copy, by=request.user, **answers)
        messages.success(request, "On record: the site has this copy and verified it.")
        return redirect("crf:copies")

    context = {"crumbs": [COPIES, {"word": "Confirm"}], "copy": copy}
    context["is_current"] = copy.heads_sha256 == deeds.heads_now(copy.site)
    return asked(request, "crf/confirm_copy.html", context, Received(posted(request)), deed, cautious=False)


class Earlier(entry.Form):
    """The manifest of an earlier copy."""

    manifest = entry.FileField(
        label="manifest.json of the earlier copy", help_text="It stands in the archive, beside the casebooks."
    )


def compare_copies(request):
    """What was written since an earlier copy, and whether anything changed that the trail does not explain."""
    permissions.require_anywhere(request.user, "read copies")
    form = Earlier(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context = {"crumbs": [COPIES, {"word": "Compare"}], "compared": None}

    def deed(answers):
        file = answers["manifest"]
        if file.size > LARGEST:
            raise copy_compared.NoManifest("This file is larger than a manifest is. Unpack the archive first.")
        manifest = copy_compared.read(file.read(), trial.STUDY_ID)
        site = _sites(request.user, "read copies").filter(code=manifest["site"][:10]).first()
        if site is None:
            raise copy_compared.NoManifest("This is the manifest of a copy of a site that is not yours.")
        found = copy_compared.compare(manifest, site, signed_forms())
        return render(request, "crf/compare_copies.html", context | {"form": form, "compared": found, "site": site})

    return asked(request, "crf/compare_copies.html", context, form, deed, cautious=False)
