"""The words to tell a demo of a trial with: who comes when, what becomes of them, what a form is answered with.

A trial may tell a story of its own (crf/trials/<code>/demo); where it has none, one is made up from the declarations
(crf/rehearsal/plausible.py). Pure data and pure functions: crf/rehearsal/walk.py does what the story says, by deeds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from crf.spec.items import Either, Item
from crf.spec.kinds import Coded

Answers = Mapping[str, str]  # as typed, by item name


@dataclass(frozen=True)
class Failure:
    """A screening that fails: the answers by form at the screening visit, and the reasons that are given."""

    forms: Mapping[str, Answers]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """When a subject comes. Days are counted from the demo's day zero, on which it is built; -150 is 150 days before.

    `first_dose`: the day that is to be study day 1. `screened`: the day of the screening visit. `jitter`: days by which
    visits leave their target, by visit code. `not_yet`: visits that stand open in a running demo. `only_consented`: a
    running demo shows no more of it. `waits`: it stands attested there, ready to be randomised by whoever looks.
    """

    number: str
    site: str
    first_dose: int
    screened: int
    jitter: Mapping[str, int] = field(default_factory=dict)
    not_yet: frozenset[str] = frozenset()
    only_consented: bool = False
    waits: bool = False
    fails: Failure | None = None

    def day_of(self, study_day: int, visit: str) -> int:
        """The day of a visit that is planned for the study day."""
        return self.first_dose + study_day - (1 if study_day > 0 else 0) + self.jitter.get(visit, 0)


@dataclass(frozen=True)
class Turn:
    """What happens some days after a visit: rows of log forms entered or corrected, forms at an unscheduled visit."""

    days: int
    logs: Mapping[str, Answers] = field(default_factory=dict)
    corrects: Mapping[str, Answers] = field(default_factory=dict)
    unscheduled: Mapping[str, Answers] = field(default_factory=dict)


@dataclass(frozen=True)
class Episode:
    """Turns that follow a visit, told as a whole once the last of them lies in the past."""

    after: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Fate:
    """What becomes of a subject that is randomised.

    `leaves_at`: the visit after which it wants no more. `stops_at`: the visit at which treatment ends early while
    visits go on. `missed`: a visit that does not take place.
    """

    leaves_at: str | None = None
    stops_at: str | None = None
    missed: str | None = None
    episodes: tuple[Episode, ...] = ()


@dataclass(frozen=True)
class Moment:
    """What a story may look at when a form is filled in.

    `on`: the day it is filled in. `rated`: the visit whose totals count, which at an early termination is the one it
    stands for. `until`: the demo's present day. `chart`: the subject's records (crf/chart/others.py). `prescribed_mg`:
    gives the daily dose that was prescribed for a study day.
    """

    number: str
    site: str
    kit: str
    screened_on: date
    first_dose_on: date | None
    on: date
    visit: str | None
    rated: str | None
    until: date
    chart: Any
    prescribed_mg: Callable[[int], int]


@dataclass(frozen=True)
class Question:
    """A query of the monitor in the running demo; without an answer it stands open."""

    number: str
    visit: str
    form: str
    item: str
    text: str
    answer: str = ""


class Story:
    """A demo of a trial. A story of a trial's own replaces what it knows better.

    `plans`: everybody in the order of enrolment. `broken`: whose code is broken in an emergency, and why. `results`:
    forms whose results come later, with the days they take. `samples`: visits at which blood is drawn for a drug level,
    with the days until it is known. `alerts_stand`: in a running demo, alerts that are so many days old were acted
    upon. `begins`, `last_day`: the first day of anybody, and the day on which all is over.
    """

    plans: tuple[Plan, ...] = ()
    questions: tuple[Question, ...] = ()
    broken: tuple[str, str] | None = None
    results: Mapping[str, int] = {}
    samples: Mapping[str, int] = {}
    alerts_stand: int = 3
    last_day: int = 0
    begins: int = 0

    def fate(self, number: str) -> Fate:
        """What becomes of the subject once it is randomised."""
        return Fate()

    def answers(self, form: str, moment: Moment) -> Answers:
        """What the story says; what it does not say is typical of the form."""
        return {}

    def misfits(self, given: Mapping[str, str]) -> bool:
        """Whether subjects got other arms than the story was made for. `given`: kit by subject number."""
        return False


def spread(
    total: int,
    items: Sequence[Item],
    *,
    fixed: Mapping[str, int],
    profile: int,
    readiness: Mapping[str, float] | None = None,
    highest: Mapping[str, int] | None = None,
    at_most: int | None = None,
) -> dict[str, int]:
    """Scores of the items that sum to `total`; those of `fixed` are given, as far as the total allows.

    Points are given one by one to the item that lags most behind its share, so that a smaller total of the same
    profile is the larger one with points taken away. `profile`: a seed that makes the same person's ratings look
    alike. `readiness`: how readily an item takes a point, 1 where nothing is said. `highest` by item, `at_most` of all.
    Raises ValueError where the total cannot be.
    """
    rng = np.random.Generator(np.random.Philox(profile))
    most = np.array([_highest(item, highest or {}, at_most) for item in items])
    ready = np.array([(readiness or {}).get(item.name, 1.0) for item in items]) * rng.uniform(0.55, 1.45, len(items))
    scores = np.array([min(fixed.get(item.name, 0), total) for item in items])
    free = np.array([item.name not in fixed for item in items])
    if not 0 <= total - scores.sum() <= (most - scores)[free].sum():
        raise ValueError(f"A total of {total} cannot be spread over {len(items)} items.")
    for _ in range(total - int(scores.sum())):
        room = free & (scores < most)
        lag = np.where(room, ready * most / (scores + 0.6), -1.0)
        scores[int(np.argmax(lag))] += 1
    return {item.name: int(score) for item, score in zip(items, scores, strict=True)}


def _highest(item: Item, highest: Mapping[str, int], at_most: int | None) -> int:
    assert isinstance(item.kind, Coded), f"{item.name} has no codes that points could be given on."
    codes = [code for code, _ in item.kind.codes if isinstance(code, int) and code not in item.kind.not_assessed]
    return min(max(codes), highest.get(item.name, 9), at_most if at_most is not None else 9)


def asked_one(part: Item | Either, visit: str | None) -> Item:
    """Of two items of which one is filled, the one that is asked at the visit."""
    if isinstance(part, Either):
        return part.first if part.first.applies({}, visit) else part.second
    return part


def own_number(number: str) -> int:
    """A number of the subject's own, the same in every build."""
    return sum(ord(letter) * place for place, letter in enumerate(number, start=1))
