"""What a person must not overlook: a code break not gone on with, an attestation that fell, a check's version."""

import pytest

from crf.actions import code_break, enrol, enter
from crf.chart.check_version import version_of
from crf.models import Query, Site
from crf.shown import code_breaks
from crf.shown.entry import split, typed_of
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

PENDING = "Code breaks not gone on with"


@pytest.fixture
def sites(db):
    with seeing(Site.objects.all()):
        yield


def changed_demography(subject):
    record = trial.record_of(subject, "DEMOG", "SCR")
    answers, missing = split(typed_of(record) | {"birth_year": "1979"}, record.form)
    return enter.save(
        form=record.form,
        subject=subject,
        visit=record.visit,
        by=trial.person("ines"),
        answers=answers,
        missing=missing,
        version=record.version,
        reason="Typing error",
    )


def test_a_code_break_requested_and_not_shown_stands_on_the_work_list_of_who_asked(client, sites):
    subject = trial.subject("JER-001")
    log_id = code_break.request(subject=subject, by=trial.person("ines"), reason="Found unconscious")
    page = sign_in(client, "ines").get("/")
    assert PENDING in text_of(page)
    assert f'href="/subjects/JER-001/code-break/{log_id}/"' in page.content.decode()
    for who in ("isaac", "clara", "mona", "mark"):
        assert PENDING not in text_of(sign_in(client, who).get("/"))


def test_it_goes_once_the_arm_was_shown(client, real_commits):
    with seeing(Site.objects.all()):
        subject, ines = trial.subject("JER-001"), trial.person("ines")
        log_id = code_break.request(subject=subject, by=ines, reason="Found unconscious")
        assert PENDING in [section.title for section in code_breaks.tasks(ines)]
        code_break.reveal(log_id=log_id, subject=subject, by=ines)
        assert PENDING not in [section.title for section in code_breaks.tasks(ines)]


def test_an_attestation_that_fell_is_announced_until_it_is_renewed(client, sites):
    subject = trial.subject("JER-002")
    assert subject.attested_at is not None
    changed_demography(subject)
    for who in ("ines", "clara", "mona"):
        page = text_of(sign_in(client, who).get("/subjects/JER-002/"))
        assert "Eligibility was attested and is so no longer: the form “Demography” was changed" in page, who
    work = text_of(sign_in(client, "ines").get("/"))
    assert "Eligibility to attest anew" in work and "Demography was changed" in work
    assert "Eligibility to attest anew" not in text_of(sign_in(client, "clara").get("/"))
    with seeing(Site.objects.all()):
        enrol.attest(subject=trial.subject("JER-002"), by=trial.person("ines"))
    assert "Eligibility to attest anew" not in text_of(sign_in(client, "ines").get("/"))
    assert "is so no longer" not in text_of(client.get("/subjects/JER-002/"))


@pytest.mark.req("CHK-03")
def test_a_query_keeps_the_version_of_the_check_that_asked_and_shows_it(client, sites):
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "HAMD", subject.site.today(), "ines", guilt="4", mood="0")
    query = Query.objects.get(check_code="HAMD-01")
    check = next(check for check in trial.record_of(subject, "HAMD", "W3").form.checks if check.code == "HAMD-01")
    assert query.check_version == version_of(check)
    page = text_of(sign_in(client, "mona").get(f"/queries/{query.pk}/"))
    assert f"HAMD-01, version {query.check_version}" in page and "changed since" not in page


@pytest.mark.req("CHK-03")
def test_a_query_of_an_older_version_says_so(client, sites):
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "HAMD", subject.site.today(), "ines", guilt="4", mood="0")
    from crf.actions.act import act

    with act(by="system:tests"):
        Query.objects.filter(check_code="HAMD-01").update(check_version="0123456789")
    query = Query.objects.get(check_code="HAMD-01")
    assert "the check has changed since" in text_of(sign_in(client, "mona").get(f"/queries/{query.pk}/"))
