"""An administrator acts on accounts of the own sites only, and never alone on who signs (SIG-10)."""

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from crf.actions import access_changes, accounts, roles, sign
from crf.actions.act import act
from crf.chart.signed_content import content_of
from crf.models import AccessChange, AuditEntry, SecondFactor, SignIn, Site, User
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from tests import trial
from tests.accounts import administrator, mails_leave_at_once, second_factor
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.req("SIG-10")]
F_804, F_806 = pytest.mark.finding("F-804"), pytest.mark.finding("F-806")
ELSEWHERE = "adams-own-mailbox@example.org"


@pytest.fixture(autouse=True)
def at_once():
    with mails_leave_at_once():
        yield


@pytest.fixture
def adam():
    return trial.person("adam")


@pytest.fixture
def bela():
    return administrator("bela")


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """sent(deed): what the deed mailed, as (to, text)."""

    def of(deed):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            deed()
        return [(message.to[0], message.body) for message in mail.outbox]

    return of


def new_address(by, user="ines", email=ELSEWHERE):
    user = trial.person(user)
    return accounts.correct_account(user=user, name="Ines Investigator", organisation="x", email=email, by=by)


def new_link(by, user="ines"):
    user = trial.person(user)
    return accounts.send_link(user=user, by=by, reason="Lost the telephone", forget_second_factor=True)


def signs(name="ines") -> bool:
    """Whether the person can sign the casebook of JER-001."""
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        try:
            sign.sign_casebook(subject=subject, shown_sha256=content_of(subject).sha256, by=trial.person(name))
        except NotYet as refused:
            assert "nobody else has confirmed" in refused.sentence
            return False
    return True


# -- who signs


@F_804
def test_one_administrator_alone_changes_neither_the_address_nor_the_second_factor_of_who_signs(adam):
    secret = second_factor(trial.person("ines"))
    assert new_address(adam).state == AccessChange.State.WAITING
    ines = trial.person("ines")
    assert ines.email == "ines@example.org" and secret
    access_changes.decide(change=AccessChange.objects.get(), is_confirmed=False, by=adam)
    assert new_link(adam).state == AccessChange.State.WAITING
    assert authenticate(username="ines", password=trial.PASSWORD) == ines
    assert SecondFactor.objects.filter(user=ines).count() == 1


@F_804
def test_the_one_who_asked_does_not_confirm_and_the_database_refuses_it_too(adam):
    change = new_address(adam)
    with pytest.raises(NotAllowed, match="Another administrator"):
        access_changes.decide(change=change, is_confirmed=True, by=adam)
    with pytest.raises(IntegrityError), transaction.atomic(), act(by=adam, reason="x"):
        AccessChange.objects.update(state="confirmed", decided_by=adam, decided_at=timezone.now())


@F_804
def test_the_person_is_told_at_the_old_address_when_it_is_asked_for_and_when_it_is_done(adam, bela, sent):
    (told,) = sent(lambda: new_address(adam))
    assert told[0] == "ines@example.org" and "Adam" in told[1] and ELSEWHERE not in told[1]
    (told,) = sent(lambda: access_changes.decide(change=AccessChange.objects.get(), is_confirmed=True, by=bela))
    assert told[0] == "ines@example.org" and "was changed" in told[1]
    assert trial.person("ines").email == ELSEWHERE


@F_804
def test_after_a_confirmed_change_nobody_signs_until_another_administrator_says_who_it_is(adam, bela):
    assert signs()
    access_changes.decide(change=new_link(adam), is_confirmed=True, by=bela)
    ines = trial.person("ines")
    assert authenticate(username="ines", password=trial.PASSWORD) is None
    assert not SecondFactor.objects.filter(user=ines).exists()
    assert not signs()
    with pytest.raises(NotYet, match="has not signed in since"):
        access_changes.confirm_identity(user=ines, how="Seen with a passport", by=bela)
    SignIn.objects.create(at=timezone.now(), kind=SignIn.Kind.IN, user=ines)
    with pytest.raises(NotAllowed, match="Another administrator"):
        access_changes.confirm_identity(user=ines, how="Seen with a passport", by=adam)
    access_changes.confirm_identity(user=ines, how="Seen with a passport", by=bela)
    assert signs()
    entry = AuditEntry.objects.filter(table="crf_user", record=ines.pk).order_by("-sequence").first()
    assert (entry.actor_name, entry.reason) == ("bela", "Seen with a passport")


@F_804
def test_the_database_takes_no_signature_of_a_person_in_doubt(adam, bela):
    access_changes.decide(change=new_link(adam), is_confirmed=True, by=bela)
    stale = trial.person("ines")
    stale.identity_doubted_at = None  # as a page that was opened before
    with seeing(Site.objects.all()):
        subject = trial.subject("JER-001")
        shown = content_of(subject).sha256
        with pytest.raises(Refusal, match="Nothing was signed"):
            sign.sign_casebook(subject=subject, shown_sha256=shown, by=stale)


