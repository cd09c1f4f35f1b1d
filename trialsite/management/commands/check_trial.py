"""`manage.py check_trial [CODE]`: say in sentences what is wrong with a trial's definition, or missing in it.

Wrong is what would stop the server or spoil data; the exit status is then 1. Missing is what the program does without.
"""

import os
import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trialsite.trial_findings import findings


class Command(BaseCommand):
    help = "Say in sentences what is wrong or missing in a trial: declaration, tables, documents, forms, outcomes."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("code", nargs="?", default=settings.TRIAL, help="the served trial when not said")

    def handle(self, *, code, **options):
        if code != settings.TRIAL:
            self.pass_on(code)
            return
        wrong, missing = findings()
        for sentence in wrong:
            self.stdout.write(f"Wrong: {sentence}")
        for sentence in missing:
            self.stdout.write(f"Missing: {sentence}")
        if wrong:
            raise CommandError(f"{len(wrong)} {'thing is' if len(wrong) == 1 else 'things are'} wrong with {code}.")
        self.stdout.write(f"Nothing is wrong with {code}.")

    def pass_on(self, code: str) -> None:
        """Another trial than the served one is looked at in a process that serves it."""
        env = os.environ | {"ECRF_TRIAL": code, "ECRF_MODE": os.environ.get("ECRF_MODE") or "demo"}
        env.pop("ECRF_VAR", None)
        words = [sys.executable, "manage.py", "check_trial", code]
        done = subprocess.run(words, cwd=settings.BASE_DIR, env=env, check=False)
        if done.returncode:
            sys.exit(done.returncode)
