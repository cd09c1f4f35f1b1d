"""`manage.py check_trial [CODE]`: say in sentences what is wrong with a trial's definition, or missing in it.

Wrong is what would stop the server or spoil data; the exit status is then 1. Missing is what the program does without.
`--record FILE` writes it down for the trial's own validation file: what was checked, with its hashes, what was found,
and room for the names of those who checked it against the protocol (VAL-02). The program is validated apart from it.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crf import trial
from trialsite.trial_findings import findings


class Command(BaseCommand):
    help = "Say in sentences what is wrong or missing in a trial: declaration, tables, documents, forms, outcomes."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--record", type=Path, help="write the record of this check here, to be printed and signed")
        parser.add_argument("code", nargs="?", default=settings.TRIAL, help="the served trial when not said")

    def handle(self, *, code, record=None, **options):
        if code != settings.TRIAL:
            self.pass_on(code, record)
            return
        wrong, missing = findings()
        if record:
            record.write_text(written(code, wrong, missing), encoding="utf-8")
        for sentence in wrong:
            self.stdout.write(f"Wrong: {sentence}")
        for sentence in missing:
            self.stdout.write(f"Missing: {sentence}")
        if wrong:
            raise CommandError(f"{len(wrong)} {'thing is' if len(wrong) == 1 else 'things are'} wrong with {code}.")
        self.stdout.write(f"Nothing is wrong with {code}.")

    def pass_on(self, code: str, record: Path | None) -> None:
        """Another trial than the served one is looked at in a process that serves it."""
        env = os.environ | {"ECRF_TRIAL": code, "ECRF_MODE": os.environ.get("ECRF_MODE") or "demo"}
        env.pop("ECRF_VAR", None)
        words = [sys.executable, "manage.py", "check_trial", code]
        words += ["--record", str(record.absolute())] if record else []
        done = subprocess.run(words, cwd=settings.BASE_DIR, env=env, check=False)
        if done.returncode:
            sys.exit(done.returncode)


def written(code: str, wrong: list[str], missing: list[str]) -> str:
    """The record of a check: which definition, file by file, what was found, and who signs for it."""
    folder = settings.BASE_DIR / "crf" / "trials" / code
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    hashes = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" for path in files]
    whole = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    forms = f"{len(trial.FORMS)} forms, {sum(len(form.items) for form in trial.FORMS)} items"
    lines = [
        f"Check of the definition of the trial {code} ({trial.STUDY_ID}, protocol {trial.PROTOCOL_VERSION})",
        f"Made {timezone.now():%Y-%m-%dT%H:%MZ}. {forms}, {len(trial.VISITS)} visits. Definition {whole}",
        *(["", "Wrong:", *(f"- {one}" for one in wrong)] if wrong else ["", "Nothing is wrong."]),
        *(["", "Missing, and done without:", *(f"- {one}" for one in missing)] if missing else []),
        "",
        "Checked against the protocol by (name, role, date, signature):",
        *(f"{number}. " + "_" * 70 for number in (1, 2)),
        "",
        "Files of the definition:",
        *hashes,
    ]
    return "\n".join(lines) + "\n"
