"""An alert reaches physicians at once, says nothing of the subject, and more people when nobody acts."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from crf.actions import alerts, outbox, visits
from crf.models import Alert, Site
from crf.refusals import NotAllowed, NotYet, Refusal
from tests import trial
from trialsite.database.wall import seeing


@pytest.fixture
def suicidal(db):
    """JER-001 rates 3 on HAMD item 3 in week 3."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", suicide="3", mood="3")
        yield Alert.objects.get(subject=subject, kind="suicidality")


def test_the_mail_goes_to_the_sites_investigators_and_names_no_subject_and_no_value(suicidal):
    assert not mail.outbox  # nothing leaves inside the deed
    assert outbox.send_due() == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["ines@example.org"]
    for secret in ("JER-001", "HAMD", "suicid", "3 ", "item"):
        assert secret not in (sent.subject + sent.body).replace("/alerts/", "")


def test_a_note_beside_the_rating_raises_no_second_alert(suicidal):
    subject = trial.subject("JER-001")
    trial.change(subject, "W3", "HAMD", "ruth", mood="2")
    assert Alert.objects.get(subject=subject) == suicidal


@pytest.mark.finding("F-202")
def test_a_worse_rating_after_the_alert_was_acted_upon_is_a_new_alert(suicidal):
    subject = trial.subject("JER-001")
    alerts.acknowledge(alert=suicidal, action="Seen today", by=trial.person("ines"))
    trial.change(subject, "W3", "HAMD", "ruth", suicide="4")
    first, second = Alert.objects.filter(subject=subject).order_by("pk")
    assert first.action == "Seen today"
    assert first.no_longer_because.startswith("Hamilton Depression Rating Scale at week 3")
    assert second.acknowledged_at is None
    assert second.no_longer_at is None
    with pytest.raises(NotYet):
        visits.complete(visit=second.visit, by=trial.person("ines"))


@pytest.mark.finding("F-207")
def test_an_alert_whose_cause_was_put_right_no_longer_waits(suicidal):
    subject = trial.subject("JER-001")
    trial.change(subject, "W3", "HAMD", "ruth", suicide="0")
    assert not Alert.objects.waiting().filter(subject=subject).exists()
    suicidal.refresh_from_db()
    assert suicidal.no_longer_at is not None


def test_a_visit_is_not_complete_before_somebody_acted(suicidal):
    visit = suicidal.visit
    with pytest.raises(NotYet) as refused:
        visits.complete(visit=visit, by=trial.person("ines"))
    assert any("alert" in detail for detail in refused.value.details)


def test_only_a_physician_acknowledges_and_only_with_an_action(suicidal):
    with pytest.raises(NotAllowed):
        alerts.acknowledge(alert=suicidal, action="Called", by=trial.person("clara"))
    with pytest.raises(Refusal):
        alerts.acknowledge(alert=suicidal, action=" ", by=trial.person("ines"))
    assert alerts.acknowledge(alert=suicidal, action="Seen at once", by=trial.person("ines")).acknowledged_by


def test_after_four_hours_the_medical_monitor_is_told_too_and_only_once(suicidal):
    outbox.send_due()
    mail.outbox.clear()
    assert alerts.escalate(now=suicidal.raised_at + timedelta(hours=3, minutes=59)) == []
    assert alerts.escalate(now=suicidal.raised_at + timedelta(hours=4)) == [suicidal]
    outbox.send_due()
    assert {address for sent in mail.outbox for address in sent.to} == {"ines@example.org", "mark@example.org"}
    assert alerts.escalate(now=timezone.now() + timedelta(days=1)) == []
