"""What machines ask: is it alive, is it ready, and the figures; in production's settings, with the parts taken away."""

import json
import logging
import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from crf.models import Heartbeat, Mail, RecordCheck, Site
from tests import trial
from tests.accounts import fresh
from trialsite.database.wall import seeing
from trialsite.operations import health, keeping, program
from trialsite.operations.views import WORDS_OF_FINDINGS

PROXIED = {"HTTP_X_FORWARDED_FOR": "192.0.2.7", "HTTP_X_FORWARDED_PROTO": "https"}
TOKEN = "a token of the tests, long enough"


@pytest.fixture
def alive(db):
    Mail.objects.filter(sent_at__isnull=True).update(text="", next_try_at=None, sent_at=timezone.now(), trouble="")
    keeping.beat(name="watch")
    keeping.beat(name="worker")
    keeping.beat(name="trail")


def ready(client, **words) -> tuple[int, dict]:
    answer = client.get("/health/ready", **words)
    found = {one["name"]: (one["state"], one["sentence"]) for one in answer.json().get("findings", [])}
    return answer.status_code, found


@pytest.mark.finding("F-904")
def test_a_probe_is_answered_without_a_sign_in_a_host_name_or_tls(client, alive, settings):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["ecrf.example.org"]
    assert client.get("/health/live", HTTP_HOST="10.0.0.7:8000").status_code == 200
    status, found = ready(client, HTTP_HOST="10.0.0.7:8000")
    assert (status, {state for state, _ in found.values()}) == (200, {"well"}), found
    assert len(found) == 16 and set(found) == set(WORDS_OF_FINDINGS)  # each has its line on the page *Service*


@pytest.mark.finding("F-904")
def test_through_the_proxy_it_tells_no_more_than_whether_it_is_ready(client, alive, settings):
    assert client.get("/health/ready", **PROXIED).json() == {"ready": True}
    assert client.get("/metrics", **PROXIED).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", **PROXIED, HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 200
    assert client.get("/metrics", **PROXIED, HTTP_AUTHORIZATION="Bearer ÿwrong").status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", **PROXIED, HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.finding("F-902")
def test_a_watch_that_died_is_noticed_but_takes_nobody_the_pages_away(client, alive):
    Heartbeat.objects.filter(name="watch").update(at=timezone.now() - timedelta(minutes=4))
    status, found = ready(client)
    assert status == 200 and found["watch"][0] == "warning" and "4 minutes ago" in found["watch"][1]
    strictly = client.get("/health/ready?strictly")
    assert strictly.status_code == 503 and strictly.headers["Retry-After"]


@pytest.mark.finding("F-902")
def test_who_keeps_the_trail_is_missed_when_it_died_and_when_it_runs_but_looks_at_nothing(
    client, alive, settings, tmp_path
):
    settings.ANCHORS = tmp_path / "anchors"
    call_command("keep_trail", "--once")  # says that it was there, and that the record was looked at today
    assert ready(client)[1]["trail"][0] == "well"
    Heartbeat.objects.filter(name="record").update(at=timezone.now() - timedelta(hours=27))
    status, found = ready(client)
    assert status == 200 and found["trail"] == (
        "warning",
        "The record was not held against its trail for 27 hours. See the log of `manage.py keep_trail`.",
    )
    Heartbeat.objects.filter(name="trail").update(at=timezone.now() - timedelta(hours=3))
    assert "last seen 3 hours ago" in ready(client)[1]["trail"][1]


@pytest.mark.finding("F-902")
def test_where_the_second_place_is_away_the_record_is_looked_at_all_the_same_and_it_is_told(
    client, alive, settings, tmp_path, capsys
):
    """A disk that cannot be written, and a share that is not mounted: an empty folder where there were anchors."""
    long_ago = timezone.now() - timedelta(hours=3)

    def kept(where) -> str:
        settings.ANCHORS = where
        Heartbeat.objects.filter(name="trail").update(at=long_ago)
        call_command("keep_trail", "--once")
        return capsys.readouterr().err

    (tmp_path / "file").write_text("no folder")
    assert "tried again: the folder of ECRF_ANCHORS cannot be written" in kept(tmp_path / "file")
    assert RecordCheck.objects.latest("pk").anchored_at is None and Heartbeat.objects.get(name="record").at
    assert "last seen 3 hours ago" in ready(client)[1]["trail"][1]
    assert kept(tmp_path / "anchors") == "" and ready(client)[1]["trail"][0] == "well"
    call_command("verify")  # and from now on it is known that there are anchors
    assert "are gone. Is its disk mounted?" in kept(tmp_path / "not mounted")
    assert not (tmp_path / "not mounted").exists()
    assert "last seen 3 hours ago" in ready(client)[1]["trail"][1]
    assert kept(tmp_path / "anchors") == "" and ready(client)[1]["trail"][0] == "well"


