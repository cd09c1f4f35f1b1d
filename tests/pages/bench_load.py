"""Two hundred people at work in a trial of ten thousand subjects: the real server on loopback, with time to think.

Each person has a session of their own and does one thing after the other: opens a page of their role, or, at a form,
keeps an answer, and saves the form after some of them. What is printed holds for this machine, with people, server and
database on it together; CPU and the load of the machine stand beside.

`make soak` has them work for ten minutes (SECONDS, PEOPLE, THINK and SUBJECTS say otherwise) through nginx where it is
installed, and replaces the web server's processes each minute while they do: no request and no kept answer is lost, and
the memory of the processes does not grow.
"""

import collections
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from django.conf import settings

from crf import trial
from crf.chart.places import address
from crf.models import Draft, Subject, Visit
from crf.rehearsal.typical import typical
from tests.databases import REPOSITORY
from tests.pages import bench_scale
from tests.pages.bench_scale import crowded  # noqa: F401  the fixture
from tests.starter import a_free_port
from trialsite.database.wall import seeing

PEOPLE = int(os.environ.get("PEOPLE", "200"))
THINK = float(os.environ.get("THINK", "20"))  # seconds between two things a person does, on average
SECONDS = float(os.environ.get("SECONDS", "120"))
IS_SOAK = bool(os.environ.get("SOAK"))
REPLACED_EVERY = 60.0  # seconds
GREW = 1.25  # the memory of the processes at the end, by that when all of them had worked for a while
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

    port = PORT  # or nginx's, where it stands in front

    def __init__(self, role: str, seed: int, casebooks: list[str], places, until: float, took: dict, wrong: list):
        super().__init__(daemon=True)
        self.role, self.random, self.casebooks, self.places = role, random.Random(seed), casebooks, places
        self.until, self.took, self.wrong, self.kept, self.place = until, took, wrong, 0, None
        self.is_open = False
        self.username, self.typed = role, {}
        cookie = bench_scale.signed_in(role).cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Referer": "https://127.0.0.1/",  # asked for where a proxy says that it ends TLS
            "Connection": "close",
        }

    def run(self):
        time.sleep(self.random.uniform(0, THINK))
        while time.monotonic() < self.until:
            if self.role == "rater" and self.random.random() < 0.7 and self.has_a_place():
                self.rate()
            else:
                url = self.random.choice(ROLES[self.role][1])
                self.ask("page", "GET", self.random.choice(self.casebooks) if url == "CASEBOOK" else url, 200)
            time.sleep(self.random.expovariate(1 / THINK))

    def has_a_place(self) -> bool:
        """Whether a form is begun, or one is left that nobody was at: a form that was saved is not entered twice."""
        if self.place is None and (place := next(self.places, None)):
            self.place, self.kept, self.is_open = place, 0, False
        return self.place is not None

    def rate(self):
        """Open the form, keep an answer at a time, and save it."""
        if not self.is_open:
            self.is_open = self.ask("page", "GET", self.place, 200) == 200
        elif self.kept < len(ANSWERS):
            body = json.dumps({"changes": {ANSWERS[self.kept]: "2"}})
            if self.ask("autosave", "POST", f"{self.place}draft/", 200, body, "application/json") == 200:
                self.typed.setdefault(self.place, set()).add(ANSWERS[self.kept])
            self.kept += 1
        else:
            body = urllib.parse.urlencode(typical(trial.form("HAMD"), "W6", self.today) | {"source": "esource"})
            self.ask("save", "POST", self.place, 302, body, "application/x-www-form-urlencoded")
            self.typed.pop(self.place, None)
            self.place = None

    def ask(self, what, method, url, expected, body=None, kind="text/plain"):
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
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
        return status


def test_two_hundred_people_at_work(crowded):  # noqa: F811
    serve_and_work(crowded)


