"""On whose accounts an administrator may act: those of the own sites (ACC-02)."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from crf.models import AuditEntry, RoleHeld, Signature, Site, User
from crf.permissions import DEEDS
from crf.refusals import NotAllowed, Refusal
from crf.rules.access import SIGNING


def administered(by: User) -> QuerySet[User]:
    """The accounts that hold or held a role at a site which the person administers.

    An account without any role is of nobody's site yet: it is of whoever opened it, and of who administers every site.
    """
    sites = by.sites_as(*DEEDS["administer"])
    opened = AuditEntry.objects.filter(
        table="crf_user", operation=AuditEntry.Operation.INSERT, actor=str(by.pk)
    ).values_list("record", flat=True)
    roleless = Q(roles_held__isnull=True)
    if not sites or Site.objects.exclude(pk__in=sites).exists():
        roleless &= Q(pk__in=list(opened))
    return User.objects.filter(Q(roles_held__site_id__in=sites) | roleless | Q(pk=by.pk)).distinct()


def require_over(user: User, by: User) -> None:
    """What concerns the account as a whole is done by who administers every site at which it holds a role."""
    if not administered(by).filter(pk=user.pk).exists():
        raise NotAllowed("This account is not one of your sites.")
    sites = by.sites_as(*DEEDS["administer"])
    standing = RoleHeld.objects.filter(user=user, ended_at__isnull=True).exclude(ends_on__lt=timezone.now().date())
    if standing.exclude(site_id__in=sites).exists():
        raise Refusal(
            f"{user} also holds a role at a site that you do not administer, so this is not yours alone to do. "
            "End the role at your own site, or ask an administrator of all the sites of the account."
        )


def signs(user: User) -> bool:
    """Whether the account has, had, or used the right to sign: what it signed is on record under this name."""
    return (
        RoleHeld.objects.filter(user=user, role__in=SIGNING).exists()
        or Signature.objects.filter(signed_by=user).exists()
    )
