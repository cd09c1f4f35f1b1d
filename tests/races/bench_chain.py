"""Saves a second by sixteen writers, each on a subject of its own: with audit trail and chain, and without (>= 0.5).

Twice: the whole deed as pages call it, which is mostly Python; and the bare UPDATE of a record in a transaction of its
own, which is what the chain slows down most. Without, the audit triggers are off and everything else is as in life:
locks, signatures, freezes, row security. `make bench` prints both with their ratios; whoever quotes them names the
machine.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from crf.actions.act import act
from crf.models import RECORDS, Site
from tests import trial
from trialsite.database.wall import seeing

WRITERS, ROUNDS = 16, 3
FORM, ITEM = trial.world.A_NUMBER


def saves(subject, person, many: int) -> None:
    """The deed, as a page calls it."""
    for _ in range(many):
        was = getattr(trial.record_of(subject, FORM, "SCR"), ITEM)
        trial.change(subject, "SCR", FORM, "ines", **{ITEM: "70.5" if str(was) != "70.5" else "70.6"})


def updates(subject, person, many: int) -> None:
    """The statement alone."""
    record, table = trial.record_of(subject, FORM, "SCR"), RECORDS[FORM]._meta.db_table
    for _ in range(many):
        with act(by=person, role="investigator", reason="Bench"), connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{ITEM}" = 140 - "{ITEM}" WHERE id = %s', [record.pk])


def a_second(numbers: list[str], write, many: int) -> float:
    def on_its_own(number: str) -> None:
        try:
            with seeing(Site.objects.all()):
                write(trial.subject(number), trial.person("ines"), many)
        finally:
            connection.close()

    start = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(on_its_own, numbers))
    return many * len(numbers) / (time.perf_counter() - start)


def test_saves_a_second_with_the_chain_and_without(real_commits, superuser):
    with seeing(Site.objects.all()):
        site = Site.objects.get(code=trial.FIRST)
        numbers = [trial.screened(site, site.today(), "ines").number for _ in range(WRITERS)]
    triggers = superuser.execute(
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname LIKE 'pgtrigger\\_audit\\_%' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    for write, many in ((saves, 4), (updates, 60)):
        found: dict[str, list[float]] = {"ENABLE ALWAYS": [], "DISABLE": []}
        a_second(numbers, write, 1)  # warm
        for _ in range(ROUNDS):
            for how, figures in found.items():
                for table, name in triggers:
                    superuser.execute(f'ALTER TABLE "{table}" {how} TRIGGER "{name}"')
                figures.append(a_second(numbers, write, many))
        chained, bare = (sorted(figures)[ROUNDS // 2] for figures in found.values())
        print(
            f"\n{WRITERS} writers, {write.__name__}: {chained:.0f}/s with the chain, {bare:.0f}/s without,"
            f" ratio {chained / bare:.2f}"
        )
        assert chained / bare >= 0.5
