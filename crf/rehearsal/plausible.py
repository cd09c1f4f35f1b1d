"""A demo for any declared trial: plausible subjects, made up from the declarations alone and a seed.

What is known of a trial is enough: its visits say who comes when, its outcomes' ranges how ill the subjects are and how
they fare, its planning effect how much the drug does. No number of it is evidence of anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crf import spec, trial
from crf.spec.demo import (
    Answers,
    Episode,
    Failure,
    Fate,
    Moment,
    Plan,
    Question,
    Story,
    Turn,
    asked_one,
    own_number,
    spread,
)
from crf.spec.outcomes import Better, Kind, Outcome
from crf.spec.visits import Visit

#: Shares of subjects that leave, end treatment early, miss a visit, have an adverse event; of gates that hold one back.
LEAVES, STOPS, MISSES, HAS_EVENT, HELD_BACK = 0.07, 0.07, 0.08, 0.3, 0.3
FAILS_EVERY = 9  # of so many screened one fails
ILLNESS = (0.40, 0.56)  # of the range of a scale, at entry
WHY_FAILED = "Withdrew before screening was complete"
WHY_BROKEN = "Brought to the emergency room after a fall; the physician asks for the arm."


@dataclass(frozen=True)
class Person:
    """What is made up of one subject: how ill, how much better without the drug, who it is."""

    illness: float
    improves: float
    age: int
    sex: str
    is_held_back: bool

    def fraction(self, visit: Visit | None, *, effect: float, noise: float) -> float:
        """Illness at a visit, of the range of a scale; `effect`: what the drug takes away of it in the end."""
        baseline, last = trial.visit(trial.BASELINE), trial.visit(trial.LAST_TREATMENT_VISIT)
        day = visit.day if visit and visit.is_planned else last.day
        if day <= baseline.day:
            first = trial.visit(trial.BEFORE_RANDOMISATION[0]).day
            gone = 0.7 * (day - first) / (baseline.day - first) if self.is_held_back else 0
            return self.illness * (1 - gone) + noise
        primary = trial.visit(trial.ANALYSIS.visit).day
        done = 1 - np.exp(-3 * (day - baseline.day) / (primary - baseline.day))
        return self.illness * (1 - done * min(self.improves + effect, 0.95)) + noise


class Plausible(Story):
    """Subjects of every fate at every site, so that a running trial shows every stage."""

    def __init__(self, *, subjects: int, seed: int, arms: Mapping[str, str] | None = None):
        self.seed, self.arms = seed, arms or {}
        rng = np.random.Generator(np.random.Philox(seed))
        self.people: dict[str, Person] = {}
        self.plans = self._plans(subjects, rng)
        self._fates = {plan.number: _fate(rng) for plan in self.plans}
        self.begins = min(plan.screened for plan in self.plans)
        longest = max(visit.day + visit.after for visit in trial.VISITS if visit.is_planned)
        self.last_day = max(plan.first_dose for plan in self.plans) + longest + 7
        early = [p.number for p in self.plans if not p.fails and not self.people[p.number].is_held_back]
        self.broken = (early[0], WHY_BROKEN) if early else None
        self.questions = _questions(early)

    # -- who comes when

    def _plans(self, subjects: int, rng) -> tuple[Plan, ...]:
        days = [visit.day for visit in trial.VISITS if visit.is_planned]
        lead = max(6, -min(days) // 3)
        first_doses = np.linspace(-(max(days) + 30), lead, subjects).round().astype(int)
        ready = int(np.flatnonzero(first_doses <= 0)[-1])
        first_doses[ready] = 0  # stands ready for whoever looks
        has_gate = any(epoch.gate for epoch in trial.EPOCHS)
        counts = dict.fromkeys((site.code for site in trial.SITES), 0)
        found: list[Plan] = []

        def add(first_dose: int, *, held_back=False, fails=None, waits=False, only_consented=False):
            site = min(trial.SITES, key=lambda one: ((counts[one.code] + 1) / max(one.planned, 1), one.code))
            counts[site.code] += 1
            number = site.number_of(counts[site.code])
            self.people[number] = _person(rng, held_back)
            found.append(
                Plan(
                    number=number,
                    site=site.code,
                    first_dose=int(first_dose),
                    screened=int(first_dose) + _screening_day(rng),
                    jitter=_jitter(rng),
                    only_consented=only_consented,
                    waits=waits,
                    fails=fails,
                )
            )

        for place, first_dose in enumerate(first_doses):
            if place % FAILS_EVERY == FAILS_EVERY // 2 and first_dose <= 0:
                add(first_dose, fails=Failure(_begun_with(), (WHY_FAILED,)))
            if has_gate and rng.random() < HELD_BACK and first_dose <= 0:
                add(first_dose, held_back=True)
            add(first_dose, waits=place == ready, only_consented=place == subjects - 1)
        return tuple(found)

    def fate(self, number: str) -> Fate:
        return self._fates[number]

    # -- what they answer

    def answers(self, form: str, moment: Moment) -> Answers:
        declared, person = trial.form(form), self.people[moment.number]
        if trial.serves(declared, spec.Purpose.DEMOGRAPHY):
            return {"birth_year": str(moment.screened_on.year - person.age), "sex": person.sex}
        besides = getattr(trial.demo(), "besides", None)
        found = dict(besides(form, moment)) if besides else {}
        of_form = [
            outcome
            for outcome in trial.ANALYSIS.outcomes
            if outcome.form == form
            and outcome.kind is not Kind.DESCRIBED  # typical of the form is what is not compared
        ]
        sums = [outcome for outcome in of_form if outcome.score in declared.scores]  # they share items: the first holds
        for outcome in of_form:
            if outcome not in sums[1:]:
                found |= self._scored(declared, outcome, moment, person)
        return found

    def _scored(self, form: type[spec.Form], outcome: Outcome, moment: Moment, person: Person) -> dict[str, str]:
        """The answers behind an outcome; of a sum, its items."""
        visit = trial.visit(moment.rated) if moment.rated else None
        own = own_number(moment.number) + 1000 * (visit.number if visit else 0) + self.seed
        noise = float(np.random.Generator(np.random.Philox(own)).normal(0, 0.02))
        fraction = person.fraction(visit, effect=self._effect(outcome, moment.kit), noise=noise)
        value = _value(outcome, fraction, person.illness)
        if outcome.score in form.scores:
            score = form.scores[outcome.score]
            least = form.threshold(moment.rated) if form.threshold else None
            value = max(value, least + 2) if least is not None and not person.is_held_back else value
            parts = [asked_one(part, moment.rated) for part in score.of]
            answers = spread(value, parts, fixed={}, profile=own_number(moment.number))
            return {name: str(number) for name, number in answers.items()}
        return {outcome.score: str(value)}

    def _effect(self, outcome: Outcome, kit: str) -> float:
        """What the subject's drug takes away of its illness; none where the list is not known."""
        planned = trial.ANALYSIS.planning_effect
        if planned is None or self.arms.get(kit, trial.REFERENCE.code) == trial.REFERENCE.code:
            return 0.0
        primary = trial.ANALYSIS.primary
        return abs(float(planned.difference)) / (np.mean(ILLNESS) * (primary.high - primary.low))


