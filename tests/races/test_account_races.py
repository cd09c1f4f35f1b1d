"""Two who do the same at the same moment: one is done, the other reads a sentence (F-908)."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client

from crf.models import CasebookLock, Site
from tests import trial
from tests.accounts import fresh
from trialsite.database.wall import seeing

pytestmark = pytest.mark.finding("F-908")


def at_once(deeds) -> list:
    """Each deed in a thread of its own, all let go together; what each gave, or the exception it ended with."""
    ready, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number, deed):
        try:
            ready.wait()
            found[number] = deed()
        except Exception as error:  # noqa: BLE001 - what a racer met is looked at by the test
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_account_opened_by_several_at_once_is_opened_once(real_commits):
    desks = [fresh(Client(raise_request_exception=False), "adam") for _ in range(4)]
    who = {"name": "Lea Katz", "username": "lea.katz", "organisation": "Emek", "email": "lea@example.org"}
    presses = [(desk, who | {"once": str(nth)}) for nth, desk in enumerate(desks, start=11)]  # said to be one more each
    answers = at_once([lambda desk=desk, sent=sent: desk.post("/people/new/?another", sent) for desk, sent in presses])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [302, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    said = refused.content.decode()
    assert "at the same moment" in said or "never given twice" in said or "has this e-mail address" in said


def test_one_casebook_locked_by_several_at_once_is_locked_once(real_commits):
    desks = [fresh(Client(raise_request_exception=False), name) for name in ("dana", "david", "dana", "david")]
    page = desks[0].get("/subjects/JER-004/lock/")
    assert page.status_code == 200
    sent = {"reason": "Screen failure, all is in", "despite": "on", "deed": "lock", "acknowledged": "on"}
    answers = at_once([lambda desk=desk: desk.post("/subjects/JER-004/lock/", sent) for desk in desks])
    assert all(answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('crf.sites', '{1,2}', false)")
        cursor.execute("SELECT count(*) FROM crf_casebooklock WHERE lifted_at IS NULL")
        assert cursor.fetchone()[0] <= 1
    assert trial.person("dana")


@pytest.mark.finding("F-303")
def test_a_second_click_on_lock_or_lift_undoes_nothing(real_commits):
    desk = fresh(Client(), "dana")
    for deed, standing in (("lock", True), ("lift", False)):
        sent = {"reason": "Screen failure, all is in", "despite": "on", "deed": deed}
        assert desk.post("/subjects/JER-004/lock/", sent).status_code == 302
        again = desk.post("/subjects/JER-004/lock/", sent)
        assert again.status_code == 409 and "Nothing was changed now" in again.content.decode()
        with seeing(Site.objects.all()):
            assert CasebookLock.objects.filter(lifted_at__isnull=True).exists() is standing
