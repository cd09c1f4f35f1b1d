"""A rater sees the rating being made and no earlier one (PROTOCOL 6); the investigator sees them all."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from crf.actions import accounts, queries
from crf.models import RECORDS, Site
from crf.rules.earlier_ratings import is_open_to_rater
from tests import trial
from trialsite.database.wall import seeing

EARLIER = "/subjects/JER-001/W1/HAMD/"
NOW = "/subjects/JER-001/W3/HAMD/"


@pytest.mark.parametrize(
    ("made_by_rater", "made_today", "is_complete", "has_query"), list(itertools.product([True, False], repeat=4))
)
def test_only_an_own_rating_of_today_unfinished_or_asked_is_open(made_by_rater, made_today, is_complete, has_query):
    found = is_open_to_rater(
        made_by_rater=made_by_rater, made_today=made_today, is_complete=is_complete, has_query=has_query
    )
    assert found is (made_by_rater and (made_today or not is_complete or has_query))


@pytest.fixture
def rated(db):
    """Ruth rates week 3 of JER-001."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        return trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", **trial.hamd_of(17)).record


def days_later(record, days: int = 2):
    """As if the rating had been made so many days ago: the audit trigger asks who moves it."""
    from crf.actions.act import act

    with seeing(Site.objects.all()), act(by="system:tests", reason="a test moves the day"):
        RECORDS["HAMD"].objects.filter(pk=record.pk).update(created_at=timezone.now() - timedelta(days=days))


def test_the_rating_of_today_stays_open_to_its_rater(client, rated):
    client.force_login(trial.person("ruth"))
    assert client.get(NOW).status_code == 200


def test_tomorrow_it_is_an_earlier_one(client, rated):
    days_later(rated)
    client.force_login(trial.person("ruth"))
    answer = client.get(NOW)
    assert answer.status_code == 403
    assert "Raters see no earlier rating" in answer.content.decode()
    for url in ("draft/", "discard/", "settle/", "not-done/"):
        assert client.post(NOW + url, {"mood": "4"}).status_code == 403


def test_a_query_opens_it_again_until_it_is_settled(client, rated):
    days_later(rated)
    with seeing(Site.objects.all()):
        query = queries.ask(record=rated, item="mood", text="Is this as in the source?", by=trial.person("mona"))
    client.force_login(trial.person("ruth"))
    assert client.get(NOW).status_code == 200
    with seeing(Site.objects.all()):
        queries.close(query=query, by=trial.person("mona"))
    assert client.get(NOW).status_code == 403


@pytest.mark.parametrize("person", ["ines", "clara", "mona", "dana"])
def test_others_who_may_read_it_read_it(client, db, person):
    client.force_login(trial.person(person))
    assert client.get(EARLIER).status_code == 200


@pytest.fixture
def rita(db):
    """A second rater of the site."""
    rita = accounts.open_account(
        username="rita",
        name="Rita",
        organisation="Test organisation",
        email="rita@example.org",
        password=trial.PASSWORD,
        by="system:tests",
    )
    site, today = Site.objects.get(code="JER"), timezone.now().date()
    accounts.give_role(user=rita, site=site, role="rater", starts_on=today, by="system:tests")
    return rita


def test_a_rating_of_another_rater_is_not_shown(client, rated, rita):
    client.force_login(rita)
    answer = client.post(NOW, {"mood": "4"})
    assert answer.status_code == 403
    assert "Another rater has entered this rating" in answer.content.decode()


def test_a_query_tells_only_its_rater_of_a_rating_and_only_while_it_waits(client, rated, rita):
    """On its page, in the list, on the work list, and as a mark beside the subject."""
    with seeing(Site.objects.all()):
        query = queries.ask(record=rated, item="mood", text="Is this 4 as in the source?", by=trial.person("mona"))
    at = [f"/queries/{query.pk}/", f"/queries/?state={query.state}", "/", "/queries/?state=closed"]

    def told(person) -> list[bool]:
        client.force_login(person)
        return [query.text in client.get(url).content.decode() for url in at]

    assert told(rita) == [False] * 4 and client.get(at[0]).status_code == 404
    assert told(trial.person("ruth")) == [True, True, True, False]
    assert told(trial.person("ines"))[:2] == [True, True]
    for person, is_marked in ((rita, False), (trial.person("ruth"), True)):
        client.force_login(person)
        assert ("/subjects/JER-001/" in client.get("/subjects/?marks=queries").content.decode()) is is_marked
    with seeing(Site.objects.all()):
        queries.close(query=query, by=trial.person("mona"))
    assert told(trial.person("ruth")) == [False] * 4


def test_the_casebook_links_only_what_the_rater_may_open(client, rated):
    client.force_login(trial.person("ruth"))
    page = client.get("/subjects/JER-001/").content.decode()
    assert f'href="{EARLIER}"' not in page
    assert f'href="{NOW}"' in page
