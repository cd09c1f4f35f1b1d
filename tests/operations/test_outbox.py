"""A mail is a row of its deed and leaves later: no deed fails because mail is down, and no alert's mail is lost."""

import contextlib
import socketserver
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from crf.actions import accounts, alerts, outbox
from crf.actions.act import act
from crf.models import Alert, Mail, RoleHeld, Site, User
from tests import trial
from tests.accounts import fresh
from tests.starter import a_free_port
from trialsite.database.wall import seeing

SMTP = "django.core.mail.backends.smtp.EmailBackend"
IN_LIFE = "trialsite.operations.outgoing.Outbox"


class Server(socketserver.StreamRequestHandler):
    """As much of a mail server as smtplib talks to; refuses the address nobody@example.org."""

    def handle(self):
        self.say(220)
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "RCPT" and "nobody@" in line:
                self.say(550)
            elif word == "DATA":
                self.say(354)
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.got.append(text.decode())
                self.say(250)
            else:
                self.say(221 if word == "QUIT" else 250)

    def say(self, code: int):
        self.wfile.write(f"{code} as you say\r\n".encode())


@pytest.fixture
def smtp(settings):
    """smtp(): the mail server comes up; until then its port is closed. Gives the list of what it got."""
    settings.MAIL_TRANSPORT, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = SMTP, False, False
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", a_free_port(), 5
    with contextlib.ExitStack() as running:

        def come_up() -> list[str]:
            server = socketserver.ThreadingTCPServer(
                ("127.0.0.1", settings.EMAIL_PORT), Server, bind_and_activate=False
            )
            server.allow_reuse_address, server.daemon_threads, server.got = True, True, []
            server.server_bind()
            server.server_activate()
            running.callback(server.server_close)
            running.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return server.got

        yield come_up


@pytest.fixture
def adams(db, client):
    return fresh(client, "adam")


@pytest.fixture
def empty(db):
    """The outbox without what building the small world wrote."""
    Mail.objects.filter(sent_at__isnull=True).update(text="", next_try_at=None, sent_at=timezone.now(), trouble="")


@pytest.fixture
def suicidal(empty):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", suicide="3", mood="3")
        yield Alert.objects.get(subject=subject, kind="suicidality")


NEW = {"name": "Lea Katz", "username": "lea.katz", "organisation": "Afula", "email": "lea@example.org"}


@pytest.mark.finding("F-903")
def test_an_account_is_opened_while_mail_is_down_and_its_link_goes_when_mail_is_back(adams, empty, smtp, client):
    assert adams.post(reverse("crf:open_account"), NEW).status_code == 302
    assert User.objects.get(username="lea.katz")
    assert outbox.send_due() == (0, 1)
    assert b"could not be sent" in adams.get("/service/").content
    got = smtp()
    later = timezone.now() + timedelta(minutes=2)
    assert outbox.send_due(now=later) == (1, 0)
    assert "lea@example.org" in got[0] and "/accounts/password/reset/key/" in got[0].replace("=\n", "")
    assert outbox.send_due(now=later + timedelta(days=1)) == (0, 0)


@pytest.mark.finding("F-903")
@pytest.mark.parametrize("deed", ["link", "forgotten"])
def test_no_page_ends_in_a_server_error_because_mail_is_down(adams, client, smtp, settings, empty, deed):
    settings.EMAIL_BACKEND = IN_LIFE
    if deed == "link":
        answer = adams.post(reverse("crf:send_link", args=["clara"]), {"reason": "Forgot it, known by voice"})
    else:
        client.logout()
        answer = client.post("/accounts/password/reset/", {"email": "clara@example.org"})
    assert answer.status_code == 302
    waiting = Mail.objects.get(to="clara@example.org", sent_at=None)
    assert "http" not in waiting.text  # a link that opens an account lies nowhere in the clear
    got = smtp()
    assert outbox.send_due() == (1, 0)
    assert "/accounts/password/reset/key/" in got[0].replace("=\n", "")
    waiting.refresh_from_db()
    assert waiting.text == "" and waiting.sent_at


