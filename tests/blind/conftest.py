"""Fixtures of the blind's tests."""

import pytest
from django.db import connection

from crf.actions import code_break, unblinded
from crf.models import CodeBreak, Site
from tests import databases, sealed_room, trial
from tests.pages.conftest import fill_everything, supplied, told_of_levels
from trialsite.database.wall import seeing


@pytest.fixture
def room(real_commits, owner, settings, tmp_path):
    """A loaded list of two sites; its places."""
    settings.ARM_KEY_FILE = tmp_path / "arm.key"
    sealed_room.empty(owner)
    return sealed_room.fill(owner, settings.ARM_KEY_FILE)


@pytest.fixture
def web(room):
    """ecrf_web's own connection to the loaded room, as a program has it that looks for what it is not given."""
    with sealed_room.connected_as_web() as direct:
        yield direct


@pytest.fixture
def intruder(db):
    """The same to the worker's database: for what is refused, and so changes nothing."""
    with sealed_room.connected_as_web() as direct:
        yield direct


@pytest.fixture
def world(real_commits, monkeypatch):
    """The small world with a query, an alert and code breaks with what followed; the commitment held still."""
    monkeypatch.setattr("analysis.collect.datasets.commitment", lambda: "the commitment")
    monkeypatch.setattr("crf.actions.randomise.commitment", lambda: "the commitment")
    with seeing(Site.objects.all()):
        made = fill_everything()
        subject = trial.subject(trial.TREATED)
        ines, ruth, sofia = (trial.person(name) for name in ("ines", "ruth", "sofia"))
        shown = code_break.request(subject=subject, by=ines, reason="Seizure in the ward")
        code_break.reveal(log_id=shown, subject=subject, by=ines)
        broken = CodeBreak.objects.select_related("subject__site", "site").get(log=shown)
        unblinded.tell_of_others(found=broken, by=ines, people=[ruth], described="Physician on duty")
        unblinded.acknowledge(found=broken, by=trial.person("mark"))
        unblinded.assess(found=broken, by=ines, words="Another rater takes over")
        code_break.reveal_for_report(log_id=made.susar, subject=subject, by=sofia)
        return vars(made) | supplied(subject) | told_of_levels(subject) | {"broken": broken.pk}


@pytest.fixture
def other_world(world, real_commits, admin, database_names):
    """The name of a copy of the world, as it is before anybody looks."""
    name = next(database_names)
    connection.close()
    databases.clone(admin, real_commits, name)
    yield name
    databases.drop(admin, name)
