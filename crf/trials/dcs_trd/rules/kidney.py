"""Kidney function from creatinine (PROTOCOL 4 and 5)."""

from decimal import Decimal


def egfr(creatinine: Decimal | float, *, age: int, sex: str) -> float:
    """eGFR in mL/min/1.73 m2 by CKD-EPI 2021 (Inker et al., N Engl J Med 2021;385:1737), without race.

    Creatinine in mg/dL (above 0), age in years, sex F or M.
    """
    if sex not in ("F", "M"):
        raise ValueError(f"eGFR needs sex F or M, not {sex!r}.")
    if creatinine <= 0:
        raise ValueError("eGFR needs a creatinine above 0 mg/dL.")
    kappa, alpha = (0.7, -0.241) if sex == "F" else (0.9, -0.302)
    ratio = float(creatinine) / kappa
    rate = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.200 * 0.9938**age
    return rate * 1.012 if sex == "F" else rate
