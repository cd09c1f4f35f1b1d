"""Pages, autosave and save in a trial of ten thousand subjects (tests/pages/many_subjects.py).

Two figures a page: *wall*, which counts whatever else the machine does, and *CPU*, the seconds that the web process and
its database backend worked. On a machine with nothing else to do the first comes to the second and a little more.
SUBJECTS says how many there are; KEEP=1 keeps the database for the next run of the same code and many.
"""

import contextlib
import gc
import os
import statistics
import time
from pathlib import Path

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client

from crf import trial
from crf.chart.places import address
from crf.models import Draft, Site, Subject, User, Visit
from crf.rehearsal.typical import typical
from tests import databases
from tests.journeys.test_demo_trial import templates
from tests.pages.many_subjects import SUBJECTS, fill
from trialsite.database import roles
from trialsite.database.wall import seeing

TIMES = 5  # each page, after once for the caches
TICK = os.sysconf("SC_CLK_TCK")
#: Who looks at what. The investigator sees one site of two, the monitor and the data manager both.
PAGES = {
    "monitor": [
        "/visits/",
        "/visits/?page=100",
        "/visits/?page=9999",
        "/visits/?site=JER",
        "/visits/?stage=randomised",
        "/visits/?state=overdue",
        "/visits/?visit=W3&state=overdue",
        "/visits/?visit=W6&state=done",
        "/visits/?state=due",
        "/visits/?marks=queries",
        "/visits/?marks=alerts",
        "/visits/?sort=newest",
        "/visits/?sort=overdue",
        "/visits/?sort=queries",
        "/visits/?sort=-number&page=9999",
        "/subjects/",
        "/subjects/?page=9999",
        "/subjects/?q=JER-12",
        "/subjects/?q=12",
        "/subjects/?q=AFU-1",
        "/queries/",
        "/queries/?page=9999",
        "/alerts/",
    ],
    "data-manager": ["/drafts/", "/exports/", "/dashboard/"],
    "investigator": ["/dashboard/"],
}
AT_HOME = (
    "investigator",
    "coordinator",
    "rater",
    "pharmacist",
    "monitor",
    "data-manager",
    "medical-monitor",
    "auditor",
)


@pytest.fixture(scope="module")
def crowded(admin, database_names, django_test_environment, django_db_blocker):
    """A database of ten thousand subjects, as ecrf_web; thrown away, or kept as a template that the next run copies."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        running, *_ = templates(admin)
        kept = f"crowded{SUBJECTS}_{running.removeprefix('demorun_')}"
        name = next(database_names)
        is_kept = databases.exists(admin, kept)
        databases.clone(admin, kept if is_kept else running, name)
        stack.callback(databases.drop, admin, name)
        if not is_kept:
            begun = time.perf_counter()
            with databases.the_cluster().connect(roles.OWNER, name) as owner:
                made = fill(owner)
                size = owner.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()[0]
            took = time.perf_counter() - begun
            print(f"\n{SUBJECTS} subjects, {sum(made.values())} rows copied in {took:.0f} s, {size}", flush=True)
            if os.environ.get("KEEP"):
                databases.clone(admin, name, kept)
        with databases.connected(name, roles.WEB):
            yield name


def backend_seconds() -> float:
    """CPU seconds of the database backend that serves this process, to a hundredth (Linux)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def measured(what: str, deed, times: int = TIMES) -> None:
    """Print wall and CPU milliseconds of the deed, which is done `times` times after once.

    Templates are rendered as they are served: Django's test runner copies the context of each for its tests. Modules
    are left out when garbage is collected, as in a worker (trialsite/wsgi.py).
    """
    gc.freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
        _measured(what, deed, times)


def _measured(what: str, deed, times: int) -> None:
    last = deed()
    wall, before, web = [], backend_seconds(), time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        last = deed()
        wall.append(time.perf_counter() - begun)
    web, base = time.process_time() - web, backend_seconds() - before
    size = f"{len(last.content) / 1024:5.0f} kB" if last is not None else ""
    print(
        f"{what:44} wall {1000 * statistics.median(wall):6.0f} ms   CPU {1000 * (web + base) / times:5.0f} ms"
        f" (web {1000 * web / times:4.0f}, database {1000 * base / times:4.0f}) {size}",
        flush=True,
    )


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def items() -> int:
    """The answers that stand in all records."""
    counted = 0
    with connection.cursor() as cursor:
        for form in trial.FORMS:
            columns = " + ".join(f'count("{name}")' for name in form.items)
            cursor.execute(f"SELECT {columns} FROM crf_form_{form.code.lower()}")
            counted += cursor.fetchone()[0]
    return counted


def page(client: Client, url: str):
    def ask():
        response = client.get(url, follow=True)
        assert response.status_code == 200, (url, response.status_code)
        return response

    return ask


def test_pages_at_ten_thousand_subjects(crowded):
    measure_pages()


def measure_pages():
    with seeing([1, 2]):
        print(f"{items()} items")
        subject = Subject.objects.filter(randomised_at__isnull=False).order_by("-pk").first()
    for username, urls in PAGES.items():
        client = signed_in(username)
        for url in urls:
            measured(f"{username} {url}", page(client, url))
    for username in AT_HOME:
        measured(f"{username} /", page(signed_in(username), "/"))
    measured("monitor: a casebook", page(signed_in("monitor"), subject.get_absolute_url()))
    measured("rater: the entry page of a HAMD", page(signed_in("rater"), next(places_of_ratings())))
    measured("monitor: the audit trail of a subject", page(signed_in("monitor"), f"{subject.get_absolute_url()}audit/"))


def places_of_ratings():
    """Where a rater enters a HAMD that is not there yet."""
    with seeing([1, 2]):
        awaiting = Visit.objects.filter(
            subject__site__code="JER",
            subject__randomised_at__isnull=False,
            subject__consent_withdrawn_on__isnull=True,
            code="W6",
            state="planned",
            occurred_on__isnull=True,
        )
        chosen = list(awaiting.select_related("subject__site").order_by("-subject__screened_on")[: TIMES + 2])
        return iter([address(visit.subject, visit, "HAMD") for visit in chosen])


def test_autosave_and_save_at_ten_thousand_subjects(crowded):
    measure_saves()


def measure_saves():
    """A rater's HAMD at visits that have none: one answer kept as a draft; then the whole form saved."""
    form, client, places = trial.form("HAMD"), signed_in("rater"), places_of_ratings()
    today = Site.objects.get(code="JER").today()
    first = next(places)

    def keep():
        kept = client.post(f"{first}draft/", {"changes": {"mood": "2"}}, content_type="application/json")
        assert kept.status_code == 200, kept.content
        return kept

    measured("rater: autosave of an answer", keep)

    def save():
        answers = typical(form, "W6", today)
        saved = client.post(next(places), answers | {"source": "esource"})
        assert saved.status_code == 302, saved.content[:2000]
        return saved

    measured("rater: save a HAMD", save)
    with seeing([1, 2]):
        assert Draft.objects.count() <= 1
