"""Field by field: what a role may not know is in no answer that it gets, whatever it asks for (ACC-03)."""

import pytest

from crf import permissions, spec
from crf import trial as served
from crf.actions import enter, queries
from crf.models import RoleHeld, Site
from crf.rehearsal.typical import typical
from tests import trial
from tests.pages.test_every_page_by_role import TABLE, address
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
LEVEL, EVENT, REASON = "17.9137", "Zebra-striped vision", "Asked for by quagga"
MORE = (
    "/subjects/JER-001/audit/?form=AE",
    "/subjects/JER-001/audit/?form=DRUGLEVEL",
    "/subjects/JER-001/audit/",
    "/subjects/JER-001/LOG/AE/3/",
    "/subjects/JER-001/LOG/DRUGLEVEL/",
    "/subjects/JER-001/LOG/DRUGLEVEL/1/",
    "/levels/",
    "/levels/JER-001/1/",
    "/levels/JER-001/2/",
    "/imports/",
    "/imports/drug-levels/",
    "/study/lock/",
    "/queries/?subject=JER-001",
    "/alerts/?show=all",
    "/subjects/?q=JER",
)


@pytest.fixture
def told(everything):
    """An adverse event with a query, and a drug level, each with words that stand nowhere else."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        today = subject.site.today()
        event = enter.save(
            form=served.form("AE"),
            subject=subject,
            visit=None,
            by=trial.person("ines"),
            row=3,
            answers=typical(served.form("AE"), None, today, term=EVENT),
        ).record
        queries.ask(record=event, item="term", text=f"{EVENT}: since when?", by=trial.person("mona"))
        level = served.form("DRUGLEVEL")
        enter.save(
            form=level,
            subject=subject,
            visit=None,
            by=trial.person("sofia"),
            answers=typical(level, None, today, wanted_because=f"{REASON} {LEVEL}"),
        )
    return everything


def answers_to(client, person: str, told):
    """Every address of the table and some more, as the person gets them: text and headers."""
    client.force_login(trial.person(person))
    urls = [address(name, expected, told) for name, expectations in TABLE.items() for expected in expectations]
    for url in (*urls, *MORE):
        answer = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield url, body.decode(errors="replace") + str(answer.headers)


@pytest.mark.req("ACC-03")
@pytest.mark.parametrize("person", sorted(set(trial.PEOPLE) - {"sofia"}))
def test_a_drug_level_is_in_no_answer_to_anybody_but_the_safety_officer(client, told, person):
    leaks = [url for url, text in answers_to(client, person, told) if LEVEL in text or REASON in text]
    assert not leaks


@pytest.mark.req("ACC-03")
@pytest.mark.parametrize("person", ["ruth", "peter", "carl", "isaac", "stefan", "adam", "rolf", "ursula", "nora"])
def test_an_adverse_event_is_in_no_answer_to_who_may_not_know_of_it(client, told, person):
    leaks = [url for url, text in answers_to(client, person, told) if EVENT in text]
    # The statistician's reports count adverse events by their term, of all subjects together and of no one by number.
    # So does the monitoring committee's open report, which the unblinded statistician makes.
    pooled = {"stefan": {"/reports/blinded/", "/reports/rehearsal/"}, "ursula": {"/reports/monitoring_open/"}}
    assert not set(leaks) - pooled.get(person, set())


@pytest.mark.req("ACC-03")
@pytest.mark.parametrize("person", ["ines", "mona", "dana", "aude"])
def test_the_search_above_finds_it_where_it_may_be(client, told, person):
    """Without this the tests above would pass on pages that are empty."""
    assert any(EVENT in text for _, text in answers_to(client, person, told))


@pytest.mark.req("ACC-03")
def test_what_unblinds_is_read_by_the_safety_officer_alone():
    unblinding = [form for form in served.FORMS if form.discloses is spec.UNBLINDS]
    assert unblinding
    for form in unblinding:
        assert permissions.may_read_form(form) == (RoleHeld.Role.SAFETY_OFFICER,)
        assert permissions.may_enter_form(form) == (RoleHeld.Role.SAFETY_OFFICER,)