@pytest.mark.finding("F-904")
def test_a_program_whose_files_were_replaced_while_it_runs_is_told_of(client, alive, monkeypatch, tmp_path):
    kept, gone, grown = (tmp_path / "crf" / name for name in ("kept.py", "gone.py", "page.html"))
    (tmp_path / "crf").mkdir()
    for path in (kept, gone, grown):
        path.write_text("1")
    monkeypatch.setattr(program, "HOUSE", tmp_path)
    monkeypatch.setattr(program, "AT_THE_BEGINNING", program.files())
    (tmp_path / "crf" / "new.py").write_text("as what is compiled, or another trial's")
    assert ready(client)[1]["program"][0] == "well"
    gone.unlink()
    grown.write_text("12")
    status, found = ready(client)
    assert status == 200 and found["program"][0] == "warning" and found["program"][1].startswith("2 files of the")


NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
EARLIER, MUCH_EARLIER = NOW - timedelta(minutes=3), NOW - timedelta(hours=5)


@pytest.mark.req("BCK-01")
@pytest.mark.parametrize(
    ("is_on", "archived", "failed", "is_streamed", "sentence"),
    [
        (True, EARLIER, None, False, ""),
        (True, EARLIER, MUCH_EARLIER, False, ""),
        (False, None, None, True, ""),
        (False, None, None, False, "archives no change (archive_mode is off)"),
        (True, MUCH_EARLIER, EARLIER, False, "fails to archive its changes, last 3 minutes ago"),
        (True, None, EARLIER, False, "fails to archive its changes"),
        (True, MUCH_EARLIER, None, False, "archived no change for 5 hours"),
        (True, None, None, False, "archived no change yet"),
    ],
)
def test_a_server_that_does_not_hand_its_changes_on_is_told_of(is_on, archived, failed, is_streamed, sentence):
    found = health._archiving_in_words(is_on, archived, failed, is_streamed, now=NOW)
    assert (sentence in found) if sentence else found == ""


@pytest.mark.req("BCK-01")
def test_of_a_real_server_it_is_asked_whether_it_does(client, alive, settings):
    settings.ENV = replace(settings.ENV, embedded=False)  # the tests' own archives nothing
    assert ready(client)[1]["backup"][0] == "warning" and "archive_mode is off" in ready(client)[1]["backup"][1]


@pytest.mark.req("BCK-02")
def test_a_restore_drill_that_is_overdue_or_went_wrong_is_told_of(client, alive, settings):
    def state():
        return ready(client)[1]["drill"]

    assert state()[0] == "well"
    settings.MODE, settings.PRODUCTION = "test", True
    with patch.object(health, "DRILL_IS_OLD", timedelta(0)):
        assert state()[0] == "warning" and "No restore was ever tried" in state()[1]
    told = Heartbeat.objects.create(name="drill", at=timezone.now(), since=timezone.now())
    assert state()[0] == "well"
    Heartbeat.objects.filter(pk=told.pk).update(found=["wrong"])
    assert state()[0] == "warning" and "found something wrong" in state()[1]
    Heartbeat.objects.filter(pk=told.pk).update(found=[], at=timezone.now() - timedelta(days=40))
    assert state() == ("warning", "The last restore drill was 40 days ago: it is due each month.")


def test_what_cannot_be_looked_at_is_a_finding_of_its_own_name_and_not_the_end_of_the_page(client, alive, monkeypatch):
    def failing(name):
        def look():
            raise DatabaseError("tell-tale")

        look.__name__ = name
        return look

    client.force_login(trial.person("adam"))
    for look in ("the_replica", "the_program", "trail"):
        monkeypatch.setattr(health, look, failing(look))
    found = ready(client)[1]
    for name in ("replica", "program", "trail"):
        assert found[name] == ("fails", "It could not be looked at (DatabaseError).")
    assert "It could not be looked at" in client.get("/service/").content.decode()


