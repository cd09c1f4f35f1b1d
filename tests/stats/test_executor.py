"""The one executor: the place changes the time and never the numbers (METHODS 7.6)."""

from itertools import chain

import numpy as np
import pytest
from distributed import LocalCluster

from analysis.stats.executor import HereAndNow, chunks, compute, executor_from_environment, open_executor
from analysis.stats.streams import stream


def draws(start, stop):
    return [float(stream(7, "trial", number).standard_normal()) for number in range(start, stop)]


def fail(start, stop):
    if start == 4:
        raise RuntimeError("job 4 went wrong")
    return start


def test_results_come_in_the_order_of_the_jobs_and_progress_is_told():
    told = []
    with HereAndNow() as executor:
        results = compute(draws, chunks(10, 3), executor=executor, progress=lambda done, of: told.append((done, of)))
    assert [*chain.from_iterable(results)] == draws(0, 10)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_local_processes_and_two_dask_workers_give_the_same_numbers(monkeypatch):
    with open_executor(processes=2, scheduler=None) as executor:
        local = compute(draws, chunks(12, 5), executor=executor)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER", cluster.scheduler_address)
        with executor_from_environment(processes=1) as executor:
            dask = compute(draws, chunks(12, 5), executor=executor)
            assert type(executor).__name__ == "ClientExecutor"
    assert local == dask == [draws(0, 5), draws(5, 10), draws(10, 12)]


def test_the_error_of_a_job_reaches_the_caller():
    with HereAndNow() as executor, pytest.raises(RuntimeError, match="job 4 went wrong"):
        compute(fail, chunks(10, 2), executor=executor)


def test_it_refuses_less_than_one_process():
    with pytest.raises(ValueError, match="1 \\(this process\\) or more"), open_executor(processes=0, scheduler=None):
        pass


def test_streams_of_different_draws_purposes_and_seeds_do_not_meet():
    drawn = [
        stream(seed, purpose, number).integers(2**63, size=4).tolist()
        for seed in (1, 2)
        for purpose in ("allocations", "imputation", "trial")
        for number in (0, 1, 2)
    ]
    assert len({tuple(numbers) for numbers in drawn}) == len(drawn)


def test_a_stream_is_philox_with_the_seed_as_key():
    generator = np.random.Generator(np.random.Philox(key=11, counter=[0, 0, 5, 2]))
    assert stream(11, "trial", 5).random() == generator.random()
