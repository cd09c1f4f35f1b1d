"""Free text that looks identifying comes back once, wherever people write about a subject (PRV-03)."""

import re

import pytest

from crf.models import Alert, Query, Site, Visit
from tests import trial
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing

NAMED = "Mr Cohen was called, 054-1234567"
NEUTRAL = "The wife was called and confirmed it"
pytestmark = pytest.mark.req("PRV-03")


@pytest.fixture
def write(client, everything):
    """write(who, url, **posted): what came back."""

    def posted(who, url, **fields):
        client.force_login(trial.person(who))
        return client.post(url, fields)

    posted.ids = everything
    return posted


def mark_in(answer) -> str:
    return re.search(r'name="cautioned" value="([0-9a-f]{16})"', answer.content.decode())[1]


def record_of_vitals():
    with seeing(Site.objects.all()):
        return trial.record_of(trial.subject("JER-001"), "VITALS", "W2")


def asked(ids):
    with seeing(Site.objects.all()):
        return Query.objects.get(pk=ids.query).answer


def acted(ids):
    with seeing(Site.objects.all()):
        return Alert.objects.get(pk=ids.alert).action


def new_query(ids):
    with seeing(Site.objects.all()):
        return Query.objects.exclude(pk=ids.query).filter(check_code="").values_list("text", flat=True).first() or ""


def missed(ids):
    with seeing(Site.objects.all()):
        return Visit.objects.get(subject__number="JER-001", code="D4").missed_reason


def voided(ids):
    with seeing(Site.objects.all()):
        from crf.models import RECORDS

        return RECORDS["AE"].objects.get(subject__number="JER-001", row_number=1).void_reason


#: who writes, where, under which name, what else is posted, and where it is stored.
TEXTS = [
    ("ines", "/queries/{query}/", "text", {"deed": "answer"}, asked),
    ("mona", "/queries/ask/HAMD/{record}/", "text", {"item": "guilt"}, new_query),
    ("ines", "/alerts/{alert}/", "action", {}, acted),
    ("ines", "/subjects/JER-001/visits/D4/missed/", "reason", {}, missed),
    ("ines", "/subjects/JER-001/LOG/AE/1/void/", "reason", {}, voided),
]


@pytest.mark.parametrize(("who", "url", "name", "more", "stored"), TEXTS)
def test_it_comes_back_once_with_what_was_typed_and_is_taken_when_confirmed(write, who, url, name, more, stored):
    url = url.format(**vars(write.ids))
    first = write(who, url, **{name: NAMED}, **more)
    page = first.content.decode()
    assert first.status_code == 200
    assert NAMED in page and "looks like a person" in page and "telephone" in page
    assert stored(write.ids) == ""
    assert write(who, url, **{name: NAMED}, **more, cautioned=mark_in(first)).status_code == 302
    assert stored(write.ids) == NAMED


@pytest.mark.parametrize(("who", "url", "name", "more", "stored"), TEXTS)
def test_what_names_nobody_is_taken_at_once(write, who, url, name, more, stored):
    assert write(who, url.format(**vars(write.ids)), **{name: NEUTRAL}, **more).status_code == 302
    assert stored(write.ids) == NEUTRAL


def test_the_mark_of_one_text_confirms_no_other(write):
    url = f"/queries/{write.ids.query}/"
    mark = mark_in(write("ines", url, text=NAMED, deed="answer"))
    assert write("ines", url, text="Mrs Levi was called", deed="answer", cautioned=mark).status_code == 200
    assert asked(write.ids) == ""


def test_the_reason_for_a_change_comes_back_once_too(write):
    url = "/subjects/JER-001/W2/VITALS/"
    with seeing(Site.objects.all()):
        from crf.shown.entry import typed_of

        typed = typed_of(record_of_vitals())
    sent = typed | {"pulse": "91", "version": "1", "reason_choice": "Other", "reason_words": NAMED}
    first = write("ines", url, **sent)
    page = first.content.decode()
    assert first.status_code == 200
    assert NAMED in page and "looks like a person" in page and 'value="91"' in page
    assert record_of_vitals().version == 1
    assert write("ines", url, **sent, cautioned=mark_in(first)).status_code == 302
    assert record_of_vitals().pulse == 91


def test_an_emergency_is_not_held_up_and_the_caution_comes_after_the_request(client, everything):
    sent = {"reason": f"Found unconscious. {NAMED}"}
    answer = sign_in(client, "ines").post("/subjects/JER-001/code-break/", sent, follow=True)
    assert "The request is on record" in answer.content.decode()
    assert "looks like a person" in answer.content.decode()
