"""In a scratch database only: break the code of one subject by the deed that people use, and do not say the arm."""

import os
import sys
from pathlib import Path

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    django.setup()
    from django.conf import settings

    from crf import trial
    from crf.actions import code_break
    from crf.models import RoleHeld, Site, Subject
    from trialsite.database.wall import seeing

    if not Path(settings.VAR).parent.name.startswith("drill-"):
        print("this is no scratch database")
        return 1
    investigators = RoleHeld.objects.current().filter(role=RoleHeld.Role.INVESTIGATOR, user__is_active=True)
    with seeing(Site.objects.all()):
        for held in investigators.select_related("user"):
            subjects = Subject.objects.filter(site_id=held.site_id, randomised_at__isnull=False)
            if (subject := subjects.first()) is None:
                continue
            number = code_break.request(subject=subject, by=held.user, reason="Restore drill, in a scratch database")
            arm = code_break.reveal(log_id=number, subject=subject, by=held.user)
            if arm not in {known.code for known in trial.ARMS}:
                print("what came out is no arm of the trial")
                return 1
            print("one code was broken with the custodian's key, and what came out is an arm of the trial")
            return 0
    print("not tried: nobody is randomised at a site with an investigator")
    return 0


if __name__ == "__main__":
    sys.exit(main())
