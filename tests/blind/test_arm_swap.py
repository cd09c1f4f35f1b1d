"""The blind from outside: two worlds that differ only in a swap of all arms give every blinded person the same bytes.

The list of the small world is taken out of the sealed room and put back with every arm flipped: the same kits at the
same places, given to the same subjects. Every address of the URLconf is asked for by every blinded role, with filters,
search and paging, every file too. Exempt by name: the list's commitment (its Merkle root) and the hashes that cover it;
here it is held still. Passed over: times of day (looking leaves traces, such as a sign-in) and tokens against forged
requests. The second world is a copy of the first, taken before anybody looked.
"""

import itertools
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from analysis import outputs
from crf import trial as served
from crf.actions import code_break, outbox, unblinded
from crf.actions import outputs as store
from crf.allocation import load, schedule, sealing
from crf.models import AuditEntry, CodeBreak, Site
from tests import databases, sealed_room, trial
from tests.pages.conftest import fill_everything, supplied
from tests.pages.test_every_page_by_role import OWN_ACCOUNT, TABLE, TAKE_OUT, every_name
from trialsite.database import roles
from trialsite.database.wall import seeing

pytestmark = pytest.mark.every_trial
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
FILES = ("csv", "xlsx", "pdf")
NOISE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|(?:(?<=T)|\b)\d\d:\d\d(?::\d\d(?:\.\d+)?)?\b|nonce-[A-Za-z0-9+/=]+'
)


@pytest.fixture
def world(real_commits, monkeypatch):
    """The small world with a query, an alert and code breaks with what followed; the commitment held still."""
    monkeypatch.setattr("analysis.collect.datasets.commitment", lambda: "the commitment")
    monkeypatch.setattr("crf.actions.randomise.commitment", lambda: "the commitment")
    with seeing(Site.objects.all()):
        made = fill_everything()
        subject = trial.subject(trial.TREATED)
        ines, ruth, sofia = (trial.person(name) for name in ("ines", "ruth", "sofia"))
        shown = code_break.request(subject=subject, by=ines, reason="Seizure in the ward")
        code_break.reveal(log_id=shown, subject=subject, by=ines)
        broken = CodeBreak.objects.select_related("subject__site", "site").get(log=shown)
        unblinded.tell_of_others(found=broken, by=ines, people=[ruth], described="Physician on duty")
        unblinded.acknowledge(found=broken, by=trial.person("mark"))
        unblinded.assess(found=broken, by=ines, words="Another rater takes over")
        code_break.reveal_for_report(log_id=made.susar, subject=subject, by=sofia)
        return vars(made) | supplied(subject) | {"broken": broken.pk}


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


def seen(person: str, urls: list[str]) -> dict[str, tuple]:
    """What the person is given at each address: status, where it leads, headers that tell of content, and the bytes."""
    client = Client()
    client.force_login(trial.person(person))
    given = {}
    for url in urls:
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = tuple(answer.headers.get(name) for name in ("Location", "Content-Type", "Content-Disposition"))
        given[url] = (answer.status_code, headers, NOISE.sub(b"", content))
    if person in TAKE_OUT:
        given["the data"] = (200, (), taken_out(person))
    return given


def taken_out(person: str) -> bytes:
    """The archive of all data that the person may take out, in two formats; every other is written from the same."""
    output = outputs.ask("data", by=trial.person(person), purpose="The blind", formats=["csv", "json"])
    assert output.is_ready, output.trouble
    return b"".join(store.content(output, output.files[0]["name"]))


