"""`manage.py watch`: what must happen without anybody clicking. Runs beside the server; `--once` for a cron job.

It waits for a database that is away and goes on when it is back: nobody starts it again in the night. Every turn it
says that it is alive (a row that /health/ready and the administrator's page read).
"""

import logging
import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from crf.actions import alerts, outbox
from crf.models import Site
from trialsite.database.wall import seeing
from trialsite.operations import keeping
from trialsite.operations.outages import outage_of

log = logging.getLogger("ecrf.watch")
MAILS_EVERY = 5  # seconds: who opened an account waits for its mail
TIDY_EVERY = 3600
LONGEST_PAUSE = 60


class Command(BaseCommand):
    help = "Escalate alerts that nobody acknowledged in time, send mails, look after the service; until told to stop."

    # It starts whatever else is wrong: what is found goes to administrators. And it holds no arm key to be looked for.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once and end")
        parser.add_argument("--every", type=float, default=60, metavar="SECONDS")

    def handle(self, *, once, every, **options):
        if settings.PRODUCTION and not settings.ENV.email:
            # Each would be put into a file of this machine and count as sent, an alert's among them.
            raise CommandError("EMAIL_URL is not set, and no mail would leave. Say smtp://user:password@host:587.")
        if once:
            self.send()
            self.look(timezone.now())
            self.send()
            self.tidy()
            return
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        since, looked, tidied, troubles = timezone.now(), None, None, 0
        while not stop.is_set():
            now, pause = time.monotonic(), min(MAILS_EVERY, every)
            try:
                close_old_connections()
                if looked is None or now - looked >= every:
                    self.look(since)
                    looked = now
                self.send()
                if tidied is None or now - tidied >= TIDY_EVERY:
                    self.tidy()
                    tidied = now
                if troubles:
                    log.warning("The watch goes on after %s turns without the database.", troubles)
                troubles = 0
            except (DatabaseError, InterfaceError) as error:
                outage = outage_of(error)
                if outage is None:
                    raise  # a mistake of ours: the starter or systemd starts it again, and the log says where
                if not troubles:
                    log.warning("The watch waits: %s.", outage.kind)
                connections.close_all()
                troubles, pause = troubles + 1, min(2.0**troubles, LONGEST_PAUSE)
            stop.wait(pause)

    def look(self, since):
        """Alerts, how the service is, and the sign of life, which comes last: it says that all this was done."""
        with seeing(Site.objects.all()):
            escalated = alerts.escalate(now=timezone.now())
        if escalated:
            self.stdout.write(f"{len(escalated)} alert(s) escalated.")
        for finding in keeping.tell_of_new_findings(since=since):
            log.warning("%s: %s", finding.name, finding.sentence)

    def send(self):
        _, failed = outbox.send_due()
        if failed:
            log.warning("%s mail(s) could not be sent; they are tried again.", failed)

    def tidy(self):
        keeping.clear_sessions()
