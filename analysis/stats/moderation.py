"""Does a baseline value moderate the effect? Exploratory by its nature (METHODS 9).

arm x covariate by least squares with HC3 beside, the Johnson-Neyman region, and a permutation p-value of the
interaction within randomisation blocks.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.executor import HereAndNow, Progress, chunks, compute
from analysis.stats.frame import complete, is_level, one_row_each, two_arms
from analysis.stats.linear import design_of, least_squares
from analysis.stats.results import Moderation, NotEstimable, Region, Significance
from analysis.stats.streams import stream

PERMUTATIONS_PER_JOB = 4096  # permutations per job


def arm_by_covariate(
    scores: pd.DataFrame,
    *,
    subject: str,
    response: str,
    arm: str,
    active: str,
    reference: str,
    moderator: str,
    covariates: tuple[str, ...],
    factors: tuple[str, ...],
    level: float,
) -> Moderation:
    """The change of the effect (active minus reference) per unit of the moderator (METHODS 9.1).

    scores has one row a subject; moderator is centred, so the arm's coefficient is the effect at its mean.
    """
    is_level(level)
    model = _model(scores, subject, response, arm, active, reference, moderator, covariates, factors)
    fit = least_squares(model.columns, model.response, model.names)
    method = f"{response} ~ {' + '.join([*covariates, *factors, moderator, arm, f'{arm}:{moderator}'])}"
    kept = {"level": level, "n": len(model.response), "left_out": model.left_out, "method": method}
    interaction = f"{arm}:{moderator}"
    place = [model.names.index(arm), model.names.index(interaction)]
    return Moderation(
        interaction=fit.coefficient(interaction, **kept),
        robust=fit.coefficient(interaction, robust=True, **{**kept, "method": method + ", HC3"}),
        effect_at_mean=replace(fit.coefficient(arm, **kept), name=f"{active} - {reference} at the mean of {moderator}"),
        coefficients=tuple(fit.coefficient(name, **kept) for name in model.names),
        covariance=tuple(map(tuple, fit.covariance[np.ix_(place, place)].tolist())),
        centre=model.centre,
        observed=tuple(sorted(model.moderator.tolist())),
        residual_sd=float(np.sqrt(fit.sigma2)),
        residual_df=float(fit.df),
        n=len(model.response),
        left_out=model.left_out,
        method=method,
        warnings=model.warnings + fit.warnings,
    )


def johnson_neyman(
    fit: Moderation, *, level: float, simultaneous: Literal["none", "fdr", "scheffe"], grid: int
) -> Region:
    """Values of the moderator where the effect's interval leaves out 0 (METHODS 9.2), in closed form.

    simultaneous: "none" for each value by itself (Johnson and Neyman 1936); "fdr" holds the false discovery rate over
    the observed values (Esarey and Sumner 2018, doi:10.1177/0010414017730080); "scheffe" covers all values at once
    (Potthoff 1964). points runs over the observed range, a tenth beyond it on both sides marked as outside.
    """
    is_level(level)
    if grid < 2:
        raise NotEstimable(f"A curve wants two points at least, not {grid}.")
    if not fit.interaction.se > 0:
        raise NotEstimable("The fit is perfect: the effect has no interval, so no region where it leaves out 0.")
    seen = np.array(fit.observed)
    critical, notes = _critical(fit, np.unique(seen), level, simultaneous)
    (v11, v12), (_, v22) = fit.covariance
    slope, at_mean, t2 = fit.interaction.estimate, fit.effect_at_mean.estimate, critical**2
    roots = _roots(slope**2 - t2 * v22, 2 * (at_mean * slope - t2 * v12), at_mean**2 - t2 * v11)
    bounds = tuple(root + fit.centre for root in roots)
    margin = 0.1 * np.ptp(seen)
    values = np.linspace(seen[0] - margin, seen[-1] + margin, grid)
    effect, se = _effect(fit, values)
    if not bounds:
        significant = "everywhere" if at_mean**2 > t2 * v11 else "nowhere"
    elif len(bounds) == 1:
        significant = f"below {bounds[0]:.4g}" if _differs(fit, bounds[0] - 1, critical) else f"above {bounds[0]:.4g}"
    else:
        between = _differs(fit, sum(bounds) / 2, critical)
        significant = f"{'between' if between else 'outside'} {bounds[0]:.4g} and {bounds[1]:.4g}"
    if bounds and not any(seen[0] <= bound <= seen[-1] for bound in bounds):
        notes += ("Every boundary lies outside the observed range.",)
    return Region(
        bounds=bounds,
        significant=significant,
        critical=critical,
        points=tuple(
            (float(v), float(e), float(e - critical * s), float(e + critical * s), bool(seen[0] <= v <= seen[-1]))
            for v, e, s in zip(values, effect, se, strict=True)
        ),
        level=level,
        n=fit.n,
        left_out=fit.left_out,
        method=f"Johnson-Neyman, simultaneous: {simultaneous}",
        warnings=fit.warnings + notes,
    )


def _critical(fit, distinct, level, simultaneous):
    df, alpha = fit.residual_df, 1 - level
    if simultaneous == "none":
        return float(special.stdtrit(df, 1 - alpha / 2)), ()
    if simultaneous == "scheffe":
        return float(np.sqrt(2 * special.fdtri(2, df, level))), ()
    if simultaneous != "fdr":
        raise NotEstimable(f"simultaneous is none, fdr or scheffe, not {simultaneous}.")
    effect, se = _effect(fit, distinct)
    p = np.sort(2 * special.stdtr(df, -np.abs(effect / se)))
    rank = np.arange(1, len(p) + 1)
    passed = rank[p <= rank / len(p) * alpha]
    # Nothing passes: the smallest step of Benjamini and Hochberg's ladder stands, as in R's interactionTest.
    step = passed.max() if len(passed) else 1
    notes = () if len(passed) else ("No observed value passes the false discovery rate.",)
    return float(special.stdtrit(df, 1 - alpha * step / len(p) / 2)), notes


def _effect(fit, values):
    (v11, v12), (_, v22) = fit.covariance
    away = np.asarray(values) - fit.centre
    return (
        fit.effect_at_mean.estimate + fit.interaction.estimate * away,
        np.sqrt(v11 + 2 * v12 * away + v22 * away**2),
    )


def _differs(fit, value, critical):
    effect, se = _effect(fit, np.array([value]))
    return bool(abs(effect[0]) > critical * se[0])


def _roots(a, b, c):
    """Real roots of a x^2 + b x + c, sorted; the stable form that does not lose digits when b is large."""
    if a == 0:
        return [-c / b] if b else []
    inside = b * b - 4 * a * c
    if inside <= 0:
        return []
    q = -(b + np.copysign(np.sqrt(inside), b)) / 2
    return sorted(float(root) for root in (q / a, c / q))


def permutation(
    scores: pd.DataFrame,
    *,
    subject: str,
    response: str,
    arm: str,
    active: str,
    reference: str,
    moderator: str,
    covariates: tuple[str, ...],
    factors: tuple[str, ...],
    block: str,
    draws: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Significance:
    """Freedman and Lane's permutation test of the interaction (1983; METHODS 9.3), residuals moved within blocks.

    p = (1 + permutations with |t| as large) / (1 + draws). It is approximate: the residuals are of the fitted null
    model. The same seed gives the same number.
    """
    if draws < 1:
        raise NotEstimable(f"{draws} permutations show nothing; take 999 or more.")
    model = _model(scores, subject, response, arm, active, reference, moderator, covariates, factors, block)
    q_null, _ = np.linalg.qr(model.columns[:, :-1])
    last = model.columns[:, -1] - q_null @ (q_null.T @ model.columns[:, -1])
    if np.linalg.norm(last) <= 1e-10 * np.linalg.norm(model.columns[:, -1]):
        raise NotEstimable(f"{model.names[-1]} follows from the other terms.")
    last /= np.linalg.norm(last)
    fitted = q_null @ (q_null.T @ model.response)
    residuals = model.response - fitted
    df = len(residuals) - model.columns.shape[1]
    if df < 1:
        raise NotEstimable(f"{len(residuals)} subjects cannot carry {model.columns.shape[1]} coefficients.")
    groups = [np.flatnonzero(model.block == one) for one in pd.unique(model.block)]
    notes = model.warnings
    alone = sum(len(group) == 1 for group in groups)
    if alone:
        notes += (f"{alone} block(s) hold one subject, whose residual cannot move.",)
    seen = float(_t_of_last(residuals[:, None], q_null, last, df)[0])
    jobs = [(residuals, groups, q_null, last, df, abs(seen), seed, *part) for part in enumerated(draws)]
    as_large = sum(compute(count_as_large, jobs, executor=executor or HereAndNow(), progress=progress))
    return Significance(
        name=model.names[-1],
        statistic=seen,
        df=float("nan"),
        df2=float("nan"),
        p=(as_large + 1) / (draws + 1),
        n=len(residuals),
        left_out=model.left_out,
        method=f"Freedman-Lane within {block}, {draws} draws, seed {seed}; approximate, exploratory",
        warnings=notes,
    )


def enumerated(draws: int) -> list[tuple[int, int]]:
    """(number of the job, permutations in it) for each job of `draws` permutations; none for none."""
    return [(number, stop - start) for number, (start, stop) in enumerate(chunks(draws, PERMUTATIONS_PER_JOB))]


def count_as_large(residuals, groups, q_null, last, df, seen: float, seed: int, number: int, size: int) -> int:
    """How many of the `size` permutations of job `number` have a |t| as large as the one seen."""
    random = stream(seed, "permutation", number)
    moved = np.empty((len(residuals), size))
    for group in groups:
        order = random.random((len(group), size)).argsort(axis=0)
        moved[group] = residuals[group][order]
    return int((np.abs(_t_of_last(moved, q_null, last, df)) >= seen * (1 - 1e-9)).sum())


def _t_of_last(moved, q_null, last, df):
    """t of the last column for each column of moved; what the null model fits is the same in all and drops out."""
    free = moved - q_null @ (q_null.T @ moved)
    slope = last @ free
    rss = np.einsum("ij,ij->j", free, free) - slope**2
    return slope / np.sqrt(np.maximum(rss, 1e-300) / df)


@dataclass(frozen=True)
class _Model:
    """What the two analyses share: complete rows and the design with arm:moderator as its last column."""

    columns: np.ndarray
    names: tuple[str, ...]
    response: np.ndarray
    moderator: np.ndarray
    centre: float
    block: np.ndarray | None
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]


def _model(scores, subject, response, arm, active, reference, moderator, covariates, factors, block=None):
    if moderator in covariates:
        raise NotEstimable(f"{moderator} is named as moderator and as covariate; once is enough.")
    wanted = [response, arm, moderator, *covariates, *factors, *([block] if block else [])]
    used, left_out = complete(scores, wanted, subject=subject)
    one_row_each(used, subject)
    two_arms(used, arm, active=active, reference=reference)
    design = design_of(used, arm=arm, active=active, covariates=(*covariates, moderator), factors=factors)
    values, centre = used[moderator].to_numpy(float), design.means[moderator]
    return _Model(
        columns=np.column_stack([design.columns, design.columns[:, 1] * (values - centre)]),
        names=(*design.names, f"{arm}:{moderator}"),
        response=used[response].to_numpy(float),
        moderator=values,
        centre=centre,
        block=used[block].to_numpy() if block else None,
        left_out=left_out,
        warnings=design.warnings,
    )
