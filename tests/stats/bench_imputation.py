"""How long imputation takes on the antidepressant trial (172 patients, 4 visits): medians, one thread.

`python tests/stats/bench_imputation.py`; needs the oracles' data.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from analysis.stats.executor import HereAndNow  # noqa: E402
from analysis.stats.imputation.conditional_mean import conditional_mean  # noqa: E402
from analysis.stats.imputation.delta import tipping_point_conditional_mean  # noqa: E402
from analysis.stats.imputation.gibbs import multiple_imputation  # noqa: E402
from analysis.stats.imputation.strategies import STRATEGIES  # noqa: E402
from tests.stats.antidepressant import antidepressant_data, antidepressant_panel  # noqa: E402


def median_seconds(work, repeats: int) -> float:
    """Median seconds of `repeats` runs after one to warm up."""
    work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    trial = antidepressant_panel(antidepressant_data())
    here = HereAndNow()
    grid = [float(shift) for shift in range(-5, 11)]
    for name, work, repeats in (
        (
            "MAR, J2R, CR, CIR by conditional means with jackknife (173 REML fits)",
            lambda: conditional_mean(trial, strategies=STRATEGIES, covariance="un", level=0.95, executor=here),
            7,
        ),
        (
            "2,000 Gibbs draws, burn-in 50, four strategies, pooled",
            lambda: multiple_imputation(
                trial, strategies=STRATEGIES, draws=2000, burn_in=50, seed=1, level=0.95, executor=here
            ),
            5,
        ),
        (
            "tipping-point grid of 16 x 16 by conditional means",
            lambda: tipping_point_conditional_mean(
                trial,
                strategy="MAR",
                visit="7",
                active=grid,
                reference=grid,
                pattern="constant",
                covariance="un",
                level=0.95,
                executor=here,
            ),
            5,
        ),
    ):
        print(f"{name}: {median_seconds(work, repeats):.2f} s")


if __name__ == "__main__":
    main()
