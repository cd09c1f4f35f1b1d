"""Bands stand beside the totals of HAMD-17 and BDI, for those who see totals; a rater sees neither (PROTOCOL 6)."""

import re

import pytest

from crf.models import Site
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


def totals(client, person: str, url: str) -> str:
    client.force_login(trial.person(person))
    page = client.get(url).content.decode()
    found = re.search(r'<dl class="scores">.*?</dl>', page, re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group())) if found else ""


def test_the_investigator_sees_the_band_of_hamd_17_and_of_no_other_hamd(client):
    said = totals(client, "ines", "/subjects/JER-001/W1/HAMD/")
    assert re.search(r"Total, HAMD-17 20 severe Total, HAMD-21 20 Total, HAMD-24 20 ", said), said


def test_a_missing_total_has_no_band(client):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "BDI", subject.site.today(), "clara", item_1="")
    said = totals(client, "ines", "/subjects/JER-001/W3/BDI/")
    assert "not computable" in said
    assert not re.search("minimal|mild|moderate|severe", said)


def test_the_bdi_has_the_band_of_its_version(client):
    said = totals(client, "clara", "/subjects/JER-001/W1/BDI/")
    assert re.search(r"\d+ (none or minimal|mild to moderate|moderate to severe|severe) ", said), said


def test_a_rater_sees_neither_total_nor_band(client):
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        trial.fill(subject, "W3", "HAMD", subject.site.today(), "ruth", **trial.hamd_of(20))
    assert totals(client, "ruth", "/subjects/JER-001/W3/HAMD/") == ""
