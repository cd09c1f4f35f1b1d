"""The plan of the analysis, as the served trial declares it, in the words and types that reports use.

Read anew at each call: a report is made of the declaration that holds then.
"""

from dataclasses import dataclass

from analysis.derive import derivations as derive
from crf import trial
from crf.spec.outcomes import Better, Kind, Outcome

TWO_ARMS_ONLY = "This method is written for two arms; the trial has {}."
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


# -- arms


@dataclass(frozen=True)
class Pair:
    """An active arm and the reference that it is compared with, by code."""

    active: str
    reference: str

    @property
    def difference(self) -> str:
        """What a difference is of, in words."""
        return f"{names()[self.active]} minus {in_sentence(names()[self.reference])}"

    @property
    def arms(self) -> tuple[str, str]:
        return self.active, self.reference

    @property
    def parts(self) -> dict[str, str]:
        """The arguments by which a statistic of two arms is told which they are."""
        return {"arm": "arm", "active": self.active, "reference": self.reference}

    def key(self, key: str) -> str:
        """The key of a table or figure of this comparison: the plain one where there is no other comparison."""
        return key if len(pairs()) == 1 else f"{key}_{self.active.lower()}"

    def row(self, label: str) -> str:
        """The name of a row of a table that has rows of every comparison."""
        return label if len(pairs()) == 1 else f"{label}: {self.difference}"


def pairs() -> tuple[Pair, ...]:
    """Each active arm with the reference, in the order declared."""
    return tuple(Pair(arm.code, trial.REFERENCE.code) for arm in trial.ACTIVE_ARMS)


def names() -> dict[str, str]:
    """The printed name of each arm, by code, in the order declared."""
    return {arm.code: arm.called for arm in trial.ARMS}


def order() -> tuple[str, ...]:
    """The printed names of the arms in the order declared: the columns of a table by arm."""
    return tuple(names().values())


def differences() -> str:
    """What the differences of a table are of, in words."""
    if len(pairs()) == 1:
        return pairs()[0].difference
    return f"each active arm minus {in_sentence(names()[trial.REFERENCE.code])}"


def not_for_so_many_arms() -> str | None:
    """The sentence that stands where a method is for two arms and the trial has more; None where it has two."""
    n = len(trial.ARMS)
    return None if n == 2 else TWO_ARMS_ONLY.format(NUMBERS.get(n, str(n)))


# -- outcomes


def primary() -> Outcome:
    return trial.ANALYSIS.primary


def reported() -> tuple[Outcome, ...]:
    """What the reports tell of, in order: the fixed sequence, then the secondary outcomes."""
    return trial.ANALYSIS.reported


def changes() -> tuple[Outcome, ...]:
    """Those of them that are compared by their change from baseline."""
    return tuple(one for one in reported() if one.kind is Kind.CHANGE)


def described() -> tuple[Outcome, ...]:
    """What is described for safety and compared by no test."""
    return tuple(one for one in trial.ANALYSIS.outcomes if one.kind is Kind.DESCRIBED)


def in_data_set() -> tuple[Outcome, ...]:
    """Every outcome that is not only described, those that are reported first: what the data set holds."""
    rest = tuple(one for one in trial.ANALYSIS.outcomes if one not in (*reported(), *described()))
    return reported() + rest


def is_better_lower(outcome: Outcome) -> bool:
    return outcome.better is Better.LOWER


def bounds(outcome: Outcome) -> str:
    """What a reader needs to know of the numbers of an outcome."""
    if outcome.better is Better.NEITHER:
        return f"{outcome.title}."
    return f"{outcome.title}: {outcome.low} to {outcome.high}, {outcome.better.value} is better."


def responds() -> str:
    """The rule of response in words; empty without one."""
    rule = trial.ANALYSIS.response
    if rule is None:
        return ""
    outcome = trial.ANALYSIS.outcome(rule.outcome)
    return f"{outcome.label} {response_limit(outcome)}"


def response_limit(outcome: Outcome) -> str:
    """How far an outcome must go to be a response, in words."""
    rule = trial.ANALYSIS.response
    assert rule is not None, "The limit of response is told in a trial with a rule of response."
    percent = rule.percent
    if is_better_lower(outcome):
        return f"at most {share(100 - percent)} of baseline"
    return f"at least {share(100 + percent)} of baseline"


def remits() -> str:
    """The limit of remission in words."""
    rule = trial.ANALYSIS.remission
    assert rule is not None, "The limit of remission is told in a trial with a rule of remission."
    return f"at most {rule.at_most}" if rule.at_most is not None else f"at least {rule.at_least}"


def share(percent: int) -> str:
    return "half" if percent == 50 else f"{percent} %"


# -- visits


def last() -> str:
    """The code of the primary visit."""
    return trial.ANALYSIS.visit


def visits() -> tuple[str, ...]:
    """The codes of the analysed visits, in order."""
    return tuple(trial.ANALYSIS_WINDOWS)


def all_visits() -> tuple[str, ...]:
    """Baseline and the analysed visits."""
    return (trial.BASELINE, *visits())


def visits_of(outcome: Outcome) -> tuple[str, ...]:
    """The analysed visits at which the schedule has the outcome rated."""
    planned = trial.visits_of(outcome.form)
    return tuple(code for code in visits() if code in planned)


def visits_to_primary(outcome: Outcome) -> tuple[str, ...]:
    """Those of them up to the primary visit."""
    until = visits()[: visits().index(last()) + 1]
    return tuple(code for code in visits_of(outcome) if code in until)


def windows() -> tuple[derive.Window, ...]:
    """The analysis windows of the analysed visits."""
    return tuple(
        derive.Window(visit.code, *visit.analysed, visit.day)
        for visit in trial.VISITS
        if visit.analysed and visit.day is not None
    )


def labels() -> dict[str, str]:
    """The label of baseline and of each analysed visit, by code."""
    return {code: trial.visit(code).label for code in all_visits()}


def at(code: str) -> str:
    """The visit's label inside a sentence: its first letter small."""
    return in_sentence(trial.visit(code).label)


def at_last() -> str:
    """The primary visit's label inside a sentence."""
    return at(last())


# -- numbers


def alpha() -> float:
    """The two-sided level of the tests."""
    return float(trial.ANALYSIS.alpha)


def level() -> float:
    """The level of every interval."""
    return float(trial.ANALYSIS.level)


def in_percent(value) -> str:
    """A share as a percentage without needless places: 95 %."""
    return f"{100 * float(value):g} %"


def interval() -> str:
    """How the intervals are headed."""
    return f"{in_percent(trial.ANALYSIS.level)} interval"


def with_site(frame) -> bool:
    """Whether the site is a factor of the models of this frame: declared so, and more than one site in it."""
    return trial.ANALYSIS.adjusted_for_site and frame["site"].nunique() > 1


def in_sentence(words: str) -> str:
    """A label inside a sentence: its first letter small, unless it begins with an abbreviation or a code."""
    first, *_ = words.split() or [""]
    return words[:1].lower() + words[1:] if first[1:].islower() else words


def at_start(words: str) -> str:
    """A label at the start of a sentence or a heading."""
    return words[:1].upper() + words[1:]