@F_804
def test_the_way_round_by_ending_the_role_first_is_closed(adam):
    roles.end_role(held=trial.person("ines").roles_held.get(), by=adam, reason="Trying")
    assert new_address(adam).state == AccessChange.State.WAITING


@F_804
def test_an_account_that_one_administrator_made_up_does_not_sign(adam):
    accounts.open_account(
        username="lea.katz", name="Lea Katz", organisation="x", email=ELSEWHERE, by=adam, password=trial.PASSWORD
    )
    today = timezone.now().date()
    given = {"starts_on": today, "trained_on": today, "delegated_on": today}
    roles.give_role(
        user=trial.person("lea.katz"), site=Site.objects.get(code="JER"), role="investigator", by=adam, **given
    )
    assert not signs("lea.katz")


def test_one_change_waits_at_a_time_and_none_for_longer_than_a_week(adam, bela):
    change = new_address(adam)
    with pytest.raises(AlreadySettled):
        new_link(adam)
    with act(by="system:tests", reason="x"):
        AccessChange.objects.update(asked_at=timezone.now() - access_changes.WAITS * 2)
    with pytest.raises(Refusal, match="more than a week"):
        access_changes.decide(change=change, is_confirmed=True, by=bela)
    assert new_link(adam).pk != change.pk


def test_who_does_not_sign_is_helped_by_one_administrator_and_told_of_it(adam, sent):
    told = dict(sent(lambda: new_address(adam, user="clara", email="clara.levi@example.org")))
    clara = trial.person("clara")
    assert clara.email == "clara.levi@example.org" and clara.email_confirmed_at is None
    assert "was changed by Adam" in told["clara@example.org"]


def test_setting_up_and_losing_a_second_factor_is_on_the_trail_without_its_secret(adam):
    clara = trial.person("clara")
    second_factor(clara, "JBSWY3DPEHPK3PXP")
    new_link(adam, user="clara")
    made, gone = AuditEntry.objects.filter(table="mfa_authenticator").order_by("sequence")
    assert (made.actor_name, made.operation, gone.actor_name, gone.operation) == ("clara", "INSERT", "adam", "DELETE")
    assert set(made.changes) == {"type", "user_id"}


# -- own sites


@pytest.fixture
def afula():
    """An administrator of the other site alone."""
    return administrator("anat", sites=("AFU",))


@F_806
@pytest.mark.req("ACC-02")
def test_an_administrator_of_one_site_does_nothing_to_accounts_of_another(afula):
    clara = trial.person("clara")
    today = timezone.now().date()
    for deed in (
        lambda: accounts.disable(user=clara, by=afula, reason="x"),
        lambda: accounts.send_link(user=clara, by=afula, reason="x"),
        lambda: new_address(afula, user="clara"),
        lambda: access_changes.ask(user=clara, kind="link", reason="x", by=afula),
        lambda: roles.give_role(
            user=clara,
            site=Site.objects.get(code="AFU"),
            role="coordinator",
            starts_on=today,
            trained_on=today,
            delegated_on=today,
            by=afula,
        ),
    ):
        with pytest.raises(NotAllowed, match="not one of your sites"):
            deed()
    assert authenticate(username="clara", password=trial.PASSWORD)


@F_806
def test_who_holds_a_role_at_both_sites_is_not_one_administrators_alone(afula):
    with pytest.raises(Refusal, match="a site that you do not administer"):
        accounts.disable(user=trial.person("mona"), by=afula, reason="x")
    assert accounts.disable(user=trial.person("carl"), by=afula, reason="Left").is_active is False


@F_806
def test_an_account_without_a_role_is_of_whoever_opened_it(afula):
    lea = accounts.open_account(username="lea.katz", name="Lea Katz", organisation="x", email="l@example.org", by=afula)
    accounts.send_link(user=lea, by=afula, reason="The mail was lost")
    nora = User.objects.get(username="nora")
    with pytest.raises(NotAllowed):
        accounts.send_link(user=nora, by=afula, reason="x")


@F_806
@pytest.mark.req("ACC-02")
def test_accounts_of_another_site_are_not_found(client, afula):
    client.force_login(afula)
    for page in ("", "correct/", "state/", "link/", "roles/new/", "change/", "identity/"):
        for ask in (client.get, client.post):
            answer = ask(f"/people/account/clara/{page}", {"reason": "x"})
            assert answer.status_code in (
                (404,) if page not in ("correct/", "link/", "change/", "identity/") else (302, 404)
            )
    assert client.get("/people/account/carl/").status_code == 200
    page = client.get("/people/").content.decode()
    assert "carl" in page and "clara" not in page
    SignIn.objects.create(at=timezone.now(), kind=SignIn.Kind.IN, user=trial.person("clara"))
    assert "clara" not in client.get("/people/sign-ins/").content.decode()
