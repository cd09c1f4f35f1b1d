"""The final report of many subjects in all its forms: seconds of processor time and memory, without a database.

Run: `.venv/bin/python tests/unit/bench_final_report.py [SUBJECTS]`, 10,000 if not said; one in seven leaves early.
Aims: 60 s and 1 GB in all.
"""

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
os.environ.setdefault("ECRF_MODE", "demo")

import django

django.setup()

from analysis.papers import files  # noqa: E402
from analysis.reports import final  # noqa: E402
from tests import thin  # noqa: E402


def line(what: str, seconds: float, size: int = 0) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:30} {seconds:7.1f} s {size / 1e6:8.1f} MB, at most {most:6.0f} MB held", flush=True)


def main(subjects: int) -> None:
    random = np.random.default_rng(3)
    leaves, at = random.uniform(size=subjects) < 1 / 7, random.integers(2, len(thin.VISITS), size=subjects)
    collected = thin.made(subjects, stays=lambda person, visit: not (leaves[person] and visit >= at[person]))
    arms = thin.arms(collected)
    begun = before = time.process_time()
    report = final.build(collected, thin.ABOUT, arms)
    line(f"built, {subjects:,} subjects", time.process_time() - before)
    before = time.process_time()
    for file in files.every(report):
        line(file.name.removeprefix(report.file_stem), time.process_time() - before, len(file.content))
        before = time.process_time()
    line("in all", time.process_time() - begun)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
