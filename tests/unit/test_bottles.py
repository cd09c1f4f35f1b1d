"""What a bottle can become, the same in the rules and in the database; the account of a kit as a table."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

import crf
from crf.rules import bottles as rules
from crf.rules.kit_ledger import Ledger
from crf.spec import DeclarationError
from crf.spec.arms import Allocation
from crf.spec.supply import Kits, police_supply

SQL = Path(crf.__file__).parent / "migrations" / "sql" / "supply.sql"


def test_the_database_refuses_the_same_passages_as_the_rules():
    told = json.loads(re.search(r"jsonb := '(\{.*?\})'", SQL.read_text(), re.S)[1])
    assert {state: frozenset(others) for state, others in told.items()} == rules.BECOMES
    assert set(rules.WORDS) == set(rules.BECOMES)


def test_the_next_bottle_is_the_first_to_expire_and_never_an_expired_one():
    early, late, today = date(2027, 1, 1), date(2027, 6, 1), date(2026, 12, 31)
    found = [(1, rules.HANDED_OUT, early), (2, rules.IN_STOCK, late), (3, rules.IN_STOCK, early)]
    assert rules.next_bottle(found, today) == 3
    assert rules.next_bottle(found, date(2027, 1, 2)) == 2
    assert rules.next_bottle(found, date(2027, 6, 2)) is None
    assert rules.next_bottle([(1, rules.QUARANTINED, late)], today) is None
    assert rules.expires_soon(early, today, warn_days=1) and not rules.expires_soon(late, today, warn_days=30)
    assert not rules.is_expired(early, early)


def test_a_label_names_the_kit_and_the_bottle():
    assert rules.bottle_label("35937", 2) == "35937-4/2"
    for typed, number in (
        ("35937-4/2", 2),
        ("359374 / 12", 12),
        ("35937-4", 0),
        ("35937-4/x", None),
        ("35937-5/2", None),
    ):
        assert rules.read_label("35937", typed) == number, typed
    assert rules.read_label("35937", "") is None


@pytest.mark.parametrize(
    (
        "received",
        "unopened",
        "gone",
        "handed_out",
        "returned",
        "lost",
        "taken",
        "open_bottles",
        "difference",
        "settled",
    ),
    [
        (72, 72, 0, 0, 0, 0, 0, 2, 0, False),  # all in stock: something is still to be said
        (72, 0, 72, 0, 0, 0, 0, 0, 0, True),
        (72, 0, 46, 30, 4, 2, 24, 0, 0, True),  # 72 = 24 taken + 2 lost + 46 destroyed
        (72, 0, 45, 30, 4, 2, 24, 0, 1, False),  # one capsule too few was destroyed
        (72, 0, 46, 30, 4, 2, 23, 0, 1, False),  # one that the subject does not account for
        (72, 0, 46, 30, 5, 2, 24, 0, 0, False),  # two errors that cancel are no account
    ],
)
def test_the_account_of_a_kit_is_right_to_the_unit(
    received, unopened, gone, handed_out, returned, lost, taken, open_bottles, difference, settled
):
    ledger = Ledger(received, unopened, gone, handed_out, returned, lost, taken, open_bottles)
    assert ledger.difference == difference and ledger.is_settled(None) is settled
    assert ledger.is_settled(difference) is (open_bottles == 0)


def test_kits_are_refused_where_no_site_could_be_sent_them():
    with pytest.raises(DeclarationError, match="by site"):
        police_supply(Kits(bottles=1, units=1), Allocation(by_site=False))
    police_supply(None, Allocation(by_site=False))
    for wrong in ({"bottles": 0, "units": 1}, {"bottles": 1, "units": 0}, {"bottles": 1, "units": 1, "warn_days": -1}):
        with pytest.raises(DeclarationError):
            Kits(**wrong)
