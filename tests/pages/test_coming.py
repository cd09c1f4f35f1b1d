"""What comes next is always on the work list and first on the casebook, from screening to the end (F-310)."""

from datetime import timedelta

import pytest

from crf import spec
from crf import trial as served
from crf.actions import enrol
from crf.chart.standing import Standing
from crf.models import Site
from crf.rules.windows import VisitStatus
from tests import trial
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-310"), pytest.mark.every_trial]


def seen():
    return seeing(Site.objects.all())


def told(client, subject, person):
    """(what the work list says of the subject, what the casebook says comes next) to the person."""
    client.force_login(trial.person(person))
    home, book = client.get("/").content.decode(), client.get(subject.get_absolute_url()).content.decode()
    tasks = [line for line in home.split("<li>") if f">{subject.number}</span>" in line]
    _, _, after = book.partition("What comes next</h2>")
    coming = after.partition("</section>")[0]
    assert book.index("What comes next</h2>") < book.index("<table"), "before everything that is read"
    return " ".join(tasks), coming


def test_from_screening_to_the_first_dose_there_is_always_a_next_step(client):
    with seen():
        site = Site.objects.get(code=trial.FIRST)
        on = site.today() - timedelta(days=max(trial.world.SCREENED, 1))
        subject = enrol.enrol(site=site, screened_on=on, by=trial.person("ines"))
    label = served.visit(served.SCREENING).label
    for person in ("ines", "clara"):
        tasks, coming = told(client, subject, person)
        assert label in tasks and f"{label}: " in coming

    with seen():
        trial.fill_visit(subject, served.SCREENING, on, "ines")
    following = served.visit(served.BEFORE_RANDOMISATION[1]).label
    for person in ("ines", "clara"):
        tasks, coming = told(client, subject, person)
        assert f"{following}: " in tasks and f"{following}: " in coming and 'class="btn btn-primary"' in coming

    with seen():
        for code, days in trial.world.RUN_IN:
            trial.fill_visit(subject, code, site.today() + timedelta(days=days), "ines")
        trial.fill_visit(subject, served.BASELINE, site.today(), "ines")
    for person, may in (("ines", True), ("clara", False)):
        tasks, coming = told(client, subject, person)
        assert "Attest eligibility" in tasks and "Attest eligibility" in coming
        assert (f'href="{subject.get_absolute_url()}attest/"' in coming) is may
        assert ("by the investigator" in coming) is not may

    with seen():
        enrol.attest(subject=subject, by=trial.person("ines"))
        assert all(
            Standing.of(subject).status_of(visit, site.today() + timedelta(days=30)) is VisitStatus.PLANNED
            for visit in Standing.of(subject).visits
            if visit.definition.is_planned and visit.code not in served.BEFORE_RANDOMISATION
        )
    for person in ("ines", "clara"):
        tasks, coming = told(client, subject, person)
        assert "Randomise" in tasks and "Randomise" in coming

    with seen():
        trial.randomised(subject, site.today(), "ines")
        subject = trial.subject(subject.number)
    first = served.serving(spec.Purpose.DOSING) or served.serving(spec.Purpose.FIRST_DOSE)
    tasks, coming = told(client, subject, "ines")
    assert first.title in coming
    with seen():
        trial.started(subject, site.today(), "ines")


def test_who_is_treated_sees_the_next_visit_and_its_days(client):
    subject = None
    with seen():
        subject = trial.subject(trial.ELSEWHERE)
    tasks, coming = told(client, subject, "isaac")
    assert tasks and coming.strip()


def test_no_visit_after_baseline_is_overdue_before_randomisation(client):
    with seen():
        subject = trial.subject(trial.READY)
        form = next(served.form(c.form) for c in served.planned_at(served.BASELINE) if served.form(c.form).dated)
        record = trial.record_of(subject, form.code, served.BASELINE)
        assert record is not None
        standing = Standing.of(subject)
        later = subject.site.today() + timedelta(days=60)
        after = [v for v in standing.visits if v.definition.is_planned and v.code not in served.BEFORE_RANDOMISATION]
        assert {standing.status_of(visit, later) for visit in after} == {VisitStatus.PLANNED}
        assert not any(standing.may_be_missed(visit, later) or standing.window_of(visit) for visit in after)
    client.force_login(trial.person("ines"))
    found = client.get(f"/subjects/?visit={after[0].code}&state=overdue").content.decode()
    assert trial.READY not in found


def test_a_screen_failure_and_an_ended_study_ask_for_nothing(client):
    with seen():
        failed = trial.subject(trial.FAILED)
    client.force_login(trial.person("ines"))
    assert "What comes next</h2>" not in client.get(failed.get_absolute_url()).content.decode()
