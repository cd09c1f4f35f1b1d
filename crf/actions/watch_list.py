"""The allocation list while it is closed: its balance, for the randomisation statistician, and who is told in time."""

from dataclasses import dataclass

from django.conf import settings

from crf import trial
from crf.allocation import hatch
from crf.models import Mail, RoleHeld, User
from crf.permissions import require_anywhere
from crf.refusals import Refusal
from crf.spec.kinds import shows_something

from . import outbox


@dataclass(frozen=True)
class Use:
    """A stratum: its places, how many were given, and of which arm, in the order declared."""

    stratum: str
    places: int
    given: tuple[int, ...]

    @property
    def used(self) -> int:
        return sum(self.given)

    @property
    def percent(self) -> int:
        return 100 * self.used // self.places

    @property
    def is_nearly_used(self) -> bool:
        """As the database counts it: four places of five."""
        return 5 * self.used >= 4 * self.places


def balance(*, by: User, reason: str) -> list[Use]:
    """How the list was used so far, by stratum and arm. Each look is on record, told to nobody who is blinded."""
    require_anywhere(by, "watch the list")
    if not shows_something(reason):
        raise Refusal("Say why you look at the balance now.")
    found = hatch.balance(by=by.pk, reason=reason.strip())
    return [
        Use(stratum, places, tuple(given.get(arm.code, 0) for arm in trial.ARMS))
        for stratum, (places, given) in found.items()
    ]


def tell_if_nearly_used(stratum: str, *, was: bool) -> None:
    """Mail the randomisation statistician when the kit that was just given reached four fifths of a stratum.

    Part of the deed that gave it. The mail names neither stratum nor number: other people may see a mailbox.
    """
    if was or not hatch.is_nearly_used(stratum):
        return
    held = RoleHeld.objects.current().filter(role=RoleHeld.Role.RANDOMISATION_STATISTICIAN).select_related("user")
    outbox.put(
        kind=Mail.Kind.ALERT,
        to=[role.user.email for role in held if role.user.email],
        title=f"[{trial.STUDY_ID}] The allocation list is nearly used",
        text="Four fifths of a stratum of the allocation list have been given.\n\n"
        f"Sign in and look: {settings.PUBLIC_ADDRESS}/list/\n",
    )
