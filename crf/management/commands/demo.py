"""`manage.py demo --if-empty` builds the demo trial while it runs; `--finish` completes, locks and opens it.

In demo mode only. Everything is done by deeds, as people would. What happens to whom is told by the trial's own story
(crf/trials/<code>/demo) or made up from its declarations (crf/rehearsal/plausible.py); reports of the demo say so.
"""

import json
import multiprocessing
import os
import sys
import time
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from crf import trial
from crf.actions import accounts, code_break, lock
from crf.models import Query, Site, Subject, User
from crf.refusals import Refusal
from crf.rehearsal import levels as demo_levels
from crf.rehearsal import people as demo_people
from crf.rehearsal import review as demo_review
from crf.rehearsal import supplies as demo_supplies
from crf.rehearsal.plausible import Plausible
from crf.rehearsal.walk import Walk
from crf.spec.demo import Story
from trialsite.database.wall import seeing

SEED = 1  # of a story that is made up
MACHINE = "system:demo"
DOMAIN = "demo.invalid"
FINISHED = "Data review of the demo trial: no query open, every form complete, verified and signed."


def walk_site(code: str, begun: date, until: date, story: Story, is_finishing: bool) -> None:
    """The subjects of one site, in one transaction. It may run in a child process, which prints its own refusals."""
    try:
        with seeing(Site.objects.all()), transaction.atomic():
            walk = Walk(begun, until, story, is_finishing=is_finishing)
            for plan in story.plans:
                if plan.site == code:
                    walk.subject(plan)
            demo_levels.report(walk, code)
            if is_finishing:
                walk.laboratory(code)
                demo_review.close_site(walk, code)
                demo_supplies.close(walk, code)
            else:
                demo_supplies.put_aside(walk, code)
    except Refusal as refused:
        raise CommandError(in_words(refused)) from refused


def in_words(refused: Refusal) -> str:
    return "\n".join([refused.sentence, *refused.details])


