"""Seconds to load and verify a list of 20,000 places, and to randomise 10,000 by 32 clients on one list.

Some of them fail after their kit was given, and some lose their backend there: nothing is given twice, none left out.

A cluster of its own, with durable commits as in life: `PYTHONPATH=. python tests/races/bench_allocation.py`.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import psycopg

from trialsite.database import postgres, roles

CLIENTS, EACH, PLACES = 32, 313, 10_020
UNDONE, KILLED = 0.10, 0.02
STRATA, ARMS = ("AFU", "JER"), ("DCS", "PLACEBO")
REPOSITORY = Path(__file__).resolve().parents[2]


class Undone(Exception):
    """The deed failed after the kit was given."""


def load_and_verify(owner, key_file: Path) -> tuple[float, float]:
    """Seconds to draw the list, and to seal, store, read back and verify it."""
    from crf.allocation import load, schedule, sealing

    begun = time.perf_counter()
    shape = {"strata": STRATA, "arms": ARMS, "block_sizes": (4,), "length": PLACES}
    places = schedule.draw("the seed of the bench", **shape)
    drawn = time.perf_counter()
    with owner.transaction(), owner.cursor() as cursor:
        load.load(
            cursor,
            places,
            lambda: sealing.create_key(key_file),
            generator=schedule.GENERATOR,
            parameters=shape,
            by="bench",
        )
    return drawn - begun, time.perf_counter() - drawn


def client(number: int, cluster: postgres.Cluster, start: threading.Barrier) -> tuple[list[float], int, int]:
    """Seconds of each randomisation that was committed; how many were rolled back, and how many backends killed.

    One in ten fails after its kit was given, one in fifty loses its backend there; each is tried again, as people do.
    """
    chance, seconds, undone, killed = random.Random(number), [], 0, 0
    web, killer = cluster.connect(roles.WEB, "ecrf"), cluster.connect(dbname="ecrf")
    start.wait()
    for subject in range(number * EACH + 1, (number + 1) * EACH + 1):
        while True:
            fate, begun = chance.random(), time.perf_counter()
            try:
                with web.transaction():
                    web.execute("SELECT sealed.allocate(%s, %s, %s)", ["JER", subject, 1])
                    if fate < KILLED:
                        killer.execute("SELECT pg_terminate_backend(%s)", [web.info.backend_pid])
                        web.execute("SELECT 1")
                    if fate < KILLED + UNDONE:
                        raise Undone
            except Undone:
                undone += 1
            except psycopg.OperationalError:
                killed += 1
                web = cluster.connect(roles.WEB, "ecrf")
            else:
                seconds.append(time.perf_counter() - begun)
                break
    web.close()
    killer.close()
    return seconds, undone, killed


def crowd(cluster: postgres.Cluster) -> tuple[list[float], int, int, float]:
    """What all clients together saw, who begin at one moment, and how long they took."""
    start = threading.Barrier(CLIENTS + 1)
    with ThreadPoolExecutor(CLIENTS) as threads:
        running = [threads.submit(client, number, cluster, start) for number in range(CLIENTS)]
        start.wait()
        begun = time.perf_counter()
        answers = [one.result() for one in running]
    seconds, undone, killed = zip(*answers, strict=True)
    return [one for each in seconds for one in each], sum(undone), sum(killed), time.perf_counter() - begun


def let_any_number_be_randomised(owner) -> None:
    """Subjects are numbers here: whether the record holds one as eligible is answered with yes."""
    owner.execute(
        "CREATE OR REPLACE FUNCTION public.crf_may_be_randomised(asked_subject bigint) RETURNS boolean"
        " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT true'"
    )


def faults(owner) -> dict[str, int]:
    """Duplicates, gaps and inversions of what was given."""
    with owner.transaction():
        owner.execute("SET LOCAL ROLE ecrf_sealed")
        rows = owner.execute(
            "SELECT sequence, kit FROM sealed.slot WHERE subject_id IS NOT NULL ORDER BY allocated_at"
        ).fetchall()
    places = [sequence for sequence, _ in rows]
    return {
        "given": len(rows),
        "duplicates": len(rows) - len({kit for _, kit in rows}),
        "gaps": max(places) - len(set(places)),
        "inversions": sum(a > b for a, b in pairwise(places)),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(ECRF_MODE="demo", ECRF_VAR=folder, DJANGO_SETTINGS_MODULE="trialsite.settings")
        with postgres.Cluster(Path(folder), say=lambda line: None).in_use() as cluster:
            postgres.bootstrap(cluster)
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
            subprocess.run(migrate, cwd=REPOSITORY, env={**os.environ, "ECRF_ROLE": "owner"}, check=True)
            with closing(cluster.connect(roles.OWNER, "ecrf")) as owner:
                drawing, loading = load_and_verify(owner, Path(folder) / "arm.key")
                print(f"draw {2 * PLACES} places: {drawing:.2f} s")
                print(f"seal, load and verify them: {loading:.2f} s (aim < 2 for 10,000)")
                let_any_number_be_randomised(owner)
                waits, undone, killed, took = crowd(cluster)
                half, most, longest = (1000 * np.quantile(waits, share) for share in (0.5, 0.95, 1))
                print(f"randomise {len(waits)} by {CLIENTS} clients on one list: {len(waits) / took:.0f} a second")
                print(f"  {undone} rolled back, {killed} backends killed in the middle, each tried again")
                print(f"  median {half:.1f} ms, p95 {most:.1f} ms, longest {longest:.1f} ms")
                print("  " + ", ".join(f"{name} {count}" for name, count in faults(owner).items()))


if __name__ == "__main__":
    main()
