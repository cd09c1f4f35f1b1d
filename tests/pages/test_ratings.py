"""Short and late ratings are listed for the monitor, without any answer, and for nobody who rates."""

from datetime import timedelta

import pytest

from crf import trial as served
from crf.actions import enter
from crf.actions import queries as asking
from crf.models import Site
from crf.shown.ratings import ratings_to_look_at
from crf.trials.dcs_trd import protocol
from tests import trial
from tests.pages.test_costs import statements
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing


@pytest.fixture
def rated(db):
    """JER-001 in week 3: a HAMD of nine minutes, entered on its day; in week 4 one of ten, entered a day later."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        today = subject.site.today()
        trial.fill(subject, "W3", "HAMD", today, "ruth", started="10:00", ended="10:09", suicide="2")
        trial.fill(subject, "W4", "HAMD", today - timedelta(days=1), "ruth", started="10:00", ended="10:10")
        yield subject


def listed(client, who="mona", query=""):
    return text_of(sign_in(client, who).get(f"/ratings/{query}"))


def places(kind=""):
    with seeing(Site.objects.all()):
        found = ratings_to_look_at([trial.subject("JER-001").site_id], kind=kind)
    return {(one.visit.code, one.form.code) for one in found}


def test_under_ten_minutes_is_short_and_the_day_after_is_late(rated):
    assert protocol.SHORT_HAMD_MINUTES == 10
    assert places("short") == {("W3", "HAMD")}
    assert ("W4", "HAMD") in places("late") and ("W3", "HAMD") not in places("late")


def test_every_rating_form_is_listed_when_it_is_late_and_no_other(rated):
    """The world was entered in one go, long after its days."""
    found = {form for _, form in places("late")}
    assert {"HAMD", "CGI"} <= found <= {form.code for form in served.FORMS if form.rating}


def test_the_list_shows_who_when_and_how_long_and_filters(client, rated):
    page = listed(client, query="?kind=short")
    assert "JER-001" in page and "10:00–10:09 site time, 9 min" in page and "Short" in page
    assert "10:00–10:10" not in page
    assert "10:00–10:10 site time, 10 min" in listed(client, query="?kind=late&subject=jer-001")
    assert "JER-001" not in listed(client, query="?subject=AFU-001")


def test_nobody_who_rates_sees_it_and_the_other_roles_do_not_either(client, rated):
    for who in ("ruth", "ines", "clara", "peter", "mark"):
        assert sign_in(client, who).get("/ratings/").status_code == 403, who
        assert "Short ratings" not in text_of(client.get("/"))


def test_it_stands_on_the_monitor_s_work_list_until_it_was_asked_about(client, rated):
    assert "Short ratings to look at" in text_of(sign_in(client, "mona").get("/"))
    with seeing(Site.objects.all()):
        asking.ask(
            record=trial.record_of(rated, "HAMD", "W3"), text="Was the whole scale asked?", by=trial.person("mona")
        )
    assert "Short ratings to look at" not in text_of(client.get("/"))
    assert "9 min" not in listed(client)
    assert "9 min" in listed(client, query="?seen=all")


def test_a_late_rating_is_flagged_on_the_form_and_in_the_casebook_but_not_to_the_rater_there(client, rated):
    assert "Entered after the day of rating" in text_of(sign_in(client, "ruth").get("/subjects/JER-001/W4/HAMD/"))
    assert "Entered late" not in text_of(client.get("/subjects/JER-001/"))
    assert text_of(sign_in(client, "mona").get("/subjects/JER-001/")).count("Entered late") > 1  # and the legend
    assert "Entered after" not in text_of(client.get("/subjects/JER-001/W3/HAMD/"))


def test_a_short_rating_is_no_query_and_no_word_to_the_rater(client, rated):
    page = text_of(sign_in(client, "ruth").get("/subjects/JER-001/W3/HAMD/"))
    assert "Short" not in page and "9 min" not in page


def test_the_list_costs_the_same_with_more_ratings(client, rated):
    before = len(statements(client, "/ratings/", "mona"))
    with seeing(Site.objects.all()):
        today = rated.site.today()
        for visit in ("W5", "W6"):
            trial.fill(rated, visit, "HAMD", today - timedelta(days=2), "ruth", started="10:00", ended="10:01")
    assert len(statements(client, "/ratings/", "mona")) == before <= 5


def test_a_voided_or_corrected_rating_counts_as_it_stands_now(rated):
    record = trial.record_of(rated, "HAMD", "W3")
    with seeing(Site.objects.all()):
        from crf.shown.entry import split, typed_of

        answers, missing = split(typed_of(record) | {"ended": "10:40"}, record.form)
        enter.save(
            form=record.form,
            subject=rated,
            visit=record.visit,
            by=trial.person("ruth"),
            answers=answers,
            missing=missing,
            version=1,
            reason="Typing error",
        )
    assert places("short") == set()
