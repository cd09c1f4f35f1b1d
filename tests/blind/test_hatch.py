"""The hatch: it gives kits in order, the arm of one subject on record, and the list when two people opened it."""

import re

import psycopg
import pytest
from django.db import transaction

from crf.allocation import hatch, refusals, sealing
from crf.refusals import Refusal
from tests import sealed_room

ANNA, BORIS, INVESTIGATOR = 11, 12, 13


def kits_of(places, stratum):
    return [place.kit for place in places if place.stratum == stratum]


def allocate(subject, stratum="JER"):
    return hatch.allocate(subject_id=subject, stratum=stratum, by=INVESTIGATOR)


def open_the_list(owner):
    sealed_room.lock_study(owner)
    hatch.approve_opening(by=ANNA, reason="The database is locked.")
    hatch.approve_opening(by=BORIS, reason="The database is locked.")


# -- giving kits


@pytest.mark.req("RND-02")
def test_kits_are_given_in_order_for_each_site(room):
    assert [allocate(subject) for subject in (1, 2, 3)] == kits_of(room, "JER")[:3]
    assert [allocate(subject, "AFU") for subject in (4, 5)] == kits_of(room, "AFU")[:2]


@pytest.mark.req("RND-03")
def test_a_subject_asked_for_again_has_the_same_kit_whatever_site_is_named(room):
    kit = allocate(1)
    assert [allocate(1), allocate(1, "AFU")] == [kit, kit]
    assert allocate(2, "AFU") == kits_of(room, "AFU")[0]


@pytest.mark.req("RND-04")
def test_the_stratum_the_actor_and_the_time_stay_with_the_place(room, owner):
    allocate(1)
    rows = sealed_room.as_sealed(
        owner, "SELECT stratum, allocated_by, allocated_at <= now() FROM sealed.slot WHERE subject_id = 1"
    )
    assert rows == [("JER", INVESTIGATOR, True)]


@pytest.mark.req("RND-09")
def test_an_exhausted_list_is_a_sentence_that_tells_no_block(room, owner, settings):
    sealed_room.fill(owner, settings.ARM_KEY_FILE, length=4, replace=True)
    for subject in range(4):
        allocate(subject)
    with pytest.raises(refusals.ListExhausted) as refused:
        allocate(4)
    told = str(refused.value) + str(refused.value.__cause__).splitlines()[0]  # then a line number
    assert not re.search(r"\d|block", told)
    assert allocate(3) and allocate(5, "AFU")


def test_a_site_without_list_is_a_sentence(room):
    with pytest.raises(refusals.NoList):
        allocate(1, "HAI")


def test_every_refusal_of_the_room_is_one_of_the_house_with_a_sentence():
    for refusal in (*refusals.BY_SQLSTATE.values(), refusals.ListLoaded, refusals.KeyUnavailable):
        assert issubclass(refusal, Refusal) and refusal().sentence.endswith(".")
        assert not re.search(r"\d|block size|DCS|PLACEBO|placebo", refusal().sentence)


@pytest.mark.req("BLI-09")
def test_a_list_with_all_arms_swapped_answers_every_question_of_the_web_alike(room, owner, settings):
    """All but the commitment, which is the named exemption."""

    def answers():
        kits = [allocate(subject, stratum) for subject, stratum in enumerate(["JER", "AFU", "JER"] * 5)]
        log = [hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.") for _ in range(2)]
        return kits, len(log), hatch.code_breaks_since(hours=24), hatch.is_open()

    here = answers()
    sealed_room.empty(owner)
    sealed_room.fill(owner, settings.ARM_KEY_FILE, arms=tuple(reversed(sealed_room.ARMS)))
    assert answers() == here


# -- breaking a code


@pytest.mark.req("BLI-04")
@pytest.mark.req("BLI-05")
def test_a_code_break_tells_the_arm_of_the_one_subject(room):
    allocate(1), allocate(2, "AFU")
    log = hatch.request_code_break(subject_id=2, by=INVESTIGATOR, reason="Seizure, treatment depends on the drug.")
    assert hatch.break_code(log_id=log) == next(place.arm for place in room if place.stratum == "AFU")


@pytest.mark.req("BLI-03")
def test_the_log_says_who_when_why_and_whether_it_was_shown_and_no_arm(room):
    allocate(1)
    first = hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.")
    second = hatch.request_code_break(subject_id=1, by=ANNA, reason="Expedited report.", kind="susar")
    hatch.break_code(log_id=second)
    log = hatch.code_breaks()
    assert [(row["id"], row["requested_by"], row["reason"], row["kind"]) for row in log] == [
        (first, INVESTIGATOR, "Seizure.", "emergency"),
        (second, ANNA, "Expedited report.", "susar"),
    ]
    assert [row["shown_at"] is not None for row in log] == [False, True]
    assert not set(sealed_room.ARMS) & {str(value) for row in log for value in row.values()}
    assert (
        hatch.code_breaks_since(hours=24) == 1
    )  # not what is opened for a report: who is alerted learns nothing of it
    assert hatch.code_breaks_since(hours=0) == 0


@pytest.mark.req("BLI-03")
def test_a_code_break_in_the_transaction_of_its_request_is_refused_savepoint_or_not(room, web):
    allocate(1)
    with web.transaction():
        (log,) = web.execute("SELECT sealed.request_code_break(1, 1, 'why', 'emergency')").fetchone()
        for _ in range(2):
            with pytest.raises(psycopg.Error) as refused, web.transaction():
                web.execute("SELECT * FROM sealed.break_code(%s)", [log])
            assert refused.value.sqlstate == "SR008"
    assert hatch.break_code(log_id=log) in sealed_room.ARMS


@pytest.mark.req("BLI-03")
def test_a_request_made_within_a_savepoint_is_of_the_same_transaction(room, web):
    allocate(1)
    with web.transaction():
        with web.transaction():
            (log,) = web.execute("SELECT sealed.request_code_break(1, 1, 'why', 'emergency')").fetchone()
        with pytest.raises(psycopg.Error) as refused, web.transaction():
            web.execute("SELECT * FROM sealed.break_code(%s)", [log])
    assert refused.value.sqlstate == "SR008"


@pytest.mark.req("BLI-03")
def test_the_hatch_refuses_a_request_that_could_be_rolled_back(room):
    allocate(1)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.")
    assert hatch.code_breaks() == []


@pytest.mark.req("BLI-03")
def test_rolling_back_after_the_arm_was_shown_leaves_the_request_on_record(room):
    allocate(1)
    log = hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.")
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        hatch.break_code(log_id=log)
        raise ZeroDivisionError
    assert [row["id"] for row in hatch.code_breaks()] == [log]


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_a_code_break_without_a_reason_is_refused(room, reason):
    allocate(1)
    with pytest.raises(refusals.ReasonMissing):
        hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason=reason)


