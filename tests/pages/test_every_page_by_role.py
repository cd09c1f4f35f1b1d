"""Who gets which page. A URL that is not in this table fails; so does one that answers otherwise than said here.

A person who may see subjects of the site but lacks the role is refused (403); to everybody else, and to the other site,
the subject does not exist (404). Whoever is not signed in is sent to the sign-in page.
"""

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from crf import spec
from crf import trial as served
from tests import trial
from tests.desk import Desk

pytestmark = pytest.mark.every_trial
P = spec.Purpose

ANYBODY = frozenset(trial.PEOPLE)
INES, CLARA, RUTH, PETER, MONA, DANA, DAVID, MARK, AUDE = "ines clara ruth peter mona dana david mark aude".split()
ISAAC, CARL = "isaac", "carl"  # the other site
ADAM = "adam"
STEFAN = "stefan"
SOFIA = "sofia"
ROLF, URSULA, SVEN = "rolf", "ursula", "sven"
READERS = {INES, CLARA, RUTH, PETER, MONA, DANA, DAVID, MARK, AUDE}
ALL_OPEN = READERS - {RUTH, PETER}
RATING_READERS = READERS - {PETER}
SEE_SUBJECTS = READERS | {ISAAC, CARL}
THE_SUBJECT = {"number": trial.TREATED}
READ_STOCK = {PETER, MONA, AUDE}
READ_CODE_BREAKS = {INES, ISAAC, MONA, DANA, DAVID, MARK, SOFIA, AUDE}
HAS_LEVELS = served.serving(P.DRUG_LEVEL) is not None
SENT_ON = {STEFAN, ADAM, SOFIA, ROLF, URSULA, SVEN}  # to the pages that are theirs
TAKE_OUT = {STEFAN, DANA, DAVID, MARK, AUDE, INES, ISAAC}
HAVE_OUTPUTS = TAKE_OUT | {CLARA, CARL, PETER, MONA}  # those who print casebooks too
FRESH = 302  # to show again who it is
NOT_YET = 409  # something else comes first: here the lock and the opening


@dataclass(frozen=True)
class Expected:
    """Who gets the page, with which status. To whom it is known at all but not theirs: 403; to everybody else: 404."""

    who: frozenset
    known_to: frozenset
    where: dict = field(default_factory=dict)
    status: int = 200
    only_post: bool = False

    def of(self, person: str) -> int:
        return self.status if person in self.who else 403 if person in self.known_to else 404


def study(who, status=200, only_post=False, **where):
    return Expected(frozenset(who), ANYBODY, where, status, only_post)


def subject(who, status=200, known_to=READERS, only_post=False, **where):
    return Expected(frozenset(who), frozenset(known_to), THE_SUBJECT | where, status, only_post)


NO_FILE = {"kind": "glycine-results", "site": trial.FIRST, "sha256": "0" * 64}
VISIT, NEXT = trial.world.DONE[0][0], trial.world.NEXT
RATING = {"visit": VISIT, "form": trial.world.RATING}
AE_1 = {"visit": "LOG", "form": served.code_serving(P.ADVERSE_EVENTS), "row": 1}

