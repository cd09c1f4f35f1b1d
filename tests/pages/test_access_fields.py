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
    "/levels/JER-001/3/",
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
            row=3,  # the table of pages makes the first two
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


#: Who may not know of an adverse event, with where it is told all the same: the statistician's reports count adverse
#: events by their term, of all subjects together and of no one by number; so does the committee's open report.
NOT_OF_EVENTS = {one: set() for one in ("ruth", "peter", "carl", "isaac", "adam", "rolf", "nora")}
NOT_OF_EVENTS |= {"stefan": {"/reports/blinded/", "/reports/rehearsal/"}, "ursula": {"/reports/monitoring_open/"}}


@pytest.mark.req("ACC-03")
@pytest.mark.parametrize("person", sorted(set(trial.PEOPLE) - {"sofia"}))
def test_what_a_person_may_not_know_is_in_no_answer_to_them(client, told, person):
    """A drug level, to anybody but the safety officer; an adverse event, to who may not know of it."""
    leaks, of_events = set(), set()
    for url, text in answers_to(client, person, told):
        leaks |= {url} if LEVEL in text or REASON in text else set()
        of_events |= {url} if EVENT in text else set()
    assert not leaks
    if person in NOT_OF_EVENTS:
        assert not of_events - NOT_OF_EVENTS[person]
    if person in {"ines", "mona", "dana", "aude"}:
        assert of_events, "what was looked for is nowhere, also where it may be: this test would pass on empty pages"


@pytest.mark.req("ACC-03")
def test_what_unblinds_is_read_by_the_safety_officer_alone():
    unblinding = [form for form in served.FORMS if form.discloses is spec.UNBLINDS]
    assert unblinding
    for form in unblinding:
        assert permissions.may_read_form(form) == (RoleHeld.Role.SAFETY_OFFICER,)
        assert permissions.may_enter_form(form) == (RoleHeld.Role.SAFETY_OFFICER,)
