"""`manage.py recheck`: what the checks of today would newly flag in stored records; --open asks about it."""

from itertools import groupby

from django.core.management.base import BaseCommand, CommandError

from crf import spec, trial
from crf.actions import recheck
from crf.chart.check_version import version_of
from crf.chart.newly_flagged import newly_flagged
from crf.models import Site, User
from crf.refusals import Refusal
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = (
        "Run every check over the stored records and list what it would newly flag. Changes nothing, unless --open "
        "says that a query be opened for each."
    )

    def add_arguments(self, parser):
        parser.add_argument("--form", metavar="CODE", help="only the form of this code")
        parser.add_argument("--open", action="store_true", help="open a query for each record found")
        parser.add_argument("--by", metavar="USERNAME", help="with --open: the data manager who asks")

    def handle(self, *, form, open, by, **options):
        among = self._among(form)
        person = self._person(by) if open else None
        with seeing(Site.objects.all()):
            found = sorted(newly_flagged(among), key=lambda one: one.check.code)
            for code, group in groupby(found, key=lambda one: one.check.code):
                self._tell(code, list(group))
            if not found:
                self.stdout.write("Nothing is newly flagged.")
            elif open:
                self._open(found, person)

    def _among(self, code):
        if code is None:
            return trial.FORMS
        if not trial.is_declared(code.upper()):
            raise CommandError(
                f"There is no form {code}. The forms are {', '.join(tuple(form.code for form in trial.FORMS))}."
            )
        form = trial.form(code.upper())
        if form.discloses is spec.UNBLINDS:
            raise CommandError(f"{code} unblinds: nothing is told about its records here.")
        return [form]

    def _person(self, username):
        if not username:
            raise CommandError("Say with --by who asks: the username of a data manager.")
        try:
            return User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"There is no account {username}.") from None

    def _tell(self, code, group):
        check = group[0].check
        self.stdout.write(f"{code} (version {version_of(check)}): {len(group)} newly flagged. {check.sentence}")
        for one in group:
            record = one.record
            where = record.visit.label if record.visit_id else "at any time"
            row = f", row {record.row_number}" if record.form.repeating else ""
            self.stdout.write(f"    {record.subject.number}, {where}{row}")

    def _open(self, found, person):
        try:
            opened = recheck.open_queries(flagged=found, by=person)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{len(opened)} {'query' if len(opened) == 1 else 'queries'} opened.")