#: url name -> one expectation for each way the page can be asked for.
TABLE = {
    "crf:home": [study(ANYBODY - SENT_ON), study(SENT_ON, 302)],
    "crf:subjects": [study(SEE_SUBJECTS)],
    "crf:enrol": [study({INES, CLARA, ISAAC, CARL})],
    "crf:dashboard": [study(ANYBODY - {"nora"})],
    "crf:matrix": [study(SEE_SUBJECTS)],
    "crf:queries": [study(SEE_SUBJECTS)],
    "crf:corrections": [study(SEE_SUBJECTS)],
    "crf:correction": [Expected(frozenset(ALL_OPEN | {PETER}), ALL_OPEN | {PETER}, {"pk": "correction"})],
    "crf:ratings": [study({MONA, DANA, DAVID})],
    "crf:alerts": [study(ALL_OPEN | {ISAAC, CARL})],
    "crf:limits": [study({INES, CLARA, ISAAC, CARL, MONA, DANA, DAVID, AUDE})],
    "crf:new_limits": [study({DANA, DAVID})],
    "crf:withdraw_limits": [study({DANA, DAVID}, 404, pk="alert")],  # there are no such limits
    "crf:imports": [study({INES, CLARA, ISAAC, CARL, MONA, DANA, DAVID, AUDE})],
    "crf:import_upload": [
        study({INES, CLARA, ISAAC, CARL}, kind="glycine-results"),
        study({DANA, DAVID}, kind="limits-of-normal"),
        Expected(frozenset({SOFIA}), frozenset(), {"kind": "drug-levels"}),
    ],
    # To everybody else there are no drug levels: not refused, but not found.
    "crf:levels": [Expected(frozenset({SOFIA}), frozenset())],
    "crf:level": [Expected(frozenset({SOFIA}), frozenset(), THE_SUBJECT | {"row": 1})],
    "crf:level_draft": [Expected(frozenset({SOFIA}), frozenset(), THE_SUBJECT | {"row": 1}, 400, True)],
    "crf:level_void": [Expected(frozenset(), frozenset(), THE_SUBJECT | {"row": 1})],  # the first sample is made below
    "crf:tell_of_level": [Expected(frozenset({SOFIA}), frozenset(), THE_SUBJECT | {"row": "level"})],
    "crf:level_message": [Expected(frozenset(ALL_OPEN), frozenset(), {"pk": "level_message"})],
    # Nobody uploaded this file.
    "crf:import_file": [Expected(frozenset(), frozenset(), NO_FILE)],
    "crf:import_discard": [study({INES, CLARA, ISAAC, CARL}, 404, only_post=True, **NO_FILE)],
    "crf:code_breaks": [study(READ_CODE_BREAKS)],
    "crf:emergency": [Expected(frozenset(), ANYBODY - {INES, ISAAC})],  # without a number: there is no such subject
    "crf:code_break_entry": [Expected(frozenset(READ_CODE_BREAKS - {ISAAC}), ANYBODY - {ISAAC}, {"pk": "broken"})],
    # What the safety officer opens for a report: to everybody else it does not exist.
    "crf:safety": [Expected(frozenset({SOFIA}), frozenset())],
    "crf:safety_arm": [Expected(frozenset({SOFIA}), frozenset(), THE_SUBJECT | {"row": "serious"}, FRESH)],
    "crf:safety_reveal": [
        Expected(frozenset({SOFIA}), frozenset(), THE_SUBJECT | {"row": "serious", "log_id": "susar"}, FRESH)
    ],
    "crf:pharmacy": [study({PETER})],
    "crf:stock": [study(READ_STOCK)],
    "crf:shipment": [study(READ_STOCK, pk="shipment")],
    "crf:kit": [study(READ_STOCK, number="kit")],
    "crf:put_aside": [study({PETER})],
    "crf:envelopes": [study(READ_STOCK)],
    "crf:opened_envelope": [subject(READERS - {AUDE})],
    # What the supply manager has tells of arms: to everybody else it does not exist.
    "crf:supply": [Expected(frozenset({SVEN}), frozenset())],
    "crf:send": [Expected(frozenset({SVEN}), frozenset(), {"code": trial.FIRST})],
    "crf:sent": [Expected(frozenset({SVEN}), frozenset(), {"pk": "shipment"})],
    "crf:settle_quarantine": [Expected(frozenset({SVEN}), frozenset(), {"pk": "quarantine"})],
    "crf:packing_list": [Expected(frozenset({SVEN}), frozenset(), {}, FRESH)],
    "crf:allocation_list": [study({ROLF}, FRESH)],
    "crf:lock": [study({DANA, DAVID, STEFAN, MARK, INES, ISAAC}, FRESH)],
    "crf:hold_study": [study({DANA, DAVID}, FRESH)],
    "crf:hold_site": [study({DANA, DAVID}, FRESH, code=trial.FIRST)],
    "crf:trail": [study({AUDE})],
    "crf:export_trail": [study({AUDE, DANA, DAVID}, FRESH)],
    "crf:review_trail": [study({AUDE, DANA, DAVID, MONA})],
    "crf:record_check": [study({AUDE, DANA, DAVID})],
    "crf:copies": [study({INES, ISAAC, DANA, DAVID, AUDE})],
    "crf:compare_copies": [study({INES, ISAAC, DANA, DAVID, AUDE})],
    "crf:take_copy": [Expected(frozenset({INES}), ANYBODY - {ISAAC}, {"code": trial.FIRST}, FRESH)],
    "crf:casebooks": [study((READERS | {ISAAC, CARL}) - {RUTH})],
    "crf:confirm_copy": [Expected(frozenset({INES}), ANYBODY - {INES, ISAAC}, {"pk": "copy"}, FRESH)],
    "crf:help": [study(ANYBODY)],
    "crf:stay": [study(ANYBODY, 204)],
    "crf:checks": [study({DANA, DAVID})],
    "crf:casebook_blank": [study(ANYBODY - {"nora"})],
    "crf:drafts": [study({CLARA, CARL, DANA, DAVID})],
    "crf:settle_draft": [Expected(frozenset({CLARA, DANA, DAVID}), ANYBODY - {CARL}, {"pk": "draft"})],
    "crf:exports": [study({DANA, DAVID, AUDE})],
    "crf:accounts": [study({ADAM})],
    "crf:open_account": [study({ADAM})],
    "crf:access_review": [study({ADAM})],
    "crf:sign_ins": [study({ADAM, AUDE})],
    "crf:roles_on": [study({ADAM, AUDE})],
    "crf:roles_on_file": [study({ADAM, AUDE})],
    "crf:end_role": [study({ADAM}, held="held")],
    "crf:correct_role": [study({ADAM}, held="held")],
    "crf:account": [study({ADAM}, username="clara")],
    "crf:correct_account": [study({ADAM}, FRESH, username="clara")],
    "crf:account_state": [study({ADAM}, username="clara")],
    "crf:send_link": [study({ADAM}, FRESH, username="clara")],
    "crf:decide_change": [study({ADAM}, FRESH, username="clara")],
    "crf:confirm_identity": [study({ADAM}, FRESH, username="clara")],
    "crf:give_role": [study({ADAM}, username="clara")],
    "service:service": [study({ADAM})],
    "service:try_mails_again": [study({ADAM}, 302, only_post=True)],
    "crf:sites": [study({ADAM})],
    "crf:site": [study({ADAM}, code=trial.FIRST)],
    "crf:activate_site": [study({ADAM}, 409, only_post=True, code=trial.FIRST)],
    "crf:close_site": [study({ADAM}, FRESH, code=trial.FIRST)],
    "crf:subject": [subject(READERS)],
    "crf:attest": [subject({INES}, FRESH)],
    "crf:screen_failure": [subject({INES})],
    "crf:screening": [subject({INES, CLARA})],
    "crf:randomise": [subject({INES})],
    "crf:audit": [subject({INES, MONA, DANA, DAVID, AUDE})],
    "crf:course": [subject(ALL_OPEN)],
    "crf:course_figure": [subject(ALL_OPEN)],
    "crf:casebook_file": [subject(READERS - {RUTH})],
    "crf:redactions": [subject({INES, CLARA, DANA, DAVID})],
    "crf:redaction": [subject({INES, CLARA, DANA, DAVID}, FRESH, pk="redaction")],
    "crf:code_break": [subject({INES}, FRESH)],
    "crf:reveal": [subject({INES}, FRESH, log_id="log_id")],
    "crf:plan_code_break": [subject({INES}, FRESH)],
    "crf:lost_blind": [subject(READERS - {AUDE})],
    "crf:sign": [subject({INES}, FRESH)],
    "crf:casebook_lock": [subject({DANA, DAVID}, FRESH)],
    "crf:ask_correction": [subject({INES, CLARA, PETER})],
    "crf:ask_correction_of_form": [subject({INES, CLARA}, known_to=RATING_READERS, **RATING)],
    "crf:hold_subject": [subject({DANA, DAVID}, FRESH)],
    "crf:hold_visit": [subject({DANA, DAVID}, FRESH, visit=VISIT)],
    "crf:hold_form": [subject({DANA, DAVID}, FRESH, **RATING), subject({DANA, DAVID}, FRESH, **AE_1)],
    "crf:verify_visit": [subject({MONA}, visit=VISIT), subject({MONA}, visit="LOG")],
    "crf:withdraw_verification": [subject({MONA}, **RATING)],
    "crf:begin_visit": [subject({INES, CLARA})],
    "crf:complete_visit": [subject({INES, CLARA}, visit=VISIT)],
    "crf:miss_visit": [subject({INES, CLARA}, visit=trial.world.TO_MISS)],
    # About a rating of somebody else: to who only rates it does not exist.
    "crf:query": [subject(RATING_READERS - {RUTH}, pk="query", known_to=RATING_READERS - {RUTH})],
    "crf:ask_query": [subject({MONA, DANA, DAVID}, form=trial.world.RATING, record="record", known_to=RATING_READERS)],
    "crf:alert": [subject(ALL_OPEN, pk="alert", known_to=ALL_OPEN)],
    "crf:record": [
        subject(ALL_OPEN, known_to=RATING_READERS, **RATING),
        *(
            subject(READERS - {RUTH}, known_to=READERS - {RUTH}, visit=served.BASELINE, form=form.code)
            for form in served.FORMS
            if served.serves(form, P.DOSING)
        ),
        subject(ALL_OPEN, known_to=ALL_OPEN, **AE_1),
    ],
    "crf:draft": [subject({INES}, 400, known_to=RATING_READERS, only_post=True, **RATING)],
    "crf:discard": [subject(ALL_OPEN, 302, known_to=RATING_READERS, only_post=True, **RATING)],
    "crf:settle": [subject({INES}, 409, known_to=RATING_READERS, only_post=True, **RATING)],
    "crf:judge_laboratory": [subject({INES}, FRESH, known_to=ALL_OPEN, visit=NEXT)],
    "crf:panel": [subject({INES, CLARA}, known_to=ALL_OPEN, visit=NEXT)],
    "crf:panel_draft": [subject({INES, CLARA}, 400, known_to=ALL_OPEN, only_post=True, visit=NEXT)],
    "crf:panel_discard": [subject({INES, CLARA}, 404, known_to=ALL_OPEN, only_post=True, visit=NEXT)],
    "crf:void": [
        subject({INES, CLARA}, known_to=ALL_OPEN, **AE_1),
        subject({INES, CLARA}, known_to=RATING_READERS, **RATING),
    ],
    "crf:move": [subject({INES, CLARA}, known_to=RATING_READERS, **RATING)],
    "crf:undo_visit": [subject({INES, CLARA}, visit=VISIT)],
    "crf:annul": [subject({INES})],
    "crf:not_done": [subject({INES}, known_to=RATING_READERS, **RATING)],
    "analysis:treatments": [study({INES, ISAAC}, NOT_YET)],
    "analysis:monitoring_open": [study({URSULA})],
    "analysis:monitoring_open_file": [study({URSULA}, format="csv")],
    "analysis:monitoring_closed": [study({URSULA}, FRESH)],
    "analysis:monitoring_closed_file": [study({URSULA}, FRESH, format="csv")],
    "analysis:index": [study(TAKE_OUT | {URSULA, MONA, CLARA, CARL})],
    "analysis:data": [study(TAKE_OUT)],
    "analysis:unblinded_data": [study({STEFAN}, NOT_YET)],
    "analysis:codebook": [study(TAKE_OUT)],
    "analysis:codebook_file": [study(TAKE_OUT, format="csv"), study(TAKE_OUT, 404, format="doc")],
    "crf:outputs": [study(HAVE_OUTPUTS)],
    # Nobody asked for this output: to who may ask it does not exist.
    "crf:output": [study(HAVE_OUTPUTS, 404, pk="alert")],
    "crf:output_file": [study(HAVE_OUTPUTS, 404, pk="alert", name="data.zip")],
    "crf:output_cancel": [study(HAVE_OUTPUTS, 404, only_post=True, pk="alert")],
    "crf:output_again": [study(HAVE_OUTPUTS, 404, only_post=True, pk="alert")],
    "analysis:blinded": [study({STEFAN, DANA, DAVID, MARK})],
    "analysis:blinded_file": [
        study({STEFAN, DANA, DAVID, MARK}, format="csv"),
        study({STEFAN, DANA, DAVID, MARK}, 404, format="doc"),
    ],
    "analysis:conduct": [study({DANA, DAVID, MONA, INES, ISAAC, CLARA, CARL})],
    "analysis:conduct_file": [study({DANA, DAVID, MONA, INES, ISAAC, CLARA, CARL}, format="csv")],
    "analysis:rehearsal": [study({STEFAN})],
    "analysis:rehearsal_file": [study({STEFAN}, format="csv")],
    "analysis:final": [study({STEFAN}, NOT_YET)],
    "analysis:final_file": [study({STEFAN}, NOT_YET, format=one) for one in ("pdf", "xlsx", "csv")],
    "analysis:opening": [study({STEFAN, DANA, DAVID, MARK}, FRESH)],
}
#: Pages that a trial has only with what they are about: a laboratory, files of results, drug levels, kits.
OF_A_LABORATORY = ("crf:limits", "crf:new_limits", "crf:withdraw_limits", "crf:judge_laboratory")
OF_A_LABORATORY += ("crf:panel", "crf:panel_draft", "crf:panel_discard")
OF_IMPORTS = ("crf:imports", "crf:import_upload", "crf:import_file", "crf:import_discard")
OF_KITS = (
    "crf:stock",
    "crf:shipment",
    "crf:kit",
    "crf:put_aside",
    "crf:envelopes",
    "crf:opened_envelope",
    "crf:supply",
)
OF_KITS += ("crf:send", "crf:sent", "crf:settle_quarantine", "crf:packing_list")
OF_LEVELS = ("crf:levels", "crf:level", "crf:level_draft", "crf:level_void")
OF_MESSAGES = ("crf:tell_of_level", "crf:level_message")
ABSENT = (
    *(() if served.TRIAL.laboratory else OF_A_LABORATORY),
    *(() if served.TRIAL.imports or served.TRIAL.laboratory else OF_IMPORTS),
    *(() if HAS_LEVELS else OF_LEVELS),
    *(() if served.LEVEL_MESSAGES else OF_MESSAGES),
    *(() if served.KITS else OF_KITS),
)
for name in ABSENT:
    del TABLE[name]
