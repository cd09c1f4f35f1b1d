"""In a scratch database only: look at it as the product does, and break the code of one subject, whose arm is not said.

    python -m trialsite.operations.drill_code [COPY]        a custodian's copy of the arm key; asks for its passphrase

The last line that it prints is JSON: what was wrong, and what came of the code break.
"""

import json
import os
import sys
from pathlib import Path

import django


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    django.setup()
    from django.conf import settings

    if not Path(settings.VAR).parent.name.startswith("drill-"):
        print("This is no scratch database.", file=sys.stderr)
        return 1
    wrong = looked_at()
    said = break_a_code(words[0], wrong) if words else "not tried: no --custodian-copy was named"
    print(json.dumps({"wrong": wrong, "code break": said}))
    return 0


def looked_at() -> list[str]:
    """Grants, guards and triggers, as before every start; and `manage.py verify`: each cell against the audit trail."""
    from django.core.checks import Tags, run_checks

    from crf.actions import verify_record
    from crf.models import RecordCheck

    found = run_checks(tags=[Tags.database], databases=["default"])
    wrong = [f"The restored database fails its check: {one.id} {one.msg}" for one in found if one.is_serious()]
    check = verify_record.verify(cause=RecordCheck.Cause.BY_HAND)
    if check.count:
        wrong.append(f"Its record differs from its audit trail in {check.count} place(s): {check.findings[0]}")
    return wrong


def break_a_code(copy: str, wrong: list[str]) -> str:
    """By the deed that people use, with a custodian's key. In words what came of it."""
    from django.core.management import CommandError, call_command

    from crf import trial
    from crf.actions import code_break
    from crf.models import RoleHeld, Site, Subject
    from crf.refusals import Refusal
    from trialsite.database.wall import seeing

    try:
        call_command("restore_arm_key", copy, stdout=sys.stderr)
    except CommandError as refused:
        wrong.append(f"The custodian's copy gave no key: {refused}")
        return "no key"
    investigators = RoleHeld.objects.current().filter(role=RoleHeld.Role.INVESTIGATOR, user__is_active=True)
    with seeing(Site.objects.all()):
        for held in investigators.select_related("user"):
            subjects = Subject.objects.filter(site_id=held.site_id, randomised_at__isnull=False)
            if (subject := subjects.first()) is None:
                continue
            try:
                number = code_break.request(
                    subject=subject, by=held.user, reason="Restore drill, in a scratch database"
                )
                arm = code_break.reveal(log_id=number, subject=subject, by=held.user)
            except Refusal as refused:
                wrong.append(f"No code could be broken: {refused.sentence}")
                return "refused"
            if arm not in {known.code for known in trial.ARMS}:
                wrong.append("What came out of a code break is no arm of the trial.")
                return "what came out is no arm of the trial"
            return "one code was broken with the custodian's key, and what came out is an arm of the trial"
    return "not tried: nobody is randomised at a site with an investigator"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
