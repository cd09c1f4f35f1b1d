"""The monitoring report: what it tells of the conduct of the trial, of which sites, and to whom."""

import pytest
from django.utils import timezone

from analysis.collect import datasets, oversight
from analysis.papers.pdf import as_data
from analysis.reports import conducted, estimand, review
from analysis.reports.document import Figure
from crf import trial as served
from crf.actions import review_trail, sign, verify
from crf.chart.signed_content import content_of
from crf.models import ExportLog, Query, Site
from crf.shown.trail_risks import Looked
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.every_trial]
URL = "/reports/conduct/"


def built(sites) -> dict:
    """By key, every table of the report of these sites as printed text, and the names of its figures."""
    with seeing(sites):
        report = conducted.build(datasets.collected(), oversight.oversight(), datasets.circumstances())
    assert as_data(report)["sections"]
    tables = {table.key: [[str(cell) for cell in row] for row in table.rows] for table in report.tables}
    figures = {block.key for _, block in report.numbered if isinstance(block, Figure)}
    return tables | {"figures": figures, "sections": [section.key for section in report.sections]}


def test_it_tells_of_everything_by_which_a_trial_is_overseen(everything):
    with seeing(Site.objects.all()):
        subject, mona = trial.subject(trial.TREATED), trial.person("mona")
        record = trial.record_of(subject, trial.world.RATING, trial.world.DONE[0][0])
        verify.verify(subject=subject, seen=[verify.Seen(record.form.code, record.pk, record.version)], by=mona)
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
        waiting = Query.objects.filter(state="open").count()
    found = built(Site.objects.all())
    assert {
        *("enrolment", "screening_log", "retention", "windows", "completeness", "missing_forms", "queries"),
        *("verification", "signatures", "deviations", "reviews", "ratings"),
    } <= set(found["sections"])
    assert (
        sum(int(row[-1]) for row in found["query_ageing"] if row[0] != "All" and row[1] == "to be answered") == waiting
    )
    assert found["verification"][-1][2] == "1"
    signed = next(row for row in found["signatures"] if row[0] == trial.FIRST)
    assert signed[3] == "1"
    assert trial.TREATED in {row[0] for row in found["screening_log"]}
    assert {"enrolment_figure", "rater_means_figure", "site_means_figure"} <= found["figures"]
    primary = served.ANALYSIS.primary
    assert sum(int(row[1]) for row in found["rater_means"]) == sum(int(row[1]) for row in found["site_means"]) > 0
    assert {row[0] for row in found["rating_times"]} >= {served.form(primary.form).title}


def test_a_site_reads_its_own_and_who_rates_there_nothing(client, everything):
    own = built(Site.objects.filter(code=trial.FIRST))
    numbers = {row[0] for row in own["screening_log"]}
    assert numbers and not any(number.startswith(trial.SECOND) for number in numbers)
    client.force_login(trial.person("ines"))
    page = client.get(URL).content.decode()
    assert trial.TREATED in page and trial.ELSEWHERE not in page and "UNBLINDED" not in page
    file = client.get(f"{URL}csv/")
    assert trial.ELSEWHERE.encode() not in file.content
    assert ExportLog.objects.get().what == conducted.NAME
    client.force_login(trial.person("dana"))
    assert trial.ELSEWHERE in client.get(URL).content.decode()
    client.force_login(trial.person("ruth"))
    assert client.get(URL).status_code == 403


def test_of_nothing_it_says_that_there_is_nothing():
    found = built(Site.objects.none())
    assert found["screening_log"] == [] and found["figures"] <= {"enrolment_figure"}


@pytest.mark.req("AUD-16")
def test_a_review_of_the_trail_stands_in_it_for_who_reads_all_its_sites(everything):
    today = timezone.now().date()
    with seeing(Site.objects.all()):
        looked = Looked(today, today, served.FORMS)
        review_trail.review(
            looked=looked, risks=["late"], outcome="nothing", finding="As it should be", by=trial.person("dana")
        )
    assert built(Site.objects.all())["reviews"][0][-1] == "As it should be"
    assert "reviews" not in built(Site.objects.filter(code=trial.FIRST))


def test_the_blinded_report_lists_what_a_data_review_looks_at(everything):
    with seeing(Site.objects.all()):
        collected = datasets.collected()
        found = estimand.IntercurrentEvents.of(collected)
        section = review.review(collected, found, found.every)
    tables = {table.key: table.rows for table in section.tables}
    rated = found.every.frame.groupby("subject").size()
    several = {who for who, many in rated.items() if many > 1}
    assert {row[0] for row in tables.get("review_jumps", ())} <= several
    jumps = [abs(row[-1].value) for row in tables.get("review_jumps", ())]
    assert jumps == sorted(jumps, reverse=True)
    assert {row[0] for row in tables.get("review_events", ())} == set(found.events["subject"])
    for subject, visit, _ in tables.get("review_missing", ()):
        own = found.every.frame[found.every.frame["subject"] == subject]
        assert visit not in {served.visit(code).label for code in own["visit"]}
