"""`manage.py qualify [--json FILE]`: the installation's qualification. Exit status 1 when something fails."""

import json
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from trialsite.operations import qualify
from trialsite.operations.health import Finding


class Command(BaseCommand):
    help = "Look at versions, packages, grants, triggers, functions, clock, encryption and backup; say how each stands."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")

    def handle(self, *, json: Path | None, **options):
        lines = qualify.report()
        at = timezone.now().isoformat(timespec="seconds")
        self.stdout.write(f"Qualification of {settings.TRIAL}, {settings.MODE}, {at}")
        for line in lines:
            self.stdout.write(f"{line.state:8} {line.name}: {line.sentence}")
        is_qualified = qualify.is_qualified(lines)
        self.stdout.write("Qualified." if is_qualified else "Not qualified: see what fails.")
        if json:
            json.write_text(_as_json(lines, at=at, is_qualified=is_qualified), encoding="utf-8")
        if not is_qualified:
            sys.exit(1)


def _as_json(lines: list[Finding], *, at: str, is_qualified: bool) -> str:
    told = [{"about": line.name, "state": line.state, "found": line.sentence} for line in lines]
    return json.dumps({"at": at, "trial": settings.TRIAL, "qualified": is_qualified, "lines": told}, indent=1)
