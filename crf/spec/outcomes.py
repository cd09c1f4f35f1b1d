"""What the trial compares its arms by, and how: outcomes, their order, the rules for response and for events."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crf.spec.kinds import DeclarationError

HYPOTHETICAL, TREATMENT_POLICY, COMPOSITE = "hypothetical", "treatment policy", "composite: non-response"


class Better(enum.Enum):
    """Which way is better for the subject."""

    LOWER = "lower"
    HIGHER = "higher"


class Kind(enum.Enum):
    """How an outcome is compared.

    CHANGE: change from baseline by the mixed model. IMPRESSION: one ordinal answer at the visit, without a baseline.
    """

    CHANGE = "change from baseline"
    IMPRESSION = "impression at the visit"


@dataclass(frozen=True)
class Outcome:
    """A number that a form gives at each visit. `form` and `score` (an item or a score of it) say where it stands.

    `label` is how tables call it, `title` how a sentence does. `low` and `high` bound it. `not_assessed`: codes that
    count as missing. `code` names it in data sets; small letters, digits and underscores.
    """

    code: str
    form: str
    score: str
    label: str
    title: str
    low: int
    high: int
    better: Better = Better.LOWER
    kind: Kind = Kind.CHANGE
    not_assessed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Response:
    """Response: so many per cent of the baseline gone. Sustained: at so many consecutive planned visits to the last."""

    outcome: str
    percent: int = 50
    sustained_visits: int = 2


@dataclass(frozen=True)
class Remission:
    """Remission: the outcome is at most this."""

    outcome: str
    at_most: int


@dataclass(frozen=True)
class Moderator:
    """A baseline measurement whose interaction with treatment is looked at. `transform`: "log" or ""."""

    code: str
    form: str
    item: str
    label: str
    unit: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Strategy:
    """What becomes of the ratings after an intercurrent event, in the primary analysis and for response.

    `kind` is the code of the form for intercurrent events, or one that other forms tell. Under a hypothetical strategy
    ratings count up to `days_after` the event, its own day included.
    """

    kind: str
    label: str
    mean: str
    response: str
    days_after: int = 0


@dataclass(frozen=True)
class PlanningEffect:
    """What the trial was planned to find: active minus reference on the primary outcome at the primary visit.

    Blinded re-estimation of the sample size uses this and never an estimate. `retention`: the share expected to be
    rated at the primary visit. `maximum`: re-estimation asks for no more subjects than this.
    """

    difference: Decimal
    standard_deviation: Decimal
    power: Decimal = Decimal("0.80")
    retention: Decimal = Decimal("0.80")
    maximum: int = 0


@dataclass(frozen=True)
class Analysis:
    """The plan of the analysis (PROTOCOL 9 of the first trial is one).

    `sequence`: codes of the outcomes tested in this fixed order at `visit`, the primary one first. `secondary`: codes
    of further outcomes, with nominal p. `alpha` two-sided; `level` of the intervals. `response` and `remission` may be
    absent. `adjusted_for_site`: the site is a factor of the models. `strategies`: by kind of intercurrent event.
    `drawn`: codes of the outcomes that the course of one subject shows, where that is not every change.
    """

    outcomes: tuple[Outcome, ...]
    sequence: tuple[str, ...]
    visit: str
    secondary: tuple[str, ...] = ()
    alpha: Decimal = Decimal("0.05")
    level: Decimal = Decimal("0.95")
    response: Response | None = None
    remission: Remission | None = None
    moderators: tuple[Moderator, ...] = ()
    adjusted_for_site: bool = True
    strategies: tuple[Strategy, ...] = ()
    on_treatment_days: int = 3
    treatment_emergent_days: int = 14
    serious_emergent_days: int = 30
    compliance: tuple[Decimal, Decimal] = (Decimal("0.80"), Decimal("1.20"))
    planning_effect: PlanningEffect | None = None
    interim_looks: tuple = ()
    unblinding_events: tuple[str, ...] = ()
    unblinding_words: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()

    @property
    def primary(self) -> Outcome:
        return self.outcome(self.sequence[0])

    @property
    def in_the_course(self) -> tuple[Outcome, ...]:
        """The outcomes that the course of one subject shows, in order."""
        found = (self.outcome(code) for code in self.drawn or (*self.sequence, *self.secondary))
        return tuple(outcome for outcome in found if outcome.kind is Kind.CHANGE)

    def outcome(self, code: str) -> Outcome:
        """The outcome of that code. Raises DeclarationError for an unknown one."""
        for found in self.outcomes:
            if found.code == code:
                return found
        raise DeclarationError(f"There is no outcome {code!r}; there are {', '.join(o.code for o in self.outcomes)}.")


def police_analysis(analysis: Analysis, *, forms: dict, visits: Sequence[str], analysed: Sequence[str]) -> None:
    """Refuse a plan that names what is not declared. `forms`: classes by code. Raises DeclarationError."""
    codes = [outcome.code for outcome in analysis.outcomes]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise DeclarationError(f"The outcome {sorted(twice)[0]} is declared twice.")
    for outcome in analysis.outcomes:
        form = forms.get(outcome.form)
        if form is None:
            raise DeclarationError(f"The outcome {outcome.code} is of the form {outcome.form}, which is not declared.")
        if outcome.score not in form.scores and outcome.score not in form.items:
            raise DeclarationError(f"The outcome {outcome.code} is {outcome.score} of {outcome.form}, which has none.")
        if form.dated is None:
            raise DeclarationError(f"The outcome {outcome.code} is of the form {outcome.form}, which bears no date.")
    if not analysis.sequence:
        raise DeclarationError("The analysis names no primary outcome.")
    named = [*analysis.sequence, *analysis.secondary, *analysis.drawn]
    named += [rule.outcome for rule in (analysis.response, analysis.remission) if rule]
    for code in named:
        analysis.outcome(code)
    if analysis.visit not in analysed:
        raise DeclarationError(f"The primary visit {analysis.visit!r} is none of the analysed visits.")
    if not 0 < analysis.alpha < 1 or not 0 < analysis.level < 1:
        raise DeclarationError("Alpha and the level of intervals lie between 0 and 1.")
    if analysis.interim_looks:
        raise DeclarationError("Interim looks at efficacy are not supported: reports before the end are safety only.")
    for moderator in analysis.moderators:
        form = forms.get(moderator.form)
        if form is None or moderator.item not in form.items:
            raise DeclarationError(f"The moderator {moderator.code} is no item of a declared form.")
    kinds = [strategy.kind for strategy in analysis.strategies]
    if twice := {kind for kind in kinds if kinds.count(kind) > 1}:
        raise DeclarationError(f"The strategy for {sorted(twice)[0]} is declared twice.")
