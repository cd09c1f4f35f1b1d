"""Keeping what is typed: cheap, because it happens at every answer, and nothing of it is lost."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crf import trial as served
from crf.actions import drafts
from crf.models import Draft, Site
from tests import trial
from tests.pages.test_costs import NOT_COUNTED
from trialsite.database.wall import seeing

HAMD, VITALS = "/subjects/JER-001/W3/HAMD/", "/subjects/JER-001/W2/VITALS/"


def kept(client, url, version=None, **changes):
    answer = client.post(f"{url}draft/", json.dumps({"changes": changes, "version": version}), "application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("person", "url", "version", "item", "most"),
    [
        ("ruth", HAMD, None, "mood", 4),  # subject, visit, whether it is an earlier rating, draft
        ("ines", "/subjects/JER-001/LOG/AE/1/", None, "term", 3),
        ("ines", VITALS, 1, "weight", 6),  # and the record that is corrected, with what a check looks up across visits
    ],
)
def test_an_answer_is_kept_with_few_statements(client, db, person, url, version, item, most):
    client.force_login(trial.person(person))
    kept(client, url, version, **{item: "3"})
    with CaptureQueriesContext(connection) as captured:
        kept(client, url, version, **{item: "4"})
    found = [query["sql"] for query in captured.captured_queries if not NOT_COUNTED.search(query["sql"])]
    assert len(found) <= most, "\n".join(found)


def test_two_requests_about_different_answers_lose_nothing_of_each_other(db):
    with seeing(Site.objects.all()):
        subject, ruth = trial.subject("JER-001"), trial.person("ruth")
        place = {"form": served.form("HAMD"), "subject": subject, "visit": trial.visit_of(subject, "W3"), "by": ruth}
        first = drafts.keep(**place, changes={"mood": "3"})
        second = drafts.keep(**place, changes={"guilt": "2", "nonsense": "1", "mood__why": "asleep"})
        assert first.pk == second.pk
        assert second.answers == {"mood": "3", "guilt": "2", "mood__why": "asleep"}
        assert Draft.objects.get().begun_at == first.begun_at


def test_a_correction_is_judged_together_with_what_is_stored(client, db):
    """Systolic below the stored diastolic: the check sees both, though one alone was typed."""
    client.force_login(trial.person("ines"))
    said = kept(client, VITALS, 1, systolic="60")["errors"]
    assert "VITALS-01" in " ".join(sentence for sentences in said.values() for sentence in sentences)
    with seeing(Site.objects.all()):
        assert Draft.objects.get().fired["VITALS-01"]["first"] != ""


def test_what_is_typed_beside_the_items_is_kept_too(client, db):
    client.force_login(trial.person("ines"))
    kept(client, VITALS, 1, reason_choice="Other", reason_words="The scale was wrong", source="paper")
    page = client.get(VITALS)
    assert page.context["reason_choice"] == "Other"
    assert page.context["reason_words"] == "The scale was wrong"
    assert page.context["source"] == "paper"


@pytest.mark.finding("F-208")
@pytest.mark.req("AUD-07")
@pytest.mark.parametrize(
    ("corrected", "label", "first", "saved"),
    [
        ({"guilt": "1"}, "Feelings of guilt", "4", "1"),  # the item beside which the check speaks
        ({"mood": "2"}, "Depressed mood", "0", "2"),  # the other one at which it looks
    ],
)
def test_whichever_item_is_corrected_its_first_answer_stands_in_the_history(client, db, corrected, label, first, saved):
    client.force_login(trial.person("ines"))
    typed = {"mood": "0", "guilt": "4"}
    assert "HAMD-01" in str(kept(client, HAMD, **typed)["warnings"])
    kept(client, HAMD, **corrected)
    client.post(HAMD, typed | corrected)
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W3").pk
    said = client.get(f"/subjects/JER-001/audit/?form=HAMD&record={record}").content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", said).split())
    kind = served.form("HAMD").items[next(iter(corrected))].kind
    assert f"{label}: was {kind.show(int(first))} is {kind.show(int(saved))}" in words
    assert "(HAMD-01)" in words
    assert "Corrected while typing, Hamilton Depression Rating Scale, Week 3" in words