def test_a_trigger_that_was_switched_off_makes_it_unready(client, alive, owner):
    name = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'crf_subject'::regclass AND tgname LIKE 'pgtrigger_audit%'"
    with connection.cursor() as cursor:
        cursor.execute(name)
        (trigger,) = cursor.fetchone()
    owner.execute(f"ALTER TABLE crf_subject DISABLE TRIGGER {trigger}")
    try:
        status, found = ready(client)
    finally:
        owner.execute(f"ALTER TABLE crf_subject ENABLE ALWAYS TRIGGER {trigger}")
    assert status == 503 and "can be passed by" in found["triggers"][1]


def test_a_migration_that_is_not_applied_makes_it_unready(client, alive, monkeypatch):
    known = {**health._on_disk(), ("crf", "9999_of_tomorrow"): set()}
    monkeypatch.setattr(health, "_on_disk", lambda: known)
    status, found = ready(client)
    assert status == 503 and "1 migrations are not applied" in found["migrations"][1]


def spoil(path, how: str) -> None:
    """The key's file as it may be found one day."""
    if how == "folder":
        path.mkdir()
    elif how != "missing":
        path.write_bytes({"damaged": b"\xff\xfe\x00", "no key": b"zz\n"}.get(how, b"ab" * 32))
    if how != "missing":
        path.chmod({"open": 0o644, "folder": 0o700}.get(how, 0o600))


@pytest.mark.finding("F-802")
def test_a_key_with_which_no_code_could_be_broken_is_told_before_the_emergency_and_in_it_in_a_sentence(
    real_commits, client, settings, tmp_path
):
    right, desk = settings.ARM_KEY_FILE, fresh(client, "ines")
    asked = desk.post("/subjects/JER-001/code-break/", {"reason": "Unconscious in the emergency room"})
    settings.MODE = "production"
    for how, sentence in {
        "missing": "is not at",
        "open": "Others may read",
        "folder": "cannot be read by this account",
        "damaged": "cannot be read by this account",
        "no key": "does not hold an arm key",
        "another list's": "is another list's",
    }.items():
        settings.ARM_KEY_FILE = tmp_path / how
        spoil(settings.ARM_KEY_FILE, how)
        answer = desk.post(asked.headers["Location"])
        assert answer.status_code == 503 and "treat the subject as if on the active drug" in answer.content.decode()
        status, found = ready(Client())
        assert status == 503 and found["arm_key"][0] == "fails" and sentence in found["arm_key"][1], how
    settings.ARM_KEY_FILE = right
    assert ready(Client())[1]["arm_key"][0] == "well"
    assert desk.post(asked.headers["Location"]).status_code == 200  # the request stands, and is answered now


@pytest.mark.finding("F-907")
@pytest.mark.parametrize(("free", "status", "state"), [(1_900_000_000, 200, "warning"), (100_000_000, 503, "fails")])
def test_a_disk_that_fills_up_is_told_of_before_it_is_full(client, alive, monkeypatch, free, status, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("u", "total used free")(10**11, 0, free))
    answered, found = ready(client)
    assert (answered, found["disk"][0]) == (status, state)


@pytest.mark.parametrize(("ahead", "state"), [(0.5, "well"), (-10, "warning"), (120, "fails")])
def test_a_clock_that_goes_wrong_is_told_of(client, alive, monkeypatch, ahead, state):
    import time

    real = time.time
    monkeypatch.setattr(health.time, "time", lambda: real() + ahead)
    found = {one.name: one for one in health.findings()}
    assert found["clock"].state == state


@pytest.mark.finding("F-907")
def test_administrators_are_mailed_once_of_what_turned_bad(alive, monkeypatch):
    def tell():
        with seeing(Site.objects.all()):
            return [one.name for one in keeping.tell_of_new_findings(since=timezone.now())]

    assert tell() == []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("u", "total used free")(10**11, 0, 10**9))
    assert tell() == ["disk"] and tell() == []
    assert list(Mail.objects.filter(kind="service").values_list("to", flat=True)) == ["adam@example.org"]
    monkeypatch.undo()
    assert tell() == []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("u", "total used free")(10**11, 0, 10**8))
    assert tell() == ["disk"]


