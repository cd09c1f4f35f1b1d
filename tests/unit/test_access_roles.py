"""Roles: who gives them, their dates, duties that stay apart, and what was held on a past day."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from crf import permissions
from crf import trial as served
from crf.actions import role_dates, roles
from crf.actions.act import act
from crf.models import AuditEntry, RoleHeld, Site
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.rules import access
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
R = RoleHeld.Role


def today():
    return timezone.now().date()


def give(user="nora", role="monitor", site="JER", *, by="adam", **dates):
    first = dates.pop("starts_on", today())
    dates = {"trained_on": first, "delegated_on": first} | dates
    return roles.give_role(
        user=trial.person(user),
        site=Site.objects.get(code=site),
        role=role,
        starts_on=first,
        by=trial.person(by),
        **dates,
    )


# -- duties that stay apart


@pytest.mark.req("ACC-04")
def test_the_groups_are_those_of_the_permissions():
    entering = {role for form in served.FORMS for role in permissions.may_enter_form(form)} | {R.SAFETY_OFFICER}
    assert entering == access.ENTERING
    assert set(permissions.DEEDS["lock study"]) == access.LOCKING
    assert set(permissions.DEEDS["administer"]) == access.ADMINISTERING


@pytest.mark.req("ACC-04")
@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("coordinator", "data_manager", "lock the study"),
        ("rater", "data_manager", "lock the study"),
        ("pharmacist", "randomisation_statistician", "hold the randomisation list"),
        ("investigator", "administrator", "administer accounts"),
        ("statistician", "unblinded_statistician", "hold the randomisation list"),
    ],
)
def test_duties_that_stay_apart_are_refused_with_a_sentence(one, other, word):
    give(role=one)
    with pytest.raises(Refusal, match=word):
        give(role=other, site="AFU")


@pytest.mark.req("ACC-04")
def test_the_database_refuses_the_same_pairs_as_the_rule_and_no_others():
    nora, site, day = trial.person("nora"), Site.objects.get(code="JER"), today()
    differ = []
    for one, other in product(R.values, repeat=2):
        if one == other:
            continue
        ruled = access.separation_against(access.Held(other, day), [access.Held(one, day)]) is not None
        with transaction.atomic():
            try:
                with act(by="system:tests"):
                    for role in (one, other):
                        RoleHeld.objects.create(
                            user=nora, site=site, role=role, starts_on=day, trained_on=day, delegated_on=day
                        )
                refused = False
            except Refusal:
                refused = True
            transaction.set_rollback(True)
        if ruled != refused:
            differ.append((one, other, ruled, refused))
    assert not differ


def test_one_after_the_other_is_allowed():
    give(role="coordinator", ends_on=today() + timedelta(days=9))
    with pytest.raises(Refusal):
        give(role="data_manager", starts_on=today() + timedelta(days=9))
    assert give(role="data_manager", starts_on=today() + timedelta(days=10)).pk


# -- dates


@pytest.mark.req("ACC-06")
@pytest.mark.parametrize(
    ("dates", "word"),
    [
        ({"trained_on": None}, "training and of delegation"),
        ({"delegated_on": None}, "training and of delegation"),
        ({"trained_on": timedelta(days=1)}, "before the first day"),
        ({"delegated_on": timedelta(days=1)}, "before the first day"),
        ({"starts_on": timedelta(days=-1)}, "not rewritten"),
        ({"ends_on": timedelta(days=-1)}, "last day lies before"),
    ],
)
def test_a_role_wants_its_dates_in_order(dates, word):
    dates = {name: days if days is None else today() + days for name, days in dates.items()}
    with pytest.raises(Refusal, match=word):
        give(**dates)


@pytest.mark.req("ACC-06")
def test_the_table_refuses_a_role_that_begins_before_training():
    day = today()
    with pytest.raises(DatabaseError), transaction.atomic(), act(by="system:tests"):
        RoleHeld.objects.create(
            user=trial.person("nora"),
            site=Site.objects.first(),
            role="monitor",
            starts_on=day,
            trained_on=day + timedelta(days=1),
            delegated_on=day,
        )


@pytest.mark.req("ACC-06")
def test_rights_begin_on_the_first_day_and_end_after_the_last():
    give(starts_on=today() + timedelta(days=2), ends_on=today() + timedelta(days=5))
    days = [today() + timedelta(days=number) for number in range(8)]
    held = [RoleHeld.objects.current(on).filter(user__username="nora").exists() for on in days]
    assert held == [False, False, True, True, True, True, False, False]


@pytest.mark.req("ACC-06")
def test_a_role_ends_at_once():
    clara = trial.person("clara")
    roles.end_role(held=clara.roles_held.get(), by=trial.person("adam"), reason="Left the trial")
    assert not trial.person("clara").current_roles


def test_a_role_ends_after_a_day_that_is_set():
    held = trial.person("clara").roles_held.get()
    roles.end_role(held=held, by=trial.person("adam"), reason="Leaves", last_day=today() + timedelta(days=3))
    assert trial.person("clara").current_roles
    assert not RoleHeld.objects.current(today() + timedelta(days=4)).filter(user__username="clara").exists()


def test_a_role_ends_once_and_for_a_reason():
    held = trial.person("clara").roles_held.get()
    with pytest.raises(Refusal, match="Say why"):
        roles.end_role(held=held, by=trial.person("adam"), reason=" ")
    roles.end_role(held=held, by=trial.person("adam"), reason="Left the trial")
    with pytest.raises(AlreadySettled):
        roles.end_role(held=held, by=trial.person("adam"), reason="Left the trial")


# -- the past


@pytest.mark.req("ACC-07")
def test_who_had_which_role_on_a_past_day_outlives_its_end_and_the_account():
    from crf.actions import accounts

    accounts.disable(user=trial.person("clara"), by=trial.person("adam"), reason="Left the trial")
    then = RoleHeld.objects.held(today() - timedelta(days=50)).filter(user__username="clara")
    assert [(held.role, held.site.code) for held in then] == [("coordinator", "JER")]
    assert not RoleHeld.objects.held(today() + timedelta(days=1)).filter(user__username="clara").exists()
    assert not RoleHeld.objects.held(today() - timedelta(days=101)).filter(user__username="clara").exists()


@pytest.mark.req("ACC-07")
def test_a_role_that_was_ended_before_it_began_was_never_held():
    held = give(starts_on=today() + timedelta(days=5))
    roles.end_role(held=held, by=trial.person("adam"), reason="Given by mistake")
    assert not RoleHeld.objects.held(today() + timedelta(days=5)).filter(user__username="nora").exists()


@pytest.mark.req("ACC-07")
@pytest.mark.parametrize(
    ("column", "value"),
    [("role", "auditor"), ("starts_on", "2020-01-01"), ("trained_on", "2020-01-01"), ("ended_at", None)],
)
def test_the_past_of_a_role_is_not_rewritten(column, value):
    held = trial.person("clara").roles_held.get()
    held = roles.end_role(held=held, by=trial.person("adam"), reason="Left the trial")
    setattr(held, column, value)
    with pytest.raises(Refusal, match=r"can only be ended|corrected by an administrator"), act(by="system:tests"):
        held.save()


# -- who gives


@pytest.mark.req("ACC-04")
def test_nobody_gives_a_role_to_oneself():
    with pytest.raises(NotAllowed, match="your own"):
        give(user="adam", role="auditor")


@pytest.mark.parametrize("by", sorted(set(trial.PEOPLE) - {"adam"}))
def test_only_the_administrator_gives_and_ends_roles(by):
    with pytest.raises(NotAllowed):
        give(by=by)
    with pytest.raises(NotAllowed):
        roles.end_role(held=trial.person("clara").roles_held.get(), by=trial.person(by), reason="x")


def test_an_administrator_of_one_site_gives_no_roles_at_another():
    give(role="administrator", site="AFU")
    with pytest.raises(NotAllowed):
        give(user="mona", role="auditor", site="JER", by="nora")
    assert give(user="mona", role="auditor", site="AFU", by="nora").pk


def test_a_role_is_not_given_twice():
    give()
    with pytest.raises(AlreadySettled):
        give()


@pytest.mark.req("AUD-14")
def test_giving_a_role_is_on_the_trail_with_who_and_in_which_role():
    from crf.models import AuditEntry
    from trialsite.database.wall import seeing

    held = give()
    with seeing(Site.objects.all()):
        entry = AuditEntry.objects.get(table="crf_roleheld", record=held.pk)
    assert (entry.actor_name, entry.role, entry.changes["role"]) == ("adam", "administrator", [None, "monitor"])


# -- knowledge does not end


@pytest.mark.finding("F-603")
@pytest.mark.req("ACC-04")
@pytest.mark.parametrize("knows", sorted(access.KNOWING_THE_ARMS))
@pytest.mark.parametrize("later", ["rater", "investigator", "monitor", "statistician"])
def test_who_knew_the_arms_does_not_work_with_blinded_data_afterwards(knows, later):
    held = give(role=knows)
    roles.end_role(held=held, by=trial.person("adam"), reason="Left")
    with pytest.raises(Refusal, match="does not end with the role"):
        give(role=later, site="AFU", starts_on=today() + timedelta(days=30))
    day = today() + timedelta(days=30)
    with pytest.raises(Refusal, match="stay apart"), act(by="system:tests"):
        RoleHeld.objects.create(
            user=trial.person("nora"),
            site=Site.objects.get(code="AFU"),
            role=later,
            starts_on=day,
            trained_on=day,
            delegated_on=day,
        )


@pytest.mark.finding("F-603")
def test_who_worked_with_blinded_data_may_learn_the_arms_once_that_has_ended():
    give(role="rater", ends_on=today())
    assert give(role="randomisation_statistician", starts_on=today() + timedelta(days=1)).pk


@pytest.mark.finding("F-603")
def test_a_role_that_was_ended_before_it_began_gave_no_knowledge():
    held = give(role="safety_officer", starts_on=today() + timedelta(days=9))
    roles.end_role(held=held, by=trial.person("adam"), reason="Given by mistake")
    assert give(role="rater", starts_on=today() + timedelta(days=20)).pk


# -- dates that were mistyped


def correct(held, *, by="adam", reason="The delegation log says so", **given):
    wanted = {name: getattr(held, name) for name in ("starts_on", "ends_on", "trained_on", "delegated_on")} | given
    return role_dates.correct_role(held=held, by=trial.person(by), reason=reason, **wanted)


@pytest.mark.finding("F-302")
def test_mistyped_dates_of_a_role_are_corrected_for_a_reason_and_the_trail_keeps_both():
    held = give(starts_on=today() + timedelta(days=300))
    assert not trial.person("nora").current_roles
    with seeing(Site.objects.all()):
        corrected = correct(held, starts_on=today(), trained_on=today() - timedelta(days=3), delegated_on=today())
    assert corrected.starts_on == today()
    assert [one.role for one in trial.person("nora").current_roles] == ["monitor"]
    with seeing(Site.objects.all()):
        told = AuditEntry.objects.filter(table="crf_roleheld", record=held.pk).order_by("pk").last().told
    assert (told["reason"], told["actor_name"]) == ("The delegation log says so", "adam")
    assert told["changes"]["starts_on"] == [str(today() + timedelta(days=300)), str(today())]


@pytest.mark.finding("F-302")
@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"starts_on": -1}, "is not rewritten"),
        ({"trained_on": 1}, "come before the first day"),
        ({"ends_on": -1}, "lies before the first"),
        ({}, "already"),
    ],
)
def test_dates_are_not_corrected_to_what_cannot_be(days, sentence):
    held = give()
    given = {name: today() + timedelta(days=far) for name, far in days.items()}
    if "starts_on" in given:
        given |= {"trained_on": given["starts_on"], "delegated_on": given["starts_on"]}
    with pytest.raises(Refusal, match=sentence):
        correct(held, **given)


@pytest.mark.finding("F-302")
def test_a_role_keeps_the_days_on_which_the_person_acted_in_it():
    with seeing(Site.objects.all()):
        held = trial.person("ines").roles_held.get()
        with pytest.raises(Refusal, match="acted in this role"):
            correct(held, starts_on=today() + timedelta(days=1))
        with pytest.raises(Refusal, match="Say how it is known"):
            correct(held, reason=" ", starts_on=today())
        with pytest.raises(NotAllowed):
            correct(trial.person("adam").roles_held.first(), trained_on=today() - timedelta(days=200))