@pytest.mark.finding("F-903")
def test_the_mails_of_an_alert_and_of_its_escalation_are_kept_until_they_leave(suicidal, smtp):
    now = suicidal.raised_at
    assert outbox.send_due(now=now + timedelta(minutes=1)) == (0, 1)
    alerts.escalate(now=now + timedelta(hours=5))
    assert Mail.objects.filter(kind="alert", sent_at=None).count() == 3
    for days in range(1, 40):
        outbox.send_due(now=now + timedelta(days=days))
    assert not Mail.objects.filter(kind="alert", next_try_at=None, sent_at=None).exists()
    got = smtp()
    assert outbox.send_due(now=now + timedelta(days=60)) == (3, 0)
    assert len(got) == 3 and not any("JER-001" in text for text in got)


@pytest.mark.finding("F-903")
def test_a_watch_that_is_told_of_no_mail_server_ends_with_a_sentence_and_calls_no_mail_sent(suicidal, settings):
    settings.PRODUCTION, settings.MAIL_TRANSPORT = True, "trialsite.mailbox.Folder"
    assert not settings.ENV.email
    with pytest.raises(CommandError, match="EMAIL_URL is not set"):
        call_command("watch", "--once")
    assert not Mail.objects.filter(kind="alert").exclude(sent_at=None).exists()


@pytest.mark.finding("F-903")
def test_the_database_itself_refuses_to_give_up_the_mail_of_an_alert(suicidal):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.filter(kind="alert").update(given_up_at=timezone.now())


def test_a_mail_of_a_deed_that_was_rolled_back_is_never_sent(empty):
    with contextlib.suppress(ZeroDivisionError), act(by="system:tests"):
        outbox.put(kind="account", to=["a@example.org"], title="t", text="x")
        raise ZeroDivisionError
    assert outbox.send_due() == (0, 0) and not mail.outbox


def test_an_alert_of_a_site_where_nobody_is_told_is_shown_to_the_administrator(empty, adams):
    with seeing(Site.objects.all()), act(by="system:tests", reason="Left"):
        yesterday = timezone.now().date() - timedelta(days=1)
        RoleHeld.objects.filter(role="investigator", user__username="ines").update(ends_on=yesterday)
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", suicide="3", mood="3")
    page = adams.get("/service/").content.decode()
    assert "Nobody to tell" in page and outbox.NOBODY in page


def test_each_pause_is_longer_until_an_hour_and_a_week_is_the_end_but_for_alerts(empty, smtp):
    (waiting,) = outbox.put(kind="account", to=["a@example.org"], title="t", text="x")
    pauses = []
    for _ in range(8):
        waiting.refresh_from_db()
        now = waiting.next_try_at
        outbox.send_due(now=now)
        waiting.refresh_from_db()
        pauses.append((waiting.next_try_at - now).total_seconds() / 60)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    outbox.send_due(now=waiting.written_at + timedelta(days=8))
    waiting.refresh_from_db()
    assert waiting.given_up_at and waiting.next_try_at is None


def test_an_administrator_has_them_tried_again_and_nobody_else_may(empty, adams, client, smtp):
    outbox.put(kind="account", to=["a@example.org"], title="t", text="x")
    outbox.send_due()
    got = smtp()
    assert outbox.send_due() == (0, 0)
    assert adams.post("/service/mails/").status_code == 302
    assert outbox.send_due() == (1, 0) and len(got) == 1
    client.force_login(trial.person("dana"))
    assert client.post("/service/mails/").status_code == 403


def test_a_refused_address_is_told_by_its_code_and_holds_up_no_other_mail(empty, smtp):
    got = smtp()
    outbox.put(kind="account", to=["nobody@example.org", "a@example.org"], title="t", text="x")
    assert outbox.send_due() == (1, 1) and len(got) == 1
    assert outbox.troubled().get().trouble == "the mail server refuses the address (550)"


def test_no_link_leaves_for_an_account_that_was_disabled_meanwhile(empty, adams, smtp):
    got = smtp()
    clara, adam = trial.person("clara"), trial.person("adam")
    accounts.send_link(user=clara, by=adam, reason="Forgot it")
    accounts.disable(user=clara, by=adam, reason="Left")
    assert outbox.send_due() == (0, 1) and not got


def test_two_senders_never_send_the_same_mail(real_commits):
    Mail.objects.filter(sent_at__isnull=True).update(text="", next_try_at=None, sent_at=timezone.now(), trouble="")
    outbox.put(kind="account", to=[f"p{n}@example.org" for n in range(20)], title="t", text="x")
    mail.outbox.clear()

    def send():
        from django.db import connection

        try:
            outbox.send_due()
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(to for sent in mail.outbox for to in sent.to) == sorted(f"p{n}@example.org" for n in range(20))