@pytest.mark.finding("F-907")
def test_a_worker_that_starts_beside_the_watch_is_missed_only_once_it_had_time_to_begin(alive):
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - timedelta(hours=9))  # all was off over night

    def told(since):
        with seeing(Site.objects.all()):
            return [one.name for one in keeping.tell_of_new_findings(since=since)]

    assert told(timezone.now()) == []
    assert told(timezone.now() - health.SILENT_AFTER) == ["worker"]


@pytest.mark.finding("F-904")
def test_the_figures_are_prometheus_text_and_name_nobody(client, alive):
    client.force_login(trial.person("ines"))
    assert client.get("/subjects/JER-001/").status_code == 200
    assert client.get("/subjects/XXX-999/").status_code == 404
    answer = client.get("/metrics")
    lines = answer.content.decode().splitlines()
    values = {}
    for line in lines:
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            assert name not in values and name.split("{")[0].startswith("ecrf_")
            values[name] = float(value)
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    stems = {name.split("{")[0] for name in values}
    assert {s.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for s in stems} <= typed | stems
    assert values['ecrf_requests_total{method="read",status="2xx"}'] >= 1
    assert values['ecrf_request_seconds_bucket{le="+Inf"}'] == values["ecrf_request_seconds_count"]
    assert values['ecrf_health{finding="watch"}'] == 0 and values["ecrf_database_size_bytes"] > 1e6
    text = answer.content.decode()
    for secret in ("JER", "AFU", "ines", "Ines", "example.org"):
        assert secret not in text


@pytest.mark.finding("F-904")
def test_sessions_that_ran_out_are_cleared_and_open_ones_are_not(client, alive):
    from django.contrib.sessions.models import Session

    client.force_login(trial.person("ines"))
    open_one = client.session.session_key
    old = Client()
    old.force_login(trial.person("clara"))
    Session.objects.filter(pk=old.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    assert keeping.clear_sessions() == 1
    assert list(Session.objects.values_list("pk", flat=True)) == [open_one]


@pytest.mark.req("SEC-15")
def test_a_request_has_a_number_in_the_answer_and_a_line_of_json_without_what_the_address_names(client, db, caplog):
    from trialsite.logs import Json

    client.force_login(trial.person("ines"))
    with caplog.at_level(logging.INFO, "ecrf.requests"):
        answer = client.get("/subjects/JER-001/", HTTP_X_REQUEST_ID="0a1b2c3d-from-the-proxy")
    assert answer.headers["X-Request-ID"] == "0a1b2c3d-from-the-proxy"
    (line,) = [json.loads(Json().format(record)) for record in caplog.records if record.name == "ecrf.requests"]
    assert line["route"] == "/subjects/<str:number>/" and line["status"] == 200 and line["method"] == "GET"
    assert "JER-001" not in json.dumps(line) and "ines" not in json.dumps(line)


@pytest.mark.req("SEC-15")
def test_the_security_log_tells_of_sign_ins_and_refusals_by_the_accounts_number_alone(client, db, caplog):
    from trialsite.logs import Json

    caplog.handler.setFormatter(Json())
    with caplog.at_level(logging.INFO, "ecrf.security"):
        client.post("/accounts/login/", {"login": "clara", "password": "wrong, and long enough"})
        client.post("/accounts/login/", {"login": "clara", "password": trial.PASSWORD})
        client.get("/people/")
    lines = [line for line in map(json.loads, caplog.text.splitlines()) if line["logger"] == "ecrf.security"]
    clara = trial.person("clara").pk
    assert [(line["event"], line["account"]) for line in lines] == [
        ("failed", clara),
        ("in", clara),
        ("refused", clara),
    ]
    assert "clara" not in json.dumps(lines).lower() and all(line["request"] for line in lines)


def test_a_number_that_could_forge_a_line_is_not_taken_over(client, db):
    forged = client.get("/health/live", HTTP_X_REQUEST_ID='x"}\n{"level": "forged').headers["X-Request-ID"]
    assert len(forged) == 32 and forged.isalnum()
