"""`manage.py anchor`: append the heads of the audit trail to the second place now; `keep_trail` does it each hour."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crf.actions import verify_record


class Command(BaseCommand):
    help = "Append the heads of all chains of the audit trail to the second place, under a signed root."

    def handle(self, **options):
        try:
            point = verify_record.anchor(now=timezone.now())
        except verify_record.WentBack as refused:
            raise CommandError(f"Nothing was anchored. {refused}") from refused
        if trouble := verify_record.stamp():
            self.stderr.write(trouble)
        self.stdout.write(f"{point.size} leaves, root {point.root.hex()}, key {verify_record.anchors().key()}")
