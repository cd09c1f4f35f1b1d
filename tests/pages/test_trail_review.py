"""The planned review of the trail: each risk finds its events, and the review says what was looked at (AUD-16)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crf import spec
from crf import trial as served
from crf.actions import accounts, lock, sign, void
from crf.chart.signed_content import content_of
from crf.models import RECORDS, AuditEntry, Site, TrailReview
from crf.shown.trail_risks import DAY_BEGINS, DAY_ENDS, WEEKENDS, Looked
from tests import trial
from tests.pages.test_deeds_by_page import sign_in
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
TODAY = timezone.now().date()
LOOKED = Looked(TODAY - timedelta(days=2), TODAY + timedelta(days=1), served.FORMS)
EVENTS = served.code_serving(spec.Purpose.ADVERSE_EVENTS)


def is_out_of_hours(entry: AuditEntry, site: Site) -> bool:
    local = entry.at.astimezone(site.zone)
    return not DAY_BEGINS <= local.hour < DAY_ENDS or local.isoweekday() in WEEKENDS.get(site.country, (6, 7))


@pytest.mark.finding("F-510")
@pytest.mark.req("AUD-16")
def test_each_risk_counts_and_lists_its_events_and_no_others(client, db):
    primary = served.ANALYSIS.primary
    visit = trial.world.DONE[0][0]
    item = next(iter(trial.world.ALARMING))
    with seeing(Site.objects.all()):
        subject = trial.subject(trial.TREATED)
        before = LOOKED.counts()
        assert before["late"] > 0  # the world is entered today, about visits of weeks ago
        assert {name: before[name] for name in ("primary", "signed", "lock", "sites", "voided")} == dict.fromkeys(
            ("primary", "signed", "lock", "sites", "voided"), 0
        )
        sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person("ines"))
        trial.change(subject, visit, primary.form, "ines", reason="Read wrongly", **{item: "1"})
        assert LOOKED.counts()["primary"] == 0  # once is not often
        trial.change(subject, visit, primary.form, "ines", reason="Read wrongly again", **{item: "0"})
        counts = LOOKED.counts()
        assert (counts["primary"], counts["signed"]) == (2, 2)

        other = trial.subject(trial.ELSEWHERE)
        accounts.give_role(
            user=trial.person("clara"), site=other.site, role="coordinator", starts_on=TODAY, by="system:tests"
        )
        for one in (subject, other):
            record = trial.fill(one, None, EVENTS, one.site.today(), "clara").record
        assert LOOKED.counts()["sites"] == 2
        void.void(record=record, by=trial.person("clara"), reason="Entered twice")
        lock.lock_casebook(subject=subject, by=trial.person("dana"), reason="Reviewed", despite=True)
        counts = LOOKED.counts()
        forms = {model._meta.db_table for model in RECORDS.values() if model.form.discloses is not spec.UNBLINDS}
        every = list(AuditEntry.objects.filter(table__in=forms, at__date__gte=LOOKED.since).exclude(chain="apart"))
        sites = {site.pk: site for site in Site.objects.all()}
        assert counts["voided"] == 1
        assert counts["lock"] == len([entry for entry in every if entry.subject == subject.pk])
        assert counts["hours"] == len([entry for entry in every if is_out_of_hours(entry, sites[entry.site_id])])
    sign_in(client, "mona")
    page = client.get("/study/trail/review/?risk=signed").content.decode()
    assert "Read wrongly again" in page and "Changed after signature" in page
    assert "Entered twice" in client.get("/study/trail/review/?risk=voided").content.decode()


@pytest.mark.finding("F-510")
@pytest.mark.req("AUD-16")
def test_a_review_says_who_looked_at_what_over_which_days_and_what_came_of_it(client, db):
    sign_in(client, "mona")
    address = "/study/trail/review/?since=2020-01-01"
    client.get(address)
    for lacking in ({"outcome": "nothing", "finding": "All explained"}, {"risks": ["late"], "outcome": "nothing"}):
        assert client.post(address, lacking).status_code == 200
    assert not TrailReview.objects.exists()
    told = {"risks": ["late", "hours"], "outcome": "queries", "finding": "Two late entries were asked about"}
    assert client.post(address, told).status_code == 302
    review = TrailReview.objects.get()
    assert (review.reviewed_by.username, review.role, review.outcome) == ("mona", "monitor", "queries")
    assert [code for code, _, _ in review.looked_at] == ["late", "hours"] and review.looked_at[0][2] > 0
    assert (f"{review.since}", review.sites) == ("2020-01-01", sorted({trial.FIRST, trial.SECOND}))
    sign_in(client, "aude")
    page = client.get("/study/trail/review/").content.decode()
    assert "Two late entries were asked about" in page and "Put the review on record" not in page
    assert client.post("/study/trail/review/", told).status_code == 403
    assert "Review of the trail" in client.get("/study/trail/?kind=checks").content.decode()
