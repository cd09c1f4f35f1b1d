"""The settings under test: nothing of the machine's environment, a folder and a cluster of their own."""

import hashlib
import os
import shutil
from pathlib import Path

TRIAL = os.environ.get("ECRF_TRIAL") or "dcs_trd"


def folder() -> Path:
    """In memory where there is room: a copy of a database is 700 files, and some disks take a second for them."""
    here, memory = Path(__file__).resolve().parent.parent, Path("/dev/shm")  # nosec B108
    place = memory / f"ecrf-test-{os.getuid()}-{hashlib.sha256(os.fsencode(here)).hexdigest()[:8]}-{TRIAL}"
    if place.exists():
        room = place.stat().st_uid == os.getuid()
    else:
        room = os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > 2_000_000_000
    return place if room else here / "var" / f"test-{TRIAL}"


for name in [name for name in os.environ if name.startswith(("ECRF_", "DATABASE_")) or name in ("PORT", "EMAIL_URL")]:
    del os.environ[name]
os.environ["ECRF_TRIAL"] = TRIAL  # the one thing that a run of the tests may choose
os.environ["ECRF_MODE"] = "test"  # in the environment: programs that a test starts are under test too
os.environ["ECRF_VAR"] = str(folder())
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the ORM beside Playwright's synchronous interface

from trialsite.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often; nobody else can read these
EMAIL_BACKEND = MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
OUTPUTS_AT_ONCE = True  # no worker runs beside the tests but where one is started
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  whitenoise warns of a missing one


def remove_folder() -> None:
    """For `make clean`; not under a cluster that somebody is using."""
    from trialsite.starter.processes import working_in

    if working_in((VAR / "pg").resolve()):  # noqa: F405
        raise SystemExit(f"Tests are running in {VAR}. Say it again when they have ended.")  # noqa: F405
    shutil.rmtree(VAR, ignore_errors=True)  # noqa: F405


if __name__ == "__main__":
    remove_folder()
