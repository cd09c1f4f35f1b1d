"""Two complete worlds that differ in nothing but who has which arm, and what a person is given in each."""

import hashlib
import random
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.test import Client

from crf import trial as served
from crf.actions import output_kinds
from crf.actions import outputs as store
from crf.allocation import declared, load, schedule, sealing, shams
from crf.allocation.places import Place
from crf.models import RECORDS
from crf.spec.purposes import Purpose
from tests import sealed_room, trial
from tests.pages.test_every_page_by_role import TAKE_OUT

NOISE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|(?:(?<=T)|\b)\d\d:\d\d(?::\d\d(?:\.\d+)?)?\b|nonce-[A-Za-z0-9+/=]+'
)
#: A look at the whole record is made anew after a minute: how many there are in the end hangs on the clock.
NOT_SENT = {"/study/check/"}
#: Headers that could tell of what is inside.
TELLING = ("Location", "Content-Type", "Content-Disposition", "ETag", "Last-Modified", "Cache-Control", "Vary")


def seen(person: str, urls: list[str]) -> dict[str, tuple]:
    """What the person is given at each address: status, where it leads, headers that tell of content, and the bytes."""
    client = Client()
    client.force_login(trial.person(person))
    given = {}
    for url in urls:
        answer = client.get(url)
        given[url] = told(answer)
        may_send = answer.status_code == 200 and "?" not in url and "html" in answer.headers["Content-Type"]
        if may_send and url not in NOT_SENT:
            given[f"POST {url}"] = told(client.post(url, {}))  # to nobody else would it say more than a refusal
    if person in TAKE_OUT:
        given["the data"] = (200, (), taken_out(person))
    return given


def told(answer) -> tuple:
    """What an answer tells: its status, its headers, and its bytes without what passes, as their hash and length."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    content = NOISE.sub(b"", content)
    headers = tuple(answer.headers.get(name) for name in TELLING)
    return answer.status_code, headers, len(content), hashlib.sha256(content).hexdigest()


def taken_out(person: str) -> bytes:
    """The archive of all data that the person may take out, in two formats; every other is written from the same."""
    output = output_kinds.ask("data", by=trial.person(person), purpose="The blind", formats=["csv", "json"])
    assert output.is_ready, output.trouble
    return b"".join(store.content(output, output.files[0]["name"]))


def flipped(was: list[Place], drawn: dict) -> list[Place]:
    """Every arm is the other one."""
    found = schedule.draw(trial.SEED, arms=[arm.code for arm in reversed(served.ARMS)], **drawn)
    assert all(one.kit == other.kit and one.arm != other.arm for one, other in zip(was, found, strict=True))
    return found


def permuted(was: list[Place], seed: int) -> list[Place]:
    """The arms of each block in another order, as any draw of the list could have given them."""
    chance, blocks = random.Random(seed), defaultdict(list)
    for place in was:
        blocks[place.stratum, place.block].append(place.arm)
    for arms in blocks.values():
        chance.shuffle(arms)
    return [replace(place, arm=blocks[place.stratum, place.block].pop()) for place in was]


def other_levels(owner, table: str):
    """What was measured is below quantification, and the other way round: past the triggers, as nothing in life."""
    with owner.transaction():
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE {table} SET level = CASE level WHEN 'BLQ' THEN '12.50' ELSE 'BLQ' END")
        for (trigger,) in owner.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        ).fetchall():
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def swap(owner, seed: int | None = None, *, levels: bool = False):
    """Flip every arm in the sealed room, or permute the arms within blocks with a seed.

    Everything else stays: kits, places, and who was given which. With `levels` drug levels are others too: past the
    trail, so that a look at the whole record tells of it.
    """
    form = served.serving(Purpose.DRUG_LEVEL)
    if levels and form is not None:
        other_levels(owner, RECORDS[form.code]._meta.db_table)
    shape = {"strata": [site.code for site in served.SITES], "block_sizes": [4], "length": 240}
    was = schedule.draw(trial.SEED, arms=[arm.code for arm in served.ARMS], **shape)
    replace_list(owner, flipped(was, shape) if seed is None else permuted(was, seed), seed=trial.SEED)


def replace_list(owner, other: list[Place], *, seed: str):
    """Put another list in the place of the loaded one: the same kits at the same places, given to the same subjects."""
    taken = sealed_room.as_sealed(
        owner, "SELECT subject_id, allocated_at, allocated_by, kit FROM sealed.slot WHERE subject_id IS NOT NULL"
    )
    requests = sealed_room.as_sealed(owner, "SELECT subject_id, requested_by, at, reason, kind FROM sealed.code_break")
    before = dict(sealed_room.as_sealed(owner, "SELECT kit, sealed FROM sealed.slot"))
    assert {place.kit for place in other} == set(before)
    sealed_room.empty(owner)
    in_the_trail = ("list", "code_break", "code_shown")  # already; only the arms shall differ
    for table in in_the_trail:
        sealed_room.as_sealed(owner, f"ALTER TABLE sealed.{table} DISABLE TRIGGER tell")
    key = sealing.read_key(Path(settings.ARM_KEY_FILE))
    with owner.transaction(), owner.cursor() as cursor:
        share = declared.sham_act()
        rows = shams.drawn(seed, other, share) if share else None  # of seed and place, whoever takes what
        load.load(cursor, other, lambda: key, generator=schedule.GENERATOR, parameters={}, by="a test", shams=rows)
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
    for table in in_the_trail:
        sealed_room.as_sealed(owner, f"ALTER TABLE sealed.{table} ENABLE ALWAYS TRIGGER tell")
