"""Each active arm with the reference, in the declared order, where the trial has more than two arms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from analysis.command.estimators.asked import Asked
from analysis.command.longform import LongForm

Estimator = Callable[[LongForm, Asked], dict]


def each_arm(estimator: Estimator) -> Estimator:
    """The estimator's results for two arms; by active arm, under `arms`, where there are more.

    Every comparison is made in the model of all arms; where a method holds two only, it takes the rows of the two.
    """

    @wraps(estimator)
    def by_arm(data: LongForm, asked: Asked) -> dict:
        if len(data.actives) == 1:
            return estimator(data, asked)
        return {"arms": {arm: estimator(replace(data, active=arm), asked) for arm in data.actives}}

    return by_arm
