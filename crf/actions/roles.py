"""Give roles and end them: dated, trained, delegated, and duties that stay apart (ACC-04, ACC-06)."""

from datetime import date

from django.utils import timezone

from crf.models import RoleHeld, Site, User
from crf.permissions import require
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.rules import access
from crf.spec import dates
from crf.spec.kinds import shows_something

from . import sessions
from .act import act
from .close_out import refuse_to_leave_without_a_copy
from .reach import administered


def give_role(
    *,
    user: User,
    site: Site,
    role: str,
    starts_on: date,
    by: User | str,
    trained_on: date | None = None,
    delegated_on: date | None = None,
    ends_on: date | None = None,
) -> RoleHeld:
    """Let the person act in the role at the site, from the first day to the last; all sessions of the person end.

    Raises Refusal where training or delegation is missing or comes later, where the past would be rewritten, and where
    duties would come together that stay apart. Only at set-up ("system:…") do the dates fall back on the first day.
    """
    RoleHeld.Role(role)
    if isinstance(by, User):
        require(by, "administer", site.pk)
        refuse_oneself(user, by)
        if not administered(by).filter(pk=user.pk).exists():
            raise NotAllowed("This account is not one of your sites.")
        refuse_dates_out_of_order(starts_on, ends_on, trained_on, delegated_on)
        if starts_on < timezone.now().date():
            raise Refusal("The first day has passed already: who had which role on a past day is not rewritten.")
        if not user.is_active:
            raise Refusal(f"The account of {user} is disabled. Enable it first.")
    with act(by=by, role=role_of(by)):
        held = RoleHeld.objects.filter(user=User.objects.select_for_update(no_key=True).get(pk=user.pk))
        refuse_duties_together(held, role, starts_on, ends_on)
        if held.filter(site=site, role=role, ended_at__isnull=True).exclude(ends_on__lt=starts_on).exists():
            raise AlreadySettled(f"{user} holds this role at {site} already. End it first, or begin later.")
        given = RoleHeld.objects.create(
            user=user,
            site=site,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            trained_on=trained_on or starts_on,
            delegated_on=delegated_on or starts_on,
        )
        if isinstance(by, User):
            sessions.end_all(user)
    return given


def end_role(*, held: RoleHeld, by: User, reason: str, last_day: date | None = None) -> RoleHeld:
    """End the role: at once, or after its last day. What the person did in it stays theirs."""
    role = require(by, "administer", held.site_id)
    refuse_oneself(held.user, by)
    today = timezone.now().date()
    if not shows_something(reason):
        raise Refusal("Say why the role ends.")
    if last_day is not None and last_day < today:
        raise Refusal("The last day has passed already. Leave it empty to end the role at once.")
    with act(by=by, role=role, reason=reason):
        held = RoleHeld.objects.select_for_update(of=("self",)).select_related("user", "site").get(pk=held.pk)
        if held.ended_at is not None or (held.ends_on is not None and held.ends_on < today):
            raise AlreadySettled("This role has ended already.")
        refuse_to_leave_without_a_copy(held)
        if last_day is not None and last_day < held.starts_on:
            raise Refusal("The last day lies before the first. Leave it empty to end the role at once.")
        if last_day is None:
            held.ended_at, held.ends_on = timezone.now(), max(today, held.starts_on)
        else:
            held.ends_on = last_day
        held.save(update_fields=["ended_at", "ends_on"])
        sessions.end_all(held.user)
    return held


def refuse_oneself(user: User, by: User) -> None:
    """Nobody decides about the own access."""
    if user.pk == by.pk:
        raise NotAllowed("You cannot change your own account or roles. Another administrator does that.")


def role_of(by: User | str) -> str:
    """The role that the trail shows: the administrator's, or the machine's at set-up."""
    return "administrator" if isinstance(by, User) else "system"


def refuse_dates_out_of_order(
    starts_on: date, ends_on: date | None, trained_on: date | None, delegated_on: date | None
) -> None:
    """Training and delegation come before the first day, and that before the last. Raises Refusal."""
    if trained_on is None or delegated_on is None:
        raise Refusal("A role wants the dates of training and of delegation. Nobody begins without them.")
    if trained_on > starts_on or delegated_on > starts_on:
        raise Refusal("Training and delegation come before the first day of the role. Correct the dates.")
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day lies before the first. Correct one of them.")


def refuse_duties_together(held, role: str, starts_on: date, ends_on: date | None) -> None:
    """The sentence; the trigger `duties_apart` refuses the same once more."""
    standing = [
        access.Held(other.role, other.starts_on, other.ends_on)
        for other in held
        if other.ended_at is None or other.ended_at.date() >= other.starts_on  # one that never began gave no knowledge
    ]
    if found := access.separation_against(access.Held(role, starts_on, ends_on), standing):
        separation, other = found
        word = RoleHeld.Role(other.role).label.lower()
        until = f"until {dates.day(other.until)}" if other.until else "without an end"
        lasts = " What one knows of the arms does not end with the role." if separation.lasts else ""
        raise Refusal(f"{separation.sentence}{lasts} This account is {word} {until}.")