def write_private(path: Path, text: str) -> None:
    """A file that only its owner can read, made anew."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


class Command(BaseCommand):
    help = "Build the demo trial, or finish it. In demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is a trial already")
        parser.add_argument("--finish", action="store_true", help="complete, answer, lock and open the demo trial")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="1: one site after the other")

    def handle(self, *, if_empty, finish, processes, **options):
        if not settings.DEMO:
            raise CommandError("The demo trial exists in demo mode only (ECRF_MODE=demo). Nothing was done.")
        self.processes = processes
        try:
            self.build_or_finish(if_empty=if_empty, finish=finish)
        except Refusal as refused:
            raise CommandError(in_words(refused)) from refused

    def build_or_finish(self, *, if_empty: bool, finish: bool) -> None:
        began = time.monotonic()
        if not self.is_built():
            count = len(self.story().plans)
            self.stdout.write(
                f"Building the demo trial: {count} synthetic subjects, by deeds. This takes half a minute."
            )
            self.stdout.flush()
            self.build()
            self.stdout.write(f"The demo trial is built ({time.monotonic() - began:.0f} s).")
        elif not if_empty and not finish:
            raise CommandError("There is a trial in this database already; the demo is built into an empty one only.")
        if finish:
            self.finish()
            self.stdout.write(f"The demo trial is finished, locked and opened ({time.monotonic() - began:.0f} s).")

    def is_built(self) -> bool:
        """Whether there is a trial; one of the demo's that was broken off while it was built is carried on."""
        if not Site.objects.exists():
            return False
        if not User.objects.filter(email=f"data-manager@{DOMAIN}").exists():
            return True  # somebody else's trial
        with seeing(Site.objects.all()):
            broken = self.story().broken
            if broken is None:
                return Subject.objects.count() >= len(self.story().plans)
            subject = Subject.objects.filter(number=broken[0]).first()
            return subject is not None and bool(code_break.requests_for(subject))

    # -- building

    def build(self) -> None:
        """People and sites, the subjects site by site, then what somebody asks; each step whole or not at all."""
        if not Site.objects.exists():
            with transaction.atomic():
                self.people_and_sites(timezone.localdate())
        begun = self.begun()
        with seeing(Site.objects.all()), transaction.atomic():
            demo_supplies.stock_up(Walk(begun, begun, self.story(), is_finishing=False))
        self.walk(begun, begun, is_finishing=False)
        with seeing(Site.objects.all()):
            walk = Walk(begun, begun, self.story(), is_finishing=False)
            if not Query.objects.filter(check_code="").exists():
                with transaction.atomic():
                    walk.ask()
            if self.story().broken is None:
                return
            number, reason = self.story().broken
            subject = Subject.objects.select_related("site").get(number=number)
            # The last step, and a transaction of its own: by it the demo is known to be built.
            code_break.request(subject=subject, by=walk.person("investigator", subject.site.code), reason=reason)

    def begun(self) -> date:
        """The demo's day zero, as its first subject tells it."""
        first = self.story().plans[0]
        with seeing(Site.objects.all()):
            subject = Subject.objects.filter(number=first.number).first()
        return subject.screened_on - timedelta(days=first.screened) if subject else timezone.localdate()

    def walk(self, begun: date, until: date, *, is_finishing: bool) -> None:
        """Every subject's way until the day, the sites beside each other where the machine has the processors."""
        codes, given = [site.code for site in trial.SITES], (begun, until, self.story(), is_finishing)
        if self.processes < len(codes) or not sys.platform.startswith("linux"):
            for code in codes:
                walk_site(code, *given)
            return
        connection.close()  # a connection is one process's
        context = multiprocessing.get_context("fork")
        walkers = [context.Process(target=walk_site, args=(code, *given)) for code in codes]
        for walker in walkers:
            walker.start()
        for walker in walkers:
            walker.join()
        if any(walker.exitcode for walker in walkers):
            raise CommandError("The demo trial was not built to the end; the messages above say why.")

    def people_and_sites(self, today: date) -> None:
        """One account for each role, passwords drawn now and written to a file that only its owner can read."""
        since = today + timedelta(days=self.story().begins - 60)
        for site in trial.SITES:
            accounts.set_up_site(
                code=site.code,
                name=site.name,
                country=site.country,
                timezone=site.timezone,
                protocol_version=trial.PROTOCOL_VERSION,
                activated_on=since,
                by=MACHINE,
            )
        sites = {site.code: site for site in Site.objects.all()}
        lines = ["Demo accounts (synthetic trial). Sign in with:", ""]
        for person in demo_people.people():
            password = demo_people.password()
            user = accounts.open_account(
                username=person.username,
                name=person.name,
                organisation=person.organisation,
                email=f"{person.username}@{DOMAIN}",
                password=password,
                by=MACHINE,
            )
            for code in person.sites:
                accounts.give_role(user=user, site=sites[code], role=person.role, starts_on=since, by=MACHINE)
            where = "all sites" if len(person.sites) > 1 else sites[person.sites[0]].name
            lines.append(f"  {person.username:<28} {password}   {where}")
        write_private(settings.VAR / "demo-accounts.txt", "\n".join(lines) + "\n")

    # -- finishing

    def finish(self) -> None:
        """Time goes on until everybody's last visit; then queries are settled, the study locked and the list opened."""
        if lock.is_locked():
            raise CommandError("The study is locked already; there is nothing left to finish.")
        begun = self.begun()
        until = begun + timedelta(days=self.story().last_day)
        self.walk(begun, until, is_finishing=True)
        with seeing(Site.objects.all()):
            walk = Walk(begun, until, self.story(), is_finishing=True)
            with walk.on_day(until):
                with transaction.atomic():
                    for subject in Subject.objects.select_related("site"):
                        walk.acknowledge(subject.pk, subject.site.code)
                    walk.settle_queries()
                self.lock(walk)
            self.compare()
        for role in ("statistician", "medical-monitor"):
            call_command("demo_opening", role)
        self.stdout.write(f"The demo's calendar went on to {until}.")

    def lock(self, walk: Walk, *, despite: bool = False) -> None:
        """The study is locked by whom it takes; `despite` what speaks against it, which is then on record."""
        first, second = (walk.person(role, trial.SITES[0].code) for role in ("data_manager", "medical_monitor"))
        lock.lock_study(by=first, confirmed_by=second, reason=FINISHED, despite=despite)

    # -- what happens to whom

    @cache  # noqa: B019 - a command lives for one call
    def story(self) -> Story:
        """The trial's own story, for the demo's list; else one made up from the declarations."""
        fates = self.fates()
        own = getattr(trial.demo(), "story", None)
        if own:
            return own(fates)
        arms = {row["kit"]: row["arm"] for row in fates}
        return Plausible(subjects=trial.PLANNED_SUBJECTS, seed=SEED, arms=arms)

    def fates(self) -> list[dict]:
        try:
            return json.loads((settings.VAR / "demo-fates.json").read_text())
        except FileNotFoundError:
            raise CommandError(
                "The demo's list is not loaded. Run `ECRF_ROLE=owner ./manage.py demo_list` (make run does)."
            ) from None

    def compare(self) -> None:
        """Say so when somebody else randomised in between: the outcomes then belong to other arms than planned."""
        given = dict(Subject.objects.filter(kit__isnull=False).values_list("number", "kit"))
        if self.story().misfits(given):
            self.stderr.write(
                "Subjects were randomised by hand meanwhile: the final report of this demo will not "
                "print the published numbers."
            )
