"""The statistics run on one thread of linear algebra, whatever was imported first (METHODS 6.14)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THREADS = """
from threadpoolctl import threadpool_info
print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
"""


def threads_after(imports: str, **environment: str) -> str:
    own = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    run = subprocess.run(
        [sys.executable, "-c", imports + THREADS],
        cwd=ROOT,
        env=own | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.mark.parametrize("imports", ["import scipy.linalg\nimport analysis.stats.mmrm", "import analysis.stats.mmrm"])
def test_linear_algebra_has_one_thread(imports):
    assert threads_after(imports) == "{1}"


def test_who_asks_for_threads_gets_them():
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core has one thread")
    assert threads_after("import analysis.stats.mmrm", OPENBLAS_NUM_THREADS="2") == "{2}"
