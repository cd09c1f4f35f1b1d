"""Risk difference, active minus reference, by four intervals, and the number needed to treat (METHODS 5.4, 5.5).

Miettinen and Nurminen's interval is ours: statsmodels 0.15 finds no root on 7/13 against 2/13. The event rates under a
given difference have a closed form (Farrington and Manning 1990, doi:10.1002/sim.4780091208).
"""

from __future__ import annotations

import math

from scipy import optimize, special

from analysis.stats.descriptive import wilson
from analysis.stats.frame import is_level
from analysis.stats.results import NAN, Estimate, NeededToTreat
from analysis.stats.two_by_two import Table


def newcombe(table: Table, *, level: float) -> Estimate:
    """Newcombe's hybrid of two Wilson intervals (1998, method 10; METHODS 5.4). It has no test of its own: p is NaN."""
    is_level(level)
    p1, p2 = _rates(table)
    low1, high1 = wilson(table.active_events, table.active_n, level=level)
    low2, high2 = wilson(table.reference_events, table.reference_n, level=level)
    low = p1 - p2 - math.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + math.hypot(high1 - p1, p2 - low2)
    return _estimate("Newcombe", table, low, high, NAN, NAN, NAN, level)


def miettinen_nurminen(table: Table, *, level: float) -> Estimate:
    """The score interval with variance N/(N-1) (Miettinen and Nurminen 1985; METHODS 5.4); p is its test of 0."""
    return _score("Miettinen-Nurminen", table, table.n / (table.n - 1), level)


def mee(table: Table, *, level: float) -> Estimate:
    """The score interval without that factor (Mee 1984; METHODS 5.4); p is Pearson's."""
    return _score("Mee", table, 1.0, level)


def wald(table: Table, *, level: float) -> Estimate:
    """The simple interval (METHODS 5.4). Beside the others only because papers print it."""
    is_level(level)
    p1, p2 = _rates(table)
    se = math.sqrt(p1 * (1 - p1) / table.active_n + p2 * (1 - p2) / table.reference_n)
    z = (p1 - p2) / se if se > 0 else NAN
    half = float(special.ndtri(0.5 + level / 2)) * se
    return _estimate("Wald", table, p1 - p2 - half, p1 - p2 + half, se, z, _two_sided(z), level)


def _score(name, table, factor, level):
    is_level(level)
    p1, p2 = _rates(table)
    seen = p1 - p2
    z = float(special.ndtri(0.5 + level / 2))

    def distance(difference, aim):
        return _score_z(table, difference, factor) - aim

    low = -1.0 if seen <= -1 else optimize.brentq(distance, -1, seen, args=(z,), xtol=1e-15, rtol=1e-14)
    high = 1.0 if seen >= 1 else optimize.brentq(distance, seen, 1, args=(-z,), xtol=1e-15, rtol=1e-14)
    statistic = _score_z(table, 0.0, factor) if 0 < table.events < table.n else NAN
    return _estimate(name, table, low, high, NAN, statistic, _two_sided(statistic), level)


def _score_z(table, difference, factor):
    """How far the table lies from a given difference, in standard errors under that difference."""
    p1, p2 = _rates(table)
    gap = p1 - p2 - difference
    q1, q2 = restricted_rates(table, difference)
    variance = (q1 * (1 - q1) / table.active_n + q2 * (1 - q2) / table.reference_n) * factor
    if variance <= 0:
        return 0.0 if abs(gap) < 1e-15 else math.copysign(1e9, gap)
    return gap / math.sqrt(variance)


def restricted_rates(table: Table, difference: float) -> tuple[float, float]:
    """Likeliest rates of the two arms when active minus reference is the given difference: the root of a cubic."""
    p1, p2 = _rates(table)
    theta = table.reference_n / table.active_n
    a = 1 + theta
    b = -(1 + theta + p1 + theta * p2 + difference * (theta + 2))
    c = difference * difference + difference * (2 * p1 + theta + 1) + p1 + theta * p2
    d = -p1 * difference * (1 + difference)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max(b * b / (3 * a) ** 2 - c / (3 * a), 0.0)), v)
    if u == 0:
        angle = math.pi / 2
    else:
        angle = (math.pi + math.acos(min(1.0, max(-1.0, v / u**3)))) / 3
    q1 = min(1.0, max(0.0, 2 * u * math.cos(angle) - b / (3 * a)))
    q2 = min(1.0, max(0.0, q1 - difference))
    return q1, q2


def needed_to_treat(difference: Estimate) -> NeededToTreat:
    """The number needed to treat from a risk difference in favour of the active arm (Altman 1998; METHODS 5.5).

    Where the interval of the difference holds 0, the number's is disjoint: from benefit through infinity to harm.
    """
    value = _inverse(difference.estimate)
    low, high = difference.low, difference.high
    disjoint = low < 0 < high
    number = f"NNTB {value:.1f}" if value > 0 else f"NNTH {-value:.1f}"
    if math.isinf(value):
        number = "NNT infinite"
    if disjoint:
        text = f"{number} (NNTB {1 / high:.1f} to infinity to NNTH {-1 / low:.1f})"
        benefit, harm = (1 / high, math.inf), (-1 / low, math.inf)
    elif low >= 0:
        text = f"{number} (NNTB {_inverse(high):.1f} to {_spoken(_inverse(low))})"
        benefit, harm = (_inverse(high), _inverse(low)), (NAN, NAN)
    else:
        text = f"{number} (NNTH {-1 / low:.1f} to {_spoken(_inverse(-high))})"
        benefit, harm = (NAN, NAN), (-1 / low, _inverse(-high))
    return NeededToTreat(
        estimate=value,
        benefit_low=benefit[0],
        benefit_high=benefit[1],
        harm_low=harm[0],
        harm_high=harm[1],
        disjoint=disjoint,
        text=text,
        level=difference.level,
        n=difference.n,
        method=f"1 / risk difference, {difference.name} interval",
        warnings=("The interval of the risk difference holds 0.",) if disjoint else (),
    )


def _inverse(x):
    return 1 / x if x else math.inf


def _spoken(x):
    return "infinity" if math.isinf(x) else f"{x:.1f}"


def _rates(table):
    return table.active_events / table.active_n, table.reference_events / table.reference_n


def _two_sided(z):
    return float(2 * special.ndtr(-abs(z)))


def _estimate(name, table, low, high, se, statistic, p, level):
    p1, p2 = _rates(table)
    return Estimate(
        name=name,
        estimate=p1 - p2,
        se=se,
        df=math.inf,
        low=low,
        high=high,
        statistic=statistic,
        p=p,
        n=table.n,
        method=f"risk difference, {name}",
        level=level,
    )
