"""`manage.py verify`: hold the record against its audit trail, cell by cell. Exit status 1 when something differs."""

import sys

from django.core.management.base import BaseCommand

from crf.actions import verify_record
from crf.models import RecordCheck
from crf.spec import dates


class Command(BaseCommand):
    help = "Compare tables, hashes, anchors, triggers and grants with what the audit trail says."

    def handle(self, **options):
        check = verify_record.verify(cause=RecordCheck.Cause.BY_HAND, tell=self.stdout.write)
        for sentence in check.findings:
            self.stdout.write(sentence)
        seconds = (check.ended_at - check.started_at).total_seconds()
        self.stdout.write(
            f"{check.events} events and {check.cells} cells in {seconds:.1f} s; anchored "
            f"{dates.moment(check.anchored_at) if check.anchored_at else 'never'}: "
            f"{check.count or 'no'} difference(s)."
        )
        if check.count:
            sys.exit(1)
