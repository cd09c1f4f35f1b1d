"""Another address, or a new password and second factor: done at once, or by two administrators for who signs (SIG-10).

Either way the person is told at the address of before, and signs nothing until another administrator has confirmed
who uses the account.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from crf.models import AccessChange, SignIn, User
from crf.permissions import require_anywhere
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from crf.spec.kinds import shows_something

from . import sessions
from .act import act
from .mail import mail, mail_link
from .reach import require_over
from .roles import refuse_oneself

WAITS = timedelta(days=7)
CALL = "If this is not what you asked for, tell the trial's data manager or monitor today."


def ask(*, user: User, kind: str, reason: str, by: User, email: str = "") -> AccessChange:
    """Ask for what another administrator must confirm. The person is told; nothing changes yet."""
    role = require_anywhere(by, "administer")
    refuse_oneself(user, by)
    require_over(user, by)
    now = timezone.now()
    with act(by=by, role=role, reason=reason):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if waiting := waiting_for(user):
            if waiting.asked_at > now - WAITS:
                raise AlreadySettled(
                    f"A change waits for {user} already. Another administrator confirms or refuses it."
                )
            _decide(waiting, AccessChange.State.REFUSED, by, now)
        change = AccessChange.objects.create(
            user=user, kind=kind, email=email, reason=reason[:300], asked_by=by, asked_at=now
        )
        mail(
            user.email,
            "A change to your account was asked for",
            f"{by} asked for a change to your account {user.username}: {change.get_kind_display().lower()}.",
            "It waits for a second administrator.",
            CALL,
        )
    return change


def waiting_for(user: User) -> AccessChange | None:
    return AccessChange.objects.filter(user=user, state=AccessChange.State.WAITING).select_related("asked_by").first()


def decide(*, change: AccessChange, is_confirmed: bool, by: User) -> AccessChange:
    """Confirm the change, which does it, or refuse it. Raises NotAllowed to who asked for it or is concerned."""
    role = require_anywhere(by, "administer")
    refuse_oneself(change.user, by)
    require_over(change.user, by)
    if is_confirmed and by.pk == change.asked_by_id:
        raise NotAllowed("You asked for this change yourself. Another administrator confirms it.")
    now = timezone.now()
    with act(by=by, role=role, reason=change.reason):
        change = (
            AccessChange.objects.select_for_update(of=("self",)).select_related("user", "asked_by").get(pk=change.pk)
        )
        if change.state != AccessChange.State.WAITING:
            raise AlreadySettled("This change was decided already.")
        if is_confirmed and change.asked_at < now - WAITS:
            raise Refusal("This change was asked for more than a week ago. Refuse it, and let it be asked for anew.")
        _decide(change, AccessChange.State.CONFIRMED if is_confirmed else AccessChange.State.REFUSED, by, now)
        if is_confirmed and change.kind == AccessChange.Kind.EMAIL:
            set_email(change.user, change.email, by=change.asked_by)
        elif is_confirmed:
            begin_anew(change.user, forget_second_factor=True, by=change.asked_by)
    return change


def _decide(change: AccessChange, state: str, by: User, now) -> None:
    change.state, change.decided_by, change.decided_at = state, by, now
    change.save(update_fields=["state", "decided_by", "decided_at"])


def set_email(user: User, email: str, *, by: User) -> None:
    """Inside a deed: the new address, which nobody has read yet; the person is told at the old one."""
    before, user.email, user.email_confirmed_at = user.email, email, None
    user.save(update_fields=["email", "email_confirmed_at"])
    doubt(user, by)
    mail(
        before,
        "The address of your account was changed",
        f"The e-mail address of your account {user.username} was changed by {by}. Mails no longer come here.",
        CALL,
    )


def begin_anew(user: User, *, forget_second_factor: bool, by: User) -> None:
    """Inside a deed: no password, all sessions ended, a link mailed; and no second factor, where it is forgotten."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    if forget_second_factor:
        Authenticator.objects.filter(user=user).delete()
        doubt(user, by)
        mail(
            user.email,
            "Your second factor was forgotten",
            f"The second factor of your account {user.username} was taken away, as {by} asked. "
            "You set up another when you have set the new password.",
            CALL,
        )
    sessions.end_all(user)
    mail_link(user)


def doubt(user: User, by: User) -> None:
    """Inside a deed: from now on the account signs nothing, until somebody other than `by` says who uses it."""
    user.identity_doubted_at, user.identity_doubted_by = timezone.now(), by
    user.save(update_fields=["identity_doubted_at", "identity_doubted_by"])


def confirm_identity(*, user: User, how: str, by: User) -> User:
    """Say that the person who uses the account is the person it names, and how one knows. Then the account signs."""
    role = require_anywhere(by, "administer")
    refuse_oneself(user, by)
    require_over(user, by)
    if not shows_something(how):
        raise Refusal("Say how you know: such as seen in person with a passport, or called at the number on file.")
    with act(by=by, role=role, reason=how.strip()):
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if user.identity_doubted_at is None:
            raise AlreadySettled(f"Nothing is in doubt about the account of {user}.")
        if user.identity_doubted_by_id == by.pk:
            raise NotAllowed("You changed how this account signs in. Another administrator confirms who uses it.")
        if not SignIn.objects.filter(user=user, kind=SignIn.Kind.IN, at__gt=user.identity_doubted_at).exists():
            raise NotYet(f"{user} has not signed in since. Confirm it once the person has, and has told you so.")
        user.identity_doubted_at = user.identity_doubted_by = None
        user.save(update_fields=["identity_doubted_at", "identity_doubted_by"])
    return user
