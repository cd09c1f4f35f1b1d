"""`manage.py recheck`: what the checks of today would newly flag in stored records; --open asks about it.

--everything: what the rules of today would change in all that follows from the records (alerts, deviations, queries,
dates of visits), dry; --apply does it, for a reason.
"""

from collections import Counter
from itertools import groupby

from django.core.management.base import BaseCommand, CommandError

from crf import spec, trial
from crf.actions import recheck
from crf.actions.follow import COMPONENT
from crf.chart.check_version import version_of
from crf.chart.newly_flagged import newly_flagged
from crf.models import Site, Subject, User
from crf.refusals import Locked, Refusal
from trialsite.database.wall import seeing


class Command(BaseCommand):
    help = (
        "Run every check over the stored records and list what it would newly flag. Changes nothing, unless --open "
        "says that a query be opened for each."
    )

    def add_arguments(self, parser):
        parser.add_argument("--form", metavar="CODE", help="only the form of this code")
        parser.add_argument("--open", action="store_true", help="open a query for each record found")
        parser.add_argument(
            "--everything",
            action="store_true",
            help="what the rules of today would change: alerts, deviations, queries, dates of visits",
        )
        parser.add_argument("--apply", action="store_true", help="with --everything: change it, subject by subject")
        parser.add_argument("--reason", default="", help="with --apply: why, such as the release and its decision")
        parser.add_argument("--by", metavar="USERNAME", help="with --open and --apply: the data manager who asks")

    def handle(self, *, form, open, everything, apply, reason, by, **options):
        if apply and not everything:
            raise CommandError("Say --everything with --apply: what the checks newly flag is asked about by --open.")
        if everything and (form or open):
            raise CommandError("--everything looks at whole subjects: leave --form and --open out.")
        with seeing(Site.objects.all()):
            if everything:
                self._everything(self._person(by) if apply else None, reason)
            else:
                self._flagged(self._among(form), self._person(by) if open else None)

    def _flagged(self, among, person):
        found = sorted(newly_flagged(among), key=lambda one: one.check.code)
        for code, group in groupby(found, key=lambda one: one.check.code):
            self._tell(code, list(group))
        if not found:
            self.stdout.write("Nothing is newly flagged.")
        elif person:
            self._open(found, person)

    def _everything(self, person, reason):
        """By kind and rule: how many would be opened and closed, and of which subjects."""
        changes, locked = [], []
        for subject in Subject.objects.select_related("site").order_by("number"):
            try:
                if person:
                    changes += recheck.apply(subject=subject, by=person, reason=reason)
                else:
                    changes += recheck.would_change(subject=subject, by=User.objects.order_by("pk").first())
            except Locked:
                locked.append(subject.number)
            except Refusal as refusal:
                raise CommandError(refusal.sentence) from refusal
        alike = groupby(sorted(changes), key=lambda one: (one.kind, one.rule, one.is_opened))
        for (kind, rule, is_opened), group in alike:
            of = Counter(one.subject for one in group)
            numbers = ", ".join(number if many == 1 else f"{number} ({many})" for number, many in sorted(of.items()))
            became = "newly so" if is_opened else "no longer so"
            self.stdout.write(f"{kind} {rule}: {sum(of.values())} {became}. {numbers}")
        if not changes:
            self.stdout.write("Nothing would change." if not person else "Nothing was changed.")
        elif person:
            self.stdout.write(f"Applied by {COMPONENT}, asked for by {person}: {reason}")
        else:
            self.stdout.write("Nothing was changed. --apply --by USERNAME --reason WHY changes it.")
        if locked:
            self.stdout.write(f"Locked, so nothing changes: {', '.join(locked)}")

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
