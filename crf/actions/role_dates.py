"""Correct the dates of a role that were mistyped: for a reason, and never so that what was done loses its right."""

from datetime import date

from django.db.models import Max, Min

from crf.models import AuditEntry, RoleHeld, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.spec import dates
from crf.spec.kinds import shows_something

from . import sessions
from .act import act
from .roles import refuse_dates_out_of_order, refuse_duties_together, refuse_oneself


def correct_role(
    *,
    held: RoleHeld,
    starts_on: date,
    ends_on: date | None,
    trained_on: date,
    delegated_on: date,
    by: User,
    reason: str,
) -> RoleHeld:
    """The role has these dates, and had the others by mistake; the trail keeps both. Sessions of the person end.

    The first day does not come before the day on which the role was given, nor the days of the role before or after
    what was done in it. A role that was ended at once keeps its last day. Raises Refusal with a sentence.
    """
    role = require(by, "administer", held.site_id)
    refuse_oneself(held.user, by)
    if not shows_something(reason):
        raise Refusal("Say how it is known that the dates were wrong.")
    refuse_dates_out_of_order(starts_on, ends_on, trained_on, delegated_on)
    with act(by=by, role=role, reason=reason):
        others = RoleHeld.objects.filter(user=User.objects.select_for_update(no_key=True).get(pk=held.user_id))
        held = RoleHeld.objects.select_related("user", "site").get(pk=held.pk)
        wanted = {"starts_on": starts_on, "ends_on": ends_on, "trained_on": trained_on, "delegated_on": delegated_on}
        changed = [name for name, day in wanted.items() if getattr(held, name) != day]
        if not changed:
            raise AlreadySettled("These are the dates of the role already. Nothing was changed.")
        if held.ended_at is not None and "ends_on" in changed:
            raise Refusal("The role was ended at once, so its last day is the day on which that was done.")
        _refuse_what_was_done(held, wanted)
        others = others.exclude(pk=held.pk)
        refuse_duties_together(others, held.role, starts_on, ends_on)
        same = others.filter(site=held.site_id, role=held.role, ended_at__isnull=True)
        same = same.exclude(ends_on__lt=starts_on)
        if (same.exclude(starts_on__gt=ends_on) if ends_on else same).exists():
            raise Refusal(f"{held.user} holds this role at {held.site} a second time on some of these days.")
        for name in changed:
            setattr(held, name, wanted[name])
        held.save(update_fields=changed)
        sessions.end_all(held.user)
    return held


def _refuse_what_was_done(held: RoleHeld, wanted: dict) -> None:
    """What the person did in the role at the site, and the day on which it was given, bound its days."""
    given = AuditEntry.objects.filter(table="crf_roleheld", record=held.pk, operation=AuditEntry.Operation.INSERT)
    given_at = given.values_list("at", flat=True).first()
    given_on = given_at.date() if given_at else held.starts_on
    if wanted["starts_on"] < min(held.starts_on, given_on):
        raise Refusal(f"The role was given on {dates.day(given_on)}. Who had which role before that is not rewritten.")
    done = AuditEntry.objects.filter(actor=str(held.user_id), role=held.role, site_id=held.site_id)
    done = done.filter(at__date__gte=held.starts_on)
    if held.ends_on is not None:
        done = done.filter(at__date__lte=held.ends_on)
    bounds = done.aggregate(first=Min("at"), last=Max("at"))
    if bounds["first"] is None:
        return
    first, last = bounds["first"].date(), bounds["last"].date()
    if wanted["starts_on"] > first:
        raise Refusal(f"{held.user} acted in this role on {dates.day(first)}, so it began by then.")
    if wanted["ends_on"] is not None and wanted["ends_on"] < last:
        raise Refusal(f"{held.user} acted in this role on {dates.day(last)}, so it did not end before.")
