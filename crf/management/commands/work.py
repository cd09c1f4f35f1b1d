"""`manage.py work`: makes the outputs that people asked for, one after the other, each in a process of its own.

So a report takes no thread of the pages, what it used of memory is given back, and one that is cancelled ends at once.
Any number of workers may run, on any number of hosts. One that dies leaves its output to another; one that is asked to
end puts its output back.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from crf.actions import output_kinds
from crf.actions import outputs as queue
from crf.models import Output
from trialsite.operations import keeping
from trialsite.operations.outages import outage_of

log = logging.getLogger("ecrf.work")
LOOK_EVERY = 0.5  # seconds
BEAT_EVERY = 5
TIDY_EVERY = 600
LONGEST = 3600  # seconds that one output may take
TOO_LONG = "It took longer than an hour and was ended. Ask for less, or tell the administrator."
#: Forked where that is safe, so that the numeric packages are read once; begun anew elsewhere.
PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


class Command(BaseCommand):
    help = "Make reports and exports that people asked for; until told to stop."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="make what waits, and end")

    def handle(self, *, once, **options):
        self.stop = threading.Event()
        output_kinds.kinds()  # read once, before processes are forked
        self.since, self.beaten, self.tidied = timezone.now(), None, None
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self.stop.set())
        troubles = 0
        while not self.stop.is_set():
            pause = LOOK_EVERY
            try:
                close_old_connections()
                self.look_after()
                taken = queue.take()
                troubles = 0
                if taken is not None:
                    self.make(taken)
                    continue
                if once:
                    return
            except (DatabaseError, InterfaceError) as error:
                if outage_of(error) is None:
                    raise  # a mistake of ours: the starter or systemd starts it again, and the log says where
                connections.close_all()
                troubles += 1
                pause = min(2.0**troubles, 60)
            self.stop.wait(pause)

    def look_after(self):
        now = time.monotonic()
        if self.beaten is None or now - self.beaten >= BEAT_EVERY:
            keeping.beat(name="worker", since=self.since)
            self.beaten = now
        if self.tidied is None or now - self.tidied >= TIDY_EVERY:
            queue.throw_away()
            self.tidied = now

    def make(self, output: Output):
        """In a process of its own, watched until it ends or must."""
        began = time.monotonic()
        connections.close_all()  # no connection is shared with the process
        process = PROCESSES.Process(target=_make, args=(output.pk, output.tries), daemon=True)
        process.start()
        beaten = began
        while process.is_alive():
            process.join(LOOK_EVERY)
            if self.stop.is_set():
                _end(process)
                queue.put_back(output)
                return
            if time.monotonic() - began > LONGEST:
                _end(process)
                queue.fail(output, TOO_LONG)
                return
            try:
                if time.monotonic() - beaten >= BEAT_EVERY:
                    beaten = time.monotonic()
                    queue.alive(output)
                    self.look_after()
                if process.is_alive() and not queue.is_ours(output):
                    _end(process)
            except (DatabaseError, InterfaceError) as error:
                if outage_of(error) is None:
                    raise
                connections.close_all()
        if process.exitcode and queue.is_ours(output):  # killed, out of memory: the next try may do, a third does not
            log.warning("Output %s ended with status %s at try %s.", output.pk, process.exitcode, output.tries)
            if output.tries >= queue.MOST_TRIES:
                queue.fail(output, queue.GAVE_UP)
            else:
                Output.objects.filter(pk=output.pk, tries=output.tries).update(beat_at=None, state=queue.WAITING)


def _make(pk: int, tries: int) -> None:
    """What the process does. It ends by itself when its worker was killed."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_DFL)
    import django

    django.setup()
    connections.close_all()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    output = Output.objects.get(pk=pk)
    if output.tries == tries:
        output_kinds.make(output, apart=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _end(process) -> None:
    process.terminate()
    process.join(5)
    if process.is_alive():
        process.kill()
        process.join()
