"""Take the data of the trial out as files: every form and derived data set in every format, in one archive."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.extract import take_out
from analysis.extract.archive import FORMATS
from crf.models import User
from crf.refusals import Refusal
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = "Write all data that a person may read, blinded, as one archive; the export is written down."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive to write (.zip)")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="whose export it is; rights are theirs")
        parser.add_argument("--purpose", required=True, help="what the data are wanted for: kept with the export")
        parser.add_argument("--format", action="append", choices=list(FORMATS), default=[], dest="formats")
        parser.add_argument("--at", metavar="MOMENT", help="as it stood then, from the trail: 2026-11-26T14:00+00:00")

    def handle(self, *, file, by, purpose, formats, at, **options):
        user = User.objects.filter(username=by, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with an active account is called {by}.")
        try:
            moment = _moment(at)
            take_out.require_past(moment)
            wanted = take_out.wanted_by(user, formats=formats, past=moment)
            with seeing(wanted.sites, levels=False):
                made, _ = take_out.take_out(
                    file, wanted, by=user, purpose=purpose, is_synthetic=settings.DEMO, tell=self._tell
                )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        rows = sum(one["rows"] for one in made.manifest["data_sets"].values())
        self.stdout.write(f"{file}: {len(made.manifest['data_sets'])} data sets, {rows} rows. SHA-256 {made.sha256}")

    def _tell(self, percent: int, doing: str) -> None:
        self.stderr.write(f"{percent:3d} % {doing}")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no moment. Say it as 2026-11-26T14:00+00:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