def test_there_is_no_code_of_a_subject_without_kit_and_no_break_without_request(room):
    with pytest.raises(refusals.NotRandomised):
        hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.")
    with pytest.raises(refusals.NoSuchRequest):
        hatch.break_code(log_id=1)


@pytest.mark.req("BLI-04")
def test_without_its_key_the_room_says_what_to_do_and_shows_nothing(room, settings, tmp_path):
    allocate(1)
    log = hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Seizure.")
    settings.ARM_KEY_FILE = tmp_path / "elsewhere" / "arm.key"
    with pytest.raises(refusals.KeyUnavailable) as refused:
        hatch.break_code(log_id=log)
    assert str(tmp_path) not in str(refused.value)
    assert hatch.code_breaks()[0]["shown_at"] is None
    sealing.create_key(settings.ARM_KEY_FILE)  # another one
    with pytest.raises(refusals.KeyUnavailable):
        hatch.break_code(log_id=log)


# -- opening the list


@pytest.mark.req("BLI-10")
def test_before_the_lock_nobody_can_approve_and_nothing_opens(room):
    with pytest.raises(refusals.NotLocked):
        hatch.approve_opening(by=ANNA, reason="Curious.")
    assert hatch.is_open() is False
    with pytest.raises(refusals.NotOpen):
        hatch.opened()
    with pytest.raises(refusals.NotOpen):
        hatch.opened_parameters()


@pytest.mark.req("BLI-10")
def test_one_person_twice_is_not_two_people(room, owner):
    sealed_room.lock_study(owner)
    assert hatch.approve_opening(by=ANNA, reason="The database is locked.") == 1
    with pytest.raises(refusals.AlreadyApproved):
        hatch.approve_opening(by=ANNA, reason="Once more.")
    assert hatch.is_open() is False
    with pytest.raises(refusals.NotOpen):
        hatch.opened()
    with pytest.raises(refusals.ReasonMissing):
        hatch.approve_opening(by=BORIS, reason=" ")


@pytest.mark.req("RND-07")
def test_locked_and_approved_by_two_it_gives_every_row_as_it_was_drawn(room, owner):
    kits = {allocate(1): 1, allocate(2): 2, allocate(3, "AFU"): 3}
    open_the_list(owner)
    assert hatch.is_open() is True
    expected = [
        {
            "subject_id": kits.get(place.kit),
            "stratum": place.stratum,
            "sequence": place.sequence,
            "block": place.block,
            "kit": place.kit,
            "arm": place.arm,
        }
        for place in sorted(room, key=lambda place: (place.stratum, place.sequence))
    ]
    assert hatch.opened() == expected
    assert hatch.opened_parameters()["block_sizes"] == [4]


@pytest.mark.req("BLI-10")
def test_an_approval_is_of_no_use_when_the_study_is_not_locked_any_more(room, owner):
    open_the_list(owner)
    owner.execute(
        "CREATE OR REPLACE FUNCTION public.crf_study_locked() RETURNS boolean"
        " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT false'"
    )
    assert hatch.is_open() is False
    with pytest.raises(refusals.NotOpen):
        hatch.opened()


def test_once_approved_by_two_nobody_new_is_randomised(room, owner):
    kit = allocate(1)
    open_the_list(owner)
    with pytest.raises(refusals.ListOpened):
        allocate(2)
    assert allocate(1) == kit


def test_without_a_list_there_is_no_commitment(room, owner):
    assert re.fullmatch("[0-9a-f]{64}", hatch.commitment())
    sealed_room.empty(owner)
    assert hatch.commitment() is None
    with pytest.raises(refusals.NoList):
        allocate(1)
