"""Pages cost the same number of statements whatever the number of subjects, visits and records (DESIGN 10).

Counted are a page's own statements: not session, person, roles, the wall between sites, nor BEGIN and SAVEPOINT.
"""

import re

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from crf.actions import enrol, visits
from crf.actions.act import act
from crf.models import AuditEntry, Site
from crf.shown import entry
from tests import trial
from trialsite.database.wall import seeing

NOT_COUNTED = re.compile(
    r"^(BEGIN|SAVEPOINT|RELEASE|COMMIT|ROLLBACK)|django_session|set_config|/\* crf_roleheld \*/"
    r"|FROM \"crf_user\" WHERE \"crf_user\".\"id\" = \d+ LIMIT"
)
MOST = 8


def statements(client, url: str, person: str) -> list[str]:
    client.force_login(trial.person(person))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured.captured_queries if not NOT_COUNTED.search(query["sql"])]


@pytest.mark.parametrize("url", ["/subjects/JER-001/", "/subjects/", "/visits/", "/queries/", "/alerts/"])
@pytest.mark.parametrize("person", ["ines", "ruth", "dana"])
def test_a_page_costs_at_most_eight_statements(client, everything, url, person):
    if (url, person) == ("/alerts/", "ruth"):
        pytest.skip("A rater reads no alerts.")
    found = statements(client, url, person)
    assert len(found) <= MOST, "\n".join(found)


@pytest.mark.parametrize("url", ["/", "/subjects/", "/visits/", "/queries/"])
def test_a_list_costs_the_same_with_more_subjects(client, everything, url):
    before = len(statements(client, url, "ines"))
    with seeing(Site.objects.all()):
        site = Site.objects.get(code="JER")
        for _ in range(7):
            subject = enrol.enrol(site=site, screened_on=site.today(), by=trial.person("ines"))
            trial.fill(subject, "SCR", "CONSENT", site.today(), "ines")
    assert len(statements(client, url, "ines")) == before


def test_a_casebook_costs_the_same_with_more_visits_and_records(client, everything):
    before = len(statements(client, "/subjects/JER-001/", "ines"))
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        for _ in range(4):
            visits.begin_unplanned(subject=subject, code="UNS", by=trial.person("ines"))
        trial.fill(subject, "W4", "BDI", subject.site.today(), "ines")
    assert len(statements(client, "/subjects/JER-001/", "ines")) == before


MANY = 5_000


def further_events(subject, many: int) -> None:
    """So many more events on the trail of the subject: a visit that lies ahead is dated and its date taken away."""
    visit = subject.visits.order_by("pk").last()
    with act(by="system:tests", role="system", reason="A long trail"), connection.cursor() as cursor:
        cursor.execute(
            f"DO $$ BEGIN FOR n IN 1 .. {many:d} LOOP UPDATE crf_visit SET occurred_on ="
            f" CASE WHEN n % 2 = 1 THEN current_date END WHERE id = {visit.pk:d}; END LOOP; END $$"
        )


def test_a_long_trail_makes_a_subject_no_slower(client, everything):
    """A save, the casebook and the trail itself take the statements that they took before 5,000 further events."""

    def cost() -> list[int]:
        with seeing(Site.objects.all()):
            subject = trial.subject(trial.TREATED)
            form, person = trial.world.RATING, trial.person("ines")
            person.current_roles  # noqa: B018 - read once per request
            record = trial.record_of(subject, form, trial.world.NEXT)
            with CaptureQueriesContext(connection) as captured:
                trial.change(subject, trial.world.NEXT, form, "ines", started=f"10:{record.version:02}")
        page = f"/subjects/{trial.TREATED}/"
        return [len(captured), len(statements(client, page, "ines")), len(statements(client, f"{page}audit/", "ines"))]

    before = cost()
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        further_events(subject, MANY)
        assert AuditEntry.objects.filter(subject=subject.pk).count() > MANY
    assert all(now <= then for now, then in zip(cost(), before, strict=True))


@pytest.mark.finding("F-913")
def test_an_event_finds_its_chain_by_an_index_among_any_number_of_chains(everything):
    """With few chains PostgreSQL reads them all for cheapness; told not to, it did so all the same where none fits."""
    scans = "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname IN ('crf_chainhead', 'crf_auditentry')"
    with seeing(Site.objects.all()), act(by="system:tests", reason="x"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(scans)
        before = cursor.fetchone()
        subject = trial.subject("JER-001")
        subject.consent_withdrawn_on = subject.site.today()
        subject.save(update_fields=["consent_withdrawn_on"])
        assert AuditEntry.objects.filter(subject=subject.pk, table="crf_subject").order_by("pk").last().told["changes"]
        cursor.execute(scans)
        assert cursor.fetchone() == before


def test_what_is_kept_of_an_entry_page_follows_from_the_declaration_and_shows_each_answer(client, db):
    """An item is made once for each of its codes; nothing that a person typed is kept in the process (F-913)."""
    client.force_login(trial.person("ruth"))
    place = "/subjects/JER-001/W3/HAMD/"
    for mood in ("1", "3"):
        client.post(f"{place}draft/", {"changes": {"mood": mood, "rated_by": "ZQX"}}, content_type="application/json")
        page = client.get(place).content.decode()
        assert f'name="mood" value="{mood}" checked' in page
        assert page.count('name="mood" value="') == 5
        assert 'value="ZQX"' in page
    kept = [html for _, html in entry.Question._made.values()]
    assert kept and not any("ZQX" in html for html in kept)


@pytest.mark.finding("F-913")
@pytest.mark.parametrize("person", ["ines", "ruth"])
def test_pages_make_hardly_a_statement_or_template_anew(client, everything, monkeypatch, person):
    """To make a statement of a queryset takes longer than to run it, and a template for each cell longer than both:
    they were more than half of the processor time of an entry page and of a casebook."""
    client.force_login(trial.person(person))
    made, as_sql = [], SQLCompiler.as_sql

    def counted(compiler, *args, **kwargs):
        made.append(compiler.query.model.__name__)
        return as_sql(compiler, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    for url in ("/subjects/JER-001/", "/subjects/JER-001/W2/HAMD/", "/subjects/JER-001/W3/HAMD/"):
        client.get(url)  # what is made once is there afterwards
        made.clear()
        page = client.get(url)
        assert set(made) <= {"Session", "User", "Query"}, (url, made)
        assert len(made) == len(set(made)), (url, made)
        assert len(page.templates) <= 40, (url, [one.name for one in page.templates])
    for url, most in (("/", 20), ("/subjects/", 14), ("/visits/", 15)):  # inner statements count too
        client.get(url)
        made.clear()
        client.get(url)
        assert len(made) <= most, (url, made)