def serve_and_work(name: str):
    words = [sys.executable, "-m", "gunicorn", "--config", "trialsite/deploy/gunicorn.conf.py"]
    words += ["--bind", f"127.0.0.1:{PORT}", "--workers", str(os.cpu_count()), "tests.pages.crowded_wsgi"]
    server = subprocess.Popen(words, cwd=REPOSITORY, env=os.environ | {"BENCH_DATABASE": name}, process_group=0)
    with contextlib.ExitStack() as house:
        house.callback(server.wait, 60)
        house.callback(server.send_signal, signal.SIGTERM)
        wait_for(server)
        if IS_SOAK and (proxy := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")):
            Person.port = house.enter_context(in_front(proxy))
        print(f"{'nginx and ' if Person.port != PORT else ''}gunicorn, {os.cpu_count()} processes of 4 threads")
        work(server)


@contextlib.contextmanager
def in_front(proxy: str):
    """nginx with the sample's words about its upstream, without TLS."""
    port, sample = a_free_port(), (REPOSITORY / "trialsite" / "deploy" / "nginx.conf").read_text()
    upstream = re.search(r"location / \{.*?\n    \}", sample, re.DOTALL)[0].replace(
        "127.0.0.1:8000", f"127.0.0.1:{PORT}"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        Path(folder, "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1; events {{}}\n"
            f"http {{ {temporary} access_log off; server {{ listen 127.0.0.1:{port}; {upstream} }} }}\n"
        )
        running = subprocess.Popen([proxy, "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            running.terminate()
            running.wait(20)


def memory(server) -> float:
    """Megabytes of the web server's processes together; what they share is counted once (Linux)."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True).stdout
    total = 0
    for pid in (server.pid, *map(int, found.split())):
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
    return total / 1024


def replaced_meanwhile(server, until: float) -> list[float]:
    """Each minute the processes are replaced; their memory just before each time."""
    found = []
    while time.monotonic() + REPLACED_EVERY < until:
        time.sleep(REPLACED_EVERY)
        found.append(memory(server))
        server.send_signal(signal.SIGHUP)
    return found


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


def work(server):
    with seeing([1, 2]):
        casebooks = [one.get_absolute_url() for one in Subject.objects.filter(site__code="JER").order_by("?")[:200]]
        awaiting = Visit.objects.filter(
            subject__site__code="JER",
            subject__randomised_at__isnull=False,
            subject__consent_withdrawn_on__isnull=True,  # nothing more is entered about who withdrew it
            code="W6",
            state="planned",
            occurred_on__isnull=True,
        )
        places = [address(visit.subject, visit, "HAMD") for visit in awaiting.select_related("subject__site")]
        Person.today = awaiting[0].subject.site.today()
    took, wrong, waiting = collections.defaultdict(list), [], iter(places)
    until = time.monotonic() + SECONDS
    roles = [role for role, (of_a_hundred, _) in ROLES.items() for _ in range(of_a_hundred * PEOPLE // 100)]
    people = [Person(role, seed, casebooks, waiting, until, took, wrong) for seed, role in enumerate(roles)]
    before = os.times()
    for person in people:
        person.start()
    sizes = replaced_meanwhile(server, until) if IS_SOAK else []
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
    if sizes:
        print(f"replaced {len(sizes)} times; memory before each, MB:", *(f"{size:.0f}" for size in sizes))
    gone = kept_no_more(people)
    print(f"{sum(len(answers) for one in people for answers in one.typed.values())} kept answers, {len(gone)} lost")
    assert took["page"] and took["autosave"]
    assert not wrong, "times of wrong answers are no times"
    assert not gone, gone
    assert not sizes or sizes[-1] <= GREW * sizes[0], "the processes grow"


def kept_no_more(people) -> list[str]:
    """What was typed, acknowledged and not saved since, and is in no draft."""
    with seeing([1, 2]):
        drafts = {address(one.subject, one.visit, one.form): one.answers for one in Draft.objects.select_related()}
    return [
        f"{place} {sorted(answers)}"
        for person in people
        for place, answers in person.typed.items()
        if not answers <= set(drafts.get(place, {}))
    ]
