"""What a person puts a name to: the page shows what is stated, what it rests on and what is open."""

import re
from datetime import timedelta
from html import unescape

import pytest

from crf import spec
from crf import trial as served
from crf.actions import enrol, queries
from crf.actions.randomise import reasons_against
from crf.chart.closing import open_in
from crf.chart.standing import Standing
from crf.models import RECORDS, Alert, Site
from crf.refusals import NotEligible
from crf.rules.eligibility import CRITERIA
from tests import trial
from tests.accounts import fresh
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.every_trial]


@pytest.fixture(autouse=True)
def all_sites():
    with seeing(Site.objects.all()):
        yield


def text_of(response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.finding("F-312")
def test_who_signs_and_who_locks_see_one_list_of_what_is_open_alerts_included(client):
    subject = trial.subject(trial.TREATED)
    rating, item = trial.world.RATING, next(iter(trial.world.ALARMING))
    record = trial.record_of(subject, rating, trial.world.DONE[0][0])
    queries.ask(record=record, item=item, text="Is this the worst of the week?", by=trial.person("mona"))
    typed = trial.world.given(rating, trial.world.NEXT) | trial.world.ALARMING
    trial.fill(subject, trial.world.NEXT, rating, subject.site.today(), "ines", **typed)
    assert Alert.objects.waiting().filter(subject=subject).exists()
    points = open_in(Standing.of(subject))
    assert any("alert" in point for point in points) and any("quer" in point for point in points)
    assert any("is not complete" in point for point in points)
    pages = []
    for person, place in (("ines", "sign/"), ("dana", "lock/")):
        client.logout()
        fresh(client, person)
        pages.append(text_of(client.get(f"{subject.get_absolute_url()}{place}")).lower())
    assert [point for point in points for page in pages if point.lower() not in page] == []


@pytest.mark.finding("F-313")
def test_the_attestation_says_that_inclusion_is_met_and_that_no_exclusion_applies(client):
    subject = trial.subject(trial.READY)
    form = served.serving(spec.Purpose.ELIGIBILITY)
    first = served.visits_of(form.code)[0]
    trial.change(subject, first, form.code, "ines", remark="Looked at once more")
    fresh(client, "ines")
    page = client.get(f"{subject.get_absolute_url()}attest/")
    said = text_of(page)
    assert "meets every inclusion criterion, and that no exclusion criterion applies" in said
    inclusion, _, exclusion = said.partition("Exclusion criteria: none of them applies")
    assert "Inclusion criteria: each of them is met" in inclusion
    for one in CRITERIA:
        part = inclusion if one.is_inclusion else exclusion
        after = part.partition(f"{one.code} {one.text}")[2]
        assert re.match(r" (Yes|No|Not applicable[^.]*|not asked) (Yes|No|Not applicable|not asked)", after), one.code
    score = next(outcome for outcome in served.ANALYSIS.outcomes if outcome.form == trial.world.RATING)
    if served.CODE == "dcs_trd":
        for measured in ("HAMD-21 at screening 26", "HAMD-21 at baseline 26", "year of birth", "consent of"):
            assert measured in said, measured
        assert "Nothing against it" in inclusion
    else:
        assert "year of birth" in said and score


@pytest.mark.finding("F-313")
def test_what_the_cross_checks_found_stands_beside_the_criterion(client):
    subject = trial.subject(trial.READY)
    demography = served.serving(spec.Purpose.DEMOGRAPHY)
    year = str(subject.site.today().year - 12)
    trial.change(subject, served.SCREENING, demography.code, "ines", birth_year=year)
    fresh(client, "ines")
    said = text_of(client.get(f"{subject.get_absolute_url()}attest/"))
    assert "Eligibility cannot be attested yet" in said
    beside = said.partition("Inclusion criteria: each")[2].partition("I2 ")[0]
    assert f"year of birth {year}" in beside and "From the year of birth the subject is not" in beside


@pytest.mark.finding("F-314")
def test_verification_is_opt_in_and_shows_every_answer(client):
    subject = trial.subject(trial.TREATED)
    code, item = trial.world.A_NUMBER
    done = trial.world.DONE[0][0]
    record = trial.record_of(subject, code, done)
    client.force_login(trial.person("mona"))
    page = client.get(f"{subject.get_absolute_url()}visits/{done}/verify/")
    boxes = re.findall(r'<input class="form-check-input"[^>]*>', page.content.decode())
    assert boxes and not [box for box in boxes if "checked" in box], "nothing is ticked before somebody compared it"
    said = text_of(page)
    shown = record.form.items[item]
    assert f"{shown.label} {shown.kind.show(getattr(record, item))}" in said
    with seeing(Site.objects.all()):
        visit = trial.visit_of(subject, done)
        records = [one for form in served.FORMS for one in RECORDS[form.code].objects.standing().filter(visit=visit)]
    for one in records:
        for name, value in one.values().items():
            if value is not None:
                assert one.form.items[name].kind.show(value) in said, (one.form.code, name)
    refused = client.post(f"{subject.get_absolute_url()}visits/{done}/verify/", {})
    assert "Choose the forms that agree with their source" in text_of(refused)


def _closed_gate(monkeypatch):
    name = "a gate of the tests"
    epochs = tuple(
        type(epoch)(epoch.code, epoch.label, epoch.before_randomisation, name if epoch.before_randomisation else None)
        for epoch in served.EPOCHS
    )
    rules = type(served.RULES)(
        **{f: getattr(served.RULES, f) for f in served.RULES.__dataclass_fields__}
        | {"gates": {name: lambda chart: ["The gate is closed."]}}
    )
    monkeypatch.setattr(served, "EPOCHS", epochs)
    monkeypatch.setattr(served, "RULES", rules)


def test_the_gate_of_an_epoch_is_asked_at_attestation_randomisation_and_of_who_is_randomised(monkeypatch):
    ready, treated = trial.subject(trial.READY), trial.subject(trial.TREATED)
    form = served.serving(spec.Purpose.ELIGIBILITY)
    _closed_gate(monkeypatch)
    assert "The gate is closed." in reasons_against(ready)
    trial.change(ready, served.visits_of(form.code)[0], form.code, "ines", remark="Looked at once more")
    with pytest.raises(NotEligible) as refused:
        enrol.attest(subject=trial.subject(trial.READY), by=trial.person("ines"))
    assert "The gate is closed." in refused.value.details
    code, item = trial.world.A_NUMBER
    saved = trial.change(treated, trial.world.DONE[0][0], code, "ines", **{item: "71.0"})
    told = [one.description for one in saved.deviations]
    assert any("Randomised without meeting" in one and "the gate of" in one for one in told)
    assert treated.randomised_on <= treated.site.today() - timedelta(days=1)
