"""Every statement of every deed fails in turn, its commit among them: all or nothing, and a sentence.

`make anomalies` tries each statement of each deed; in a run of all tests it is the last ones of some, where deeds write
and commit. A deed is a form of a page, filled in as its fields ask and sent by somebody whose it is.
"""

import os

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client

from crf.models import RECORDS, Site, Subject
from crf.shown.entry import typed_of
from tests import trial
from tests.pages.failing import Failing
from tests.pages.test_deeds_by_page import sign_in
from tests.pages.test_every_page_by_role import ROWS, TABLE, VISIT, address
from tests.pages.test_once import NOT_PRESSED, filled, forms_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial

ASKED = os.environ.get("ANOMALIES", "")  # each, or names with commas: crf:lock,crf:record
EACH = bool(ASKED)
#: What a refused press may leave: who is at the desk, and that somebody tried.
MAY_STAY = {"crf_heartbeat"}
TABLES = sorted(
    model._meta.db_table
    for label in ("crf", settings.TRIAL)
    for model in apps.get_app_config(label).get_models()
    if model._meta.managed and not model._meta.proxy and model._meta.db_table not in MAY_STAY
)
#: What stands whatever becomes of the deed: how often somebody looked at the record before it was locked.
STANDS = {"crf:lock": {"crf_recordcheck", "crf_auditentry"}}
#: In a run of all tests: each way in which a deed is committed. `make anomalies` tries every page.
SOME = {
    "crf:safety_arm",
    "crf:enrol",
    "crf:code_break",
    "crf:ask_query",
    "crf:give_role",
    "crf:record",
    "crf:void",
    "crf:casebook_lock",
}


def content() -> dict[str, str]:
    """One hash a table."""
    with seeing(Site.objects.all()), connection.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE has_table_privilege(t, 'SELECT')", [TABLES])
        each = " UNION ALL ".join(
            f"SELECT '{table}', coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {table} t"
            for (table,) in cursor.fetchall()
        )
        cursor.execute(each)
        return dict(cursor.fetchall())


def whole_rating() -> tuple[str, str, dict[str, str]]:
    """A deed that no empty form shows: all answers of a rating, corrected with its reason."""
    world = trial.world
    with seeing(Site.objects.all()):
        record = RECORDS[world.RATING].objects.standing().get(subject__number=trial.TREATED, visit__code=VISIT)
    answers = typed_of(record) | {"version": str(record.version), "reason_choice": "", "reason_words": "Misread"}
    rated = next(item.name for item in record.form.asked.values() if item.testcd and answers.get(item.name))
    other = {rated: "1" if answers[rated] == "0" else str(int(answers[rated]) - 1)}
    return ("crf:record", f"/subjects/{trial.TREATED}/{VISIT}/{world.RATING}/", answers | other)


def deeds(everything):
    """(name, desk at which somebody has signed in, address, answers) of every form of every page."""
    for name, number in ROWS:
        expected = TABLE[name][number]
        is_asked = name in (ASKED.split(",") if EACH else SOME) or ASKED == "each"
        if not expected.who or expected.only_post or name in NOT_PRESSED or not is_asked:
            continue
        desk = sign_in(Client(raise_request_exception=False), min(expected.who))
        url = address(name, expected, everything)
        for action, fields in forms_of(desk, url):
            yield name, desk, action or url, filled(fields)
    name, url, answers = whole_rating()
    yield name, sign_in(Client(raise_request_exception=False), "ines"), url, answers


def pressed(desk: Client, to: str, sent: dict, at: int = 0):
    """The answer to the press at which statement `at` fails, and the wrapper that counted."""
    failing = Failing(at)
    with connection.execute_wrapper(failing):
        answer = desk.post(to, sent)
    if not failing.is_broken:  # a statement outside of a deed's transaction: only the tests' own is marked
        connection.set_rollback(False)
    return answer, failing


def points(count: int):
    """Of a few the middle, and the last ones, where the deed is done and its page is still to be made."""
    return range(1, count + 1) if EACH else sorted({count // 2, *range(max(1, count - 4), count + 1)} - {0})


def test_a_statement_that_fails_leaves_nothing_of_its_deed_and_is_told_in_a_sentence(everything, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = (
        86_400  # two hundred points of one deed may take longer than five minutes
    )
    settings.OUTPUTS_AT_ONCE = False  # a page only asks for what a worker makes
    violations, tried, done = [], 0, 0
    for name, desk, to, sent in deeds(everything):
        before = content()
        mark = transaction.savepoint()
        answer, counted = pressed(desk, to, sent)
        has_done = content() != before
        transaction.savepoint_rollback(mark)
        if not has_done:
            continue
        done += 1
        for at in points(counted.count):
            mark = transaction.savepoint()
            answer, failing = pressed(desk, to, sent, at)
            left = {table for table, known in content().items() if known != before[table]} - STANDS.get(name, set())
            transaction.savepoint_rollback(mark)
            tried += 1
            if not failing.said:
                continue  # fewer statements this time: what is read once had been read
            said = answer.content.decode()
            if left and answer.status_code >= 400:
                violations.append((name, f"{at} of {counted.count}", "left", sorted(left), failing.said))
            if answer.status_code not in {200, 302, 409, 503} or "tell-tale" in said:
                violations.append((name, f"{at} of {counted.count}", answer.status_code, failing.said))
            if answer.status_code == 503 and "Nothing" not in said and "not saved" not in said:
                violations.append((name, f"{at} of {counted.count}", "no sentence", failing.said))
        mark = transaction.savepoint()
        again, _ = pressed(desk, to, sent)
        if content() == before:
            violations.append((name, "not done afterwards", again.status_code))
        transaction.savepoint_rollback(mark)  # a lock would keep every later deed from being done
    print(f"{done} deeds, {tried} points, {len(violations)} violations")
    assert done >= (1 if EACH else len(SOME) - 1)
    assert violations == [], "\n".join(map(str, violations))


def test_where_only_the_end_of_a_request_fails_its_deed_is_done_and_the_next_request_sees_no_site(real_commits):
    desk = sign_in(Client(), "clara")
    site = Site.objects.get(code=trial.FIRST)
    forgotten = []

    def fails(execute, sql, params, many, context):
        if "crf.sites" in sql and params == ["", ""]:
            forgotten.append(sql)
            raise OperationalError("told by the server")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fails):
        answer = desk.post("/subjects/enrol/", {"site": site.pk, "screened_on": str(site.today()), "once": "1"})
    assert forgotten and answer.status_code == 302
    assert not Subject.objects.exists()  # nobody's sites are seen on this connection any more
    with seeing([site]):
        assert Subject.objects.filter(number=answer.headers["Location"].split("/")[2]).exists()


def test_where_what_comes_after_a_deed_fails_no_page_says_that_nothing_was_saved(real_commits, monkeypatch):
    def fails(*args, **words):
        raise OperationalError("told by the server")

    _, url, answers = whole_rating()
    desk = sign_in(Client(raise_request_exception=False), "ines")
    monkeypatch.setattr("crf.views.entry._tell", fails)
    told = desk.post(url, answers)
    assert told.status_code == 503 and "is on record" in told.content.decode()
    assert "not saved" not in told.content.decode() and whole_rating()[2]["version"] != answers["version"]
    told = desk.post(url, answers)  # of an older version: nothing is done, and the next request begins anew
    assert told.status_code == 409
    monkeypatch.undo()
    monkeypatch.setattr("crf.views.desk.Desk.next_address", fails)
    told = desk.post(url, whole_rating()[2])
    assert told.status_code == 302 and told.headers["Location"] == url
