"""What the trial compares its arms by, and how: outcomes, their order, the rules for response and for events."""

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crf.spec import kinds
from crf.spec.disclosure import UNBLINDS
from crf.spec.forms import Form
from crf.spec.kinds import Coded, DeclarationError, Integer
from crf.spec.purposes import Purpose

HYPOTHETICAL, TREATMENT_POLICY, COMPOSITE = "hypothetical", "treatment policy", "composite: non-response"
#: Kinds of intercurrent event that the record tells without a form for them, and what tells each.
TOLD_BY_THE_RECORD = {
    "STOPDRUG": "the end of treatment before its time, or a decision to stop",
    "DEATH": "the end of treatment or of the study",
    "REDUCTION": "a decision to reduce the dose",
    "INTERRUPTION": "a decision to interrupt the drug",
    "BELOWTOP": "a treatment that ended below the highest dose of the ladder",
    "CODEBREAK": "the log of code breaks",
}
#: The items by which a row of another form may tell of an intercurrent event, by the purpose of the form.
TELLING = {
    Purpose.MEDICATION: ("drug", "group", "change", "began", "stopped"),
    Purpose.ADVERSE_EVENTS: ("term", "onset", "special", "severity", "serious", "related", "action", "outcome"),
}


class Better(enum.Enum):
    """Which way is better for the subject. NEITHER is for what is described only."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Kind(enum.Enum):
    """How an outcome is compared.

    CHANGE: change from baseline by the mixed model. IMPRESSION: an ordinal answer, compared as it stands at the visit.
    DESCRIBED: for safety (a scale of side effects, a vital sign); by visit, its change and its worst, without a test.
    """

    CHANGE = "change from baseline"
    IMPRESSION = "impression at the visit"
    DESCRIBED = "described"


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
class Occurrences:
    """Items of a form that are answered yes or no at visits: reports count who had a yes before day 1, and after it."""

    form: str
    label: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Response:
    """Response: better than baseline by so many per cent of it.

    Sustained: at so many consecutive planned visits, the last of them the primary visit; 0: not asked.
    """

    outcome: str
    percent: int = 50
    sustained_visits: int = 2


@dataclass(frozen=True)
class Remission:
    """Remission: the outcome is at most this, or, where higher is better, at least this."""

    outcome: str
    at_most: int | None = None
    at_least: int | None = None


@dataclass(frozen=True)
class Moderator:
    """A measurement before treatment whose interaction with treatment is looked at.

    `item`: an item or a score of the form. `outcome`: the one whose difference it may change; the primary where none
    is named. `per`: of how many units a sentence tells the change.
    """

    code: str
    form: str
    item: str
    label: str
    unit: str = ""
    outcome: str = ""
    per: int = 1


@dataclass(frozen=True)
class Telling:
    """Rows of another form that tell of an intercurrent event. `dated`: the item that says when it began.

    A row tells where each item of `where` has one of the codes, and each of `words` holds one of the words.
    """

    purpose: Purpose
    dated: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Strategy:
    """What becomes of the ratings after an intercurrent event, in the primary analysis and for response.

    `kind` is a code of the form for intercurrent events, one of TOLD_BY_THE_RECORD, or one that rows of other forms
    tell (`told_by`). Under a hypothetical strategy ratings count up to `days_after` the event, its own day included.
    """

    kind: str
    label: str
    mean: str
    response: str
    days_after: int = 0
    told_by: tuple[Telling, ...] = ()


@dataclass(frozen=True)
class PlanningEffect:
    """What the trial was planned to find: active minus reference on the primary outcome at the primary visit.

    Blinded re-estimation of the sample size uses this and never an estimate. `retention`: the share expected to be
    rated at the primary visit. `maximum`: re-estimation asks for no more subjects than this; 0: no such bound.
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
    of further outcomes, with nominal p; outcomes that are DESCRIBED stand in neither. `alpha` two-sided; `level` of the
    intervals. `response` and `remission` may be absent. `adjusted_for_site`: the site is a factor of the models.
    `strategies`: by kind of intercurrent event. `occurrences`: what is counted for safety beside adverse events.
    `drawn`: codes of the outcomes that the course of one subject shows, where that is not every change.
    `treatments`, `without_events`: how the estimand is worded: what is compared (naming no arm, since blinded reports
    print it), and what is imagined under the hypothetical strategies.
    With more than one active arm the sequence tests each arm, in the order declared, before the next outcome.
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
    occurrences: tuple[Occurrences, ...] = ()
    treatments: str = "the study treatment and its comparator"
    without_events: str = "had no event of a hypothetical strategy taken place"

    @property
    def primary(self) -> Outcome:
        return self.outcome(self.sequence[0])

    @property
    def in_the_course(self) -> tuple[Outcome, ...]:
        """The outcomes that the course of one subject shows, in order."""
        found = (self.outcome(code) for code in self.drawn or (*self.sequence, *self.secondary))
        return tuple(outcome for outcome in found if outcome.kind is Kind.CHANGE)

    @property
    def reported(self) -> tuple[Outcome, ...]:
        """What the reports tell of: the sequence, then the secondary outcomes."""
        return tuple(self.outcome(code) for code in (*self.sequence, *self.secondary))

    def outcome(self, code: str) -> Outcome:
        """The outcome of that code. Raises DeclarationError for an unknown one."""
        for found in self.outcomes:
            if found.code == code:
                return found
        raise DeclarationError(f"There is no outcome {code!r}; there are {', '.join(o.code for o in self.outcomes)}.")


