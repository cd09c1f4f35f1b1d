"""Two hundred people at work in a trial of ten thousand subjects: the real server on loopback, with time to think.

Each person has a session of their own and does one thing after the other: opens a page of their role, or, at a form,
keeps an answer, and saves the form after some of them. What is printed holds for this machine, with people, server and
database on it together; CPU and the load of the machine stand beside.
"""

import collections
import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.parse

from django.conf import settings

from crf import trial
from crf.chart.places import address
from crf.models import Subject, Visit
from crf.rehearsal.typical import typical
from tests.databases import REPOSITORY
from tests.pages import bench_scale
from tests.pages.bench_scale import crowded  # noqa: F401  the fixture
from trialsite.database.wall import seeing

PEOPLE, THINK, SECONDS = 200, 20.0, 120.0  # people; seconds between two things a person does, on average; of the run
PORT = int(os.environ.get("PORT", "8471"))
TOKEN = "a" * 32
#: Of a hundred people so many have the role; the pages each of them opens.
ROLES = {
    "rater": (40, ("/", "/subjects/?q=JER-0", "CASEBOOK")),
    "coordinator": (25, ("/", "/subjects/", "/visits/", "CASEBOOK")),
    "investigator": (20, ("/", "/visits/?state=overdue", "/alerts/", "CASEBOOK")),
    "monitor": (10, ("/visits/", "/queries/", "/visits/?sort=queries", "CASEBOOK")),
    "data-manager": (5, ("/", "/queries/", "/visits/?visit=W6&state=done")),
}
ANSWERS = ("mood", "guilt", "work")  # kept one by one before the form is saved


class Person(threading.Thread):
    """Somebody at a desk. `took`: what -> seconds of each; `wrong`: what the server answered unlooked-for."""

    def __init__(self, role: str, seed: int, casebooks: list[str], places, until: float, took: dict, wrong: list):
        super().__init__(daemon=True)
        self.role, self.random, self.casebooks, self.places = role, random.Random(seed), casebooks, places
        self.until, self.took, self.wrong, self.kept, self.place = until, took, wrong, 0, None
        cookie = bench_scale.signed_in(role).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Connection": "close",
        }

    def run(self):
        time.sleep(self.random.uniform(0, THINK))
        while time.monotonic() < self.until:
            if self.role == "rater" and self.random.random() < 0.7:
                self.rate()
            else:
                url = self.random.choice(ROLES[self.role][1])
                self.ask("page", "GET", self.random.choice(self.casebooks) if url == "CASEBOOK" else url, 200)
            time.sleep(self.random.expovariate(1 / THINK))

    def rate(self):
        """Open the form, keep an answer at a time, and save it."""
        if self.place is None:
            self.place, self.kept = next(self.places), 0
            self.ask("page", "GET", self.place, 200)
        elif self.kept < len(ANSWERS):
            body = json.dumps({"changes": {ANSWERS[self.kept]: "2"}})
            self.ask("autosave", "POST", f"{self.place}draft/", 200, body, "application/json")
            self.kept += 1
        else:
            body = urllib.parse.urlencode(typical(trial.form("HAMD"), "W6", self.today) | {"source": "esource"})
            self.ask("save", "POST", self.place, 302, body, "application/x-www-form-urlencoded")
            self.place = None

    def ask(self, what, method, url, expected, body=None, kind="text/plain"):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        try:
            connection.request(method, url, body, self.headers | {"Content-Type": kind})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except OSError as trouble:
            status = type(trouble).__name__
        finally:
            connection.close()
        self.took[what].append(time.perf_counter() - begun)
        if status != expected:
            self.wrong.append(f"{what} {url}: {status}")


def test_two_hundred_people_at_work(crowded):  # noqa: F811
    serve_and_work(crowded)


def serve_and_work(name: str):
    words = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.pages.crowded_wsgi",
        "--workers",
        str(os.cpu_count()),
        "--threads",
        "4",
        "--preload",
        "--no-control-socket",
        "--bind",
        f"127.0.0.1:{PORT}",
        "--log-level",
        "warning",
    ]
    server = subprocess.Popen(words, cwd=REPOSITORY, env=os.environ | {"BENCH_DATABASE": name}, process_group=0)
    try:
        wait_for(server)
        work()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def wait_for(server):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
            connection.request("GET", "/accounts/login/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("No page is served.")


def work():
    with seeing([1, 2]):
        casebooks = [one.get_absolute_url() for one in Subject.objects.filter(site__code="JER").order_by("?")[:200]]
        awaiting = Visit.objects.filter(
            subject__site__code="JER",
            subject__randomised_at__isnull=False,
            code="W6",
            state="planned",
            occurred_on__isnull=True,
        )
        places = [address(visit.subject, visit, "HAMD") for visit in awaiting.select_related("subject__site")]
        Person.today = awaiting[0].subject.site.today()
    took, wrong, waiting = collections.defaultdict(list), [], itertools.cycle(places)
    until = time.monotonic() + SECONDS
    roles = [role for role, (of_a_hundred, _) in ROLES.items() for _ in range(of_a_hundred * PEOPLE // 100)]
    people = [Person(role, seed, casebooks, waiting, until, took, wrong) for seed, role in enumerate(roles)]
    before = os.times()
    for person in people:
        person.start()
    for person in people:
        person.join()
    used = os.times()
    print(
        f"\n{len(people)} people, {THINK:.0f} s to think, {SECONDS:.0f} s; {os.cpu_count()} processors, load of the"
        f" machine {os.getloadavg()[0]:.1f}; the people themselves took {used.user - before.user:.0f} s of CPU"
    )
    for what, seconds in took.items():
        seconds.sort()
        at = {share: 1000 * seconds[min(len(seconds) - 1, int(share * len(seconds)))] for share in (0.5, 0.95, 0.99)}
        print(
            f"{what:10} {len(seconds):5} asked, {len(seconds) / SECONDS:5.1f} a second: median {at[0.5]:6.0f} ms,"
            f" p95 {at[0.95]:6.0f} ms, p99 {at[0.99]:6.0f} ms"
        )
    print(f"{len(wrong)} answered otherwise than they should", *wrong[:5], sep="\n  ")
    assert took["page"] and took["autosave"]
    assert not wrong, "times of wrong answers are no times"
