"""Put on record that the accounts and their roles were looked over (ACC-08)."""

from datetime import date

from django.utils import timezone

from crf.models import AccessReview, RoleHeld, User
from crf.permissions import require_anywhere
from crf.refusals import Refusal
from crf.rules.access import review_due_on
from crf.spec.kinds import shows_something

from .act import act


def review(*, by: User, finding: str) -> AccessReview:
    """Somebody looked at every account; what they found, and what they looked at, stays."""
    role = require_anywhere(by, "administer")
    if not shows_something(finding):
        raise Refusal("Say what you found: that everything is right, or what was changed.")
    with act(by=by, role=role):
        return AccessReview.objects.create(
            reviewed_at=timezone.now(), reviewed_by=by, finding=finding.strip(), seen=seen_today()
        )


def due_on() -> date:
    """When the accounts are to be looked over next."""
    last = AccessReview.objects.order_by("-reviewed_at").values_list("reviewed_at", flat=True).first()
    first = User.objects.order_by("date_joined").values_list("date_joined", flat=True).first()
    return review_due_on(last and last.date(), (first or timezone.now()).date())


def seen_today() -> list[list]:
    """Every account with its roles of today: [username, is active, roles in words]."""
    roles: dict[int, list[str]] = {}
    for held in RoleHeld.objects.current().select_related("site").order_by("role", "site__code"):
        roles.setdefault(held.user_id, []).append(f"{held.get_role_display()}, {held.site.code}")
    return [
        [user.username, user.is_active, "; ".join(roles.get(user.pk, []))] for user in User.objects.order_by("username")
    ]
