"""A made-up trial as people have it on disk: baseline rows, gaps, a dropout, sites, blocks, days."""

import numpy as np
import pandas as pd

VISITS = ("W1", "W2", "W4")
DAYS = {"BL": 1, "W1": 8, "W2": 15, "W4": 29}


def people(n: int = 24, seed: int = 5) -> pd.DataFrame:
    """One row a subject and visit, baseline rows among them; subject 3 has none after it, 7 and 12 left early."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        arm = "DRUG" if i % 2 else "PLACEBO"
        base = int(random.integers(20, 34))
        own = random.normal(0, 3)
        about = {"SUBJ": f"S{i:02d}", "ARM": arm, "SITE": "AB"[i // 2 % 2], "BLOCK": str(i // 4), "AGE": 30 + i % 17}
        rows.append({**about, "VISIT": "BL", "DAY": 1, "BASE": base, "SCORE": base, "CHG": 0})
        if i == 3:
            continue
        for k, visit in enumerate(VISITS):
            if i in (7, 12) and k == 2:
                continue
            fall = (2 + 2 * k) * (1.6 if arm == "DRUG" else 1.0) + own + random.normal(0, 2)
            score = max(0, round(base - fall))
            rows.append(
                {**about, "VISIT": visit, "DAY": DAYS[visit] + int(random.integers(-1, 2)), "BASE": base}
                | {"SCORE": score, "CHG": score - base}
            )
    return pd.DataFrame(rows)


PARTS = ["--subject", "SUBJ", "--visit", "VISIT", "--arm", "ARM", "--reference", "PLACEBO", "--response", "CHG"]
