"""The one natural table of a method's results, for a CSV file: a row for each number, subject, time or cell."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

STEPS = ("time", "at_risk", "events", "censored", "survival", "se", "low", "high")


def table_of(method: str, found: dict) -> pd.DataFrame:
    """The results of one method as a frame at full precision; NaN where a number does not exist."""
    own = {
        "survival": _curves,
        "tipping": _grid,
        "exposure": lambda f: pd.DataFrame(f["subjects"]),
        "safety": _events,
        "derive": lambda f: pd.DataFrame(f["rows"]),
        "populations": _members,
    }
    return own[method](found) if method in own else flat(found)


def flat(found) -> pd.DataFrame:
    """Every result with a name, a row each; `result` says where it stands."""
    rows: list[dict] = []
    _walk(found, (), rows)
    return pd.DataFrame(rows)


def _walk(value, path, rows):
    if isinstance(value, dict):
        for key, item in value.items():
            _walk(item, (*path, str(key)), rows)
    elif isinstance(value, (tuple, list)):
        for item in value:
            _walk(item, path, rows)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        content = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        plain = {key: item for key, item in content.items() if isinstance(item, (str, int, float, bool, np.number))}
        if "name" in content or ("method" in content and len(plain) > 2):
            rows.append({"result": ".".join(path), **plain})
        for key, item in content.items():
            if key not in plain and not isinstance(item, np.ndarray):
                _walk(item, (*path, key), rows)


def _curves(found):
    return pd.DataFrame(
        [
            {"arm": found[side].name, **dict(zip(STEPS, step, strict=True))}
            for side in ("active", "reference")
            for step in found[side].steps
        ]
    )


def _grid(found):
    rows = []
    for how, strategies in found.items():
        for strategy, one in strategies.items():
            for i, active in enumerate(one.active):
                for j, reference in enumerate(one.reference):
                    rows.append(
                        {
                            "method": how,
                            "strategy": strategy,
                            "visit": one.visit,
                            "delta_active": active,
                            "delta_reference": reference,
                            "estimate": one.estimate[i, j],
                            "se": one.se[i, j],
                            "p": one.p[i, j],
                        }
                    )
    return pd.DataFrame(rows)


def _events(found):
    rows = []
    for by, lines in found["by"].items():
        for line in lines:
            row = {"by": by, "value": line.name}
            for side in ("active", "reference"):
                counted, rate = getattr(line, side), getattr(line, f"{side}_rate")
                row |= {
                    f"{side}_subjects": counted.events,
                    f"{side}_n": counted.n,
                    f"{side}_share": counted.proportion,
                    f"{side}_low": counted.low,
                    f"{side}_high": counted.high,
                    f"{side}_events": getattr(line, f"{side}_events"),
                    f"{side}_rate_per_year": rate.estimate,
                    f"{side}_rate_low": rate.low,
                    f"{side}_rate_high": rate.high,
                }
            d = line.difference
            rows.append({**row, "risk_difference": d.estimate, "difference_low": d.low, "difference_high": d.high})
    return pd.DataFrame(rows)


def _members(found):
    sets = list(found.values())
    reasons = {one.name: dict(one.excluded) for one in sets}
    everyone = sorted({who for one in sets for who in (*one.members, *(out for out, _ in one.excluded))})
    return pd.DataFrame(
        [
            {
                "subject": who,
                **{name: who not in out for name, out in reasons.items()},
                "reasons": "; ".join(
                    dict.fromkeys(why for out in reasons.values() if who in out for why in out[who].split("; "))
                ),
            }
            for who in everyone
        ]
    )
