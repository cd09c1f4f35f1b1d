"""The blind from outside: two worlds that differ only in a swap of all arms give every blinded person the same bytes.

The list of the small world is taken out of the sealed room and put back with every arm flipped: the same kits at the
same places, given to the same subjects. Every address of the URLconf is asked for by every blinded role, with filters,
search and paging, every file too, and an empty form is sent to every page that is theirs. Exempt by name: the list's
commitment (its Merkle root) and the hashes that cover it; here it is held still. Passed over: times of day (looking
leaves traces, such as a sign-in) and tokens against forged requests. The second world is a copy of the first, taken
before anybody looked. How long answers take is compared by tests/blind/test_timing.py.
"""

import os
import re

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from crf import trial as served
from crf.actions import code_break, outbox
from crf.models import AuditEntry, Site
from tests import databases, trial
from tests.blind.two_worlds import seen, swap
from tests.conftest import FIRST_TRIAL
from tests.pages.test_every_page_by_role import OWN_ACCOUNT, TABLE, every_name
from trialsite.database import roles
from trialsite.database.wall import seeing

pytestmark = [
    pytest.mark.every_trial,
    pytest.mark.skipif(  # it takes the longest of all: a run of all tests compares the worlds of the first trial
        settings.TRIAL != FIRST_TRIAL and not os.environ.get("PERMUTATIONS"), reason="told by `make blind`"
    ),
]
UNBLINDED_ROLES = ("supply_manager", "safety_officer", "unblinded_statistician", "randomisation_statistician")
#: One person for each blinded role.
BLINDED = list({role: name for name, (role, _) in trial.PEOPLE.items() if role not in UNBLINDED_ROLES}.values())
#: Lists are asked for with search, filter, order and paging; a page that knows no parameters shows the same without.
LISTS = {
    "crf:home",
    "crf:code_breaks",
    "crf:subjects",
    "crf:matrix",
    "crf:queries",
    "crf:alerts",
    "crf:audit",
    "crf:exports",
    "crf:sign_ins",
    "crf:drafts",
    "crf:subject",
    "analysis:index",
    "analysis:blinded",
}
ARMS = [arm.code for arm in served.ARMS]
RATING = trial.world.RATING
PARAMETERS = [
    *("", f"?q={trial.FIRST}", f"?site={trial.FIRST}&state=open&page=2"),
    *("?order=-kit&sort=queries&marks=alerts", f"?sort=arm&q={ARMS[0]}"),
]
#: In a run of all tests every arm is swapped; `make blind` also permutes the arms within their blocks, so many times.
SEEDS = [None, *range(1, 1 + int(os.environ.get("PERMUTATIONS", "0")))]
FILES = ("csv", "xlsx", "pdf")


def addresses(world) -> list[str]:
    """Every address that can be asked for with GET, with every parameter and in every format."""
    found = []
    for name in sorted(every_name()):
        if name.startswith(OWN_ACCOUNT):
            continue
        for expected in TABLE[name]:
            where = {key: world.get(value, value) for key, value in expected.where.items()}
            if {"pk", "record"} & set(where):
                where.pop("number", None)
            formats = FILES if "format" in where else (None,)
            for form in formats:
                url = reverse(name, kwargs=where | ({"format": form} if form else {}))
                found += [url + more for more in (PARAMETERS if name in LISTS else [""])]
    return list(dict.fromkeys(found))


@pytest.mark.req("BLI-09")
@pytest.mark.req("BLI-01")
@pytest.mark.req("AUD-15")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.long
def test_no_byte_that_a_blinded_person_is_given_changes_when_all_arms_are_swapped(world, other_world, seed):
    urls = addresses(world)
    before = {person: seen(person, urls) for person in BLINDED}
    trail = list(AuditEntry.objects.values_list("body", flat=True))
    with databases.connected(other_world, roles.WEB):
        with databases.the_cluster().connect(roles.OWNER, other_world) as owner:
            swap(owner, seed)
        after = {person: seen(person, urls) for person in BLINDED}
    differing = [(who, at) for who in BLINDED for at in before[who] if before[who][at] != after[who].get(at)]
    print(
        f"\n{served.STUDY_ID}, {'every arm swapped' if seed is None else f'arms permuted within blocks, seed {seed}'}: "
        f"{sum(map(len, before.values()))} answers compared, {len(differing)} differ."
    )
    assert differing == []
    assert not any(re.search(rf'"({"|".join(ARMS)})"', body) for body in trail)
    outbox.send_due(most=1000)
    # What the study calls itself may hold the name of its drug: it stands on every mail, whoever is given what.
    texts = [(sent.body + sent.subject).replace(served.STUDY_ID, "") for sent in mail.outbox]
    assert [text for text in texts if re.search(rf"\b({'|'.join(ARMS)})\b", text)] == []
    statuses = {answer[0] for answers in before.values() for answer in answers.values()}
    assert 200 in statuses
    assert statuses <= {200, 204, 302, 400, 403, 404, 405, 409, 422}, statuses
    assert any(address.startswith("POST ") for address in before[BLINDED[0]])


def test_the_swap_itself_is_seen_by_who_breaks_the_code(world, owner):
    """The test above could not fail if the swap changed nothing."""
    with seeing(Site.objects.all()):
        subject, person = trial.subject(trial.TREATED), trial.person("ines")
        first = code_break.reveal(log_id=world["log_id"], subject=subject, by=person)
        swap(owner)
        again = code_break.request(subject=subject, by=person, reason="The same once more")
        assert {first, code_break.reveal(log_id=again, subject=subject, by=person)} == set(ARMS)
