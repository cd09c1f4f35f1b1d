"""Accounts: one person each, opened by a link that works once, and gone at once when disabled."""

import re

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from crf.actions import access_review, accounts, outbox, roles, sites
from crf.actions.act import act
from crf.models import AccessReview, AuditEntry, SignIn, Site, SiteApproval, User
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from crf.rules.access import APPROVALS
from tests import trial
from tests.accounts import second_factor
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
LEA = {"username": "lea.katz", "name": "Lea Katz", "organisation": "Test organisation", "email": "lea@example.org"}
NEW = "a new Pass phrase 42"


@pytest.fixture
def adam():
    return trial.person("adam")


def opened(**other) -> User:
    return accounts.open_account(**LEA | other, by=trial.person("adam"))


def link_in(message) -> str:
    return re.search(r"https?://\S+?(/accounts/\S+)", message.body)[1]


def set_password(client, link: str, password: str):
    """As the person does who follows the link: allauth keeps the key in the session and asks at a second address."""
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(address, {"password1": password, "password2": password})


# -- opening


@pytest.mark.req("ACC-05")
def test_the_person_sets_the_password_and_nobody_else_ever_knows_one(client):
    user = opened()
    outbox.send_due()
    assert not user.has_usable_password()
    (message,) = mail.outbox
    assert message.to == ["lea@example.org"] and "lea.katz" in message.body
    set_password(client, link_in(message), NEW)
    assert authenticate(username="lea.katz", password=NEW) == user


@pytest.mark.req("ACC-05")
def test_the_link_works_once(client):
    opened()
    outbox.send_due()
    link = link_in(mail.outbox[0])
    set_password(client, link, NEW)
    client.logout()
    set_password(client, link, "somebody Elses phrase 43")
    assert authenticate(username="lea.katz", password=NEW)


@pytest.mark.req("ACC-05")
@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"username": "coordinator1"}, "belongs to one person"),
        ({"username": "site.admin"}, "belongs to one person"),
        ({"name": "Study Nurse"}, "belongs to one person"),
        ({"name": "Lea"}, "belongs to one person"),
        ({"username": "le a"}, "letters, digits"),
        ({"email": "nowhere"}, "not an e-mail"),
        ({"email": "CLARA@example.org"}, "One person has one account"),
        ({"username": "Clara"}, "never given twice"),
    ],
)
def test_an_account_that_stands_for_nobody_in_particular_or_for_somebody_twice_is_refused(other, word):
    with pytest.raises(Refusal, match=word):
        opened(**other)


@pytest.mark.req("SIG-06")
def test_a_retired_username_stays_reserved(adam):
    accounts.disable(user=trial.person("clara"), by=adam, reason="Left the trial")
    with pytest.raises(Refusal, match="never given twice"):
        opened(username="clara")
    with pytest.raises(AlreadySettled, match="at the same moment"), act(by="system:tests"):
        User.objects.create_user(username="CLARA")


@pytest.mark.req("SIG-06")
def test_a_username_is_never_changed_and_no_account_deleted():
    clara = trial.person("clara")
    clara.username = "somebody"
    with pytest.raises(Refusal, match="never changed"), act(by="system:tests"):
        clara.save(update_fields=["username"])
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM crf_user WHERE id = %s", [clara.pk])


