"""The list and the matrix of subjects: search by number, filters, order, paging; the same statements at any size."""

import itertools
import re

import pytest
from django.db import connection

from crf.actions import enrol, queries
from crf.actions.act import act
from crf.chart import states
from crf.chart.standing import Standing
from crf.models import Site, Subject, Visit
from crf.rules.windows import VisitStatus
from crf.shown import finding, matrix
from tests import trial
from tests.pages.test_costs import MOST, statements
from trialsite.database.wall import seeing

EVERYBODY = ["AFU-001", "JER-001", "JER-002", "JER-003", "JER-004"]


def numbers(client, person: str, url: str) -> list[str]:
    """The subjects on the page, in their order."""
    client.force_login(trial.person(person))
    response = client.get(url)
    assert response.status_code == 200
    return re.findall(r'href="/subjects/([A-Z]{3}-\d+)/">', response.content.decode())


# -- the search of every page


@pytest.mark.parametrize("typed", ["JER-003", "jer-003", " JER-3 ", "jer 3", "jer3", "JER-003 "])
def test_a_whole_number_opens_the_casebook(client, db, typed):
    client.force_login(trial.person("ines"))
    assert client.get("/subjects/", {"q": typed}).headers["Location"] == "/subjects/JER-003/"


def test_a_bare_number_is_that_subject_of_every_site(client, db):
    assert numbers(client, "mona", "/subjects/?q=1") == ["AFU-001", "JER-001"]
    client.force_login(trial.person("ines"))
    assert client.get("/subjects/?q=1").headers["Location"] == "/subjects/JER-001/"


def test_a_part_of_a_number_lists_what_begins_so(client, db):
    assert numbers(client, "ines", "/subjects/?q=JER-0") == EVERYBODY[1:]
    assert numbers(client, "mona", "/subjects/?q=afu-0&sort=number") == ["AFU-001"]


@pytest.mark.parametrize("typed", ["JER-999", "77", "AFU-001", "nobody", "%", "_", "\x00", "((", "9" * 30])
def test_a_number_that_is_not_there_is_answered_with_a_sentence(client, db, typed):
    client.force_login(trial.person("ines"))
    response = client.get("/subjects/", {"q": typed})
    said = response.content.decode()
    assert response.status_code == 200
    assert "No subject at your sites has the number" in said or typed == "\x00"


def test_every_page_has_the_search(client, db):
    client.force_login(trial.person("ines"))
    for url in ("/", "/subjects/", "/subjects/JER-001/", "/visits/", "/queries/", "/subjects/JER-001/W1/HAMD/"):
        assert 'action="/subjects/"' in client.get(url).content.decode(), url


# -- filters and order


def test_each_filter_of_a_state_finds_what_the_matrix_shows_in_that_state(everything):
    """The state in SQL and the state of the rules are one: for each visit and state the same subjects."""
    shown = {
        "overdue": {VisitStatus.OVERDUE, VisitStatus.TO_BE_MARKED_MISSED},
        "due": {VisitStatus.DUE, VisitStatus.IN_WINDOW},
        "planned": {VisitStatus.PLANNED},
    }
    person, seen = trial.person("mona"), 0
    with seeing(Site.objects.all()):
        everybody = list(finding.Found(person, finding.Asked()))
        standings = Standing.of_all(everybody, reading=())
        for code in finding.VISITS:
            for state, statuses in shown.items():
                expected = []
                for one in standings:
                    visit = one.visit(code)
                    is_over = one.subject.is_screen_failure or one.subject.has_ended
                    is_awaited = visit.state == Visit.State.PLANNED and visit.occurred_on is None and not is_over
                    if is_awaited and one.status_of(visit, one.subject.site.today()) in statuses:
                        expected.append(one.subject.number)
                asked = finding.Asked(visit=code, state=state)
                assert [str(one) for one in finding.Found(person, asked)] == expected, (code, state)
                seen += len(expected)
    assert seen > 10


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("visit=W1&state=done", []),
        ("visit=W1&state=begun", ["JER-001"]),
        ("state=overdue", ["JER-001"]),
        ("stage=failed", ["JER-004"]),
        ("stage=randomised&site=AFU", ["AFU-001"]),
        ("marks=queries&stage=randomised&site=JER", ["JER-001"]),
        ("marks=alerts", ["JER-001"]),
        ("site=JER&sort=-number", ["JER-004", "JER-003", "JER-002", "JER-001"]),
        ("site=JER&sort=newest", ["JER-003", "JER-002", "JER-004", "JER-001"]),
        ("state=nonsense&visit=W99&sort=drop&marks=no&stage=none", EVERYBODY),
    ],
)
@pytest.mark.parametrize("place", ["/subjects/", "/visits/"])
def test_a_filter_finds_its_subjects_in_list_and_matrix(client, everything, place, asked, expected):
    assert numbers(client, "mona", f"{place}?{asked}") == expected


