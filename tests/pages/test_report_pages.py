"""The pages of the reports: what is shown, what leaves and is written down, and what is refused before the opening."""

import csv
import hashlib
import io
import json
import re
import shutil
import time
import zipfile

import pytest
from django.core.management import CommandError, call_command

from analysis.reports import final
from crf import trial as served
from crf.actions import lock, output_kinds, verify_record
from crf.actions import outputs as store
from crf.actions.act import act
from crf.models import ExportLog, OutputPart, RecordCheck, Site
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


def sign_in(client, name, *, fresh=True):
    """Signed in; `fresh`: the person has just shown who it is."""
    person = trial.person(name)
    client.force_login(person)
    if fresh:
        session = client.session
        shown = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [shown]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()


@pytest.fixture
def locked():
    with seeing(Site.objects.all()):
        trial.lock_study(reason="Data review of today")


@pytest.fixture
def opened(locked, client):
    for name in ("stefan", "david"):
        sign_in(client, name)
        assert client.post("/reports/opening/", {"reason": "The data review is complete"}).status_code == 302


def noted() -> list[tuple]:
    return list(ExportLog.objects.order_by("pk").values_list("by__username", "what", "format", "was_refused"))


# -- the blinded report


def test_the_blinded_report_is_shown_with_its_figures(client):
    sign_in(client, "stefan")
    page = client.get("/reports/blinded/").content.decode()
    assert "HAMD-21 by visit" in page and "data:image/svg+xml;base64," in page
    assert not re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", page)
    assert "UNBLINDED" not in page


@pytest.mark.parametrize(("format", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"subject,site,score")])
@pytest.mark.req("PRV-06")
def test_a_file_of_it_is_handed_out_and_written_down_with_its_hash(client, format, begins):
    sign_in(client, "stefan")
    answer = client.get(f"/reports/blinded/{format}/")
    assert answer.content.startswith(begins)
    assert f'.{format}"' in answer.headers["Content-Disposition"]
    (row,) = ExportLog.objects.all()
    assert (row.by.username, row.format, row.was_refused, len(row.sha256)) == ("stefan", format, False, 64)


def test_the_blinded_files_are_the_same_twice(client):
    sign_in(client, "stefan")
    one, two = (client.get("/reports/blinded/pdf/").content for _ in range(2))
    assert one == two


# -- the unblinded report


@pytest.mark.req("BLI-10")
def test_it_is_refused_before_the_lock_with_a_sentence_and_the_request_is_kept(client):
    sign_in(client, "stefan")
    answer = client.get("/reports/final/pdf/")
    assert answer.status_code == 409
    assert "two people approve" in answer.content.decode()
    assert noted() == [("stefan", final.NAME, "pdf", True)]


def test_it_is_refused_to_other_roles_and_the_request_is_kept(client, opened):
    sign_in(client, "mona")
    assert client.get("/reports/final/").status_code == 403
    assert noted()[-1] == ("mona", final.NAME, "page", True)


def test_a_lock_alone_does_not_open_it(client, locked):
    sign_in(client, "stefan")
    assert client.get("/reports/final/").status_code == 409


def test_one_person_cannot_open_it_alone(client, locked):
    sign_in(client, "stefan")
    client.post("/reports/opening/", {"reason": "The data review is complete"})
    again = client.post("/reports/opening/", {"reason": "Once more"})
    assert again.status_code == 409 and "second person" in again.content.decode()
    assert client.get("/reports/final/").status_code == 409


def test_the_opening_is_refused_before_the_lock(client):
    sign_in(client, "stefan")
    answer = client.post("/reports/opening/", {"reason": "The data review is complete"})
    assert answer.status_code == 409 and "not locked" in answer.content.decode()


@pytest.mark.req("SEC-07")
def test_it_asks_again_who_it_is(client, opened):
    sign_in(client, "stefan", fresh=False)
    assert "reauthenticate" in client.get("/reports/final/").headers["Location"]
    assert "reauthenticate" in client.get("/reports/final/pdf/").headers["Location"]


