"""`manage.py watch`: what must happen without anybody clicking. Runs beside the server; `--once` for a cron job."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from crf.actions import alerts
from crf.models import Site
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = "Escalate alerts that nobody acknowledged in time; once a minute until told to stop."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once and end")
        parser.add_argument("--every", type=float, default=60, metavar="SECONDS")

    def handle(self, *, once, every, **options):
        stop = threading.Event()
        if not once:
            signal.signal(signal.SIGTERM, lambda *_: stop.set())
        while True:
            self.look()
            if once or stop.wait(every):
                return

    def look(self):
        close_old_connections()
        with seeing(Site.objects.all()):
            escalated = alerts.escalate(now=timezone.now())
        if escalated:
            self.stdout.write(f"{len(escalated)} alert(s) escalated.")
