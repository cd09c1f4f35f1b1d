"""Data and numbers that nobody here wrote, beside the repository; a test skips, saying so, where they are missing."""

import json
import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

# Beside the repository, unless the environment names another folder.
FOLDER = Path(os.environ.get("ORACLES") or Path(__file__).resolve().parents[3] / "shared" / "oracles")


def oracle(name: str) -> Path:
    """The path of an oracle, or a skip."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the oracle {name} is not in ../shared/oracles")
    return path


@cache
def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path)


def table(name: str) -> pd.DataFrame:
    """A CSV oracle as a frame of one's own."""
    return _table(oracle(name)).copy()


def expected() -> dict:
    """The numbers to reach, by name."""
    return json.loads(oracle("expected.json").read_text())


def fev() -> pd.DataFrame:
    """mmrm's fev_data: 197 subjects with records, 4 visits."""
    return table("fev_data.csv")


def antidepressant() -> pd.DataFrame:
    """rbmi's antidepressant_data: 172 subjects, 4 visits; VISIT as text, as SAS has it."""
    found = table("antidepressant_data.csv")
    found["VISIT"] = found["VISIT"].astype(str)
    return found
