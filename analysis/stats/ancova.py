"""Analysis of covariance of one response at one visit (METHODS 4.1).

Observed-case or LOCF is a matter of the rows handed in (`observed_at` and `locf` of `analysis.derive.derivations`);
the model is the same.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.stats.frame import complete, is_level, one_row_each, two_arms
from analysis.stats.linear import design_of, least_squares
from analysis.stats.results import Ancova


def ancova(
    scores: pd.DataFrame,
    *,
    subject: str,
    response: str,
    arm: str,
    active: str,
    reference: str,
    covariates: tuple[str, ...],
    factors: tuple[str, ...],
    level: float,
    beside: tuple[str, ...] = (),
) -> Ancova:
    """Difference of the adjusted means, active minus reference, at the covariates' means (METHODS 4.1).

    scores has one row a subject. covariates are numbers, factors categories (site) whose levels weigh equally.
    The robust estimate beside it has the HC3 standard error with the model's degrees of freedom.
    beside: further arms of the trial, kept in the model: all arms share slopes and variance, each is compared in turn.
    Raises NotEstimable where an arm, rank or degrees of freedom lack.
    """
    is_level(level)
    used, left_out = complete(scores, [response, arm, *covariates, *factors], subject=subject)
    one_row_each(used, subject)
    two_arms(used, arm, active=active, reference=reference, beside=beside)
    design = design_of(used, arm=arm, active=active, covariates=covariates, factors=factors, beside=beside)
    fit = least_squares(design.columns, used[response].to_numpy(float), design.names)
    terms = " + ".join([*covariates, arm, *factors])
    method = f"ANCOVA: {response} ~ {terms}"
    kept = {"level": level, "n": len(used), "left_out": left_out, "method": method}
    name = f"{active} - {reference}"
    robust = fit.coefficient(arm, robust=True, **{**kept, "method": method + ", HC3"})
    return Ancova(
        contrast=replace(fit.coefficient(arm, **kept), name=name),
        robust=replace(robust, name=name),
        means=tuple(
            fit.combine(_mean_weights(design.names, is_active), name=which, **kept)
            for which, is_active in ((active, 1.0), (reference, 0.0))
        ),
        coefficients=tuple(fit.coefficient(one, **kept) for one in design.names),
        residual_sd=float(np.sqrt(fit.sigma2)),
        residual_df=float(fit.df),
        r_squared=fit.r_squared,
        n=len(used),
        n_active=int((used[arm] == active).sum()),
        n_reference=int((used[arm] == reference).sum()),
        left_out=left_out,
        method=method,
        warnings=design.warnings + fit.warnings,
    )


def _mean_weights(names, is_active):
    weights = np.zeros(len(names))
    weights[:2] = 1.0, is_active
    return weights
