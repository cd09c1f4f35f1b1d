"""People at work on a served product who know what was acknowledged to them, and what is stored of it.

`Correcting` changes one number of a record for a reason, again and again; `Keeping` types answers and never saves.
"""

import collections
import http.client
import json
import re
import threading
import time
import urllib.parse

from django.conf import settings
from django.db import connection
from django.test import Client

from crf import trial as served
from crf.models import RECORDS, Draft, Site
from crf.shown import entry
from tests import trial
from trialsite.database.wall import seeing

TOKEN = "a" * 32
FORM, ITEM = trial.world.A_NUMBER
RATING = trial.world.RATING
VERSION = re.compile(r'name="version" value="(\d*)"')
TROUBLES = re.compile(r'trouble-error">(?:<svg.*?</svg>)?([^<]+)', re.DOTALL)
SENTENCES = ("not saved", "Nothing", "is on record")  # one of them stands on every page of an outage


class Person:
    """`acknowledged`: how many deeds; `last`: what the last one said; `unsure`: what may have been done since, because
    no answer came; `wrong`: answers that were neither those looked for nor an outage told in a sentence."""

    def __init__(self, port: int, username: str, place: str):
        self.port, self.place = port, place
        self.acknowledged, self.last, self.unsure, self.wrong = 0, None, [], []
        self.seen: collections.Counter = collections.Counter()
        self.times: list[float] = []  # when each was acknowledged
        self._number, self._stop, self._thread = 0, threading.Event(), None
        client = Client()
        client.force_login(trial.person(username))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Connection": "close",
        }

    def begin(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Returns when the deed that was under way is over."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._number += 1
            if not self.act(self._number):
                self._stop.wait(0.2)

    def act(self, number: int) -> bool:
        """One deed; whether it was acknowledged."""
        raise NotImplementedError

    def stored(self) -> tuple[str | None, int | None]:
        """What is stored, and the number of its events in the trail since the beginning; None where it has none."""
        raise NotImplementedError

    def ask(self, method: str, url: str, body: str | None = None, kind: str = "text/plain") -> tuple[int, str]:
        """(status, page); 0 where no answer came."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asked.request(method, url, body, self.headers | {"Content-Type": kind})
            answer = asked.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.seen["no answer"] += 1
            return 0, ""
        finally:
            asked.close()
        self.seen[answer.status] += 1
        is_told = any(words in page for words in SENTENCES) and answer.headers["Retry-After"]
        if answer.status not in (200, 302) and not (answer.status == 503 and is_told):
            said = TROUBLES.findall(page) or [" ".join(page.split())[-300:]]
            self.wrong.append(f"{method} {url}: {answer.status} {said}")
        return answer.status, page

    def counted(self, value: str, status: int, expected: int) -> bool:
        if status == expected:
            self.last, self.unsure = value, []
            self.times.append(time.monotonic())
            self.acknowledged += 1
            return True
        self.unsure.append(value)
        return False

    def lost(self) -> str:
        """What was acknowledged and is not stored, in words; empty where nothing is. It is asked in a pause."""
        value, events = self.stored()
        if value not in (self.last, *self.unsure):
            return f"{self.place}: {self.last} was acknowledged, {value} is stored"
        if events is not None and events < self.acknowledged:
            return f"{self.place}: {self.acknowledged} were acknowledged, the trail has {events}"
        return ""


class Correcting(Person):
    def __init__(self, port: int, username: str, record):
        super().__init__(port, username, f"/subjects/{record.subject}/{record.visit.code}/{FORM}/")
        self.record, self.answers = record, dict(entry.typed_of(record))
        self.last, self.before = f"{getattr(record, ITEM):.1f}", self._events()

    def act(self, number):
        value = f"{60 + number % 400 / 10:.1f}"
        status, page = self.ask("GET", self.place)
        if status != 200 or not (version := VERSION.search(page)):
            return False
        answers = self.answers | {ITEM: value, "version": version[1], "deed": "complete", "source": "esource"}
        body = urllib.parse.urlencode(answers | {"reason_choice": "", "reason_words": "Misread"})
        status, page = self.ask("POST", self.place, body, "application/x-www-form-urlencoded")
        if status == 200:
            self.wrong.append(f"{self.place} was not saved: {' '.join(page.split())[:2000]}")
        return self.counted(value, status, 302)

    def stored(self):
        with seeing(Site.objects.all()):
            self.record.refresh_from_db()
            return f"{getattr(self.record, ITEM):.1f}", self._events() - self.before

    def _events(self) -> int:
        table = RECORDS[FORM]._meta.db_table
        with connection.cursor() as cursor, seeing(Site.objects.all()):
            cursor.execute(
                'SELECT count(*) FROM crf_auditentry WHERE "table" = %s AND record = %s', [table, self.record.pk]
            )
            return cursor.fetchone()[0]


class Keeping(Person):
    def __init__(self, port: int, username: str, place: str):
        super().__init__(port, username, place)
        self.items = [item.name for item in served.form(RATING).asked.values() if item.testcd][:2]

    def act(self, number):
        body = json.dumps({"changes": dict.fromkeys(self.items, str(number % 2))})
        status, _ = self.ask("POST", f"{self.place}draft/", body, "application/json")
        self._stop.wait(0.05)
        return self.counted(str(number % 2), status, 200)

    def stored(self):
        with seeing(Site.objects.all()):
            kept = Draft.objects.filter(form=RATING, user__username="ruth").first()
            return kept and kept.answers.get(self.items[0]), None


def everybody(port: int) -> list[Person]:
    """Five who correct and one who types, of the small world; not yet at work."""
    with seeing(Site.objects.all()):
        standing = RECORDS[FORM].objects.standing().filter(site__code=trial.FIRST, visit__isnull=False)
        people = [Correcting(port, "ines", record) for record in standing.select_related("subject", "visit")[:5]]
    return [*people, Keeping(port, "ruth", f"/subjects/{trial.TREATED}/{trial.world.NEXT}/{RATING}/")]
