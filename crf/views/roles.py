"""Roles: give one, end one, and who had which on any day."""

from django import forms as entry
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from crf import permissions
from crf.actions import role_dates
from crf.actions import roles as deeds
from crf.exchange.cells import as_csv
from crf.models import RoleHeld, Site, User
from crf.spec import dates
from crf.views.accounts import crumb_of, page, person_at
from crf.views.asking import asked, posted
from crf.views.day_field import DayField
from crf.views.once import Once

COLUMNS = ("username", "name", "organisation", "role", "site", "first_day", "last_day", "trained", "delegated")


class NewRole(entry.Form):
    """A role with its dates."""

    role = entry.ChoiceField(choices=[("", "Choose a role"), *RoleHeld.Role.choices])
    site = entry.ModelChoiceField(Site.objects.none(), empty_label=None)
    trained_on = DayField(help_text="Good clinical practice, the protocol and this system.")
    delegated_on = DayField(help_text="As the site's delegation log says.")
    starts_on = DayField(label="First day", help_text="From midnight UTC.")
    ends_on = DayField(label="Last day", required=False, help_text="Until midnight UTC. Empty: until it is ended.")

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(pk__in=by.sites_as(*permissions.DEEDS["administer"]))
        self.fields["starts_on"].initial = timezone.now().date()


def give_role(request, username):
    """Give the person a role at a site."""
    user = person_at(request, username)

    def deed(answers):
        held = deeds.give_role(user=user, by=request.user, **answers)
        messages.success(
            request,
            f"{user} is {held.get_role_display().lower()} at {held.site} from "
            f"{dates.day(held.starts_on)}. Open sessions of the account have ended.",
        )
        return redirect("crf:account", username)

    context = page(request, "Give a role", above=crumb_of(user), person=user)
    form = NewRole(posted(request), by=request.user)
    return asked(request, "crf/give_role.html", context, form, deed, once=Once(request))


def _administered(request, held: int) -> RoleHeld:
    """A role at a site that this person administers; 404 for any other."""
    permissions.require_anywhere(request.user, "administer")
    return get_object_or_404(
        RoleHeld.objects.select_related("user", "site"),
        pk=held,
        site_id__in=request.user.sites_as(*permissions.DEEDS["administer"]),
    )


class Ending(entry.Form):
    """When and why a role ends."""

    last_day = DayField(required=False, help_text="Empty: it ends now.")
    reason = entry.CharField(max_length=300, label="Why does the role end?", widget=entry.Textarea(attrs={"rows": 3}))


def end_role(request, held):
    """End a role now, or after a day."""
    found = _administered(request, held)

    def deed(answers):
        ended = deeds.end_role(held=found, by=request.user, **answers)
        messages.success(
            request,
            f"The role ends on {dates.day(ended.ends_on)}."
            if ended.ended_at is None
            else "The role has ended. Open sessions of the account have ended too.",
        )
        return redirect("crf:account", found.user.username)

    context = page(request, "End a role", above=crumb_of(found.user), held=found)
    return asked(request, "crf/end_role.html", context, Ending(posted(request)), deed, cautious=False)


class Correction(entry.Form):
    """The dates of a role as they should have been, and how that is known."""

    trained_on = DayField()
    delegated_on = DayField()
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day", required=False, help_text="Empty: until it is ended.")
    reason = entry.CharField(
        max_length=300, label="How is it known that they were wrong?", widget=entry.Textarea(attrs={"rows": 3})
    )


def correct_role(request, held):
    """Correct the dates of a role that were mistyped."""
    found = _administered(request, held)

    def deed(answers):
        role_dates.correct_role(held=found, by=request.user, **answers)
        messages.success(request, "The dates are corrected. Open sessions of the account have ended.")
        return redirect("crf:account", found.user.username)

    now = {name: getattr(found, name) for name in ("trained_on", "delegated_on", "starts_on", "ends_on")}
    context = page(request, "Correct the dates", above=crumb_of(found.user), held=found)
    form = Correction(posted(request), initial=now)
    return asked(request, "crf/correct_role.html", context, form, deed, cautious=False)


# -- who had which role on a day (ACC-07)


def roles_on(request):
    """Who had which role at which site on the day that is asked for; today, where none is."""
    on, found, wrong = _asked_for(request)
    typed = request.GET["on"] if wrong else dates.day(on)
    return render(request, "crf/roles_on.html", page(request, found=found, on=on, typed=typed, wrong=wrong))


def roles_on_file(request):
    """The same as CSV."""
    on, found, _ = _asked_for(request)
    rows = [
        (
            held.user.username,
            held.user.get_full_name(),
            held.user.organisation,
            held.get_role_display(),
            held.site.name,
            held.starts_on,
            held.ends_on,
            held.trained_on,
            held.delegated_on,
        )
        for held in found
    ]
    response = HttpResponse(as_csv(COLUMNS, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="roles-on-{on:%Y-%m-%d}.csv"'
    return response


def _asked_for(request):
    permissions.require_anywhere(request.user, "read access")
    typed, wrong, on = request.GET.get("on", "").strip()[:60], "", timezone.now().date()
    try:
        on = dates.read_day(typed) if typed else on
    except dates.NotADate as no_day:
        wrong = f"{no_day} Shown is today."
    sites = request.user.sites_as(*permissions.DEEDS["read access"])
    found = RoleHeld.objects.held(on).filter(site_id__in=sites).select_related("user", "site")
    return on, found.order_by("site__code", "role", "user__last_name", "user__username"), wrong
