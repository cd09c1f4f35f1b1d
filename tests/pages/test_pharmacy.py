"""The pharmacist's page: a wrong bottle is said at once, and what is handed out is accounted for to the last one."""

import string

import pytest

from crf import spec
from crf import trial as served
from crf.models import Site
from crf.rules.kit_numbers import check_digit, is_mistyped, labelled, matches
from crf.shown import pharmacy
from tests import trial
from tests.pages.test_deeds_by_page import sign_in, text_of
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial


def kit_of(number: str) -> str:
    with seeing(Site.objects.all()):
        return trial.subject(number).kit


def test_the_check_digit_is_damms_and_finds_every_wrong_digit_and_every_exchange_of_neighbours():
    assert check_digit("572") == 4  # the example of the dissertation
    for kit in ("35937", "10482", "90000"):
        label = labelled(kit)
        assert matches(kit, label) and matches(kit, f" {label.replace('-', '')} ") and not is_mistyped(label)
        assert not matches(kit, kit)  # without its check digit it is not the label
        slips = {kit[:at] + digit + kit[at + 1 :] for at in range(5) for digit in string.digits} - {kit}
        slips |= {kit[:at] + kit[at + 1] + kit[at] + kit[at + 2 :] for at in range(4)} - {kit}
        assert all(is_mistyped(f"{slip}-{label[-1]}") for slip in slips)
    assert not is_mistyped(labelled("AB-12C")) and is_mistyped("") and is_mistyped("ä-1") and is_mistyped("7")


@pytest.mark.finding("F-309")
@pytest.mark.finding("F-605")
@pytest.mark.req("RND-12")
def test_a_wrong_bottle_is_never_called_right_and_is_said_at_once(client, db):
    own, others = kit_of(trial.TREATED), kit_of(trial.ELSEWHERE)
    sign_in(client, "peter")

    def said(label: str, number: str = trial.TREATED) -> tuple[int, str]:
        answer = client.post("/pharmacy/", {"number": number, "label": label})
        return answer.status_code, text_of(answer)

    status, words = said(labelled(own))
    assert status == 200 and f"Right: this is the bottle of {trial.TREATED}." in words
    status, words = said(labelled(others))
    assert status == 409 and "WRONG BOTTLE" in words and "Right:" not in words
    slip = f"{own}-{(check_digit(own) + 1) % 10}"
    for typed in (slip, own, "rubbish"):
        status, words = said(typed)
        assert status == 409 and "Right:" not in words, typed
    for number in (trial.ELSEWHERE, trial.READY, "NOBODY"):
        assert said(labelled(own), number)[0] == 409  # another site's, and who has no kit


@pytest.mark.finding("F-605")
def test_the_page_lists_what_to_hand_out_and_count_of_the_pharmacists_own_site(client, db):
    page = text_of(sign_in(client, "peter").get("/pharmacy/"))
    assert labelled(kit_of(trial.TREATED)) in page and trial.ELSEWHERE not in page
    arms = [word for arm in served.ARMS for word in (arm.label, f" {arm.code} ")]
    assert not [word for word in arms if word in page.replace(served.TITLE, "")]
    if served.LADDER is None:
        return
    with seeing(Site.objects.all()):
        peter, subject = trial.person("peter"), trial.subject(trial.TREATED)
        visit = trial.visit_of(subject, trial.world.DONE[-1][0])
        (one,) = [row for row in pharmacy.counter(peter) if row.visit == visit]
        assert one.hand_out is None and one.hand_out_at and one.count.expected_back is not None
        assert "Waits for the dose decision" in page
        given = sum(row.handed_out for row in pharmacy.balances(peter))
        assert given and given == sum(row.unaccounted for row in pharmacy.balances(peter))
        code = served.code_serving(spec.Purpose.RETURNS)
        answers = {"returned": "1", "lost": "1", "taken": str(given - 3), "most_in_a_day": "1"}
        trial.fill(subject, visit.code, code, visit.occurred_on, "peter", **answers)
        (balance,) = pharmacy.balances(peter)
        assert (balance.handed_out, balance.came_of, balance.unaccounted) == (given, (1, 1, given - 3), 1)
        assert not [row for row in pharmacy.counter(peter) if row.visit == visit and row.count_at]
