"""Who may do what where, and since when."""

import functools

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .audit import Audited
from .loaded import Loaded
from .lookup import Lookup


class User(Loaded, AbstractUser):
    """One person, one account. Their organisation stands in every audit row.

    A username is never changed and never given again: no row is deleted, and a trigger holds the name.
    `sessions_ended` counts how often all sessions of the person were ended; a session knows the count it began with.
    `email_confirmed_at`: since when somebody is known to read the address; no link to set a password is mailed on
    request to another. `identity_doubted_at`: since when nobody but the administrator who then acted on the account
    vouches for who uses it; such an account signs nothing until another administrator confirms who it is (SIG-10).
    """

    organisation = models.CharField(max_length=200, blank=True)
    sessions_ended = models.PositiveIntegerField(default=0)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    identity_doubted_at = models.DateTimeField(null=True, blank=True)
    identity_doubted_by = models.ForeignKey(
        "crf.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once_in_any_case")]
        triggers = [
            Audited(
                only=[
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "organisation",
                    "is_active",
                    "password",
                    "identity_doubted_at",
                ]
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret=None):
        """What a session began with: Django ends it once this differs, by a new password or count (ACC-09)."""
        bound = f"{self.password} {self.sessions_ended}"
        return salted_hmac("crf.User.session", bound, secret=secret, algorithm="sha256").hexdigest()

    @functools.cached_property
    def current_roles(self) -> list["RoleHeld"]:
        """The roles this person holds today, read once per request."""
        return _CURRENT.of(self.pk, timezone.now().date())

    def sites_as(self, *roles: str) -> set[int]:
        """The sites (ids) at which the person holds one of the roles today."""
        return {held.site_id for held in self.current_roles if held.role in roles}

    def roles_at(self, site_id: int) -> set[str]:
        """The roles held today at the site."""
        return {held.role for held in self.current_roles if held.site_id == site_id}


class RoleQuerySet(models.QuerySet):
    def current(self, on=None):
        """Roles that give rights on the day: trained, delegated, begun, not ended, of an account in use."""
        on = on or timezone.now().date()
        return self.held(on).filter(ended_at__isnull=True, user__is_active=True)

    def held(self, on):
        """Who had which role on the day, also in the past (ACC-07). One that ended at noon counts for the day."""
        return (
            self.filter(starts_on__lte=on, trained_on__lte=on, delegated_on__lte=on)
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
            .exclude(ended_at__date__lt=F("starts_on"))
        )


class RoleHeld(Loaded):
    """A role of a person at a site, from one date to another, with training and delegation."""

    class Role(models.TextChoices):
        INVESTIGATOR = "investigator", "Investigator"
        COORDINATOR = "coordinator", "Coordinator"
        RATER = "rater", "Rater"
        PHARMACIST = "pharmacist", "Pharmacist"
        MONITOR = "monitor", "Monitor"
        DATA_MANAGER = "data_manager", "Data manager"
        MEDICAL_MONITOR = "medical_monitor", "Medical monitor"
        SAFETY_OFFICER = "safety_officer", "Safety officer"
        STATISTICIAN = "statistician", "Statistician"
        RANDOMISATION_STATISTICIAN = "randomisation_statistician", "Randomisation statistician"
        UNBLINDED_STATISTICIAN = "unblinded_statistician", "Unblinded statistician"
        SUPPLY_MANAGER = "supply_manager", "Supply manager"
        AUDITOR = "auditor", "Auditor"
        ADMINISTRATOR = "administrator", "Administrator"

    user = models.ForeignKey("crf.User", on_delete=models.PROTECT, related_name="roles_held")
    site = models.ForeignKey("crf.Site", on_delete=models.PROTECT, related_name="roles_held")
    role = models.CharField(max_length=30, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="the last day")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it was ended at once, within its last day")
    trained_on = models.DateField()
    delegated_on = models.DateField()

    objects = RoleQuerySet.as_manager()

    class Meta:
        triggers = [Audited()]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="role_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(trained_on__lte=models.F("starts_on"), delegated_on__lte=models.F("starts_on")),
                name="role_starts_trained_and_delegated",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ends_on__isnull=False), name="role_ended_has_its_last_day"
            ),
            models.UniqueConstraint(
                fields=["user", "site", "role", "starts_on"], condition=Q(ended_at__isnull=True), name="role_held_once"
            ),
        ]

    def __str__(self):
        return f"{self.user} as {self.get_role_display()} at {self.site}"

    def has_ended(self, today) -> bool:
        """Whether the role gives no rights any more."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < today)


_CURRENT = Lookup(lambda user, on: RoleHeld.objects.filter(user_id=user).current(on).select_related("site"))
