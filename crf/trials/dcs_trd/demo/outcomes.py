"""Made-up outcomes of the demo trial, fitted to the published table (TRIAL 4). They are no evidence of anything.

From arms and a seed: age, sex, glycine, baselines and weekly totals such that the final report prints the published
baseline means, responders and p-values. Pure and deterministic; the small least squares here makes data, it is not
the statistic that is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from crf.trials.dcs_trd import protocol

WEEKS = tuple(visit.code for visit in protocol.VISITS if visit.analysed)
ACTIVE = "DCS"


@dataclass(frozen=True)
class Target:
    """The published table: what 26 subjects, 13 an arm, are fitted to."""

    age: tuple[float, float] = (53.0, 10.2)
    women: int = 16
    # Sums that print 25.1 and 27.2 as means of 13, with the SD.
    baseline: tuple[tuple[int, float], tuple[int, float]] = ((326, 5.6), (353, 4.9))
    responders: tuple[int, int] = (7, 2)
    hamd_p: float = 0.005
    bdi_p: float = 0.046
    glycine_p: float = 0.043
    entry: int = 20


PUBLISHED = Target()


@dataclass(frozen=True)
class Outcome:
    """What befalls one subject. hamd and bdi: totals by visit (BL, W1 ... W6); a visit that did not happen is absent.

    leaves_at: the week at which the subject left, its ratings then made at an early termination visit. stops_at: the
    week at which it stopped the drug and went on with the visits. changes_at: the week after which its antidepressant
    was changed, in the way that `change` says (a code of the medication form).
    """

    key: str
    arm: str
    age: int
    sex: str
    glycine: float
    screening_hamd: int
    hamd: dict[str, int]
    bdi: dict[str, int]
    leaves_at: str | None
    is_interrupted: bool
    missed: str | None
    stops_at: str | None
    changes_at: str | None
    change: str


def outcomes(
    allocation: Sequence[tuple[str, str]], *, seed: int, target: Target = PUBLISHED, is_eventful: bool = False
) -> dict[str, Outcome]:
    """The outcome of each subject of `allocation`, (key, arm) in the order of randomisation, 13 an arm.

    is_eventful: on both arms somebody leaves, stops the drug, or is given another antidepressant; else one of placebo
    leaves.

    Raises ValueError where the arms are not 13 and 13: the published table has no other.
    """
    arms = np.array([arm == ACTIVE for _, arm in allocation])
    n = len(arms)
    if n != 26 or arms.sum() != 13:
        raise ValueError(f"The demo trial has 13 subjects in each arm, not {arms.sum()} and {n - arms.sum()}.")
    rng = np.random.Generator(np.random.Philox(seed))
    age = np.clip(_with_mean_and_sd(rng, n, round(n * target.age[0]), target.age[1], low=24, high=74), 24, 74)
    sex = np.array(["F"] * target.women + ["M"] * (n - target.women))[rng.permutation(n)]
    glycine = np.round(np.clip(rng.normal(265, 55, n), 150, 420), 1)
    base = np.empty(n, int)
    for is_active, (total, sd) in zip((True, False), target.baseline, strict=True):
        base[arms == is_active] = _with_mean_and_sd(rng, 13, total, sd, low=target.entry, high=41)
    fates = _fates(arms, is_eventful=is_eventful)
    responds = _responders(rng, arms, glycine, base, fates, target)
    last_hamd = _last_hamd(rng, arms, glycine, base, responds, fates, target)
    bdi_base = np.clip(np.round(0.75 * base + rng.normal(10, 5.5, n)), 12, 52).astype(int)
    last_bdi = _last_bdi(rng, arms, bdi_base, last_hamd / base, target)
    found = {}
    for i, (key, arm) in enumerate(allocation):
        last = WEEKS.index(fates.leaves_at.get(i, "W6"))
        missed = fates.missed.get(i)
        weeks = WEEKS[: last + 1]
        hamd = _course(rng, base[i], last_hamd[i], len(weeks), noise=1.4)
        bdi = _course(rng, bdi_base[i], last_bdi[i], len(weeks), noise=1.8)
        found[key] = Outcome(
            key=key,
            arm=arm,
            age=int(age[i]),
            sex=str(sex[i]),
            glycine=float(glycine[i]),
            screening_hamd=int(max(target.entry, base[i] + rng.integers(-1, 3))),
            hamd={"BL": int(base[i])} | {w: v for w, v in zip(weeks, hamd, strict=True) if w != missed},
            bdi={"BL": int(bdi_base[i])} | {w: v for w, v in zip(weeks, bdi, strict=True) if w != missed},
            leaves_at=fates.leaves_at.get(i),
            is_interrupted=i == fates.interrupted,
            missed=missed,
            stops_at=fates.stops_at.get(i),
            changes_at=fates.changes_at.get(i, (None, ""))[0],
            change=fates.changes_at.get(i, (None, ""))[1],
        )
    return found


@dataclass(frozen=True)
class _Fates:
    """Who leaves, stops the drug, has the antidepressant changed, pauses the drug or misses a visit, and when.

    By place in the order of randomisation.
    """

    leaves_at: dict[int, str]
    interrupted: int
    missed: dict[int, str]
    stops_at: dict[int, str]
    changes_at: dict[int, tuple[str, str]]

    @property
    def worse_off(self) -> list[int]:
        """Who never responds: those who left, stopped, or were given something else."""
        return [*self.leaves_at, *self.stops_at, *self.changes_at]


def _fates(arms: np.ndarray, *, is_eventful: bool) -> _Fates:
    """Early places, so that a running demo trial shows them. Each kind on both arms, so that every analysis of what is
    missing has something to show: what is assumed of the active arm after an event matters only where one had it."""
    placebo, active = ([int(place) for place in np.flatnonzero(which)] for which in (~arms, arms))
    plain = _Fates({placebo[1]: "W2"}, interrupted=active[1], missed={placebo[2]: "W3"}, stops_at={}, changes_at={})
    if not is_eventful:
        return plain
    return replace(
        plain,
        leaves_at=plain.leaves_at | {active[3]: "W4"},
        stops_at={active[4]: "W3", placebo[4]: "W4"},
        changes_at={active[6]: ("W4", "NEW"), placebo[5]: ("W3", "DOSE")},
    )


def _with_mean_and_sd(rng, n, total, sd, *, low, high) -> np.ndarray:
    """n whole numbers from low to high with that sum, their SD within 0.03 of sd."""
    mean = total / n
    shape = ((mean - low) / sd) ** 2
    values = np.clip(np.round(low + rng.gamma(shape, sd**2 / (mean - low), n)), low, high).astype(int)
    while (gap := total - values.sum()) != 0:
        at = rng.integers(n)
        if low <= values[at] + np.sign(gap) <= high:
            values[at] += np.sign(gap)
    for _ in range(20_000):
        off = values.std(ddof=1) - sd
        if abs(off) < 0.03:
            return values
        up, down = rng.choice(n, 2, replace=False)
        moved = values.copy()
        moved[up] += 1
        moved[down] -= 1
        if moved[up] <= high and moved[down] >= low and abs(moved.std(ddof=1) - sd) <= abs(off):
            values = moved
    raise RuntimeError("No whole numbers with that mean and SD were found.")  # pragma: no cover - never seen


def _responders(rng, arms, glycine, base, fates, target) -> np.ndarray:
    """Who responds: on the active drug rather those with much glycine; never one whom an event befell."""
    propensity = rng.normal(0, 1, len(arms)) + np.where(arms, 1.2, -0.4) * (glycine - glycine.mean()) / glycine.std()
    propensity[fates.worse_off] = -np.inf
    responds = np.zeros(len(arms), bool)
    for is_active, count in zip((True, False), target.responders, strict=True):
        members = np.flatnonzero(arms == is_active)
        responds[members[np.argsort(-propensity[members])[:count]]] = True
    return responds


def _last_hamd(rng, arms, glycine, base, responds, fates, target) -> np.ndarray:
    """The last HAMD-21 of each, such that main effect and interaction have the p-values aimed at."""
    n = len(arms)
    share = np.where(responds, rng.uniform(0.22, 0.48, n), rng.uniform(0.6, 1.02, n))
    share[fates.worse_off] = 0.95
    low = np.where(responds, 3, base // 2 + 1)
    high = np.where(responds, base // 2, base + 4)
    start = np.clip(np.round(base * share), low, high).astype(int)
    centred = glycine - glycine.mean()
    ones, arm = np.ones(n), arms.astype(float)
    main = _Test(np.column_stack([ones, base, arm]), target.hamd_p)
    interaction = _Test(np.column_stack([ones, base, centred, arm, arm * centred]), target.glycine_p)
    return base + _fitted(rng, start - base, low - base, high - base, [main, interaction])


def _last_bdi(rng, arms, base, hamd_share, target) -> np.ndarray:
    """The last BDI of each, near the fall of the HAMD, with the p-value aimed at."""
    n = len(arms)
    low, high = np.full(n, 2), np.minimum(base + 6, 60)
    start = np.clip(np.round(base * (0.25 + 0.75 * hamd_share) + rng.normal(0, 4.5, n)), low, high).astype(int)
    test = _Test(np.column_stack([np.ones(n), base, arms.astype(float)]), target.bdi_p)
    return base + _fitted(rng, start - base, low - base, high - base, [test])


class _Test:
    """The t test of the last column of a design, for many responses at once, and the p-value it shall have.

    The active drug lowers the last column's coefficient, so t is aimed at on the negative side. `near`: how close t
    must come for p to agree to the fourth decimal place.
    """

    def __init__(self, design: np.ndarray, p: float):
        q, _ = np.linalg.qr(design[:, :-1])
        last = design[:, -1] - q @ (q.T @ design[:, -1])
        self.null, self.direction = q, last / np.linalg.norm(last)
        self.df = len(design) - design.shape[1]
        self.aim = float(special.stdtrit(self.df, p / 2))
        within = 0.00004
        self.near = float(special.stdtrit(self.df, (p + within) / 2)) - self.aim

    def off(self, responses: np.ndarray) -> np.ndarray:
        """How far t is from the aim, in units of `near`, for responses (m, n)."""
        free = responses - (responses @ self.null) @ self.null.T
        slope = free @ self.direction
        rss = np.einsum("ij,ij->i", free, free) - slope**2
        return (slope / np.sqrt(rss / self.df) - self.aim) / self.near


def _fitted(rng, start, low, high, tests) -> np.ndarray:
    """Whole-number changes within bounds whose tests have their p-values, reached from `start` by small moves."""
    n, tries = len(start), 20_000
    change = start.astype(int)
    for _ in range(60):
        steps = rng.integers(-2, 3, (tries, n), dtype=np.int8) * (rng.random((tries, n), dtype=np.float32) < 3.5 / n)
        tried = np.clip(change + steps, low, high)
        tried[0] = change
        off = np.max([np.abs(test.off(tried.astype(float))) for test in tests], axis=0)
        best = int(np.argmin(off))
        change = tried[best]
        if off[best] < 1:
            return change
    raise RuntimeError("The demo outcomes could not be fitted to the published table with this seed.")


def _course(rng, base: int, last: int, visits: int, *, noise: float) -> list[int]:
    """Weekly totals from base to last: most of the change early, with noise, ending at `last`."""
    done = 1 - np.exp(-0.42 * np.arange(1, visits + 1))
    path = base + (last - base) * done / done[-1] + rng.normal(0, noise, visits)
    path[-1] = last
    return [int(value) for value in np.clip(np.round(path), 0, 60)]
