"""`manage.py rehearse --subjects 200 --seed 1`: play the whole trial through its real forms, and say what broke.

Made-up subjects (crf/rehearsal/plausible.py) are screened, randomised, seen and closed by deeds; then the study is
locked, the list opened, and both reports are built. All of it in a database of its own in a folder that is thrown
away: the trial's own data are not touched, and need not be there.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crf import trial
from crf.management.commands import demo
from crf.models import RECORDS, Query, Site, Subject
from crf.refusals import ImpossibleValues, NotYet, Refusal
from crf.rehearsal import review, supplies
from crf.rehearsal.plausible import Plausible
from crf.rehearsal.walk import Walk
from trialsite.database import postgres
from trialsite.database.wall import seeing

MOST_TOLD = 40  # different troubles; more of them have a common cause


class Command(BaseCommand):
    help = "Play the whole trial with made-up subjects in a database that is thrown away; say what broke."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--subjects", type=int, default=trial.PLANNED_SUBJECTS, help="how many reach baseline")
        parser.add_argument("--seed", type=int, default=1, help="another seed makes up others")
        parser.add_argument(
            "--reports", type=Path, metavar="FOLDER", help="keep both reports there, as PDF and workbook"
        )
        parser.add_argument("--inside", action="store_true", help="the second half, in the scratch database")

    def handle(self, *, subjects, seed, reports, inside, **options):
        if subjects < 1:
            raise CommandError("A rehearsal has one subject or more.")
        if inside:
            self.play(subjects, seed, reports)
            return
        with (
            tempfile.TemporaryDirectory(prefix="ecrf-rehearsal-") as folder,
            postgres.Cluster(Path(folder), postgres.HASTY, say=lambda line: None).in_use() as cluster,
        ):
            postgres.bootstrap(cluster)
            self.stdout.write(f"{trial.STUDY_ID}: making the tables of a database that is thrown away.")
            self.stdout.flush()
            self.run(folder, "owner", "migrate", "--verbosity", "0", "--skip-checks")
            self.run(folder, "owner", "demo_list", "--skip-checks")
            words = ("rehearse", "--inside", "--subjects", str(subjects), "--seed", str(seed))
            words += ("--reports", str(reports.absolute())) if reports else ()
            status = self.run(folder, "web", *words, may_fail=True)
        if status:
            raise CommandError("Not everything can be done as the trial is declared; see above.")

    def run(self, folder: str, role: str, *words: str, may_fail: bool = False) -> int:
        """A command in the scratch folder, in a process that is one of the two roles."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "ECRF_"))}
        env |= {"ECRF_TRIAL": trial.CODE, "ECRF_VAR": folder, "ECRF_MODE": "demo", "ECRF_ROLE": role}
        env["DJANGO_SETTINGS_MODULE"] = "trialsite.settings"
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=env, check=False)
        if done.returncode and not may_fail:
            raise CommandError("The rehearsal did not begin; the messages above say why.")
        return done.returncode

    # -- inside

    def play(self, subjects: int, seed: int, folder: Path | None) -> None:
        if Site.objects.exists() or not settings.DEMO:
            raise CommandError("A rehearsal is played in an empty database that it makes itself.")
        began = time.monotonic()
        played = Played(Plausible(subjects=subjects, seed=seed))
        played.play()
        with seeing(Site.objects.all()):
            self.tell(played)
        played.reports(folder)
        self.stdout.write(f"Played in {time.monotonic() - began:.0f} seconds.")
        if played.broke:
            self.stdout.write("\nWhat broke:")
            for sentence, count in played.broke.most_common(MOST_TOLD):
                self.stdout.write(f"  {count:4} x {sentence}")
            if len(played.broke) > MOST_TOLD:
                self.stdout.write(f"  and {len(played.broke) - MOST_TOLD} more kinds")
            sys.exit(1)
        self.stdout.write("Nothing broke.")

    def tell(self, played: "Played") -> None:
        records = sum(model.objects.standing().count() for model in RECORDS.values())
        everybody = Subject.objects.all()
        self.stdout.write(
            f"{everybody.count()} subjects screened, {everybody.filter(kit__isnull=False).count()} randomised, "
            f"{everybody.filter(screen_failed_at__isnull=False).count()} kept as screen failures; {records} records."
        )
        for sentence, count in Counter(
            reason for one in everybody for reason in one.screen_failure_reasons
        ).most_common(8):
            self.stdout.write(f"  {count:4} x not randomised: {sentence}")
        for code, count in Counter(Query.objects.exclude(check_code="").values_list("check_code", flat=True)).items():
            self.stdout.write(f"  {count:4} x query by the check {code}")


