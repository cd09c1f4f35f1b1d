"""Two arms, event or not: the table, its chi-square family and its conditional tests (METHODS 5.1 to 5.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.stats.results import NAN, NotEstimable, Significance

TIED = 1 + 1e-7  # Probabilities this close are one probability written in two ways, as in R's fisher.test.


@dataclass(frozen=True)
class Table:
    """Events and subjects of the active and of the reference arm."""

    active_events: int
    active_n: int
    reference_events: int
    reference_n: int

    def __post_init__(self):
        for events, n in ((self.active_events, self.active_n), (self.reference_events, self.reference_n)):
            if n < 1 or not 0 <= events <= n or events != int(events) or n != int(n):
                raise NotEstimable(f"{events} events of {n} subjects: a table wants whole numbers and a subject.")

    @property
    def n(self) -> int:
        """All subjects."""
        return self.active_n + self.reference_n

    @property
    def events(self) -> int:
        """All events."""
        return self.active_events + self.reference_events

    @property
    def counts(self) -> np.ndarray:
        """2 x 2: event and none in the rows, active and reference in the columns (as SciPy's exact tests want them)."""
        return np.array(
            [
                [self.active_events, self.reference_events],
                [self.active_n - self.active_events, self.reference_n - self.reference_events],
            ],
            float,
        )

    @property
    def swapped(self) -> Table:
        """The same table with the arms exchanged."""
        return Table(self.reference_events, self.reference_n, self.active_events, self.active_n)


def pearson(table: Table) -> Significance:
    """Pearson's chi-square without correction (METHODS 5.1)."""
    return _chi_square("Pearson", table, lambda observed, expected: ((observed - expected) ** 2 / expected).sum())


def yates(table: Table) -> Significance:
    """Pearson's chi-square with Yates' continuity correction, which never overshoots (METHODS 5.1)."""

    def corrected(observed, expected):
        distance = np.maximum(np.abs(observed - expected) - 0.5, 0)
        return (distance**2 / expected).sum()

    return _chi_square("Yates", table, corrected)


def n_minus_1(table: Table) -> Significance:
    """Pearson's chi-square times (N-1)/N (Campbell 2007; METHODS 5.1)."""
    shrink = (table.n - 1) / table.n
    return _chi_square("N-1", table, lambda seen, expected: ((seen - expected) ** 2 / expected).sum() * shrink)


def likelihood_ratio(table: Table) -> Significance:
    """The likelihood ratio G2 (METHODS 5.1)."""
    return _chi_square("G2", table, lambda observed, expected: 2 * special.xlogy(observed, observed / expected).sum())


def _chi_square(name, table, distance) -> Significance:
    observed = table.counts
    expected = np.outer(observed.sum(1), observed.sum(0)) / table.n
    warnings: tuple[str, ...] = ()
    if table.events in (0, table.n):
        statistic = p = NAN
        warnings = ("Everybody or nobody had the event: no chi-square.",)
    else:
        statistic = float(distance(observed, expected))
        p = float(special.chdtrc(1, statistic))
        if expected.min() < 5:
            warnings = (f"The smallest expected count is {expected.min():.2g}: the chi-square is approximate.",)
    return Significance(
        name=name, statistic=statistic, df=1.0, df2=NAN, p=p, n=table.n, method=f"{name} chi-square", warnings=warnings
    )


def hypergeometric(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Possible events in the active arm, all margins held, and their probabilities when the arms are alike."""
    low = max(0, table.events - table.reference_n)
    support = np.arange(low, min(table.events, table.active_n) + 1)
    log = (
        log_choose(table.active_n, support)
        + log_choose(table.reference_n, table.events - support)
        - log_choose(table.n, table.events)
    )
    return support, np.exp(log)


def fisher(table: Table) -> Significance:
    """Fisher's exact test, two-sided: all tables no likelier than the one seen (METHODS 5.2)."""
    return _conditional("Fisher", table, weight_of_ties=1.0)


def fisher_midp(table: Table) -> Significance:
    """Fisher's test with half the weight on tables just as likely as the one seen (mid-p; METHODS 5.2)."""
    return _conditional("Fisher mid-p", table, weight_of_ties=0.5)


def fisher_one_sided(table: Table) -> Significance:
    """The smaller of Fisher's two one-sided p-values (METHODS 5.2)."""
    support, probability = hypergeometric(table)
    upper = probability[support >= table.active_events].sum()
    lower = probability[support <= table.active_events].sum()
    return _exact("Fisher one-sided", float(min(upper, lower, 1.0)), table)


def _conditional(name, table, weight_of_ties) -> Significance:
    support, probability = hypergeometric(table)
    seen = probability[support == table.active_events][0]
    tied = (probability <= seen * TIED) & (probability >= seen / TIED)
    p = probability[probability < seen / TIED].sum() + weight_of_ties * probability[tied].sum()
    return _exact(name, float(min(p, 1.0)), table)


def _exact(name, p, table) -> Significance:
    return Significance(name=name, statistic=NAN, df=NAN, df2=NAN, p=p, n=table.n, method=f"{name}, exact")


def log_choose(n, k):
    """Logarithm of the number of ways to choose each of k from n."""
    return math.lgamma(n + 1) - special.gammaln(np.asarray(k) + 1) - special.gammaln(n - np.asarray(k) + 1)
