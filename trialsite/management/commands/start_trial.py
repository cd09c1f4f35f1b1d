"""`manage.py start_trial CODE`: write a new definition that runs at once, with comments that teach."""

import keyword
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TEMPLATES = Path(__file__).resolve().parents[2] / "new_trial"
ENDING = ".py-tpl"


class Command(BaseCommand):
    help = "Write the folder of a new trial: definition, forms, tables, documents. It runs at once."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("code", help="small letters, digits and underscores: the name of the folder")

    def handle(self, *, code, **options):
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,29}", code) or keyword.iskeyword(code):
            raise CommandError(
                f"{code!r} cannot name a trial: use small letters, digits and underscores, such as abc_12."
            )
        folder = settings.BASE_DIR / "crf" / "trials" / code
        if folder.exists():
            raise CommandError(f"There is a folder {folder} already. Nothing was written.")
        write(folder, code)
        try:
            for words in (("makemigrations", code, "--name", "forms", "--skip-checks"), ("documents",)):
                run(code, *words)
        except subprocess.CalledProcessError as failed:
            shutil.rmtree(folder)
            raise CommandError(
                f"Nothing was written, since this failed: {' '.join(failed.cmd[1:])}\n{failed.stderr}"
            ) from None
        self.stdout.write(
            f"crf/trials/{code} is written: three visits, three forms, two arms. It runs as it is:\n\n"
            f"    make run TRIAL={code}\n\n"
            "Then read protocol.py, outcomes.py and forms/ there, in this order, and make it yours:\n\n"
            f"    manage.py check_trial {code}     says what is wrong or missing\n"
            f"    CONTRIBUTING.md                  a trial in an afternoon, and what the program can do"
        )


def write(folder: Path, code: str) -> None:
    """Every template under its name, with the trial's code for NEW_CODE."""
    for template in sorted(TEMPLATES.rglob(f"*{ENDING}")):
        path = folder / str(template.relative_to(TEMPLATES)).replace(ENDING, ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        path.write_text(text.replace("NEW_CODE", code).replace("NEW-CODE", code.upper().replace("_", "-")), "utf-8")
    for package in (folder, folder / "migrations"):
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()


def run(code: str, *words: str) -> str:
    """Another command of this program with that trial served: one process serves one trial."""
    env = os.environ | {"ECRF_TRIAL": code, "ECRF_MODE": os.environ.get("ECRF_MODE") or "demo", "ECRF_ROLE": "owner"}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True, capture_output=True, text=True).stdout