@pytest.mark.req("BLI-11")
def test_once_opened_it_asks_for_a_purpose_and_is_shown_with_the_word(client, opened):
    sign_in(client, "stefan")
    assert "What do you need the unblinded report for?" in client.get("/reports/final/").content.decode()
    client.post("/reports/final/", {"reason": "The final analysis"})
    page = client.get("/reports/final/")
    assert page.status_code == 200 and "unblinded-page" in page.content.decode()
    file = client.get("/reports/final/csv/")
    assert "UNBLINDED" in file.headers["Content-Disposition"] and b"arm" in file.content.splitlines()[0]
    row = ExportLog.objects.order_by("pk").last()
    assert (row.is_unblinded, row.was_refused, row.purpose) == (True, False, "The final analysis")


def test_the_record_is_checked_once_more_when_the_report_is_made(client, opened, settings, monkeypatch):
    """It may have been changed past the guards while the report waited for a worker."""
    settings.OUTPUTS_AT_ONCE = False
    sign_in(client, "stefan")
    client.post("/reports/final/", {"reason": "The final analysis"})
    assert client.get("/reports/final/").status_code == 302
    taken = store.take()
    monkeypatch.setattr(verify_record, "verify", lambda cause: RecordCheck(cause=cause, count=1))
    output_kinds.make(taken)
    taken.refresh_from_db()
    assert (taken.state, taken.files) == (taken.State.FAILED, [])
    assert taken.trouble.startswith("The unblinded report is not made: the record differs")
    assert not OutputPart.objects.exists()
    assert client.get("/reports/final/").status_code == 409


def test_it_needs_the_role_at_every_site(client, opened):
    held = trial.person("stefan").roles_held.get(site__code="AFU")
    held.ends_on = held.starts_on
    with act(by="system:tests"):
        held.save()
    sign_in(client, "stefan")
    assert client.get("/reports/final/").status_code == 403


def test_the_rehearsal_says_that_its_arms_are_dummies(client):
    sign_in(client, "stefan")
    page = client.get("/reports/rehearsal/").content.decode()
    assert "dummies" in page and "unblinded-page" not in page


@pytest.mark.req("BLI-12")
@pytest.mark.finding("F-504")
def test_what_was_changed_after_the_opening_is_listed_in_the_final_report(client, opened):
    sign_in(client, "stefan")
    client.post("/reports/final/", {"reason": "The final analysis"})
    assert "No value of a subject was changed after the list" in client.get("/reports/final/").content.decode()
    with seeing(Site.objects.all()):
        request = lock.ask_to_lift(by=trial.person("dana"), reason="A value is wrong")
        for name in ("mark", "ines", "isaac"):
            lock.consent(request=request, by=trial.person(name))
        trial.change(trial.subject("JER-001"), "W1", "VITALS", "ines", reason="Read off wrongly", weight="71.5")
        trial.lock_study()
    assert client.get("/reports/final/").status_code == 409  # the approvals ended with the lock
    for name in ("david", "mark"):
        sign_in(client, name)
        client.post("/reports/opening/", {"reason": "Reviewed once more"})
    sign_in(client, "stefan")
    client.post("/reports/final/", {"reason": "The final analysis"})
    page = client.get("/reports/final/").content.decode()
    assert "Read off wrongly" in page and "71.5" in page and "Ines, investigator" in page


