"""Where resampling and simulation run: in this process, in local processes or on a Dask cluster (METHODS 7.6).

Whoever computes cuts the work into jobs whose number does not depend on the workers, and each job owns its random
streams (`streams.py`). So the place changes the time and never the numbers.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager

Progress = Callable[[int, int], None]  # told (jobs done, jobs in all) after every job


class HereAndNow(Executor):
    """Runs a job in this process when it is handed in: for small work, and for looking into a failing job."""

    def submit(self, function, /, *args, **kwargs) -> Future:
        future: Future = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it belongs to the future, as in every executor
            future.set_exception(error)
        return future


def _one_thread_each() -> None:
    # Several processes with several BLAS threads each only stand in one another's way; set before numpy is imported.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@contextmanager
def open_executor(*, processes: int, scheduler: str | None) -> Iterator[Executor]:
    """An executor, closed at the end of the block.

    `scheduler` is the address of a Dask scheduler (`tcp://host:8786`) and wins; else `processes` local processes, where
    1 is this process itself. Local processes are spawned, because forking a process that holds threads or a database
    connection breaks both. Dask's workers must be able to import `analysis.stats`.
    """
    if processes < 1:
        raise ValueError(f"processes is {processes}; it must be 1 (this process) or more.")
    if scheduler:
        from distributed import Client  # a second to import, and only a cluster needs it

        with Client(scheduler, set_as_default=False) as client, client.get_executor() as executor:
            yield executor
    elif processes == 1:
        with HereAndNow() as executor:
            yield executor
    else:
        with ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("spawn"), initializer=_one_thread_each
        ) as executor:
            yield executor


@contextmanager
def executor_from_environment(*, processes: int) -> Iterator[Executor]:
    """The executor that the environment asks for: Dask where `DASK_SCHEDULER` is set, else local processes."""
    with open_executor(processes=processes, scheduler=os.environ.get("DASK_SCHEDULER") or None) as executor:
        yield executor


def compute(function: Callable, jobs: Iterable[tuple], *, executor: Executor, progress: Progress | None = None) -> list:
    """`function(*job)` for every job; results in the order of the jobs, whichever is done first.

    The first error of a job is raised here, once the jobs not yet begun are cancelled.
    """
    futures = [executor.submit(function, *job) for job in jobs]
    try:
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(futures))
    finally:
        for future in futures:
            future.cancel()  # does nothing to what is done
    return [future.result() for future in futures]


def chunks(total: int, size: int) -> list[tuple[int, int]]:
    """Half-open ranges (start, stop) of `size` that cover `total`; the cut depends on nothing else."""
    return [(start, min(start + size, total)) for start in range(0, total, size)]
