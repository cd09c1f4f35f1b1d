"""Strata made of site and factors: frozen with the allocation, refused while a factor is unknown, gates before it."""

import io

import pytest
from django.core.management import call_command

from crf import trial as served
from crf.actions import randomise
from crf.chart import strata
from crf.chart.others import Others
from crf.refusals import NotEligible
from crf.rules.gates import gates_against
from crf.spec.arms import Allocation, Factor, police_arms
from crf.spec.kinds import DeclarationError
from crf.spec.trial import Rules
from crf.spec.visits import Epoch
from tests import sealed_room, trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.finding("F-106")
CODES = {"M": "MALE", "F": "FEMALE"}


def by_sex(level) -> Allocation:
    levels = (("MALE", "male"), ("FEMALE", "female"))
    return Allocation(factors=(Factor("SEX", "Sex", "DEMOG", "sex", "SCR", levels, level),), block_sizes=(4, 6))


@pytest.fixture
def stratified(real_commits, owner, settings, tmp_path, monkeypatch):
    """The trial as if it had declared strata of site by sex, with its own list loaded."""
    monkeypatch.setattr(served, "ALLOCATION", by_sex(CODES.get))
    settings.ARM_KEY_FILE = tmp_path / "arm.key"
    sealed_room.empty(owner)
    (tmp_path / "seed").write_text("a seed that is kept in a safe\n")
    with sealed_room.as_owner():
        call_command("load_allocation", seed_file=tmp_path / "seed", by="rolf", stdout=io.StringIO())
    with seeing(trial.Site.objects.all()):
        yield


def test_the_list_has_a_stratum_for_each_site_and_level(stratified, owner):
    strata_loaded = {code for (code,) in sealed_room.as_sealed(owner, "SELECT code FROM sealed.stratum")}
    assert strata_loaded == {f"{site.code}/{level}" for site in served.SITES for level in ("MALE", "FEMALE")}


def test_the_levels_used_are_stored_and_a_correction_does_not_move_the_stratum(stratified, owner):
    subject = trial.subject("JER-002")
    sex = trial.record_of(subject, "DEMOG", "SCR").sex
    kit = randomise.randomise(subject=subject, by=trial.person("ines"))
    subject.refresh_from_db()
    assert (subject.stratum, subject.stratum_levels) == (f"JER/{CODES[sex]}", {"SEX": CODES[sex]})
    assert kit in [kit for *_, kit in sealed_room.given(owner, subject.stratum)]
    other = next(code for code in CODES if code != sex)
    trial.change(subject, "SCR", "DEMOG", "ines", sex=other, **({"may_become_pregnant": ""} if other == "M" else {}))
    subject.refresh_from_db()
    assert subject.stratum == f"JER/{CODES[sex]}"
    assert strata.used_and_now(subject, Others(subject.pk)) == [("Sex", CODES[sex].lower(), CODES[other].lower())]


def test_an_unknown_factor_is_named_and_nobody_is_randomised(db, monkeypatch):
    monkeypatch.setattr(served, "ALLOCATION", by_sex(lambda answer: None))
    with seeing(trial.Site.objects.all()):
        subject = trial.subject("JER-002")
        with pytest.raises(NotEligible) as refused:
            randomise.randomise(subject=subject, by=trial.person("ines"))
    assert refused.value.details == [
        "Sex is not known: “Sex at birth” of the form “Demography” decides in which stratum the subject is randomised."
    ]
    assert not trial.Subject.objects.filter(number="JER-002", randomised_at__isnull=False).exists()


def test_a_gate_before_randomisation_keeps_back_who_it_does_not_let_through(db, monkeypatch):
    closed = "Response to the run-in is not assessed."
    monkeypatch.setattr(served, "EPOCHS", (Epoch("RUN-IN", "Run-in", before_randomisation=True, gate="responded"),))
    monkeypatch.setattr(served, "RULES", Rules(gates={"responded": lambda chart: (closed,)}))
    with seeing(trial.Site.objects.all()):
        subject = trial.subject("JER-002")
        assert gates_against(Others(subject.pk)) == [closed]
        with pytest.raises(NotEligible) as refused:
            randomise.randomise(subject=subject, by=trial.person("ines"))
        assert closed in refused.value.details


def test_a_trial_without_gates_lets_everybody_pass():
    assert gates_against(None) == []


@pytest.mark.req("RND-06")
def test_minimisation_is_refused_with_what_is_done_instead():
    with pytest.raises(DeclarationError, match=r"minimisation is not made here.*Stratify by factors"):
        police_arms(served.ARMS, Allocation(method="minimisation"))
    police_arms(served.ARMS, Allocation())
