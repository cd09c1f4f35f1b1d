"""`manage.py demo_opening USERNAME`: a demo person approves that the demo's list is opened. In demo mode only.

In life this is a page with fresh authentication; a command that approves for somebody would undo what it is for.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.sealed import opening
from crf.models import User


class Command(BaseCommand):
    help = "Approve the opening of the demo's allocation list as a demo person. In demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        if not settings.DEMO:
            raise CommandError("The opening is approved on its page, by the two people themselves. Nothing was done.")
        opening.approve(by=User.objects.get(username=username), reason="The demo trial is locked.")
