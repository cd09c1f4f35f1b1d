"""What would unblind is behind a wall of its own in the database: no page of the blinded fetches it by mistake, and who
has the database's password of the pages, but not the program's secret, reads none of it with any setting."""

import json

import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory

from crf.actions import compared, content, drafts, lock
from crf.middleware import sites_wall
from crf.models import RECORDS, AuditEntry, CasebookLock, Site
from crf.spec.disclosure import UNBLINDS
from tests import sealed_room, trial
from trialsite.database import wall

pytestmark = pytest.mark.every_trial
APART = sorted(model._meta.db_table for model in RECORDS.values() if model.form.discloses is UNBLINDS)


@pytest.mark.req("BLI-01")
@pytest.mark.req("BLI-08")
@pytest.mark.finding("F-606")
def test_only_a_request_of_the_safety_officer_sees_what_would_unblind(db):
    seen = {}

    def page(request):
        seen[request.user.username] = wall.levels_are_seen()

    for name in trial.PEOPLE:
        request = RequestFactory().get("/")
        request.user = trial.person(name)
        sites_wall(page)(request)
    assert {name for name, is_seen in seen.items() if is_seen} == {"sofia"}
    assert set(seen) == set(trial.PEOPLE)


@pytest.mark.req("BLI-01")
@pytest.mark.finding("F-606")
def test_the_database_gives_no_such_row_where_it_is_not_asked_for_as_such(db):
    with wall.seeing(Site.objects.all()):
        subject, told = trial.subject(trial.TREATED), AuditEntry.objects.filter(chain="apart").count()
        for table in APART:
            code = next(code for code, model in RECORDS.items() if model._meta.db_table == table)
            trial.fill(subject, None, code, subject.site.today(), "sofia")
        assert AuditEntry.objects.filter(chain="apart").count() == told + len(APART)
        with wall.seeing_only([subject.site]):
            assert not AuditEntry.objects.filter(chain="apart").exists()
            for table in APART:
                assert rows_of(table) == 0
            with wall.seeing_levels():
                assert all(rows_of(table) == 1 for table in APART)
            assert all(rows_of(table) == 0 for table in APART)
    with connection.cursor() as cursor:  # the forms, the files that levels come from, the grounds of messages
        assert wall.unblinding(cursor) == {*APART, "crf_levelfile", "crf_levelrow", "crf_levelground"}


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return cursor.fetchone()[0]


@pytest.mark.req("BLI-08")
@pytest.mark.skipif(not APART, reason="no form of the trial would unblind")
def test_no_hash_that_blinded_people_read_lets_them_try_out_a_level(db):
    """They know all but the level: the hash of a lock hangs on the trail's salt as well. Locks of before still hold."""
    with wall.seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        for table in APART:
            code = next(code for code, model in RECORDS.items() if model._meta.db_table == table)
            trial.fill(subject, None, code, subject.site.today(), "sofia")
        lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Reviewed", despite=True)
        made = CasebookLock.objects.get(subject=subject)
        bare = content.content_hash(subject, salted=False)
        assert made.content_hash == content.content_hash(subject) != bare and compared.casebook_lock(made).agrees
        made.content_hash = bare
        assert compared.casebook_lock(made).agrees
        made.content_hash = "0" * 64
        assert not compared.casebook_lock(made).agrees


#: What a reader tries who may make any setting, and what each must not give.
TRIED = {
    "the rows": "SELECT * FROM {}",
    "their number": "SELECT nullif(count(*), 0) FROM {}",
    "a copy": "COPY (SELECT * FROM {}) TO STDOUT",
    "the plan, run": "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) SELECT * FROM {} WHERE id > 0",
    "statistics": "SELECT * FROM pg_stats WHERE tablename = '{}'",
    "a row to be changed": "UPDATE {} SET site_id = site_id RETURNING *",
}


@pytest.mark.req("BLI-01")
@pytest.mark.finding("F-606")
def test_no_setting_of_the_pages_own_account_shows_what_would_unblind(real_commits, owner):
    """Settings are anybody's to make; the proof is not, and one that was seen elsewhere proves nothing here."""
    about = {}
    with wall.seeing(Site.objects.all()):
        subject, sofia = trial.subject(trial.TREATED), trial.person("sofia")
        sites = ",".join(str(site.pk) for site in Site.objects.all()).join("{}")
        for table in APART:
            code = next(code for code, model in RECORDS.items() if model._meta.db_table == table)
            trial.fill(subject, None, code, subject.site.today(), "sofia")
            form = RECORDS[code].form
            drafts.keep(form=form, subject=subject, visit=None, by=sofia, changes={form.dated: "1"}, row=2)
            about["crf_draft"] = f"form = '{code}'"
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('crf.levels')")
            (proof,) = cursor.fetchone()
    for table in APART:
        owner.execute(f"ANALYZE {table}")
    with sealed_room.connected_as_web() as web:
        forged = "0." + "0" * 64
        for setting in ("", "on", "true", proof, forged, f"{sofia.pk}.{proof.partition('.')[2]}"):
            for name, value in (("crf.sites", sites), ("crf.levels", setting)):
                web.execute("SELECT set_config(%s, %s, false)", [name, value])
            assert web.execute("SELECT count(*) FROM crf_subject").fetchone()[0], "the sites are seen"
            for table in APART:
                for what, statement in TRIED.items():
                    assert not found(web, statement.format(table)), (setting, table, what)
            for table, rows in about.items():
                assert not found(web, f"SELECT * FROM {table} WHERE {rows}")
            assert not found(web, "SELECT * FROM crf_auditentry WHERE chain = 'apart'")
        for closed in ("SELECT key FROM sealed.proof", "SET ROLE ecrf_sealed", "UPDATE sealed.proof SET key = key"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(closed)


def found(web, statement: str) -> list:
    """What the statement gives; of a plan that was run, how many rows each step gave."""
    if statement.startswith("COPY"):
        with web.cursor().copy(statement) as copy:
            return list(copy)
    rows = [row for row in web.execute(statement).fetchall() if row != (None,)]
    if not statement.startswith("EXPLAIN"):
        return rows
    told, seen = rows[0][0], []
    steps = [one["Plan"] for one in (json.loads(told) if isinstance(told, str) else told)]
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        if "Relation Name" in step:
            seen += [step["Actual Rows"]] if step["Actual Rows"] else []  # that rows are passed over, a plan may say
    return seen


@pytest.mark.req("BLI-02")
def test_the_database_itself_asks_whether_the_reader_is_the_safety_officer(db):
    for name in ("sofia", "ines", "stefan"):
        with wall.seeing(Site.objects.all(), reader=trial.person(name).pk):
            assert wall.levels_are_seen() is (name == "sofia"), name