@pytest.mark.req("BLI-10")
@pytest.mark.req("BLI-11")
@pytest.mark.req("PRV-06")
def test_the_data_with_the_arms_are_for_who_may_read_the_unblinded_report_once_it_is_open(client, locked):
    address, wanted = "/reports/data/unblinded/", {"formats": ["csv"], "purpose": "The statistician's own program"}
    sign_in(client, "stefan")
    assert client.post(address, wanted).status_code == 409
    assert noted()[-1] == ("stefan", "unblinded data", "zip", True)
    for name in ("stefan", "david"):
        sign_in(client, name)
        client.post("/reports/opening/", {"reason": "The data review is complete"})
    for name in ("dana", "mark", "ines", "aude"):  # the blinded never, whoever opened the list
        sign_in(client, name)
        assert client.post(address, wanted).status_code == 403
    sign_in(client, "stefan", fresh=False)
    assert "reauthenticate" in client.post(address, wanted).headers["Location"]
    sign_in(client, "stefan")
    assert client.post(address, wanted | {"purpose": " "}).status_code == 200
    output = client.post(address, wanted).headers["Location"]
    page = client.get(output).content.decode()
    file = client.get(re.search(r'href="(/outputs/\d+/files/[^"]+)"', page)[1])
    assert "UNBLINDED" in file.headers["Content-Disposition"]
    content = b"".join(file.streaming_content) if file.streaming else file.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive, seeing(Site.objects.all()):
        truth = final.opened_arms()
        for name in ("subjects", "visits", "analysis", "analysis_wide", "completeness"):
            rows = list(csv.DictReader(archive.read(f"csv/{name}.csv").decode().splitlines()))
            told = {row["subject"]: row["arm"] for row in rows if row["arm"]}
            assert told and told.items() <= truth.to_dict().items(), name
        assert json.loads(archive.read("manifest.json"))["marks"][0] == "UNBLINDED"
    row = ExportLog.objects.order_by("pk").last()
    assert (row.what, row.is_unblinded, row.purpose) == ("unblinded data", True, wanted["purpose"])
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    sign_in(client, "dana")
    assert client.get(output).status_code == 404


# -- the sites, after the opening


@pytest.mark.req("BLI-14")
def test_after_the_opening_each_investigator_is_told_what_the_own_subjects_took_and_that_is_on_record(client, opened):
    with seeing(Site.objects.all()):
        truth = final.opened_arms()
    labels = {arm.code: arm.label for arm in served.ARMS}
    for who, own, other in (("ines", trial.TREATED, trial.ELSEWHERE), ("isaac", trial.ELSEWHERE, trial.TREATED)):
        sign_in(client, who)
        assert "/reports/treatments/" in client.get("/reports/").content.decode()
        page = client.get("/reports/treatments/").content.decode()
        assert re.search(rf"{own}</th><td>[^<]+</td><td>{re.escape(labels[truth[own]])}</td>", page)
        assert other not in page and "UNBLINDED" in page
        assert noted()[-1] == (who, "treatments-of-own-subjects", "page", False)
        assert ExportLog.objects.order_by("pk").last().purpose == f"Told of {own}"
    sign_in(client, "ines", fresh=False)
    assert client.get("/reports/treatments/").status_code == 302
    sign_in(client, "clara")
    assert client.get("/reports/treatments/").status_code == 403


@pytest.mark.req("BLI-14")
def test_before_the_opening_no_investigator_is_told(client, locked):
    sign_in(client, "ines")
    answer = client.get("/reports/treatments/")
    assert answer.status_code == 409 and "two people have opened the list" in answer.content.decode()


# -- the second programmer


def second(report: str, capsys) -> str:
    call_command("second", report, "--with", "r", "--by", "stefan", "--purpose", "Before it is signed")
    return capsys.readouterr().out


def test_the_second_program_of_the_final_report_is_refused_before_the_opening_and_the_request_is_kept(capsys):
    with pytest.raises(CommandError, match="not to be had yet"):
        second("final", capsys)
    assert noted()[-1] == ("stefan", "final report, second program", "r", True)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed here")
def test_r_agrees_with_the_final_report_of_very_few_subjects(opened, capsys):
    said = second("final", capsys)
    assert re.match(r"\d+ numbers compared, 0 differing beyond 1e-08\.", said), said
    assert noted()[-1] == ("stefan", "final report, second program", "r", False)