@pytest.mark.parametrize("sort", ["overdue", "queries"])
def test_what_waits_longest_or_asks_most_comes_first(client, everything, sort):
    assert numbers(client, "mona", f"/visits/?sort={sort}")[0] == "JER-001"
    assert sorted(numbers(client, "mona", f"/visits/?sort={sort}")) == EVERYBODY


def test_the_filter_stays_in_every_link_of_the_page(client, db, monkeypatch):
    monkeypatch.setattr("crf.views.visits.A_MATRIX_PAGE", 2)
    client.force_login(trial.person("ines"))
    said = client.get("/visits/?site=JER&stage=&sort=newest&page=1").content.decode()
    turning = re.search(r'rel="next" href="([^"]+)"', said)[1].replace("&amp;", "&")
    assert set(turning.removesuffix("#rows").strip("?").split("&")) == {"site=JER", "stage=", "sort=newest", "page=2"}
    other_view = re.search(r'href="(/subjects/\?[^"]+)"', said)[1].replace("&amp;", "&")
    assert "sort=newest" in other_view and "page" not in other_view


def test_the_page_says_in_words_what_is_shown(client, everything):
    client.force_login(trial.person("mona"))
    said = client.get("/visits/?site=JER&visit=W1&state=begun&marks=queries").content.decode()
    assert "Jerusalem, Week 1 begun, open queries." in said
    assert "1 subject:" in said or "0 subjects:" in said


@pytest.mark.req("ACC-02")
def test_nobody_finds_a_subject_of_another_site(client, everything):
    for asked in ("", "?q=1", "?q=AFU", "?site=AFU", "?sort=overdue", "?sort=queries"):
        client.force_login(trial.person("ines"))
        for place in ("/subjects/", "/visits/"):
            assert "AFU-001" not in client.get(place + asked).content.decode(), place + asked


@pytest.mark.req("ACC-03")
def test_a_rater_sees_no_alert_and_no_query_about_what_the_rater_does_not_read(client, everything):
    client.force_login(trial.person("ruth"))
    said = client.get("/visits/").content.decode()
    assert "Open alerts" not in said and 'state-bad"><svg class="icon" aria-hidden="true"><use href="/static' in said
    assert numbers(client, "ruth", "/visits/?marks=alerts") == []
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-002")
        bdi = trial.record_of(subject, "BDI", "BL")
        queries.ask(record=bdi, item="", text="Please confirm the date.", by=trial.person("mona"))
        (row,) = [
            one
            for one in matrix.rows(trial.person("ruth"), finding.Found(trial.person("ruth"), finding.Asked()))
            if one.subject == subject
        ]
    assert not any(cell.queries or cell.alerts for cell in row.cells)


def test_marks_stand_in_the_cell_of_their_visit(everything):
    with seeing(Site.objects.all()):
        person = trial.person("ines")
        row = matrix.rows(person, finding.Found(person, finding.Asked(q="JER-001")))[0]
    by_visit = dict(zip(finding.VISITS, row.cells, strict=True))
    assert by_visit["W1"].queries >= 1 and by_visit["W3"].alerts == 1
    assert by_visit["W1"].state is states.BEGUN and by_visit["W1"].on


