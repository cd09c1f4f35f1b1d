"""A statement that is prepared once on a connection gives what the statement itself gives, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from crf.models import Site, Subject
from crf.models.prepared import Prepared
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db

NUMBERS = Prepared(
    "SELECT number, site_id % 2 FROM crf_subject WHERE number LIKE '%' || $1 ORDER BY number", called="subjects"
)


def rows(prepared, *values):
    with connection.cursor() as cursor:
        return prepared.run(cursor, *values)


def test_it_is_one_statement_each_time_and_planned_once(django_assert_num_queries):
    with seeing(Site.objects.all()):
        begun = []
        for _ in range(7):
            with django_assert_num_queries(1) as asked:
                found = rows(NUMBERS, "-001")
            begun.append(asked[0]["sql"].split()[0])
        expected = Subject.objects.filter(number__endswith="-001").order_by("number")
        assert found == [(one.number, one.site_id % 2) for one in expected] != []
        assert begun[1:] == ["EXECUTE"] * 6
        assert rows(NUMBERS, "' OR true --") == []


def test_who_may_see_what_is_asked_at_each_run():
    sites = Site.objects.in_bulk()
    seen = []
    for keys in (list(sites)[:1], list(sites)[1:], [], list(sites)) * 3:
        with seeing([sites[key] for key in keys]):
            seen.append(rows(NUMBERS, "1"))
    one, others, none, everything = seen[:4]
    assert seen == [one, others, none, everything] * 3
    assert none == [] != one
    assert sorted(one + others) == everything


def test_it_runs_after_its_first_run_failed():
    half = Prepared("SELECT 1 / $1::int", called="half")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(half, 0)
    assert rows(half, 1) == [(1,)]
