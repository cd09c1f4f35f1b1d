"""`manage.py watch`: what must happen without anybody clicking. Runs beside the server; `--once` for a cron job."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from crf.actions import alerts, verify_record
from crf.models import RecordCheck, Site
from trialsite.wall import seeing


class Command(BaseCommand):
    help = "Escalate alerts, anchor the audit trail each hour, check the record each night; until told to stop."

    has_told = False  # of a chain that went back: once until the next start, and every night

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
        self.keep_the_trail()

    def keep_the_trail(self):
        """An anchor each hour, a look at everything each night. A chain that went back is found by the look."""
        now = timezone.now()
        went_back = False
        if verify_record.is_anchor_due(now=now):
            try:
                verify_record.anchor(now=now)
            except verify_record.WentBack as refused:
                went_back = True
                self.stderr.write(f"Nothing was anchored. {refused}")
        if verify_record.is_check_due(now=now) or (went_back and not self.has_told):
            self.has_told = went_back
            check = verify_record.verify(cause=RecordCheck.Cause.NIGHTLY)
            if check.count:
                self.stderr.write(f"The record differs from its audit trail in {check.count} place(s).")
