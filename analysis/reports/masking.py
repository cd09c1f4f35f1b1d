"""Dummy arms, so that the final report can be rehearsed while nobody may know the real ones.

Dummy arms are drawn from a seed and the subject numbers alone. The list is neither read nor needed.
"""

import numpy as np
import pandas as pd

from crf import trial


def dummy_arms(subjects: pd.DataFrame, *, seed: int) -> pd.Series:
    """An arm for each subject (index: subject number), in the declared shares within each site, as near as they go.

    The real arms play no part.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    block = np.array([arm.code for arm in trial.ARMS for _ in range(arm.share)])
    arms = {}
    for _, members in subjects.sort_values("subject").groupby("site", sort=True):
        whole, rest = divmod(len(members), len(block))
        codes = np.concatenate([np.tile(block, whole), rng.permutation(block)[:rest]])
        arms |= dict(zip(members["subject"], map(str, codes[rng.permutation(len(members))]), strict=True))
    return pd.Series(arms, name="arm", dtype=object).sort_index()
