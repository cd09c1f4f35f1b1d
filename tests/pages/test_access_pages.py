"""The pages of accounts, roles and sites, of sign-ins, old drafts and exports, as people use them."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crf.actions import drafts, export_log, roles
from crf.models import AccessReview, AuditEntry, Draft, RoleHeld, SignIn, Site, SiteApproval, User
from crf.spec import dates
from tests import trial
from tests.accounts import fresh, second_factor
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db


def as_(client, name):
    client.force_login(trial.person(name))
    return client


def text_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def today():
    return timezone.now().date()


# -- accounts and roles


@pytest.mark.req("ACC-05")
def test_an_account_is_opened_and_given_a_role_by_its_pages(client):
    as_(client, "adam")
    answer = client.post(
        "/people/new/", {"name": "Lea Katz", "username": "lea.katz", "organisation": "Emek", "email": "lea@example.org"}
    )
    assert answer.headers["Location"] == "/people/account/lea.katz/"
    day = today().isoformat()
    client.post(
        "/people/account/lea.katz/roles/new/",
        {
            "role": "rater",
            "site": Site.objects.get(code="AFU").pk,
            "trained_on": day,
            "delegated_on": day,
            "starts_on": day,
            "ends_on": "",
        },
    )
    assert User.objects.get(username="lea.katz").sites_as("rater")
    page = text_of(client, "/people/account/lea.katz/")
    assert "Rater" in page and "Never signed in" in page
    assert "Rater: Afula" in text_of(client, "/people/?q=katz")


@pytest.mark.req("ACC-04")
def test_duties_that_stay_apart_are_said_on_the_page(client):
    as_(client, "adam")
    day = today().isoformat()
    answer = client.post(
        "/people/account/clara/roles/new/",
        {
            "role": "data_manager",
            "site": Site.objects.get(code="JER").pk,
            "trained_on": day,
            "delegated_on": day,
            "starts_on": day,
        },
    )
    assert answer.status_code == 409
    assert "One account cannot both enter data and lock the study." in answer.content.decode()
    assert not RoleHeld.objects.filter(user__username="clara", role="data_manager").exists()


def test_an_account_is_disabled_and_enabled_by_its_page(client):
    as_(client, "adam")
    assert "Disable the account of Clara?" in text_of(client, "/people/account/clara/state/")
    client.post("/people/account/clara/state/", {"reason": "Left the trial"})
    assert "Enable the account of Clara?" in text_of(client, "/people/account/clara/state/")
    assert "Left the trial" in text_of(client, "/people/account/clara/")
    client.post("/people/account/clara/state/", {"reason": "Came back"})
    assert trial.person("clara").is_active


def test_a_second_click_on_disable_does_not_enable_again(client):
    as_(client, "adam")
    sent = {"reason": "Left the trial", "shown": "disabled"}
    assert [client.post("/people/account/clara/state/", sent).status_code for _ in range(2)] == [302, 409]
    assert not trial.person("clara").is_active


def test_the_own_account_offers_nothing_that_would_be_refused(client):
    page = text_of(as_(client, "adam"), "/people/account/adam/")
    assert "your own account" in page and "Disable" not in page and "Give a role" not in page


def test_the_demo_shows_the_link_because_it_sends_no_mail(client, settings):
    fresh(client, "adam")
    post = {"name": "Lea Katz", "username": "lea.katz", "organisation": "Emek", "email": "lea@example.org"}
    assert "/accounts/password/reset/key/" not in client.post("/people/new/", post, follow=True).content.decode()
    settings.DEMO = True
    again = client.post("/people/account/lea.katz/link/", {"reason": "The mail was lost"}, follow=True)
    assert "/accounts/password/reset/key/" in again.content.decode()


@pytest.mark.req("ACC-02")
def test_an_administrator_of_one_site_finds_nothing_of_the_other(client):
    held = trial.person("adam").roles_held.get(site__code="AFU")
    from crf.actions.act import act

    held.ends_on, held.ended_at = today(), timezone.now()
    with act(by="system:tests"):
        held.save()
    as_(client, "adam")
    carls = trial.person("carl").roles_held.get()
    assert client.get("/sites/AFU/").status_code == 404
    assert client.post("/sites/AFU/activate/").status_code == 404
    assert client.get(f"/people/roles/{carls.pk}/end/").status_code == 404
    assert "Afula" not in text_of(client, "/people/roles/")
    assert "Afula" not in text_of(client, "/sites/")


# -- who had which role


@pytest.mark.req("ACC-07")
def test_who_had_which_role_on_a_past_day_is_a_page_and_a_file(client):
    as_(client, "adam")
    client.post(f"/people/roles/{trial.person('clara').roles_held.get().pk}/end/", {"reason": "Left", "last_day": ""})
    as_(client, "aude")
    then, tomorrow = (today() + timedelta(days=days) for days in (-50, 1))
    assert "clara" in text_of(client, f"/people/roles/?on={then}")
    assert "clara" not in text_of(client, f"/people/roles/?on={tomorrow}")
    assert "Nobody had a role" in text_of(client, f"/people/roles/?on={today() - timedelta(days=400)}")
    answer = client.get(f"/people/roles.csv?on={then}")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert f"roles-on-{then}.csv" in answer.headers["Content-Disposition"]
    clara = next(row for row in rows if row["username"] == "clara")
    assert (clara["role"], clara["site"], clara["last_day"]) == ("Coordinator", "Jerusalem", str(today()))
    assert len(rows) == sum(len(sites) for _, sites in trial.PEOPLE.values())


@pytest.mark.req("SEC-13")
def test_no_cell_of_a_file_can_be_taken_for_a_formula():
    from analysis.papers import numbers, spreadsheet
    from crf.exchange.cells import as_csv, harmless

    assert spreadsheet.harmless is numbers.harmless is harmless  # one guard, for every file
    for led in ("\n=1", "\r=1", "＝1", "＋1", "－1", "＠x"):
        assert harmless(led) == f"'{led}"
    assert as_csv(["a"], [["=1+1"], ["+1"], ["-1"], ["@x"], ["\tx"], ["x"], [None]]).splitlines() == [
        "a",
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "x",
        '""',
    ]


def test_a_day_that_is_none_is_today(client):
    assert dates.day(today()) in text_of(as_(client, "aude"), "/people/roles/?on=2026-99-99")


# -- reviews, sites


@pytest.mark.req("ACC-08")
def test_the_review_is_asked_for_when_it_is_due_and_recorded(client, monkeypatch):
    as_(client, "adam")
    assert "Review them now" not in text_of(client, "/people/")
    monkeypatch.setattr("crf.views.accounts.due_on", lambda: today() - timedelta(days=1))
    assert "Review them now" in text_of(client, "/people/")
    assert "Coordinator, JER" in text_of(client, "/people/review/")
    client.post("/people/review/", {"finding": "All as delegated"})
    assert AccessReview.objects.get().reviewed_by.username == "adam"
    assert "All as delegated" in text_of(client, "/people/review/")


@pytest.mark.req("ACC-10")
def test_a_site_shows_what_it_lacks_and_is_activated_by_its_page(client):
    from crf.actions.act import act

    site = Site.objects.get(code="AFU")
    site.activated_on = None
    with act(by="system:tests"):
        site.save(update_fields=["activated_on"])
    as_(client, "adam")
    page = text_of(client, "/sites/AFU/")
    assert "Approval of the ethics committee" in page and "Activate Afula" not in page
    assert client.post("/sites/AFU/activate/").status_code == 409
    for what in ("ETHICS", "AUTHORITY", "CONTRACT", "INITIATION"):
        client.post("/sites/AFU/", {"what": what, "approved_on": site.today().isoformat(), "reference": "EC 12/26"})
    with seeing(Site.objects.all()):
        assert SiteApproval.objects.filter(recorded_by__username="adam").count() == 4
    assert "Activate Afula" in text_of(client, "/sites/AFU/")
    client.post("/sites/AFU/activate/")
    assert Site.objects.get(code="AFU").activated_on == site.today()


# -- sign-ins


@pytest.mark.req("AUD-14")
def test_signing_in_failing_and_signing_out_are_written_down(client):
    login = "/accounts/login/"
    client.post(login, {"login": "clara", "password": "not this one"}, headers={"User-Agent": "A browser\nof hers"})
    client.post(login, {"login": "my-secret-password", "password": "x"})
    client.post(login, {"login": "clara", "password": trial.PASSWORD})
    client.post("/accounts/logout/")
    found = SignIn.objects.order_by("pk").values_list("kind", "user__username", "address")
    here = "127.0.0.1"
    kinds = [("failed", "clara"), ("failed", None), ("in", "clara"), ("out", "clara")]
    assert list(found) == [(kind, person, here) for kind, person in kinds]
    as_(client, "aude")
    page = text_of(client, "/people/sign-ins/")
    assert "A name that nobody has" in page and "my-secret-password" not in page
    assert "Signed out" in text_of(client, "/people/sign-ins/?who=clara&kind=out")
    assert "Failed" in text_of(client, "/people/sign-ins/?kind=failed")


@pytest.mark.req("AUD-14")
def test_what_was_written_down_stays():
    from django.db import transaction
    from django.db.utils import ProgrammingError

    SignIn.objects.create(at=timezone.now(), kind="in", user=trial.person("clara"))
    for wrong in (lambda: SignIn.objects.update(kind="out"), lambda: SignIn.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            wrong()


@pytest.mark.req("AUD-14")
def test_a_failure_at_the_second_factor_is_written_down(client):
    second_factor(trial.person("clara"))
    client.post("/accounts/login/", {"login": "clara", "password": trial.PASSWORD})
    assert not SignIn.objects.filter(kind="in").exists()
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert SignIn.objects.get(kind="failed_code").user.username == "clara"


# -- drafts and exports


@pytest.fixture
def left_behind():
    """Ruth typed a HAMD two days ago, and Ines vital signs an hour ago; neither was saved."""
    with seeing(Site.objects.all()):
        from crf import trial as served

        subject = trial.subject("JER-001")
        for name, form, typed, hours in (("ruth", "HAMD", {"mood": "4"}, 49), ("ines", "VITALS", {"pulse": "137"}, 1)):
            draft = drafts.keep(
                form=served.form(form),
                subject=subject,
                visit=trial.visit_of(subject, "W3"),
                by=trial.person(name),
                changes=typed,
            )
            Draft.objects.filter(pk=draft.pk).update(kept_at=timezone.now() - timedelta(hours=hours))


def test_a_draft_older_than_a_day_is_listed_without_its_values(client, left_behind):
    for who in ("clara", "dana"):
        page = text_of(as_(client, who), "/drafts/")
        assert "Hamilton Depression Rating Scale" in page and "Ruth" in page and "JER-001" in page
        assert "Vital signs" not in page and "137" not in page
        work = text_of(client, "/")
        assert "Drafts older than a day" in work and "typed by Ruth" in work


def test_the_other_site_and_other_roles_do_not_see_it(client, left_behind):
    assert "Ruth" not in text_of(as_(client, "carl"), "/drafts/")
    assert "Drafts older than a day" not in text_of(as_(client, "mona"), "/")


def test_what_was_typed_is_not_even_fetched(client, left_behind):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_(client, "clara")
    with CaptureQueriesContext(connection) as captured:
        client.get("/drafts/")
    with connection.cursor() as cursor:  # what is planned once runs by its name
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        planned = dict(cursor.fetchall())
    sent = [query["sql"] for query in captured.captured_queries]
    sent += [planned[sql.split("(")[0].split()[1]] for sql in sent if sql.startswith("EXECUTE")]
    statements = [sql for sql in sent if 'FROM "crf_draft"' in sql]
    assert statements
    assert not [sql for sql in statements if '"answers"' in sql or '"fired"' in sql]


@pytest.mark.req("PRV-06")
def test_every_export_is_listed_with_who_when_why_and_its_hash(client):
    export_log.note_export(
        by=trial.person("stefan"), what="blinded report", format="csv", sha256="ab" * 32, purpose="Data review"
    )
    export_log.note_export(by=trial.person("mona"), what="final report", format="pdf", was_refused=True)
    for who in ("aude", "dana"):
        page = text_of(as_(client, who), "/exports/")
        for said in ("Stefan", "blinded report, csv", "ab" * 32, "Data review", "Handed out", "Refused"):
            assert said in page, said
    assert "Stefan" not in text_of(client, "/exports/?who=mona")


@pytest.mark.req("AUD-14")
def test_the_account_page_shows_what_was_changed_and_by_whom(client):
    fresh(client, "adam")
    corrected = {"name": "Clara Levi", "organisation": "Emek", "email": "c@example.org"}
    client.post("/people/account/clara/correct/", corrected)
    page = text_of(client, "/people/account/clara/")
    assert "Account changed: last name, organisation" in page and "Account changed: e-mail" in page and "adam" in page
    assert AuditEntry.objects.filter(table="crf_user", actor_name="adam").exists()


@pytest.mark.finding("F-804")
def test_a_change_of_access_waits_on_the_pages_until_a_second_administrator_decides(client):
    from django.test import Client

    from tests.accounts import administrator

    administrator("bela")
    fresh(client, "adam")
    link = {"reason": "Lost the telephone", "forget_second_factor": "on"}
    assert (
        "It waits for a second administrator"
        in client.post("/people/account/ines/link/", link, follow=True).content.decode()
    )
    assert "Take it back" in text_of(client, "/people/account/ines/change/")
    assert client.post("/people/account/ines/change/", {"decision": "confirm"}).status_code == 403
    bela = fresh(Client(), "bela")
    assert "a new password and a new second factor, asked for by Adam" in text_of(bela, "/people/")
    assert "Lost the telephone" in text_of(bela, "/people/account/ines/change/")
    bela.post("/people/account/ines/change/", {"decision": "confirm"})
    page = text_of(bela, "/people/account/ines/")
    assert "the account signs nothing" in page and "Change of access confirmed" in page
    SignIn.objects.create(at=timezone.now(), kind="in", user=trial.person("ines"))
    bela.post("/people/account/ines/identity/", {"reason": "Seen with a passport"})
    page = text_of(bela, "/people/account/ines/")
    assert "the account signs nothing" not in page and "Seen with a passport" in page
    assert bela.get("/people/account/ines/change/").status_code == 404


@pytest.mark.finding("F-302")
def test_mistyped_dates_of_a_role_are_corrected_on_a_page_and_the_account_tells_both(client, db):
    day, later = today(), today() + timedelta(days=300)
    held = roles.give_role(
        user=trial.person("nora"),
        site=Site.objects.get(code="JER"),
        role="monitor",
        starts_on=later,
        trained_on=day,
        delegated_on=day,
        by=trial.person("adam"),
    )
    client.force_login(trial.person("adam"))
    page = f"/people/roles/{held.pk}/correct/"
    assert page in client.get("/people/account/nora/").content.decode()
    sent = dict.fromkeys(("trained_on", "delegated_on", "starts_on"), str(day))
    sent |= {"ends_on": "", "reason": "Month mistyped"}
    assert client.post(page, sent | {"reason": ""}).status_code == 200
    assert client.post(page, sent).headers["Location"] == "/people/account/nora/"
    said = " ".join(re.sub(r"<[^>]+>", " ", client.get("/people/account/nora/").content.decode()).split())
    assert f"starts on {dates.day(later)} → {dates.day(day)}" in said
    assert "Month mistyped" in said