class Played(demo.Command):
    """The demo as a rehearsal: every day lies in the past, and what one subject trips over stops no other."""

    def __init__(self, story: Plausible):
        super().__init__(stdout=open(os.devnull, "w"))  # noqa: SIM115 - as long as the process
        self.told, self.broke = story, Counter()
        self.today = timezone.localdate()

    def story(self) -> Plausible:
        return self.told

    def begun(self) -> date:
        return self.today - timedelta(days=self.told.last_day)

    def play(self) -> None:
        with transaction.atomic():
            self.people_and_sites(self.begun())
        try:
            self.finish()
        except Exception as trouble:  # noqa: BLE001 - a rehearsal tells what broke, whatever it is
            self.broke[f"Closing the study: {in_words(trouble)}"] += 1

    def walk(self, begun: date, until: date, *, is_finishing: bool) -> None:
        with seeing(Site.objects.all()):
            walk = Walk(begun, until, self.told, is_finishing=is_finishing)
            self.attempt("Supplies: ", supplies.stock_up, walk)
            for plan in self.told.plans:
                self.attempt("", walk.subject, plan)
            for site in trial.SITES:
                self.attempt("Results: ", walk.laboratory, site.code)
                self.attempt("Verification and signature: ", review.close_site, walk, site.code)
                self.attempt("Supplies: ", supplies.close, walk, site.code)

    def attempt(self, what: str, deed, *given) -> None:
        try:
            deed(*given)
        except Exception as trouble:  # noqa: BLE001 - as above
            self.broke[what + in_words(trouble)] += 1

    def lock(self, walk: Walk, *, despite: bool = False) -> None:
        """What speaks against the lock is told, and the study locked all the same: the reports are wanted."""
        try:
            super().lock(walk)
        except NotYet as refused:
            for sentence in refused.details or [refused.sentence]:
                about = sentence.split(": ", 1)[-1]
                self.broke[f"Stands against the lock: {about}"] += 1
            super().lock(walk, despite=True)

    def reports(self, folder: Path | None) -> None:
        """The blinded report, and the final one with the arms of the opened list; kept where a folder is named."""

        def both():
            from analysis.collect import datasets
            from analysis.papers import files
            from analysis.reports import blinded, final

            collected, around = datasets.collected(), datasets.circumstances()
            opened = final.opened_list()
            made = (
                blinded.build(collected, around),
                final.build(collected, around, final.opened_arms(opened), allocation=opened),
            )
            for report, kind in itertools.product(made if folder else (), ("pdf", "xlsx")):
                kept = files.file(report, kind)
                folder.mkdir(parents=True, exist_ok=True)
                (folder / kept.name).write_bytes(kept.content)

        with seeing(Site.objects.all()):
            self.attempt("Reports: ", both)


def in_words(trouble: Exception) -> str:
    """What happened and where: a refusal's sentences, or the name of the error for what should not happen."""
    where = "; ".join(getattr(trouble, "__notes__", ()))
    said = trouble.sentence if isinstance(trouble, Refusal) else f"{type(trouble).__name__}: {trouble}"
    if isinstance(trouble, ImpossibleValues):
        said = "; ".join(f"{item}: {' '.join(sentences)}" for item, sentences in trouble.errors.items())
    elif isinstance(trouble, Refusal) and trouble.details:
        said = " ".join([said, *trouble.details])
    if not isinstance(trouble, Refusal):
        last = trouble.__traceback__
        while last and last.tb_next:
            last = last.tb_next
        said += f" ({Path(last.tb_frame.f_code.co_filename).name}, line {last.tb_lineno})" if last else ""
    return f"{where}: {said}" if where else said