def police_analysis(
    analysis: Analysis,
    *,
    forms: Mapping[str, type[Form]],
    planned: Mapping[str, Sequence[str]],
    analysed: Sequence[str],
    before: Collection[str],
) -> None:
    """Refuse a plan that names what is not declared or asks for what cannot be done. Raises DeclarationError.

    forms: classes by code. planned: the visits of each form. analysed: the analysed visits. before: the visits up to
    baseline.
    """
    _police_outcomes(analysis, forms)
    _police_sequence(analysis, planned, analysed, before)
    _police_rules(analysis, planned, analysed)
    _police_numbers(analysis)
    _police_moderators(analysis, forms, planned, before)
    _police_events(analysis, {form.purpose: form for form in forms.values() if form.purpose})
    _police_described(analysis, forms)


def _police_outcomes(analysis: Analysis, forms: Mapping[str, type[Form]]) -> None:
    codes = [outcome.code for outcome in analysis.outcomes]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise DeclarationError(f"The outcome {min(twice)} is declared twice.")
    labels = [outcome.label for outcome in analysis.outcomes]
    if twice := {label for label in labels if labels.count(label) > 1}:
        raise DeclarationError(f"Two outcomes have the label {min(twice)}.")
    for outcome in analysis.outcomes:
        form = forms.get(outcome.form)
        if form is None:
            raise DeclarationError(f"The outcome {outcome.code} is of the form {outcome.form}, which is not declared.")
        if outcome.score not in form.scores and outcome.score not in form.items:
            raise DeclarationError(f"The outcome {outcome.code} is {outcome.score} of {outcome.form}, which has none.")
        if not _is_number(form, outcome.score):
            raise DeclarationError(
                f"The outcome {outcome.code} is {outcome.score} of {outcome.form}, which is no number."
            )
        if form.dated is None:
            raise DeclarationError(f"The outcome {outcome.code} is of the form {outcome.form}, which bears no date.")
        if form.repeating:
            raise DeclarationError(f"The outcome {outcome.code} is of the form {outcome.form}, which has many rows.")
        if _gives_away(form, outcome.score):
            raise DeclarationError(f"The outcome {outcome.code} would give the arm away; no report could read it.")
        if not outcome.low < outcome.high:
            raise DeclarationError(f"The outcome {outcome.code} lies between {outcome.low} and {outcome.high}.")


def _police_sequence(
    analysis: Analysis, planned: Mapping[str, Sequence[str]], analysed: Sequence[str], before: Collection[str]
) -> None:
    if not analysis.sequence:
        raise DeclarationError("The analysis names no primary outcome.")
    named = [*analysis.sequence, *analysis.secondary]
    if twice := {code for code in named if named.count(code) > 1}:
        raise DeclarationError(f"The outcome {min(twice)} is named twice in the sequence and the secondary ones.")
    for code in analysis.drawn:
        analysis.outcome(code)
    if analysis.visit not in analysed:
        raise DeclarationError(f"The primary visit {analysis.visit!r} is none of the analysed visits.")
    for code in named:
        outcome = analysis.outcome(code)
        if analysis.visit not in planned.get(outcome.form, ()):
            raise DeclarationError(f"The outcome {code} is not rated at the primary visit {analysis.visit}.")
        if outcome.kind is Kind.CHANGE and not set(planned[outcome.form]) & set(before):
            raise DeclarationError(f"The outcome {code} is a change from baseline, but is not rated before treatment.")
    for code in analysis.sequence:
        if analysis.outcome(code).kind is not Kind.CHANGE:
            raise DeclarationError(f"The outcome {code} is an impression; the sequence tests changes from baseline.")