def test_a_page_is_cut_of_the_whole_order_and_all_are_counted(everything):
    """By number of whole sites from an index; asked for otherwise, from what PostgreSQL sorts: the same either way."""
    with seeing(Site.objects.all()):
        person = trial.person("mona")
        assert [str(one) for one in finding.Found(person, finding.Asked())] == EVERYBODY
        asked_for = itertools.product(
            ("", "number", "-number", "newest"), ("", "JER", "AFU", "NOWHERE"), ("", "er-0", "%")
        )
        for sort, site, part in asked_for:
            found = finding.Found(person, finding.Asked(q=part, site=site, sort=sort))
            expected = [number for number in EVERYBODY if number.startswith(site) and part.upper() in number]
            assert found.count() == len(expected) and sorted(map(str, found)) == expected
            assert sort == "newest" or list(map(str, found)) == expected[:: -1 if sort == "-number" else 1]
            whole = list(map(str, found))
            for first in range(len(whole) + 1):
                for last in range(first, len(whole) + 2):
                    assert list(map(str, found[first:last])) == whole[first:last]


@pytest.mark.parametrize("narrowed", [{"q": "1"}, {"stage": "randomised"}, {"marks": "queries"}, {"sort": "newest"}])
def test_the_expected_page_is_read_with_the_count(everything, django_assert_num_queries, narrowed):
    with seeing(Site.objects.all()):
        person, asked = trial.person("mona"), finding.Asked(**narrowed)
        whole = list(map(str, finding.Found(person, asked)))
        for first in (0, 1, len(whole), 40):
            found = finding.Found(person, asked, expected=(first, first + 2))
            with django_assert_num_queries(1 if first < len(whole) else 2):
                assert found.count() == len(whole)
            with django_assert_num_queries(1 if first < len(whole) else 0):
                assert list(map(str, found[first : min(first + 2, len(whole))])) == whole[first : first + 2]
            assert list(map(str, found[0:2])) == whole[:2]


def test_a_page_by_number_reads_no_subject_besides_those_on_it(everything):
    """What stands before the page, and all that are counted, is seen in the index alone."""
    with seeing(Site.objects.all()), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        told = {"sites": [1, 2], "site": 1, "part": "jer", "many": 2, "start": 3}
        ways = [finding.numbered_at(part, backwards=way) for part in ("", "jer") for way in (False, True)]
        for statement in [finding.counted_at(""), finding.counted_at("jer"), *ways]:
            cursor.execute(f"EXPLAIN {statement}", told)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert re.search("Index Only Scan (Backward )?using subject_in_order", plan) and "Sort" not in plan, plan


# -- at any size


def test_a_thousandth_subject_gets_the_next_number_and_comes_after_the_999th(db):
    with seeing(Site.objects.all()):
        site, person = Site.objects.get(code="JER"), trial.person("ines")
        first = enrol.enrol(site=site, screened_on=site.today(), by=person)
        with act(by=person):
            Subject.objects.filter(pk=first.pk).update(number="JER-999")
        made = [enrol.enrol(site=site, screened_on=site.today(), by=person).number for _ in range(2)]
        assert made == ["JER-1000", "JER-1001"]
        assert [str(one) for one in finding.Found(person, finding.Asked())][-3:] == ["JER-999", *made]


def test_they_cost_the_same_statements_for_sixty_subjects_as_for_four(client, everything):
    narrowed = ("/visits/?sort=overdue", "/visits/?state=overdue&marks=queries&sort=queries", "/subjects/?q=JER-0")
    urls = ("/visits/", "/subjects/", *narrowed, "/queries/", "/")
    before = {url: statements(client, url, "ines") for url in urls}
    with seeing(Site.objects.all()):
        site, person = Site.objects.get(code="JER"), trial.person("ines")
        for _ in range(56):
            enrol.enrol(site=site, screened_on=site.today(), by=person)
    for url in urls:
        after = statements(client, url, "ines")
        assert len(after) == len(before[url]), "\n".join([url, *after])
        assert len(after) <= MOST or url == "/"  # the work list has a section for each kind of work