#: Not asked for by name and role here: one's own account, which every person has.
OWN_ACCOUNT = ("account_", "mfa_", "usersessions_")
PARTS = 8  # tests, so that they can run beside each other
ROWS = [(name, number) for name, expectations in TABLE.items() for number in range(len(expectations))]


def every_name() -> set[str]:
    def names(resolver, prefix=""):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from names(pattern, prefix + space)
            else:
                yield f"{prefix}{pattern.name}"

    return set(names(get_resolver()))


def address(name: str, expected: Expected, everything) -> str:
    """Ids of the world stand in the table by their name; an address that names an id does not name the subject."""
    where = {
        key: getattr(everything, value) if isinstance(value, str) and hasattr(everything, value) else value
        for key, value in expected.where.items()
    }
    if {"pk", "record"} & set(where):
        where.pop("number", None)
    return reverse(name, kwargs=where)


def test_a_trial_has_no_page_for_what_it_has_not():
    assert set(ABSENT) & every_name() == set()


def test_every_url_is_in_the_table():
    untold = {name for name in every_name() if not name.startswith(OWN_ACCOUNT)} - set(TABLE)
    assert not untold


def each_of(part: int, everything):
    """(name, expected, url) of the rows of one part of the table; what is done at each is undone before the next.

    What is made to be read stays within a part: the pages of a report and its files stand beside each other.
    """
    size = -(-len(ROWS) // PARTS)
    for name, number in ROWS[part * size : (part + 1) * size]:
        expected = TABLE[name][number]
        url = address(name, expected, everything)  # may make what it names
        mark = transaction.savepoint()
        yield name, number, expected, url
        undo = transaction.savepoint_commit if name.startswith("analysis:") else transaction.savepoint_rollback
        undo(mark)


@pytest.fixture
def desks(everything) -> dict[str, Desk]:
    """Everybody at a browser of their own, signed in once: a sign-in before each question took a third of the time."""
    desks = {person: Desk() for person in trial.PEOPLE}
    for person, desk in desks.items():
        desk.force_login(trial.person(person))
    return desks


@pytest.mark.req("ACC-01")
@pytest.mark.req("ACC-02")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_page_is_shown_to_whom_it_is_for(desks, everything, part):
    found, said = {}, {}
    for name, number, expected, url in each_of(part, everything):
        for person in trial.PEOPLE:
            if name == "crf:home" and (person in SENT_ON) != (number == 1):
                continue
            ask = desks[person].post if expected.only_post else desks[person].get
            found[url, person], said[url, person] = ask(url).status_code, expected.of(person)
    assert differing(found, said) == {}


@pytest.mark.req("ACC-02")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_page_is_shown_to_nobody_who_is_not_signed_in(client, everything, part):
    found = {}
    for *_, url in each_of(part, everything):
        for ask in (client.get, client.post):
            response = ask(url)
            found[url, ask.__name__] = response.status_code, response.headers.get("Location", "").partition("?")[0]
    assert differing(found, dict.fromkeys(found, (302, "/accounts/login/"))) == {}


@pytest.mark.req("ACC-02")
@pytest.mark.parametrize("part", range(PARTS))
def test_posting_is_refused_to_whom_the_page_is_not_for(desks, everything, part):
    found, said = {}, {}
    for name, _, expected, url in each_of(part, everything):
        for person in trial.PEOPLE:
            if person in expected.who or name == "crf:home":
                continue
            answer = desks[person].post(url, {"reason": "x", "text": "x", "deed": "close"})
            found[url, person], said[url, person] = answer.status_code, expected.of(person)
    assert differing(found, said) == {}


def differing(found: dict, said: dict) -> dict:
    """(found, expected) where they are not the same."""
    return {what: (answer, said[what]) for what, answer in found.items() if answer != said[what]}


@pytest.mark.req("INV-05")
@pytest.mark.req("QRY-03")
def test_a_record_is_not_changed_by_who_only_reads_it(client, everything):
    expected = TABLE["crf:record"][0]
    for person in RATING_READERS - {INES, RUTH}:
        client.force_login(trial.person(person))
        assert (
            client.post(
                address("crf:record", expected, everything), {next(iter(trial.world.ALARMING)): "0"}
            ).status_code
            == 403
        ), person


def test_a_wrong_address_below_a_subject_is_not_found(client, everything):
    client.force_login(trial.person("ines"))
    rating = trial.world.RATING
    for wrong in (
        *("nowhere/", f"XX9/{rating}/", f"{VISIT}/NOSUCH/", f"{VISIT}/{rating}/7/"),
        *(f"{served.UNSCHEDULED}-9/{rating}/", "visits/XX/missed/"),
    ):
        assert client.get(f"/subjects/{trial.TREATED}/{wrong}").status_code == 404, wrong