def swap(owner):
    """Flip every arm in the sealed room; everything else stays: kits, places, and who was given which."""
    taken = sealed_room.as_sealed(
        owner, "SELECT subject_id, allocated_at, allocated_by, kit FROM sealed.slot WHERE subject_id IS NOT NULL"
    )
    requests = sealed_room.as_sealed(owner, "SELECT subject_id, requested_by, at, reason, kind FROM sealed.code_break")
    before = dict(sealed_room.as_sealed(owner, "SELECT kit, sealed FROM sealed.slot"))
    shape = {"strata": [site.code for site in served.SITES], "block_sizes": [4], "length": 240}
    was = schedule.draw(trial.SEED, arms=[arm.code for arm in served.ARMS], **shape)
    flipped = schedule.draw(trial.SEED, arms=[arm.code for arm in reversed(served.ARMS)], **shape)
    assert all(one.kit == other.kit and one.arm != other.arm for one, other in zip(was, flipped, strict=True))
    assert {place.kit for place in was} == set(before)
    sealed_room.empty(owner)
    told = ("list", "code_break", "code_shown")  # in the trail already; only the arms shall differ
    for table in told:
        sealed_room.as_sealed(owner, f"ALTER TABLE sealed.{table} DISABLE TRIGGER tell")
    key = sealing.read_key(Path(settings.ARM_KEY_FILE))
    with owner.transaction(), owner.cursor() as cursor:
        load.load(cursor, flipped, lambda: key, generator=schedule.GENERATOR, parameters=shape, by="a test")
    with owner.transaction():
        owner.execute("SET LOCAL ROLE ecrf_sealed")
        for subject, at, by, kit in taken:
            owner.execute(
                "UPDATE sealed.slot SET subject_id = %s, allocated_at = %s, allocated_by = %s WHERE kit = %s",
                [subject, at, by, kit],
            )
        for number, request in enumerate(requests, start=1):
            owner.execute(
                "INSERT INTO sealed.code_break (id, subject_id, requested_by, at, reason, kind)"
                " OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s)",
                [number, *request],
            )
    for table in told:
        sealed_room.as_sealed(owner, f"ALTER TABLE sealed.{table} ENABLE ALWAYS TRIGGER tell")


@pytest.fixture
def other_world(world, real_commits, admin, database_names):
    """The name of a copy of the world, as it is before anybody looks."""
    name = next(database_names)
    connection.close()
    databases.clone(admin, real_commits, name)
    yield name
    databases.drop(admin, name)


@pytest.mark.req("BLI-09")
@pytest.mark.req("BLI-01")
@pytest.mark.req("AUD-15")
def test_no_byte_that_a_blinded_person_is_given_changes_when_all_arms_are_swapped(world, other_world):
    urls = addresses(world)
    before = {person: seen(person, urls) for person in BLINDED}
    trail = list(AuditEntry.objects.values_list("body", flat=True))
    with databases.connected(other_world, roles.WEB):
        with databases.the_cluster().connect(roles.OWNER, other_world) as owner:
            swap(owner)
        after = {person: seen(person, urls) for person in BLINDED}
    differing = [
        (person, url) for person, url in itertools.product(BLINDED, urls) if before[person][url] != after[person][url]
    ]
    import difflib

    for person, url in differing:
        a, b = (w[person][url][2].decode().splitlines() for w in (before, after))
        print("\n".join(difflib.unified_diff(a, b, lineterm="", n=3)))
    assert differing == []
    assert not any(re.search(rf'"({"|".join(ARMS)})"', body) for body in trail)
    outbox.send_due(most=1000)
    # What the study calls itself may hold the name of its drug: it stands on every mail, whoever is given what.
    texts = [(sent.body + sent.subject).replace(served.STUDY_ID, "") for sent in mail.outbox]
    assert [text for text in texts if re.search(rf"\b({'|'.join(ARMS)})\b", text)] == []
    statuses = {answer[0] for answers in before.values() for answer in answers.values()}
    assert 200 in statuses
    assert statuses <= {200, 204, 302, 400, 403, 404, 405, 409}, statuses


def test_the_swap_itself_is_seen_by_who_breaks_the_code(world, owner):
    """The test above could not fail if the swap changed nothing."""
    with seeing(Site.objects.all()):
        subject, person = trial.subject(trial.TREATED), trial.person("ines")
        first = code_break.reveal(log_id=world["log_id"], subject=subject, by=person)
        swap(owner)
        again = code_break.request(subject=subject, by=person, reason="The same once more")
        assert {first, code_break.reveal(log_id=again, subject=subject, by=person)} == set(ARMS)
