"""How often somebody may be wrong before no further password is looked at, and who is told (SEC-03, SIG-09).

Failures are counted in the table of sign-ins, so the counts are one for all hosts and depend on nothing that a client
sends. A browser in which the person signed in before has a count of its own; all others are counted by address, so
that nobody is kept out by what somebody else types elsewhere. Unknown names are counted like known ones.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from crf.models import RoleHeld, SignIn, User

from . import sessions
from .mail import mail

WITHIN = timedelta(minutes=5)
OF_A_DEVICE = 10  # one person in a browser known to be theirs
OF_A_NAME = 5  # one name from one address, in unknown browsers
OF_AN_ADDRESS = 60  # one address, whatever the names: a hospital has one address
OF_A_NAME_ANYWHERE = 50  # one name from many addresses, where nothing but a password guards the account
WHEN_SIGNED_IN = 5  # by who is signed in and asked again
FAILED = (SignIn.Kind.FAILED, SignIn.Kind.FAILED_CODE)


def mark_of(name: str) -> str:
    """32 bits of a keyed hash of what was typed as a name: it tells failures of one name from those of others."""
    return salted_hmac("crf.guessing", name.strip().lower()[:254], algorithm="sha256").hexdigest()[:8]


def is_too_often(*, name: str, user: User | None, address: str | None, device: str) -> bool:
    """Whether a password for the name is not even looked at now. `device`: the known browser of this person, or ""."""
    failed = SignIn.objects.filter(kind__in=FAILED, at__gt=timezone.now() - WITHIN)
    if device and user is not None and failed.filter(user=user, device=device).count() < OF_A_DEVICE:
        return False
    elsewhere = failed.filter(device="")
    here = elsewhere.filter(address=address)
    if here.filter(name_mark=mark_of(name)).count() >= OF_A_NAME or here.count() >= OF_AN_ADDRESS:
        return True
    has_second_factor = settings.MFA_REQUIRED if user is None else _has_second_factor(user)
    return not has_second_factor and elsewhere.filter(name_mark=mark_of(name)).count() >= OF_A_NAME_ANYWHERE


def _has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def note_failure(failure: SignIn) -> None:
    """Tell the administrators and the person once the limit is reached, and once only within its time."""
    if failure.user is None:
        return
    lately = SignIn.objects.filter(kind__in=FAILED, user=failure.user, at__gt=failure.at - WITHIN)
    if lately.count() == OF_A_NAME:
        tell(failure.user, f"{OF_A_NAME} wrong passwords or codes were given within {WITHIN.seconds // 60} minutes")


def is_signed_out(request, user: User) -> bool:
    """A signed-in person who is asked again and is wrong too often is signed out everywhere; somebody may sit there."""
    lately = SignIn.objects.filter(kind__in=FAILED, user=user, at__gt=timezone.now() - WITHIN, name_mark=AGAIN).count()
    if lately < WHEN_SIGNED_IN:
        return False
    sessions.end_all(user)
    tell(user, f"{lately} wrong passwords or codes were given in a session that was open, and its sessions were ended")
    return True


AGAIN = "again"  # in place of the mark: the failure of somebody signed in


def tell(user: User, what: str) -> None:
    """The administrators of the person's sites, and the person."""
    sites = RoleHeld.objects.current().filter(user=user).values("site")
    told = User.objects.filter(roles_held__in=RoleHeld.objects.current().filter(role="administrator", site__in=sites))
    line = (
        f"{what[0].upper()}{what[1:]} for the account {user.username}. The page of sign-ins shows when and from where."
    )
    for administrator in told.distinct():
        mail(administrator.email, "Wrong passwords", line)
    mail(user.email, "Wrong passwords", line, "If it was not you, tell the administrator of the trial.")