@pytest.mark.req("ACC-04")
@pytest.mark.parametrize("by", sorted(set(trial.PEOPLE) - {"adam"}))
def test_only_the_administrator_opens_and_disables_accounts(by):
    by = trial.person(by)
    clara = trial.person("clara" if by.username != "clara" else "carl")
    for deed in (
        lambda: accounts.open_account(**LEA, by=by),
        lambda: accounts.disable(user=clara, by=by, reason="x"),
        lambda: accounts.send_link(user=clara, by=by, reason="x"),
        lambda: accounts.correct_account(user=clara, name="Clara Levi", organisation="x", email="c@example.org", by=by),
        lambda: access_review.review(by=by, finding="x"),
        lambda: sites.activate(site=Site.objects.first(), by=by),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.req("AUD-14")
def test_opening_and_correcting_an_account_is_on_the_trail_without_any_password():
    user = opened()
    accounts.correct_account(
        user=user, name="Lea Katz Levi", organisation="Elsewhere", email=user.email, by=trial.person("adam")
    )
    first, _, second = AuditEntry.objects.filter(table="crf_user", record=user.pk).order_by("sequence")
    assert (first.actor_name, first.role, first.operation) == ("adam", "administrator", "INSERT")
    assert second.changes["organisation"] == ["Test organisation", "Elsewhere"]
    assert first.changes["password"] == ["***", "***"]


# -- ending


@pytest.mark.req("ACC-09")
def test_a_disabled_account_is_out_at_once_with_all_its_sessions_and_roles(client, adam):
    client.force_login(trial.person("clara"))
    assert client.get("/subjects/").status_code == 200
    accounts.disable(user=trial.person("clara"), by=adam, reason="Left the trial")
    assert client.get("/subjects/").status_code == 302
    clara = trial.person("clara")
    assert not clara.current_roles and not clara.has_usable_password()
    assert authenticate(username="clara", password=trial.PASSWORD) is None


@pytest.mark.req("ACC-09")
@pytest.mark.parametrize("change", ["given", "ended"])
def test_every_session_of_a_person_ends_when_a_role_changes(client, adam, change):
    from django.test import Client
    from django.utils import timezone

    desks = [client, Client()]
    for desk in desks:
        desk.force_login(trial.person("clara"))
        assert desk.get("/subjects/").status_code == 200
    clara, today = trial.person("clara"), timezone.now().date()
    if change == "given":
        roles.give_role(
            user=clara,
            site=Site.objects.get(code="AFU"),
            role="coordinator",
            starts_on=today,
            trained_on=today,
            delegated_on=today,
            by=adam,
        )
    else:
        roles.end_role(held=clara.roles_held.get(), by=adam, reason="Left the trial")
    for desk in desks:
        assert desk.get("/subjects/").headers["Location"].startswith("/accounts/login/")
    assert SignIn.objects.filter(user=clara, kind=SignIn.Kind.ENDED).exists()
    client.force_login(trial.person("clara"))
    assert client.get("/accounts/sessions/").status_code == 200


@pytest.mark.req("ACC-09")
def test_the_sessions_of_others_go_on(client, adam):
    client.force_login(trial.person("carl"))
    accounts.disable(user=trial.person("clara"), by=adam, reason="Left the trial")
    assert client.get("/subjects/").status_code == 200


def test_who_comes_back_gets_a_new_password_and_no_old_role(adam):
    accounts.disable(user=trial.person("clara"), by=adam, reason="Left the trial")
    with pytest.raises(AlreadySettled):
        accounts.disable(user=trial.person("clara"), by=adam, reason="Left the trial")
    accounts.enable(user=trial.person("clara"), by=adam, reason="Came back")
    outbox.send_due()
    clara = trial.person("clara")
    assert clara.is_active and not clara.current_roles and mail.outbox[0].to == ["clara@example.org"]


@pytest.mark.req("SIG-10")
def test_a_new_link_takes_the_password_and_the_second_factor_away(adam, client):
    from allauth.mfa.models import Authenticator

    clara = trial.person("clara")
    second_factor(clara)
    client.force_login(clara)
    accounts.send_link(user=clara, by=adam, reason="Lost the telephone", forget_second_factor=True)
    outbox.send_due()
    assert authenticate(username="clara", password=trial.PASSWORD) is None
    assert not Authenticator.objects.filter(user=clara).exists()
    assert client.get("/").status_code == 302
    assert [message.to for message in mail.outbox] == [["clara@example.org"]] * 2, "the notice, and the link"


def test_nobody_decides_about_the_own_account(adam):
    for deed in (accounts.disable, accounts.enable, accounts.send_link):
        with pytest.raises(NotAllowed, match="your own"):
            deed(user=trial.person("adam"), by=adam, reason="x")


# -- reviews and sites


@pytest.mark.req("ACC-08")
def test_a_review_is_recorded_with_what_was_looked_at_and_sets_the_next_date(adam):
    due = access_review.due_on()
    review = access_review.review(by=adam, finding="All as delegated")
    assert ["clara", True, "Coordinator, JER"] in review.seen
    assert access_review.due_on() >= due
    with pytest.raises(ProgrammingError), transaction.atomic():
        AccessReview.objects.update(finding="x")


@pytest.mark.req("ACC-08")
def test_a_review_wants_a_finding(adam):
    with pytest.raises(Refusal, match="what you found"):
        access_review.review(by=adam, finding=" ")


@pytest.fixture
def new_site():
    """Jerusalem before it began."""
    site = Site.objects.get(code="JER")
    site.activated_on = None
    with act(by="system:tests"):
        site.save(update_fields=["activated_on"])
    with seeing(Site.objects.all()):
        yield site


@pytest.mark.req("ACC-10")
def test_a_site_is_activated_only_when_every_approval_is_on_record(adam, new_site):
    from crf.actions import enrol

    for what, word in APPROVALS.items():
        with pytest.raises(NotYet) as refused:
            sites.activate(site=new_site, by=adam)
        assert word in refused.value.details
        sites.record_approval(site=new_site, what=what, approved_on=new_site.today(), reference="A-1", by=adam)
    with pytest.raises(NotYet, match="not activated"):
        enrol.enrol(site=new_site, screened_on=new_site.today(), by=trial.person("ines"))
    site = sites.activate(site=new_site, by=adam)
    assert site.activated_on == site.today()
    assert enrol.enrol(site=site, screened_on=site.today(), by=trial.person("ines")).number
    with pytest.raises(AlreadySettled):
        sites.activate(site=site, by=adam)


@pytest.mark.req("ACC-10")
def test_an_approval_stays_as_it_was_recorded(adam, new_site):
    from datetime import timedelta

    with pytest.raises(Refusal, match="future"):
        sites.record_approval(
            site=new_site, what="ETHICS", approved_on=new_site.today() + timedelta(days=1), reference="A-1", by=adam
        )
    sites.record_approval(site=new_site, what="ETHICS", approved_on=new_site.today(), reference="A-1", by=adam)
    with pytest.raises(AlreadySettled):
        sites.record_approval(site=new_site, what="ETHICS", approved_on=new_site.today(), reference="A-1", by=adam)
    with pytest.raises(ProgrammingError), transaction.atomic():
        SiteApproval.objects.update(reference="B-2")
