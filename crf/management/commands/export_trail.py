"""`manage.py export_trail FILE.zip --by USERNAME --purpose WHY`: the audit trail with its verifier, written down."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crf.actions import export_trail as deed
from crf.exchange.trail.export import FORMATS, NoParquet
from crf.models import Site, Subject, User
from crf.refusals import Refusal
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = "Export the audit trail, whole or of one subject, with the verifier and the anchors beside it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="who takes it: a data manager or an auditor"
        )
        parser.add_argument("--purpose", required=True)
        parser.add_argument("--format", choices=list(FORMATS), default="jsonl")
        parser.add_argument("--subject", metavar="NUMBER")
        parser.add_argument("--unblinded", action="store_true", help="with the rows that unblind; written down as such")

    def handle(self, *, file, by, purpose, format, subject, unblinded, **options):
        if file.exists():
            raise CommandError(f"{file} is there already. Name another file.")
        with seeing(Site.objects.all()):
            try:
                taken = deed.export(
                    file,
                    by=User.objects.get(username=by),
                    purpose=purpose,
                    format=format,
                    subject=Subject.everything.select_related("site").get(number=subject) if subject else None,
                    unblinded=unblinded,
                )
            except (User.DoesNotExist, Subject.DoesNotExist) as nobody:
                raise CommandError(f"There is no such account or subject: {nobody}") from nobody
            except (Refusal, NoParquet) as refused:
                raise CommandError(str(refused)) from refused
        self.stdout.write(f"{file}: SHA-256 {taken.sha256}. Unpack it and run: python3 verify_audit.py trail.jsonl")
