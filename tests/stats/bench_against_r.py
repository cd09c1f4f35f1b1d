"""Our time, R's time and their ratio for the same data and model, in one run; where Rscript is installed.

Run by `make bench`, or: python tests/stats/bench_against_r.py. Against mmrm (the same model, Kenward-Roger), nlme's gls
(the same model, no small-sample df) and pbkrtest (compound symmetry as a random intercept, Kenward-Roger), as far as R
has them; R_LIBS may name a library of one's own. The ratio is of processor time, which a busy machine disturbs least.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import pandas as pd  # noqa: E402
from bench_mmrm import ORACLES, simulated, taken_ms, whole  # noqa: E402

HERE = Path(__file__).resolve().parent
FIXED = {
    "fev": ("197 subjects x 4 visits", "ARM*VISIT + RACE + SEX", 60),
    "small": ("26 subjects x 6 visits", "BASE + VISIT*ARM", 60),
    "large": ("1,000 subjects x 10 visits", "ARM*VISIT + BASE + RACE", 5),
}
COVARIANCES = {"mmrm": "un", "nlme": "un", "pbkrtest": "cs"}


def data_sets() -> dict[str, pd.DataFrame]:
    """By the names of FIXED, with columns SUBJECT, VISIT, ARM (PLACEBO is the reference), CHG and covariates."""
    found = {
        "small": simulated(26, 6, seed=26, missing=0.02, drop_out=0.05),
        "large": simulated(1000, 10, seed=10, missing=0.10),
    }
    if (ORACLES / "fev_data.csv").exists():
        fev = pd.read_csv(ORACLES / "fev_data.csv")
        fev = fev.rename(columns={"USUBJID": "SUBJECT", "AVISIT": "VISIT", "ARMCD": "ARM", "FEV1": "CHG"})
        found = {"fev": fev.assign(ARM=fev["ARM"].map({"PBO": "PLACEBO", "TRT": "DCS"}))} | found
    return found


def main() -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("Rscript is not installed: no ratio.")
        return
    trials = data_sets()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in trials.items():
            data.rename(columns={"CHG": "y"}).to_csv(Path(folder, f"{name}.csv"), index=False)
        run = subprocess.run(
            [rscript, str(HERE / "bench_against_r.R"), folder], capture_output=True, text=True, check=False
        )
    if run.returncode:
        raise SystemExit(run.stderr)
    ours = {}
    for row in run.stdout.splitlines():
        name, program, clock, processor = row.split()
        covariance = COVARIANCES[program.split("-")[0]]
        title, fixed, times = FIXED[name]
        if (name, covariance) not in ours:
            ours[name, covariance] = taken_ms(lambda n=name, f=fixed, c=covariance: whole(trials[n], f, c), times)
        own = ours[name, covariance]
        print(
            f"{title:<27} {covariance.upper():<3} {program:<15} R {float(clock):9.1f} ms (processor "
            f"{float(processor):9.1f})  ours {own.median:7.1f} ms ({own.processor:7.1f})  "
            f"ratio {float(processor) / own.processor:7.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
