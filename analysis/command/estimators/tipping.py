"""Delta adjustment: a grid of shifts over both arms, and where the conclusion tips (METHODS 8.7)."""

from __future__ import annotations

from analysis.command.estimators.asked import Asked
from analysis.command.estimators.robustness import BURN_IN, by_structure, panel_of
from analysis.command.longform import LongForm
from analysis.stats.frame import singular_is_refused as said
from analysis.stats.imputation.delta import tipping_point_conditional_mean, tipping_point_multiple_imputation


def tipping_points(data: LongForm, asked: Asked) -> dict:
    """The grid under each assumption, by conditional means, and by multiple imputation where draws are asked for."""
    asked.need("tipping", "deltas")
    made = panel_of(data)
    kept = {
        "visit": asked.at,
        "active": asked.deltas,
        "reference": asked.deltas,
        "pattern": asked.pattern,
        "level": asked.level,
        "executor": asked.executor,
    }
    found = {"conditional_mean": {}}
    with said("The tipping point"):
        for strategy in asked.strategies:
            found["conditional_mean"] |= by_structure(
                asked,
                lambda covariance, strategy=strategy: {
                    strategy: tipping_point_conditional_mean(
                        made, strategy=strategy, covariance=covariance, progress=asked.progress(strategy), **kept
                    )
                },
            )
            if asked.draws:
                found.setdefault("multiple_imputation", {})[strategy] = tipping_point_multiple_imputation(
                    made,
                    strategy=strategy,
                    draws=asked.draws,
                    burn_in=BURN_IN,
                    seed=asked.seed,
                    progress=asked.progress(f"{strategy}, draws"),
                    **kept,
                )
    return found
