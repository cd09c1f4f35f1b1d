"""Seconds to load and verify a list of 10,000 places, and to randomise: 8 workers, 100 subjects each, one list.

A cluster of its own, with durable commits as in life: `PYTHONPATH=. python tests/races/bench_allocation.py`.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import django
import numpy as np

from trialsite.database import postgres, roles

WORKERS, EACH, PLACES = 8, 100, 5_000
STRATA, ARMS = ("AFU", "JER"), ("DCS", "PLACEBO")
REPOSITORY = Path(__file__).resolve().parents[2]


def load_and_verify(owner, key_file: Path) -> tuple[float, float]:
    """Seconds to draw the list, and to seal, store, read back and verify it."""
    from crf.allocation import load, schedule, sealing

    begun = time.perf_counter()
    shape = {"strata": STRATA, "arms": ARMS, "block_size": 4, "length": PLACES}
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


def begin(barrier) -> None:
    """In each worker process, once: Django up, connected, and waiting for the others."""
    global together  # noqa: PLW0603 - a worker is handed its barrier once, by its initializer
    together = barrier
    django.setup()
    from django.db import connection

    connection.ensure_connection()


def randomise(worker: int) -> list[float]:
    """Seconds of each of the worker's randomisations, from BEGIN to COMMIT."""
    from django.db import transaction

    from crf.allocation import hatch

    together.wait()
    seconds = []
    for number in range(EACH):
        begun = time.perf_counter()
        with transaction.atomic():
            hatch.allocate(subject_id=worker * EACH + number + 1, stratum="JER", by=1)
        seconds.append(time.perf_counter() - begun)
    return seconds


def crowd() -> list[float]:
    """Seconds of every randomisation of all workers, who begin together."""
    context = get_context("spawn")
    barrier = context.Barrier(WORKERS)
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=begin, initargs=(barrier,)) as pool:
        return [seconds for worker in pool.map(randomise, range(WORKERS)) for seconds in worker]


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
                print(f"seal, load and verify them: {loading:.2f} s (aim < 2)")
                waits = crowd()
                half, most, longest = (1000 * np.quantile(waits, share) for share in (0.5, 0.95, 1))
                print(f"randomise {WORKERS} x {EACH} on one list, together:")
                print(f"  median {half:.1f} ms, p95 {most:.1f} ms (aim <= 100), longest {longest:.1f} ms")
                print("  " + ", ".join(f"{name} {count}" for name, count in faults(owner).items()))


if __name__ == "__main__":
    main()
