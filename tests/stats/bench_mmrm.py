"""How long a fit takes: medians of the figures that METHODS 6.14 promises, and the memory of the largest.

Run by `make bench`, or: python tests/stats/bench_mmrm.py. One call is all that a report asks of a fit: from the data
frame through checks, design, search, Kenward-Roger and least-squares means to the table of differences by visit.
"""

import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
ORACLES = ROOT.parent / "shared" / "oracles"

from analysis.stats.covariance import STRUCTURES  # noqa: E402
from analysis.stats.lsmeans import difference_by_visit  # noqa: E402
from analysis.stats.mmrm import fit  # noqa: E402


def simulated(n: int, visits: int, *, seed: int, missing: float = 0.03, drop_out: float = 0.02) -> pd.DataFrame:
    """A trial of n subjects with intermittent gaps and drop-out: long form with every scheduled row."""
    rng = np.random.Generator(np.random.Philox(seed))
    index = np.arange(visits)
    sigma = 30.0 * 0.85 ** np.abs(index[:, None] - index) * np.outer(1 + 0.05 * index, 1 + 0.05 * index)
    base = rng.normal(25.0, 4.0, n)
    arm = rng.permutation(np.arange(n) % 2)
    y = rng.standard_normal((n, visits)) @ np.linalg.cholesky(sigma).T
    y += 0.4 * base[:, None] - index - 0.3 * arm[:, None] * index
    leaves = np.minimum(rng.geometric(drop_out, n), visits) if drop_out else np.full(n, visits)
    y[(index >= np.maximum(leaves, 1)[:, None]) | (rng.random((n, visits)) < missing)] = np.nan
    return pd.DataFrame(
        {
            "SUBJECT": np.repeat(np.arange(n), visits),
            "VISIT": pd.Categorical.from_codes(np.tile(index, n), [f"V{i:02d}" for i in index]),
            "ARM": pd.Categorical.from_codes(np.repeat(arm, visits), ["PLACEBO", "DCS"]),
            "RACE": pd.Categorical.from_codes(np.repeat(rng.integers(0, 3, n), visits), ["a", "b", "c"]),
            "BASE": np.repeat(base, visits),
            "CHG": y.ravel(),
        }
    )


def whole(data: pd.DataFrame, fixed: str, covariance: str, **names: str) -> None:
    """Data frame to table of differences with Kenward-Roger: everything a report asks of one fit."""
    columns = {"subject": "SUBJECT", "visit": "VISIT", "response": "CHG", "arm": "ARM", "reference": "PLACEBO"} | names
    arm, reference = columns.pop("arm"), columns.pop("reference")
    found = fit(data, fixed=fixed, covariance=covariance, method="reml", reference={arm: reference}, **columns)
    if not found.converged:
        raise SystemExit(f"{covariance} did not converge: {found.warnings}")
    difference_by_visit(found, arm=arm, reference=reference, df="kr", level=0.95)


@dataclass(frozen=True)
class Taken:
    """Milliseconds of many runs: by the clock the shortest, the median and the ninth tenth, and of the processor."""

    shortest: float
    median: float
    p90: float
    processor: float


def taken_ms(task, times: int) -> Taken:
    """How long a task takes, after three runs to warm up. The processor's time tells how busy the machine was."""
    for _ in range(min(3, times)):
        task()
    clock, processor = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.process_time()
        task()
        clock.append(1000.0 * (time.perf_counter() - began))
        processor.append(1000.0 * (time.process_time() - spent))
    return Taken(min(clock), statistics.median(clock), float(np.quantile(clock, 0.9)), statistics.median(processor))


def line(title: str, taken: Taken, aim: float) -> None:
    """The aim is held against the median by the clock; where only the processor's time is within it, others ran too."""
    verdict = "ok" if taken.median <= aim else "machine busy" if taken.processor <= aim else "MISSED"
    print(
        f"{title:<50} shortest {taken.shortest:7.1f}  median {taken.median:7.1f}  p90 {taken.p90:7.1f}  "
        f"processor {taken.processor:7.1f}  aim {aim:5.0f} ms  {verdict}",
        flush=True,
    )


def main() -> None:
    if (ORACLES / "fev_data.csv").exists():
        fev = pd.read_csv(ORACLES / "fev_data.csv")
        names = {"subject": "USUBJID", "visit": "AVISIT", "response": "FEV1", "arm": "ARMCD", "reference": "PBO"}
        fixed = "ARMCD*AVISIT + RACE + SEX"
        line("fev, 197 subjects x 4 visits, UN, KR", taken_ms(lambda: whole(fev, fixed, "un", **names), 200), 6)
    small = simulated(26, 6, seed=26, missing=0.02, drop_out=0.05)
    fixed = "BASE + VISIT*ARM"
    for name in STRUCTURES:
        aim = 6 if name == "un" else 20
        took = taken_ms(lambda name=name: whole(small, fixed, name), 200 if name == "un" else 40)
        line(f"26 subjects x 6 visits, {name.upper()}, KR", took, aim)
    large = simulated(1000, 10, seed=10, missing=0.10)
    fixed = "ARM*VISIT + BASE + RACE"
    title = "1,000 subjects x 10 visits, UN (55 parameters), KR"
    line(title, taken_ms(lambda: whole(large, fixed, "un"), 5), 400)
    huge = simulated(100_000, 6, seed=6)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    title = "100,000 subjects x 6 visits, UN, KR"
    line(title, taken_ms(lambda: whole(huge, "ARM*VISIT + BASE", "un"), 3), 2000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory: peak {peak / 1024:.0f} MB, of which {before / 1024:.0f} MB before the fits (aim < 1024 MB)")


if __name__ == "__main__":
    main()
