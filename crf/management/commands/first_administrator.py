"""`manage.py first_administrator USERNAME "First Last" EMAIL --organisation NAME`: how an empty installation begins.

Makes the declared sites, not activated, and one account that administers them; prints the link at which the
person sets the password. Everybody else is let in by that person. Refused while anybody administers; the way back in
where the only administrator has left.
"""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crf import trial
from crf.actions import accounts
from crf.actions.password_links import link_for
from crf.models import RoleHeld
from crf.refusals import Refusal

MACHINE = "system:first_administrator"


class Command(BaseCommand):
    help = "Open the first administrator's account of an empty installation and print the link to set its password."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("name", help="first and last name")
        parser.add_argument("email")
        parser.add_argument("--organisation", required=True)

    def handle(self, *, username, name, email, organisation, **options):
        if RoleHeld.objects.current().filter(role=RoleHeld.Role.ADMINISTRATOR).exists():
            raise CommandError("There is an administrator already, who opens accounts on the page Accounts.")
        today = timezone.now().date()
        try:
            with transaction.atomic():
                user = accounts.open_account(
                    username=username, name=name, organisation=organisation, email=email, by=MACHINE
                )
                for site in trial.SITES:
                    made = accounts.set_up_site(
                        code=site.code,
                        name=site.name,
                        country=site.country,
                        timezone=site.timezone,
                        protocol_version=trial.PROTOCOL_VERSION,
                        activated_on=None,
                        by=MACHINE,
                    )
                    accounts.give_role(
                        user=user, site=made, role=RoleHeld.Role.ADMINISTRATOR, starts_on=today, by=MACHINE
                    )
        except Refusal as refused:
            raise CommandError("\n".join([refused.sentence, *refused.details])) from refused
        self.stdout.write(f"{user} sets the password at {link_for(user)}")
