"""Limits of normal by site: the list, new ones by hand, and what can never be."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crf.actions.act import act
from crf.models import Alert, Site, SiteLimits
from crf.refusals import Refusal
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
OVERLAP = "other limits are valid on some of these days"


def posted(client, **changed):
    with seeing(Site.objects.all()):
        site = Site.objects.get(code="JER").pk
    typed = {
        "site": site,
        "analyte": "ALT",
        "sex": "F",
        "youngest": "18",
        "oldest": "120",
        "low": "",
        "high": "35",
        "unit": "U/L",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    return client.post("/limits/new/", typed | changed, follow=True)


def kept() -> list[SiteLimits]:
    with seeing(Site.objects.all()):
        return list(SiteLimits.objects.order_by("valid_from"))


@pytest.fixture
def dana(client):
    client.force_login(trial.person("dana"))
    return client


def test_the_data_manager_enters_limits_and_reads_them_in_the_list(dana):
    assert "No site has limits of its own yet" in dana.get("/limits/").content.decode()
    page = posted(dana).content.decode()
    assert "Alanine aminotransferase: the limits hold from 1 Jan 2026." in page
    assert "18 to 120" in page
    (found,) = kept()
    assert (found.low, found.high, found.sex, found.valid_to) == (None, 35, "F", None)


def test_new_ones_end_those_before_them(dana):
    posted(dana)
    page = posted(dana, high="33", valid_from="2026-06-01").content.decode()
    assert "Those before them end on 31 May 2026" in page
    assert [(one.high, one.valid_to) for one in kept()] == [(35, date(2026, 5, 31)), (33, None)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"valid_from": "2025-06-01"}, OVERLAP),
        ({"valid_from": "2025-06-01", "sex": "", "valid_to": "2026-03-01"}, OVERLAP),
        ({"high": ""}, "Give a lower limit, an upper limit, or both"),
        ({"low": "40"}, "lies above the upper limit"),
        ({"unit": "mmol/L"}, "is not reported in mmol/L"),
        ({"valid_to": "2025-01-01"}, "end before they begin"),
        ({"youngest": "70", "oldest": "60"}, "wrong way round"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed_still_there(dana, changed, sentence):
    posted(dana)
    answer = posted(dana, **changed)
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert sentence in page
    assert 'value="1 Jan 2026"' in page or changed.get("valid_from", "") in page
    assert len(kept()) == 1


def test_the_database_admits_no_overlap_whoever_writes():
    with seeing(Site.objects.all()), act(by=trial.person("dana"), role="data_manager"):
        site = Site.objects.get(code="JER")
        row = {
            "site": site,
            "analyte": "ALT",
            "youngest": 18,
            "oldest": 60,
            "high": 35,
            "unit": "U/L",
            "valid_from": date(2026, 1, 1),
            "entered_at": timezone.now(),
            "entered_by": trial.person("dana"),
        }
        SiteLimits.objects.create(**row)
        with pytest.raises(IntegrityError, match="limits_never_overlap"), transaction.atomic():
            SiteLimits.objects.create(**row | {"youngest": 60, "oldest": 90, "valid_from": date(2026, 2, 1)})
        SiteLimits.objects.create(**row | {"youngest": 61, "oldest": 90})


@pytest.mark.parametrize("person", ["ines", "clara", "mona", "aude"])
def test_the_site_reads_them_and_does_not_keep_them(client, person):
    client.force_login(trial.person(person))
    page = client.get("/limits/")
    assert page.status_code == 200
    assert "/limits/new/" not in page.content.decode()
    assert posted(client).status_code == 403
    assert kept() == []


@pytest.mark.finding("F-302")
def test_wrong_limits_are_withdrawn_and_the_right_ones_hold_from_the_same_day(dana):
    """Struck through in the list; results on record are judged by what holds then, a withdrawal is not taken back."""
    posted(dana, sex="", high="3", valid_from="2026-06-01")
    (wrong,) = kept()
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        made = trial.fill(subject, "W3", "LAB", subject.site.today(), "ines", analyte="ALT", result="30", unit="U/L")
        assert (made.record.flag, made.record.upper_limit) == ("HIGH", 3)
    path = f"/limits/{wrong.pk}/withdraw/"
    assert path in dana.get("/limits/").content.decode()
    page = dana.post(path, {"reason": "33 was meant"}, follow=True).content.decode()
    assert "are withdrawn" in page
    assert "<s>Alanine aminotransferase</s>" in page
    assert OVERLAP not in posted(dana, sex="", high="33", valid_from="2026-06-01").content.decode()
    with seeing(Site.objects.all()):
        made.record.refresh_from_db()
        assert (made.record.flag, made.record.upper_limit) == ("NORMAL", 33)
        assert not Alert.objects.filter(subject=subject, no_longer_at__isnull=True).exists()
        with pytest.raises(Refusal, match="can only end"), act(by="system:tests"):
            SiteLimits.objects.filter(pk=wrong.pk).update(withdrawn_by=None)
    assert dana.post(path, {"reason": "Twice"}).status_code == 409
    dana.force_login(trial.person("ines"))
    assert dana.post(path, {"reason": "Not mine"}).status_code == 403
