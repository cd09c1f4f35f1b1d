"""How long exact re-randomisation takes: `OPENBLAS_NUM_THREADS=1 python tests/stats/bench_rerandomisation.py`.

26 subjects on two lists of blocks of four (14 + 12), 6 weekly visits, 20 % drop-out: 93,312 allocations.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from analysis.stats.allocations import reference_set
from analysis.stats.armscores import effect_scores, over_allocations
from analysis.stats.mmrm import fit_arrays
from analysis.stats.records import records
from analysis.stats.rerandomisation import rerandomise_ancova, rerandomise_mmrm, rerandomise_shift

WEEKS = [f"W{week}" for week in range(1, 7)]


def trial(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Made-up outcomes in long form and the opened list."""
    random = np.random.default_rng(seed)
    blocks = [("JER", k, "ABBA") for k in range(3)] + [("JER", 3, "AB")] + [("AFU", k, "BABA") for k in range(3)]
    listed = pd.DataFrame([{"stratum": s, "block": b, "arm": arm} for s, b, word in blocks for arm in word])
    listed["subject"] = [f"{k:03d}" for k in range(len(listed))]
    base = random.normal(24, 4, size=26)
    spread = np.linalg.cholesky(np.full((6, 6), 12.0) + np.diag(np.arange(6) * 3 + 6.0))
    y = random.normal(size=(26, 6)) @ spread.T - 0.3 * base[:, None] - np.arange(1, 7)
    last = np.where(random.random(26) < 0.2, random.integers(2, 6, size=26), 6)
    rows = [
        {"subject": who, "site": site, "visit": WEEKS[w], "base": base[i], "y": y[i, w]}
        for i, (who, site) in enumerate(zip(listed["subject"], listed["stratum"], strict=True))
        for w in range(last[i])
    ]
    return pd.DataFrame(rows), listed


def median_seconds(work, repeats: int = 9) -> float:
    """Median seconds of `repeats` runs after one to warm up."""
    work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    data, listed = trial(5)
    how = {"active": "A", "reference": "B", "limit": 5_000_000, "draws": 100_000, "seed": 1}
    exact = reference_set(listed, scheme="conditional", **how)
    drawn = reference_set(listed, scheme="conditional", **how | {"limit": 1})
    last = data[data["visit"] == "W6"]

    def mmrm(allocations):
        return rerandomise_mmrm(
            data,
            allocations,
            subject="subject",
            visit="visit",
            response="y",
            fixed="base + site + visit",
            visits=WEEKS,
            at="W6",
            covariance="un",
            profile={w: (k + 1) / 6 for k, w in enumerate(WEEKS)},
            level=0.95,
        )

    used = records(data, subject="subject", visit="visit", response="y", fixed="base + site + visit", visits=WEEKS)
    places = pd.Index(exact.subjects).get_indexer(used.subjects)[used.subject]

    def statistics_only():
        fitted = fit_arrays(
            used.x, used.y, used.subject, used.visit, n_visits=6, covariance="un", method="reml", visits=WEEKS
        )
        effects = effect_scores(used.y[None, :], used.x, places, used.visit, fitted.sigma, len(exact.subjects))
        return over_allocations(effects, exact)

    for name, work in {
        f"MMRM, all {exact.count:,}: arm-free fit and every Wald statistic": statistics_only,
        f"MMRM, all {exact.count:,}: p and interval, a fit per shift": lambda: mmrm(exact),
        f"MMRM, {drawn.count:,} drawn: p and interval": lambda: mmrm(drawn),
        f"ANCOVA, all {exact.count:,}: p and interval": lambda: rerandomise_ancova(
            last, exact, subject="subject", response="y", fixed="base + site", level=0.95
        ),
        f"shift, all {exact.count:,}: p and interval": lambda: rerandomise_shift(
            last, exact, subject="subject", response="y", level=0.95
        ),
    }.items():
        print(f"{name}: {median_seconds(work):.3f} s")


if __name__ == "__main__":
    main()