def _police_described(analysis: Analysis, forms: Mapping[str, type[Form]]) -> None:
    for outcome in analysis.outcomes:
        if outcome.kind is Kind.DESCRIBED and outcome in analysis.reported:
            raise DeclarationError(f"The outcome {outcome.code} is described only; it stands in no sequence.")
        if outcome.better is Better.NEITHER and outcome.kind is not Kind.DESCRIBED:
            raise DeclarationError(f"The outcome {outcome.code} is compared, so one way is better.")
    for one in analysis.occurrences:
        form = forms.get(one.form)
        if form is None or form.repeating or form.dated is None:
            raise DeclarationError(f"The occurrences {one.label} are of {one.form}, which is no dated form of one row.")
        for name in one.items:
            if name not in form.items or "Y" not in _codes_of(form.items[name]) or _gives_away(form, name):
                raise DeclarationError(
                    f"The occurrences {one.label} name {name}, no open yes-or-no item of {one.form}."
                )


def _police_rules(analysis: Analysis, planned: Mapping[str, Sequence[str]], analysed: Sequence[str]) -> None:
    for rule, word in ((analysis.response, "response"), (analysis.remission, "remission")):
        if rule is None:
            continue
        outcome = analysis.outcome(rule.outcome)
        if outcome.kind is not Kind.CHANGE or analysis.visit not in planned.get(outcome.form, ()):
            raise DeclarationError(f"The rule of {word} wants an outcome with a baseline, rated at {analysis.visit}.")
    if (response := analysis.response) is not None:
        outcome = analysis.outcome(response.outcome)
        if outcome.low < 0:
            raise DeclarationError(f"Response is a share of baseline, but {outcome.code} may be below 0.")
        if response.percent < 1 or (outcome.better is Better.LOWER and response.percent > 100):
            raise DeclarationError(f"Nobody can respond by {response.percent} per cent of the baseline.")
        until = analysed[: analysed.index(analysis.visit) + 1]
        rated = [code for code in until if code in planned[outcome.form]]
        if response.sustained_visits == 1:
            raise DeclarationError("Response sustained at one visit is response itself; declare two or more, or 0.")
        if not 0 <= response.sustained_visits <= len(rated):
            raise DeclarationError(
                f"Response cannot be sustained at {response.sustained_visits} visits: {outcome.label} is rated at "
                f"{len(rated)} up to the primary one."
            )
    if (remission := analysis.remission) is not None:
        outcome = analysis.outcome(remission.outcome)
        wanted, other = remission.at_most, remission.at_least
        if outcome.better is Better.HIGHER:
            wanted, other = other, wanted
        if wanted is None or other is not None:
            word = "at_most" if outcome.better is Better.LOWER else "at_least"
            raise DeclarationError(f"Remission by {outcome.code} is declared with {word} alone.")


def _police_numbers(analysis: Analysis) -> None:
    if not 0 < analysis.alpha < 1 or not 0 < analysis.level < 1:
        raise DeclarationError("Alpha and the level of intervals lie between 0 and 1.")
    if analysis.interim_looks:
        raise DeclarationError("Interim looks at efficacy are not supported: reports before the end are safety only.")
    if min(analysis.on_treatment_days, analysis.treatment_emergent_days, analysis.serious_emergent_days) < 0:
        raise DeclarationError("Days after the last dose are 0 or more.")
    low, high = analysis.compliance
    if not 0 <= low < high:
        raise DeclarationError("The bounds of compliance are two shares, the lower one first.")
    if (effect := analysis.planning_effect) is not None:
        if effect.difference == 0 or effect.standard_deviation <= 0:
            raise DeclarationError("The planned difference is not 0 and its standard deviation is above 0.")
        if (effect.difference < 0) != (analysis.primary.better is Better.LOWER):
            raise DeclarationError("The planned difference, active minus reference, favours the reference.")
        if not 0 < effect.power < 1 or not 0 < effect.retention <= 1 or effect.maximum < 0:
            raise DeclarationError("The power lies between 0 and 1, the retention is a share, the maximum a number.")


