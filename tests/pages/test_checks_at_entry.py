"""CHK-01: what is said while one types and what happens on saving come from the one rule of the declaration."""

import json

import pytest

from crf import trial as served
from crf.models import Query, Site
from crf.rehearsal.typical import typical
from tests import trial
from tests.spec.test_checks import TABLES
from trialsite.database.wall import seeing

pytestmark = pytest.mark.req("CHK-01")

HAMD = served.form("HAMD")
WHERE = "/subjects/JER-001/W3/HAMD/"
#: Every check of the HAMD with the answers that fail it, and a typical rest.
FAILING = [(check, TABLES[check.code]["fails"][0].answers) for check in HAMD.checks]


@pytest.fixture
def rater(client, db):
    client.force_login(trial.person("ruth"))
    return client


def answers(failing: dict) -> dict[str, str]:
    typed = {name: HAMD.items[name].kind.raw(value) for name, value in failing.items()}
    with seeing(Site.objects.all()):
        today = trial.subject("JER-001").site.today()
    return typical(HAMD, "W3", today, **typed) | typed


def said_while_typing(client, typed: dict[str, str]) -> list[str]:
    kept = client.post(
        f"{WHERE}draft/", json.dumps({"changes": typed, "version": None}), content_type="application/json"
    ).json()
    return [sentence for part in ("errors", "warnings") for sentences in kept[part].values() for sentence in sentences]


@pytest.mark.parametrize(("check", "failing"), FAILING, ids=[check.code for check, _ in FAILING])
def test_the_same_sentence_comes_while_typing_and_on_saving(rater, check, failing):
    typed = answers(failing)
    while_typing = said_while_typing(rater, typed)
    assert f"{check.sentence} ({check.code})" in while_typing
    page = rater.post(WHERE, typed)
    with seeing(Site.objects.all()):
        asked = list(Query.objects.filter(form="HAMD", visit__code="W3").values_list("check_code", "text"))
    if check.hard:
        assert page.status_code == 422
        assert [sentence for found in page.context["errors"].values() for sentence in found] == [
            sentence
            for sentence in while_typing
            if any(one.hard and one.code in sentence for one in HAMD.checks) or "(" not in sentence
        ]
        assert asked == []
    else:
        assert page.status_code == 302
        assert (check.code, check.sentence) in asked


def test_what_passes_is_met_with_silence(rater):
    typed = answers({})
    assert said_while_typing(rater, typed) == []
    assert rater.post(WHERE, typed).status_code == 302
    with seeing(Site.objects.all()):
        assert not Query.objects.filter(form="HAMD", visit__code="W3").exists()


@pytest.mark.req("CHK-02")
def test_a_check_that_asks_never_forces_an_answer(rater):
    """The implausible answer is saved as typed; the person says in the query that it is so."""
    typed = answers({"guilt": 4, "mood": 0})
    assert rater.post(WHERE, typed).status_code == 302
    with seeing(Site.objects.all()):
        record = trial.record_of(trial.subject("JER-001"), "HAMD", served.visit("W3").code)
        assert (record.guilt, record.mood) == (4, 0)
