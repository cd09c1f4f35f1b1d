"""`ECRF_ROLE=owner manage.py demo_list`: the demo trial's allocation list, and what its outcomes are made from.

In demo mode only. Beside the sealed list it writes which kit holds which arm (var/demo-fates.json, 0600), because the
demo's outcomes are made up to print the published table; a real trial has no such file.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from crf.allocation import declared, load, schedule

#: Chosen so that 14 and 12 subjects give 13 and 13 in the arms; the demo's list is no secret.
SEED = "the demo trial, list 1"


class Command(BaseCommand):
    help = "Load the demo trial's allocation list, unless one is loaded. In demo mode only."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("The demo's list exists in demo mode only: a list that anybody knows blinds nobody.")
        with transaction.atomic(), connection.cursor() as cursor:
            load.become_sealed(cursor)
            cursor.execute("SELECT EXISTS (SELECT FROM sealed.list WHERE discarded_at IS NULL)")
            if cursor.fetchone()[0]:
                return
        seed = settings.VAR / "demo-seed.txt"
        write(seed, SEED + "\n")
        call_command("load_allocation", seed_file=seed, by="demo", stdout=self.stdout)
        places = schedule.draw(SEED, **declared.shape())
        fates = [{"stratum": place.stratum, "kit": place.kit, "arm": place.arm} for place in places]
        write(settings.VAR / "demo-fates.json", json.dumps(fates))


def write(path: Path, text: str) -> None:
    """A file that only its owner can read, made anew."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