def _police_moderators(
    analysis: Analysis, forms: Mapping[str, type[Form]], planned: Mapping[str, Sequence[str]], before: Collection[str]
) -> None:
    codes = [moderator.code for moderator in analysis.moderators]
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise DeclarationError(f"The moderator {min(twice)} is declared twice.")
    for moderator in analysis.moderators:
        form = forms.get(moderator.form)
        if form is None or moderator.item not in {**form.items, **form.scores}:
            raise DeclarationError(f"The moderator {moderator.code} is no item of a declared form.")
        if not _is_number(form, moderator.item):
            raise DeclarationError(f"The moderator {moderator.code} is no number.")
        if _gives_away(form, moderator.item):
            raise DeclarationError(f"The moderator {moderator.code} would give the arm away; no report could read it.")
        if form.repeating or not set(planned.get(form.code, ())) & set(before):
            raise DeclarationError(f"The moderator {moderator.code} is not measured before randomisation.")
        if moderator.per < 1:
            raise DeclarationError(f"The moderator {moderator.code} is told per 1 unit or more.")
        if moderator.outcome and analysis.outcome(moderator.outcome).kind is not Kind.CHANGE:
            raise DeclarationError(f"The moderator {moderator.code} wants an outcome with a baseline.")


def _police_events(analysis: Analysis, serving: Mapping[Purpose, type[Form]]) -> None:
    treated = [strategy.kind for strategy in analysis.strategies]
    if twice := {kind for kind in treated if treated.count(kind) > 1}:
        raise DeclarationError(f"The strategy for {min(twice)} is declared twice.")
    form = serving.get(Purpose.INTERCURRENT)
    asked = _codes_of(form.items["kind"]) if form else set()
    for strategy in analysis.strategies:
        if strategy.mean not in (HYPOTHETICAL, TREATMENT_POLICY):
            raise DeclarationError(
                f"The strategy for {strategy.kind} is hypothetical or treatment policy for the mean."
            )
        if strategy.response not in (HYPOTHETICAL, TREATMENT_POLICY, COMPOSITE):
            raise DeclarationError(f"The strategy of {strategy.kind} for response is none that is known.")
        if strategy.kind not in asked | set(TOLD_BY_THE_RECORD) and not strategy.told_by:
            raise DeclarationError(f"Nothing tells of the intercurrent event {strategy.kind}.")
        for telling in strategy.told_by:
            _police_telling(strategy.kind, telling, serving)
    if untreated := sorted(asked - set(treated)):
        raise DeclarationError(f"No strategy is declared for the intercurrent event {untreated[0]}.")
    events = serving.get(Purpose.ADVERSE_EVENTS)
    special = _codes_of(events.items["special"]) if events and "special" in events.items else set()
    if unknown := sorted(set(analysis.unblinding_events) - special):
        raise DeclarationError(f"No event of special interest is called {', '.join(unknown)}.")


def _police_telling(kind: str, telling: Telling, serving: Mapping[Purpose, type[Form]]) -> None:
    form = serving.get(telling.purpose)
    if telling.purpose not in TELLING or form is None:
        raise DeclarationError(f"The event {kind} is told by {telling.purpose.value}, which no form of the trial is.")
    if not telling.where and not telling.words:
        raise DeclarationError(f"Every row of {form.code} would tell of the event {kind}.")
    for name in (telling.dated, *telling.where, *telling.words):
        if name not in form.items or name not in TELLING[telling.purpose]:
            raise DeclarationError(f"The event {kind} is told by {name} of {form.code}, which has none.")
    for name, codes in telling.where.items():
        if unknown := sorted(set(codes) - _codes_of(form.items[name])):
            raise DeclarationError(f"The event {kind} is told by {name} {unknown[0]}, which {form.code} does not have.")


def _codes_of(item) -> set[str]:
    return {str(code) for code, _ in item.kind.codes} if isinstance(item.kind, Coded) else set()


def _is_number(form, name: str) -> bool:
    """A score always is; an item is where its kind is a number or a coded scale of numbers."""
    item = form.items.get(name)
    return item is None or isinstance(item.kind, Integer | kinds.Decimal) or getattr(item.kind, "numeric", False)


def _gives_away(form, name: str) -> bool:
    item = form.items.get(name)
    return form.discloses is UNBLINDS or (item is not None and form.disclosure(item) is UNBLINDS)
