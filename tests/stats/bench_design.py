"""The plan as shipped, simulated: type I error of 10,000 trials, on one, two and four Dask workers.

Run: `.venv/bin/python tests/stats/bench_design.py [TRIALS]`. Each line is the command

    DASK_SCHEDULER=tcp://… manage.py analyse analysis/scenario.json --method design --analysis mmrm --trials 10000

over a cluster of so many workers on this machine: 26 subjects at two sites, no effect, a fifth leaves early; the
primary model with site and Kenward-Roger. The aim is a type I error from 4.5 to 5.5 %, and the same numbers each time.
A machine of two cores cannot halve the time again from two workers to four; what the busiest worker computed says how
evenly the work was shared, whoever else uses the machine.
"""

import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from distributed import Client, LocalCluster

from analysis.command.estimators.planning import read_scenario
from analysis.stats.descriptive import wilson
from analysis.stats.design import operating_characteristics
from analysis.stats.executor import open_executor

SCENARIO = Path(__file__).resolve().parents[2] / "analysis" / "scenario.json"
SEED, LEVEL = 11, 0.95


def computed(address: str) -> dict[str, float]:
    with Client(address, set_as_default=False) as client:
        return client.run(time.process_time)


def main(trials: int) -> None:
    scenario = read_scenario(SCENARIO, None).scenario.without_effect()
    told = []
    for workers in (1, 2, 4):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=40
        ) as cluster:
            address = cluster.scheduler_address
            before, began = computed(address), time.perf_counter()
            with open_executor(processes=1, scheduler=address) as executor:
                found = operating_characteristics(
                    scenario, analyses=["mmrm"], trials=trials, seed=SEED, level=LEVEL, executor=executor
                )["mmrm"]
            took = time.perf_counter() - began
            each = [after - before[worker] for worker, after in computed(address).items()]
        told.append(asdict(found))
        same = "the same numbers" if told[-1] == told[0] else "OTHER NUMBERS"
        print(
            f"{workers} workers: {took:6.1f} s; processor time {sum(each):6.1f} s, of the busiest worker "
            f"{max(each):6.1f} s; {same}",
            flush=True,
        )
    low, high = wilson(round(found.rejected * trials), trials, level=LEVEL)
    print(
        f"type I error {100 * found.rejected:.2f} % of {trials:,} trials ({100 * low:.2f} to {100 * high:.2f} %), "
        f"{found.silent} without a result, {found.left_first} not by the first covariance; "
        f"coverage {100 * found.coverage:.2f} %; seed {SEED}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
