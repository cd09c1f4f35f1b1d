"""`manage.py keep_trail`: an anchor of the audit trail each hour; each night a look at the whole record, and copies; at
each site, once its day has begun, what follows because a day passed.

A process of its own, beside `watch`: it reads every answer, which the log-in of the watch may not. `--once` does what
is due and ends, for a timer.
"""

import signal
import threading
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from crf.actions import passing_days, push_copies, verify_record
from crf.exchange.copy.destination import BadDestination
from crf.models import RecordCheck
from trialsite.operations import keeping
from trialsite.operations.outages import outage_of

TRY_AGAIN = timedelta(hours=1)  # a copy that did not arrive
EVERY = 60  # seconds: what is due is asked of the database, so a restart loses and doubles nothing


class Command(BaseCommand):
    help = "Anchor the audit trail each hour and hold the record against it each night; until told to stop."

    has_told = False  # of a chain that went back: once until the next start, and every night
    said = ""  # why nothing could be anchored: once, and not each minute
    failed_at = None  # when a copy of a site did not arrive

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due and end")

    def handle(self, *, once, **options):
        self.since = timezone.now()
        if once:
            self.keep()
            return
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        while not stop.is_set():
            try:
                close_old_connections()
                self.keep()
            except (DatabaseError, InterfaceError) as error:
                if outage_of(error) is None:
                    raise  # a mistake of ours: the starter or systemd starts it again, and the log says where
                connections.close_all()
            stop.wait(EVERY)

    def keep(self):
        """A chain that went back is found by the look, which then does not wait for the night.

        Each turn says that it was, and that the record was looked at since midnight: /health/ready reads both.
        """
        now = timezone.now()
        if changed := passing_days.follow_the_days(now=now):
            self.stdout.write(f"What follows because a day passed was brought in line for {changed} subject(s).")
        went_back = self.anchor(now)
        if verify_record.is_check_due(now=now) or (went_back and not self.has_told):
            self.has_told = went_back
            check = verify_record.verify(cause=RecordCheck.Cause.NIGHTLY)
            if check.count:
                self.stderr.write(f"The record differs from its audit trail in {check.count} place(s).")
        if not verify_record.is_check_due(now=now):
            keeping.beat(name="record", since=self.since)
        if settings.COPIES and (self.failed_at is None or now - self.failed_at > TRY_AGAIN):
            self.failed_at = now if self._push() else None

    def anchor(self, now) -> bool:
        """Anchor what is due; whether a chain went back. Where the second place is away the rest goes on all the same,
        and this turn is not said to have been: after two hours that is told."""
        try:
            if verify_record.is_anchor_due(now=now):
                verify_record.refuse_to_begin_anew()
                verify_record.anchor(now=now)
                if trouble := verify_record.stamp():
                    self.stderr.write(trouble)
        except verify_record.WentBack as refused:
            self.stderr.write(f"Nothing was anchored. {refused}")
            keeping.beat(name="trail", since=self.since)
            return True
        except (OSError, verify_record.AnchorsGone) as trouble:
            said = f"the folder of ECRF_ANCHORS cannot be written ({type(trouble).__name__})."
            said = str(trouble) if isinstance(trouble, verify_record.AnchorsGone) else said
            if said != self.said:
                self.stderr.write(f"Nothing was anchored, and it is tried again: {said}")
            self.said = said
            return False
        self.said = ""
        keeping.beat(name="trail", since=self.since)
        return False

    def _push(self) -> bool:
        """Push what is due; whether something did not arrive."""
        try:
            return bool(push_copies.push_all(only_due=True, tell=self.stdout.write))
        except BadDestination as trouble:
            self.stderr.write(str(trouble))
            return True