def _person(rng, is_held_back: bool) -> Person:
    return Person(
        illness=float(rng.uniform(*ILLNESS)),
        improves=float(np.clip(rng.normal(0.25, 0.2), -0.1, 0.8)),
        age=int(rng.integers(25, 60)),
        sex="F" if rng.random() < 0.6 else "M",
        is_held_back=is_held_back,
    )


def _fate(rng) -> Fate:
    """Most complete; some leave, end treatment early, or miss a visit."""
    middle = trial.ANALYSED[:-1] or trial.ANALYSED
    draw, at = rng.random(), str(rng.choice(middle))
    event = Episode(str(rng.choice(middle)), (Turn(1, logs=_event()),)) if rng.random() < HAS_EVENT else None
    episodes = (event,) if event and event.turns[0].logs else ()
    if draw < LEAVES and trial.code_serving(spec.Purpose.END_OF_STUDY):
        return Fate(leaves_at=at, episodes=episodes)
    if draw < LEAVES + STOPS and trial.DOSING is not None:
        return Fate(stops_at=at, episodes=episodes)
    if draw < LEAVES + STOPS + MISSES and at != trial.ANALYSIS.visit:
        return Fate(missed=at)
    return Fate(episodes=episodes)


def _event() -> dict[str, Answers]:
    code = trial.code_serving(spec.Purpose.ADVERSE_EVENTS)
    return {code: {}} if code else {}


def _screening_day(rng) -> int:
    """Days from the first dose: within the window, and before the next visit."""
    visit = trial.visit(trial.SCREENING)
    latest = trial.visit(trial.BEFORE_RANDOMISATION[1]).day - 1
    day = visit.day + int(rng.integers(0, min(visit.after, 6) + 1))
    return min(day, latest) - (1 if day > 0 else 0)


def _jitter(rng) -> dict[str, int]:
    """A day early or late, where the window allows it."""
    return {
        visit.code: int(rng.integers(-min(visit.before, 1), min(visit.after, 1) + 1))
        for visit in trial.VISITS
        if visit.is_planned and visit.code not in (trial.SCREENING, trial.BASELINE)
    }


def _begun_with() -> dict[str, Answers]:
    """What is asked of everybody at first."""
    codes = (trial.code_serving(spec.Purpose.CONSENT), trial.code_serving(spec.Purpose.DEMOGRAPHY))
    return {code: {} for code in codes if code and trial.SCREENING in trial.visits_of(code)}


def _value(outcome: Outcome, fraction: float, at_entry: float) -> int:
    low, high = outcome.low, outcome.high
    if outcome.kind is Kind.IMPRESSION:  # the middle is no change
        fraction = 0.5 * fraction / at_entry
    value = round(low + fraction * (high - low))
    if outcome.better is Better.HIGHER:
        value = low + high - value
    return int(np.clip(value, low, high))


def _questions(numbers: Sequence[str]) -> tuple[Question, ...]:
    """Two about ratings of the primary outcome; one is answered."""
    form = trial.form(trial.ANALYSIS.primary.form)
    places = [code for code in trial.visits_of(form.code) if code in trial.BEFORE_RANDOMISATION]
    if len(numbers) < 2 or not places:
        return ()
    item = next(name for name in form.asked if name not in spec.RATING_HEADER)
    return (
        Question(numbers[0], places[0], form.code, item, "The source says otherwise. Please check."),
        Question(
            numbers[1], places[0], form.code, item, "Please confirm with the source.", "Checked: correct as entered."
        ),
    )
