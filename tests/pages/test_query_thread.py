"""Everything that was said about a query stays in its thread; a query that dictates a value is not sent."""

import pytest

from crf.actions import queries
from crf.models import Query, Site
from crf.refusals import Refusal
from tests import trial
from tests.pages.test_report_pages import sign_in
from trialsite.database.wall import seeing


@pytest.mark.finding("F-506")
@pytest.mark.req("QRY-01")
def test_a_second_answer_overwrites_nothing_and_each_turn_has_person_time_and_text(client, everything):
    url, who = f"/queries/{everything.query}/", trial.person
    with seeing(Site.objects.all()):
        query = Query.objects.get(pk=everything.query)
        queries.answer(query=query, text="As in the notes of the 3rd", by=who("ines"))
        queries.reopen(query=query, by=who("mona"), text="Which notes?")
        queries.answer(query=query, text="Those of the ward", by=who("clara"))
        queries.close(query=query, by=who("mona"), text="Seen on site")
        queries.reopen(query=query, by=who("dana"))
        queries.cancel(query=query, by=who("dana"), text="Asked twice")
    sign_in(client, "clara")
    page = client.get(url).content.decode()
    said = ["Is this the worst of the week?", "As in the notes of the 3rd", "Which notes?", "Those of the ward"]
    said += ["Seen on site", "Asked twice"]
    places = [page.index(text) for text in said]
    assert places == sorted(places)
    assert all(
        f"{word}: {name}" in page for word, name in [("Answered", "Ines"), ("Reopened", "Mona"), ("Closed", "Mona")]
    )
    assert "Cancelled as a mistake: Dana" in page


@pytest.mark.finding("F-506")
@pytest.mark.req("QRY-02")
def test_a_query_that_dictates_a_value_comes_back_with_its_text_and_why(client, everything):
    sign_in(client, "mona")
    before = Query.objects.count()
    text = "Item 1 should be 2 according to the source, please correct"
    url = f"/queries/ask/HAMD/{everything.record}/"
    with seeing(Site.objects.all()):
        before = Query.objects.count()
        refused = client.post(url, {"item": "mood", "text": text})
    page = refused.content.decode()
    assert refused.status_code == 409 and "should be 2" in page and "Reword it" in page and text in page
    with seeing(Site.objects.all()):
        assert Query.objects.count() == before
        client.post(url, {"item": "mood", "text": "The source and this answer seem to differ. Please check."})
    with seeing(Site.objects.all()):
        assert Query.objects.count() == before + 1


@pytest.mark.req("QRY-02")
def test_the_deed_itself_refuses_it_also_by_the_words_of_an_answer_and_on_reopening(db):
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", "W1")
        word = record.form.items["mood"].kind.codes[2][1]
        with pytest.raises(Refusal, match="never suggests a value"):
            queries.ask(record=record, item="mood", text=f"Please change this to {word}", by=trial.person("mona"))
        query = queries.ask(record=record, item="mood", text="Please check this.", by=trial.person("mona"))
        queries.answer(query=query, text="It is right", by=trial.person("ines"))
        with pytest.raises(Refusal, match="never suggests a value"):
            queries.reopen(query=query, text="No, it should be 3", by=trial.person("mona"))
