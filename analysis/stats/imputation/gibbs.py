"""Multiple imputation by Gibbs sampling under Jeffreys' prior, every draw with its own stream (METHODS 8.5).

Each draw is the end of its own short chain from the REML optimum, so draws are independent of one another, can be
made anywhere, and the 1,700th is the same whoever makes it. Chains of a job run side by side as one set of arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from analysis.stats.executor import Progress, chunks, compute
from analysis.stats.frame import is_level, singular_is_refused
from analysis.stats.imputation.conditional_mean import arm_weights
from analysis.stats.imputation.panel import ARM, Panel
from analysis.stats.imputation.rubin import Pooled, rubin
from analysis.stats.imputation.strategies import ASSUMPTIONS, fill, means, refuse_unknown
from analysis.stats.linear import t_estimate
from analysis.stats.mmrm import fit_arrays
from analysis.stats.results import Estimate, NotEstimable
from analysis.stats.streams import stream

CHAINS_PER_JOB = 250  # chains side by side; part of the definition of a job, not of the machine


@dataclass(frozen=True, kw_only=True)
class MultiplyImputed:
    """The pooled difference between arms by visit under one assumption (information-anchored by Rubin's rules)."""

    strategy: str
    assumption: str
    visits: tuple
    estimates: tuple[Estimate, ...]
    pooled: Pooled
    draws: int
    burn_in: int
    seed: int
    n: int
    left_out: tuple[str, ...]
    method: str
    warnings: tuple[str, ...]

    def at(self, visit) -> Estimate:
        """The pooled difference at a visit."""
        return self.estimates[self.visits.index(visit)]


@dataclass(frozen=True)
class Analysed:
    """ANCOVA of every imputed data set: effect (M, T) and residual sum of squares (M, T).

    products: (M, T, K) residuals times K given columns, from which a shift along those columns is analysed.
    """

    effect: np.ndarray
    rss: np.ndarray
    products: np.ndarray


def multiple_imputation(
    panel: Panel,
    *,
    strategies: Sequence[str],
    draws: int,
    burn_in: int,
    seed: int,
    level: float,
    executor: Executor,
    progress: Progress | None = None,
) -> dict[str, MultiplyImputed]:
    """Impute `draws` times under each strategy, analyse by ANCOVA at each visit, pool by Rubin's rules (METHODS 8.5).

    `burn_in`: steps of each chain before its draw. The strategies share parameters and noise, so they can be compared.
    """
    is_level(level)
    found = {}
    n, q = panel.design.shape
    arm_weights(panel.design)  # refuses columns that cannot be told apart
    information = np.linalg.inv(panel.design.T @ panel.design)[ARM, ARM]
    how = {"draws": draws, "burn_in": burn_in, "seed": seed}
    for strategy, analysed in analyses(
        panel, strategies=strategies, columns={}, executor=executor, progress=progress, **how
    ).items():
        pooled = rubin(analysed.effect, analysed.rss / (n - q) * information, complete_df=n - q)
        method = (
            f"multiple imputation, {strategy}, {draws} draws by Gibbs sampling (Jeffreys' prior, UN, seed {seed}); "
            "ANCOVA by visit; Rubin's rules"
        )
        estimates = tuple(
            t_estimate(
                f"difference at {visit}, {strategy}, Rubin",
                float(pooled.estimate[t]),
                float(pooled.se[t]),
                float(pooled.df[t]),
                level=level,
                n=n,
                left_out=panel.left_out,
                method=method,
                warnings=panel.warnings,
            )
            for t, visit in enumerate(panel.visits)
        )
        found[strategy] = MultiplyImputed(
            strategy=strategy,
            assumption=ASSUMPTIONS[strategy],
            visits=panel.visits,
            estimates=estimates,
            pooled=pooled,
            n=n,
            left_out=panel.left_out,
            method=method,
            warnings=panel.warnings,
            **how,
        )
    return found


def analyses(
    panel: Panel,
    *,
    strategies: Sequence[str],
    columns: Mapping[str, np.ndarray],
    draws: int,
    burn_in: int,
    seed: int,
    executor: Executor,
    progress: Progress | None = None,
) -> dict[str, Analysed]:
    """ANCOVA of `draws` imputed data sets under each strategy. `columns`: name -> (n, T) to take products with."""
    refuse_unknown(strategies)
    if draws < 2 or burn_in < 1:
        raise NotEstimable(f"{draws} draws with {burn_in} steps before each: at least 2 and 1 are needed.")
    q = panel.design.shape[1]
    n = int((~panel.missing.all(axis=1)).sum())
    if n - q < len(panel.visits):
        raise NotEstimable(
            f"{n} subjects with an outcome cannot carry {q} coefficients and {len(panel.visits)} visits."
        )
    # Who had the event lends the model only the time before it, except under MAR.
    groups = {"MAR": panel, "reference": panel.without_affected()}
    if np.array_equal(groups["MAR"].missing, groups["reference"].missing):
        groups = {"all": panel}
    found: dict[str, Analysed] = {}
    for name, model_panel in groups.items():
        mine = [s for s in strategies if name == "all" or (s == "MAR") == (name == "MAR")]
        if not mine:
            continue
        if (empty := model_panel.unseen).any():
            where = ", ".join(str(visit) for visit, gone in zip(panel.visits, empty, strict=True) if gone)
            raise NotEstimable(f"At {where} nobody was seen before an event: there is nothing to borrow. Take MAR.")
        start = _start(model_panel)
        jobs = [
            (panel, model_panel, tuple(mine), tuple(columns.values()), start, burn_in, seed, *part)
            for part in chunks(draws, CHAINS_PER_JOB)
        ]
        with singular_is_refused("Multiple imputation"):
            parts = compute(draw, jobs, executor=executor, progress=progress)
        for k, strategy in enumerate(mine):
            found[strategy] = Analysed(*(np.concatenate(arrays) for arrays in zip(*(p[k] for p in parts), strict=True)))
    return {strategy: found[strategy] for strategy in strategies}


def _start(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    who, when = np.nonzero(~panel.missing)
    q, visits = panel.design.shape[1], len(panel.visits)
    x = np.zeros((len(who), q, visits))
    x[np.arange(len(who)), :, when] = panel.design[who]
    with singular_is_refused("The imputation model"):
        whole = fit_arrays(
            x.reshape(len(who), -1),
            panel.y[who, when],
            who,
            when,
            n_visits=visits,
            covariance="un",
            method="reml",
            visits=panel.visits,
        )
    return whole.beta.reshape(q, visits), whole.sigma


def draw(panel, model_panel, strategies, columns, start, burn_in, seed, first, last) -> list[tuple]:
    """Draws first to last: for each strategy the effects, residual sums of squares and products of `Analysed`."""
    # Who was never seen tells the model nothing: it is left out of the chain, and imputed from its end.
    seen = ~panel.missing.all(axis=1)
    gaps = model_panel.missing.any(axis=1)
    incomplete, complete = model_panel.only(seen & gaps), model_panel.only(seen & ~gaps)
    numbers = _numbers(panel, incomplete, burn_in, seed, range(first, last))
    coefficients, sigma = _chains(model_panel.only(seen), incomplete, complete, start, burn_in, numbers)
    basis, _ = np.linalg.qr(panel.design)
    effect_row = np.linalg.solve(panel.design.T @ panel.design, panel.design.T)[ARM]
    results = []
    for strategy in strategies:
        outcomes = fill(panel, means(panel, coefficients, strategy), sigma, numbers["imputation"])
        effect = effect_row @ outcomes
        residual = outcomes - basis @ (basis.T @ outcomes)
        products = np.empty((*effect.shape, len(columns)))
        for k, column in enumerate(columns):
            products[..., k] = (residual * column).sum(axis=-2)
        results.append((effect, (residual**2).sum(axis=-2), products))
    return results


def _numbers(panel, incomplete, burn_in, seed, draws):
    """All random numbers of some draws, each draw's from its own stream, in an order that is for ever."""
    n, visits = panel.y.shape
    q = panel.design.shape[1]
    df = int((~panel.missing.all(axis=1)).sum()) - q - np.arange(visits)
    kinds = {
        "chi": lambda r: np.sqrt(r.chisquare(df, size=(burn_in, visits))),
        "below": lambda r: r.standard_normal((burn_in, visits, visits)),
        "coefficients": lambda r: r.standard_normal((burn_in, q, visits)),
        "gaps": lambda r: r.standard_normal((burn_in, *incomplete.y.shape)),
        "imputation": lambda r: r.standard_normal((n, visits)),
    }
    drawn: dict[str, list[np.ndarray]] = {kind: [] for kind in kinds}
    for number in draws:
        random = stream(seed, "imputation", number)
        for kind, make in kinds.items():
            drawn[kind].append(make(random))
    return {kind: np.stack(parts) for kind, parts in drawn.items()}


def _chains(panel, incomplete, complete, start, burn_in, numbers):
    """Coefficients (k, q, T) and Sigma (k, T, T) at the end of k chains, side by side."""
    design = panel.design
    bread = np.linalg.inv(design.T @ design)
    root = np.linalg.cholesky(bread)
    n_chains, visits = len(numbers["chi"]), panel.y.shape[1]
    coefficients = np.broadcast_to(start[0], (n_chains, *start[0].shape))
    sigma = np.broadcast_to(start[1], (n_chains, visits, visits))
    known_xy, known_yy = complete.design.T @ complete.y, complete.y.T @ complete.y
    diagonal, below = np.arange(visits), np.tril(np.ones((visits, visits)), -1)
    for step in range(burn_in):
        filled = fill(incomplete, incomplete.design @ coefficients, sigma, numbers["gaps"][:, step])
        xy = known_xy + incomplete.design.T @ filled
        best = bread @ xy
        scatter = known_yy + np.swapaxes(filled, -1, -2) @ filled - np.swapaxes(best, -1, -2) @ xy
        bartlett = numbers["below"][:, step] * below
        bartlett[:, diagonal, diagonal] = numbers["chi"][:, step]
        # Sigma^-1 ~ Wishart(n - q, scatter^-1), so Sigma = G G' with G = chol(scatter) A'^-1
        spread = np.linalg.cholesky(scatter) @ np.swapaxes(np.linalg.inv(bartlett), -1, -2)
        sigma = spread @ np.swapaxes(spread, -1, -2)
        coefficients = best + root @ numbers["coefficients"][:, step] @ np.swapaxes(spread, -1, -2)
    return coefficients, sigma
