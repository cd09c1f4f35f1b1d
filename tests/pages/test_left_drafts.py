"""A draft that somebody left behind is handed on or discarded by people who see no value of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crf import trial as served
from crf.actions import accounts, drafts, roles
from crf.models import AuditEntry, Draft, DraftSettled, RoleHeld, Site
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

TYPED = {"mood": "4", "rated_by": "RUTHINITIALS"}


@pytest.fixture
def left(db):
    """Ruth typed a HAMD two days ago; her role has ended since. Ron came as rater."""
    with seeing(Site.objects.all()):
        subject, jerusalem = trial.subject("JER-001"), Site.objects.get(code="JER")
        draft = drafts.keep(
            form=served.form("HAMD"),
            subject=subject,
            visit=trial.visit_of(subject, "W3"),
            by=trial.person("ruth"),
            changes=TYPED,
        )
        Draft.objects.filter(pk=draft.pk).update(kept_at=timezone.now() - timedelta(hours=49))
        ron = accounts.open_account(
            username="ron",
            name="Ron Rater",
            organisation="Test organisation",
            email="ron@example.org",
            password=trial.PASSWORD,
            by="system:tests",
        )
        accounts.give_role(
            user=ron, site=jerusalem, role="rater", starts_on=jerusalem.today() - timedelta(days=1), by="system:tests"
        )
        roles.end_role(held=RoleHeld.objects.get(user__username="ruth"), by=trial.person("adam"), reason="Moved away")
        yield Draft.objects.defer("answers").select_related("user", "subject__site", "visit").get(pk=draft.pk)


def settle(draft, **given):
    deed = drafts.hand_on if "to" in given else drafts.discard_left
    return deed(draft=draft, **{"by": trial.person("dana"), "reason": "The rater moved away"} | given)


@pytest.mark.parametrize("who", ["clara", "dana"])
def test_it_is_handed_on_by_who_sees_no_value_and_shown_to_who_rates(client, left, who):
    url = f"/drafts/{left.pk}/"
    assert f'href="{url}"' in sign_in(client, who).get("/drafts/").content.decode()
    page = client.get(url)
    assert "RUTHINITIALS" not in page.content.decode() and "Ron Rater goes on with it" in text_of(page)
    sent = {"outcome": str(trial.person("ron").pk), "reason": "The rater moved away"}
    assert client.post(url, sent).status_code == 302
    work = text_of(sign_in(client, "ron").get("/"))
    assert "Drafts handed to you" in work and "typed by Ruth" in work
    shown = client.get("/subjects/JER-001/W3/HAMD/")
    assert "RUTHINITIALS" in shown.content.decode() and "has left" in text_of(shown)


def test_what_became_of_it_stands_in_the_audit_trail_without_what_was_typed(left):
    settle(left)
    assert not Draft.objects.exists()
    settled = DraftSettled.objects.get()
    assert (settled.outcome, settled.typed_by.username, settled.answers_kept) == ("discarded", "ruth", 2)
    entry = AuditEntry.objects.get(table="crf_draftsettled")
    assert (entry.actor_name, entry.role, entry.reason) == ("dana", "data_manager", "The rater moved away")
    assert "RUTHINITIALS" not in entry.body


def test_the_draft_of_who_can_still_settle_it_is_left_alone(left):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        mine = drafts.keep(
            form=served.form("BDI"),
            subject=subject,
            visit=trial.visit_of(subject, "W3"),
            by=trial.person("clara"),
            changes={"item_1": "1"},
        )
        with pytest.raises(Refusal, match="Clara still enters this form here"):
            settle(mine)
        assert Draft.objects.filter(pk=mine.pk).exists()


def test_a_closed_account_has_left(left):
    with seeing(Site.objects.all()):
        settle(left, to=trial.person("ron"))
        accounts.disable(user=trial.person("ron"), by=trial.person("adam"), reason="Left")
        again = Draft.objects.select_related("user").get()
        assert settle(again, to=trial.person("ines")).typed_by.username == "ron"


@pytest.mark.parametrize("name", ["peter", "mona", "isaac", "nora"])
def test_it_is_handed_to_nobody_who_does_not_enter_the_form_there(left, name):
    with pytest.raises(Refusal, match="does not enter the form"):
        settle(left, to=trial.person(name))


def test_the_own_draft_of_an_heir_is_not_overwritten(left):
    subject = trial.subject("JER-001")
    drafts.keep(
        form=served.form("HAMD"),
        subject=subject,
        visit=trial.visit_of(subject, "W3"),
        by=trial.person("ron"),
        changes={"mood": "1"},
    )
    with pytest.raises(Refusal, match="has begun this form too"):
        settle(left, to=trial.person("ron"))
    assert Draft.objects.get(user__username="ron").answers == {"mood": "1"}


@pytest.mark.parametrize("name", ["carl", "mona", "ines", "ron"])
def test_only_coordinator_and_data_manager_of_the_site_settle_it(client, left, name):
    with pytest.raises(NotAllowed):
        settle(left, by=trial.person(name))
    assert sign_in(client, name).get(f"/drafts/{left.pk}/").status_code in (403, 404)


def test_a_reason_is_wanted_and_the_second_of_two_is_told(left):
    with pytest.raises(Refusal, match="Say why"):
        settle(left, reason=" ")
    settle(left)
    with pytest.raises(AlreadySettled, match="no longer there"):
        settle(left)
