"""What would unblind is behind a wall of its own in the database: no page of the blinded fetches it by mistake."""

import pytest
from django.db import connection
from django.test import RequestFactory

from crf.middleware import sites_wall
from crf.models import RECORDS, AuditEntry, Site
from crf.spec.disclosure import UNBLINDS
from tests import trial
from trialsite.database import wall

pytestmark = pytest.mark.every_trial
APART = sorted(model._meta.db_table for model in RECORDS.values() if model.form.discloses is UNBLINDS)


@pytest.mark.req("BLI-01")
@pytest.mark.req("BLI-08")
@pytest.mark.finding("F-606")
def test_only_a_request_of_the_safety_officer_sees_what_would_unblind(db):
    seen = {}

    def page(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('crf.levels', true)")
            (seen[request.user.username],) = cursor.fetchone()

    for name in trial.PEOPLE:
        request = RequestFactory().get("/")
        request.user = trial.person(name)
        sites_wall(page)(request)
    assert {name for name, setting in seen.items() if setting == "on"} == {"sofia"}
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
    with connection.cursor() as cursor:  # the forms, and the files that levels come from
        assert wall.unblinding(cursor) == {*APART, "crf_levelfile", "crf_levelrow"}


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return cursor.fetchone()[0]
