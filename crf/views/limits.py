"""Limits of normal by site: what holds and what held, and new ones entered by hand; files of them come by import."""

from django import forms as entry
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render

from crf import permissions
from crf.actions.limits import enter_limits, withdraw
from crf.models import Site, SiteLimits
from crf.rules.laboratory import ANALYTES, UNITS, name_of
from crf.spec import dates
from crf.views.asking import Amount, Reason, Whole, asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once

A_PAGE = 100
LIMITS = {"word": "Limits of normal", "href": "/limits/"}


def limits(request):
    """The sites' own limits, by site and test; where a site has none, the textbook's hold."""
    permissions.require_anywhere(request.user, "read imports")
    sites = request.user.sites_as(*permissions.DEEDS["read imports"])
    found = SiteLimits.objects.filter(site_id__in=sites).select_related("site", "entered_by", "withdrawn_by")
    page = Paginator(found.order_by("site__code", "analyte", "sex", "youngest", "-valid_from"), A_PAGE)
    page = page.get_page(request.GET.get("page"))
    keeps = request.user.sites_as(*permissions.DEEDS["keep limits"])
    rows = [
        {"limits": one, "test": name_of(one.analyte), "may_withdraw": one.withdrawn_at is None and one.site_id in keeps}
        for one in page
    ]
    may_keep = permissions.may_anywhere(request.user, "keep limits")
    return render(request, "crf/limits.html", {"rows": rows, "page": page, "may_keep": may_keep})


class NewLimits(entry.Form):
    """One test's limits at a site, from a day on."""

    site = entry.ModelChoiceField(queryset=None, empty_label=None, label="Site")
    analyte = entry.ChoiceField(choices=[(test.code, test.name) for test in ANALYTES], label="Test")
    sex = entry.ChoiceField(choices=SiteLimits.Sex.choices, required=False, label="Sex")
    youngest = Whole(min_value=0, max_value=120, initial=18, label="From age, years")
    oldest = Whole(min_value=0, max_value=120, initial=120, label="To age, years")
    low = Amount(
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=4,
        label="Lower limit",
        help_text="Leave blank where there is none.",
    )
    high = Amount(
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=4,
        label="Upper limit",
        help_text="Leave blank where there is none.",
    )
    unit = entry.ChoiceField(choices=[(unit, unit) for unit in UNITS], label="Unit")
    valid_from = DayField(label="Valid from")
    valid_to = DayField(
        required=False,
        label="Valid to",
        help_text="Leave blank while they hold. Earlier ones of the same sex and age end then.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = user.sites_as(*permissions.DEEDS["keep limits"])
        self.fields["site"].queryset = Site.objects.filter(pk__in=sites)


def new_limits(request):
    """Enter limits by hand."""
    permissions.require_anywhere(request.user, "keep limits")
    form = NewLimits(posted(request), user=request.user)

    def deed(answers):
        new, ended = enter_limits(by=request.user, **answers)
        said = f" Those before them end on {dates.day(ended.valid_to)}." if ended else ""
        messages.success(request, f"{name_of(new.analyte)}: the limits hold from {dates.day(new.valid_from)}.{said}")
        return redirect("crf:limits")

    context = {"crumbs": [LIMITS, {"word": "New limits"}]}
    return asked(request, "crf/new_limits.html", context, form, deed, once=Once(request))


def withdraw_limits(request, pk):
    """Say that limits were wrong: they count no more."""
    permissions.require_anywhere(request.user, "keep limits")
    sites = request.user.sites_as(*permissions.DEEDS["keep limits"])
    found = get_object_or_404(SiteLimits.objects.filter(site_id__in=sites).select_related("site"), pk=pk)
    question = Reason(posted(request), label="What was wrong with them?", longest=200)
    test = name_of(found.analyte)

    def deed(answers):
        withdraw(limits=found, by=request.user, **answers)
        messages.success(request, f"{test}: the limits from {dates.day(found.valid_from)} are withdrawn.")
        return redirect("crf:limits")

    context = {"crumbs": [LIMITS, {"word": f"Withdraw limits, {test}"}], "limits": found, "test": test}
    return asked(request, "crf/withdraw_limits.html", context, question, deed)
