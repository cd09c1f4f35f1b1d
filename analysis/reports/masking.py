"""Dummy arms, so that the final report can be rehearsed while nobody may know the real ones.

Dummy arms are drawn from a seed and the subject numbers alone. The list is neither read nor needed.
"""

import numpy as np
import pandas as pd

from crf import trial

ACTIVE = next(arm.code for arm in trial.ARMS if arm.active)
REFERENCE = next(arm.code for arm in trial.ARMS if not arm.active)


def dummy_arms(subjects: pd.DataFrame, *, seed: int) -> pd.Series:
    """An arm for each subject (index: subject number), half and half within each site; the real ones play no part."""
    rng = np.random.Generator(np.random.Philox(seed))
    arms = {}
    for _, members in subjects.sort_values("subject").groupby("site", sort=True):
        half = (len(members) + rng.integers(2)) // 2
        codes = np.array([ACTIVE] * half + [REFERENCE] * (len(members) - half))
        arms |= dict(zip(members["subject"], codes[rng.permutation(len(members))], strict=True))
    return pd.Series(arms, name="arm", dtype=object).sort_index()
