"""What is made in the background: made once, for who may have it, taken up again when its maker dies, thrown away."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from analysis import outputs
from crf.actions import output_kinds, record_outputs
from crf.actions import outputs as store
from crf.actions.act import act
from crf.exchange.trail.export import one_moment
from crf.models import ExportLog, Heartbeat, Output, OutputPart, RoleHeld, Site
from crf.papers import typeset
from crf.refusals import NotAllowed
from tests import trial
from trialsite.database.wall import seeing
from trialsite.operations import health

pytestmark = [pytest.mark.every_trial, pytest.mark.finding("F-911")]
State = Output.State


@pytest.fixture
def later(settings):
    """Nothing is made at once: a worker, or the test, does it."""
    settings.OUTPUTS_AT_ONCE = False


@pytest.fixture
def quick(monkeypatch):
    """A report of one small file, so that the tests are about the way and not about the report."""

    def make(self, output, folder, tell):
        tell(50, "in the middle")
        sites = ",".join(Site.objects.filter(pk__in=output.question["sites"]).values_list("code", flat=True))
        (folder / "small.csv").write_text(f"sites\n{sites}\n")
        return [folder / "small.csv"]

    monkeypatch.setattr(outputs.Data, "make", make)


def asked(person="stefan", **more) -> Output:
    return output_kinds.ask("data", by=trial.person(person), purpose="To see", formats=["csv"], **more)


def content(output) -> bytes:
    return b"".join(store.content(output, output.files[0]["name"]))


# -- asking and making


def test_a_page_asks_the_bar_says_how_far_it_is_and_the_file_is_handed_out(db, client, later, quick):
    client.force_login(trial.person("stefan"))
    refused = client.post("/reports/data/", {"formats": ["csv"], "purpose": " "})
    assert refused.status_code == 200 and not Output.objects.exists()
    future = client.post("/reports/data/", {"formats": ["csv"], "purpose": "Look", "past": "1 Jan 2090"})
    assert "This moment is in the future" in future.content.decode()
    address = client.post("/reports/data/", {"formats": ["csv"], "purpose": "Interim look"}).headers["Location"]
    page = client.get(address).content.decode()
    assert "Waiting" in page and '<progress class="output-progress" value="0"' in page
    taken = store.take()
    store.tell(taken, 40, "writing CSV")
    page = client.get(address).content.decode()
    assert 'value="40"' in page and "writing CSV" in page
    output_kinds.make(taken)
    one = Output.objects.get()
    assert "Ready" in client.get(address).content.decode()
    file = client.get(f"{address}files/small.csv/")
    assert file.content == b"sites\n" + ",".join(sorted(site.code for site in trial.trial.SITES)).encode() + b"\n"
    (row,) = ExportLog.objects.all()
    assert (row.purpose, row.sha256, row.what) == ("Interim look", one.files[0]["sha256"], "data")
    assert one.files[0]["sha256"] in client.get("/outputs/").content.decode()


def test_what_is_kept_is_encrypted(db, quick):
    assert content(asked()).startswith(b"sites")
    assert b"sites" not in bytes(OutputPart.objects.get().content)


def test_the_same_question_is_answered_at_once_until_the_data_change(db, quick):
    first = asked()
    assert asked().pk == first.pk
    other = asked("dana")  # another person with the same rights: the same files, none made anew
    assert other.pk != first.pk and (other.key, other.tries, other.files) == (first.key, 0, first.files)
    with seeing(Site.objects.all()):
        trial.change(trial.subject(trial.BEGUN), trial.trial.SCREENING, trial.DEMOGRAPHY, "ines", birth_year="1961")
    assert asked().pk not in (first.pk, other.pk)


def test_nobody_is_given_what_somebody_with_more_rights_had_made(db, quick):
    whole, own = asked("dana"), asked("isaac")
    assert own.key != whole.key
    assert trial.FIRST.encode() in content(whole) and trial.FIRST.encode() not in content(own)


@pytest.mark.req("ACC-02")
@pytest.mark.req("ACC-06")
def test_an_output_is_for_who_asked_and_while_the_role_lasts(db, client, quick):
    one = asked()
    address = f"/outputs/{one.pk}/"
    client.force_login(trial.person("dana"))
    for url in (address, f"{address}files/small.csv/"):
        assert client.get(url).status_code == 404
    assert client.post(f"{address}cancel/").status_code == 404
    client.force_login(trial.person("stefan"))
    assert client.get(f"{address}files/small.csv/").status_code == 200
    held = RoleHeld.objects.get(user__username="stefan", site__code=trial.SECOND)
    held.ends_on = held.starts_on
    with act(by="system:tests"):
        held.save()
    answer = client.get(f"{address}files/small.csv/")  # still a statistician, of one site only
    assert answer.status_code == 403 and "do not have any more" in answer.content.decode()
    with pytest.raises(NotAllowed):
        output_kinds.require(one, trial.person("stefan"))


def test_a_role_that_ended_while_it_waited_gets_nothing(db, later, quick):
    one = asked()
    held = RoleHeld.objects.filter(user__username="stefan")
    with act(by="system:tests"):
        for role in held:
            role.ends_on = role.starts_on
            role.save()
    output_kinds.make(store.take())
    one.refresh_from_db()
    assert (one.state, one.files) == (State.FAILED, []) and "does not include" in one.trouble
    assert not OutputPart.objects.exists()


def test_it_is_cancelled_and_asked_for_again(db, client, later, quick):
    one = asked()
    taken = store.take()
    client.force_login(trial.person("stefan"))
    assert client.post(f"/outputs/{one.pk}/cancel/").status_code == 302
    output_kinds.make(taken)  # whoever makes it notices at the next step, and keeps nothing
    one.refresh_from_db()
    assert one.state == State.CANCELLED and not OutputPart.objects.exists()
    assert client.post(f"/outputs/{one.pk}/cancel/").status_code == 409
    address = client.post(f"/outputs/{one.pk}/again/").headers["Location"]
    assert address != f"/outputs/{one.pk}/"
    assert Output.objects.order_by("-pk").first().purpose == "To see"


def test_two_clicks_make_one_output(db, later):
    assert asked().pk == asked().pk


def test_what_cannot_be_made_says_so(db, later, monkeypatch):
    def make(self, output, folder, tell):
        raise RuntimeError("with a value of a subject")

    monkeypatch.setattr(outputs.Data, "make", make)
    one = asked()
    with pytest.raises(RuntimeError):
        output_kinds.make(store.take())
    one.refresh_from_db()
    assert one.state == State.FAILED and "RuntimeError" in one.trouble and "subject" not in one.trouble


def test_files_are_thrown_away_after_the_declared_time(db, quick, settings):
    one = asked()
    assert store.throw_away() == 0
    after = timezone.now() + settings.OUTPUTS_KEPT + timedelta(minutes=1)
    assert store.throw_away(now=after) == 1
    one.refresh_from_db()
    assert one.state == State.GONE and one.files[0]["sha256"] and not OutputPart.objects.exists()


# -- makers that die


def test_what_a_dead_worker_held_is_taken_up_again_and_its_own_late_word_does_not_count(db, later, quick):
    one = asked()
    dead = store.take()
    assert store.take() is None  # alive as far as anybody knows
    much_later = timezone.now() + store.SILENT_AFTER * 2
    second = store.take(now=much_later)
    assert (second.pk, second.tries) == (one.pk, 2)
    output_kinds.make(dead)
    one.refresh_from_db()
    assert one.state == State.RUNNING and not one.files
    output_kinds.make(second)
    one.refresh_from_db()
    assert one.state == State.DONE
    assert store.take(now=much_later) is None


def test_after_three_deaths_nobody_tries_any_more(db, later):
    one = asked()
    now = timezone.now()
    for _ in range(store.MOST_TRIES):
        assert store.take(now=now) is not None
        now += store.SILENT_AFTER * 2
    assert store.take(now=now) is None
    one.refresh_from_db()
    assert one.state == State.FAILED and "ended three times" in one.trouble


def test_a_worker_that_fell_silent_is_found_by_the_health_check(db):
    assert health.worker().state == health.WARNING
    Heartbeat.objects.create(name="worker", at=timezone.now(), since=timezone.now())
    assert health.worker().state == health.WELL
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=10))
    found = health.worker()
    assert found.state == health.WARNING and "manage.py work" in found.sentence


def work():
    """`manage.py work --once`, with the signals of the test's process as they were."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("work", once=True)
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def test_a_worker_makes_what_a_killed_process_left_and_ends_what_is_cancelled(
    real_commits, later, monkeypatch, tmp_path
):
    """Real processes: the first try is killed by the system, the second makes it; the other output is cancelled."""
    tried = tmp_path / "tried"
    printed = record_outputs.Casebook.make

    def killed_once(self, output, folder, tell):
        if not tried.exists():
            tried.write_text("once")
            os.kill(os.getpid(), signal.SIGKILL)
        return printed(self, output, folder, tell)

    def deaf(self, output, folder, tell):
        with one_moment():
            tell(40, "in the middle")
            time.sleep(120)

    # The typesetter has threads, which a process forked off one that has used it lacks; a worker itself never does.
    monkeypatch.setattr(typeset, "pdf", lambda data: b"%PDF-")
    monkeypatch.setattr(record_outputs.Casebook, "make", killed_once)
    monkeypatch.setattr(outputs.Data, "make", deaf)
    with seeing(Site.objects.all()):
        killed = output_kinds.ask("casebook", by=trial.person("dana"), purpose="To see", number=trial.TREATED)
    deaf = asked()
    began = time.monotonic()

    def cancel_once_it_runs():
        # The bar moves although everything is read in one transaction, and who cancels does not wait for its end.
        while not Output.objects.filter(pk=deaf.pk, percent=40).exists() and time.monotonic() - began < 60:
            time.sleep(0.1)
        store.cancel(deaf)
        connection.close()

    canceller = threading.Thread(target=cancel_once_it_runs)
    canceller.start()
    work()
    canceller.join()
    killed.refresh_from_db()
    deaf.refresh_from_db()
    assert (killed.state, killed.tries, killed.trouble) == (State.DONE, 2, "")
    assert content(killed).startswith(b"%PDF-")
    assert deaf.state == State.CANCELLED and time.monotonic() - began < 60
    assert health.worker().state == health.WELL
