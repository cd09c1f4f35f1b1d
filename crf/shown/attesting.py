"""What the investigator attests, criterion by criterion: the answers, what was measured, what cross-checks found."""

from collections.abc import Iterator
from dataclasses import dataclass

from crf import trial
from crf.chart.chart import Chart
from crf.rules.eligibility import CRITERIA, Criterion
from crf.spec.purposes import Purpose


@dataclass(frozen=True)
class Judged:
    """A criterion with its answer at each visit before randomisation, the values that other forms have about it, and
    what they say against it."""

    criterion: Criterion
    answers: tuple[str, ...]
    measured: tuple[str, ...]
    against: tuple[str, ...]


@dataclass(frozen=True)
class Attested:
    """All criteria of one kind, with the words that are attested of them, and those that stand while they cannot be."""

    title: str
    states: str
    wants: str
    visits: tuple[str, ...]
    rows: tuple[Judged, ...]


def to_attest(chart: Chart) -> list[Attested]:
    """The inclusion criteria, which are met, and the exclusion criteria, none of which applies. No statement."""
    form = trial.serving(Purpose.ELIGIBILITY)
    if form is None:
        return []
    codes = [code for code in trial.visits_of(form.code) if code in trial.BEFORE_RANDOMISATION]
    visits = tuple(trial.visit(code).label for code in codes)
    judged = list(_judged(chart, form, codes))
    return [
        Attested(title, states, wants, visits, rows)
        for title, states, wants, is_inclusion in (
            ("Inclusion criteria", "each of them is met", "each has to be met", True),
            ("Exclusion criteria", "none of them applies", "none may apply", False),
        )
        if (rows := tuple(one for one in judged if one.criterion.is_inclusion is is_inclusion))
    ]


def _judged(chart: Chart, form, codes: list[str]) -> Iterator[Judged]:
    records = {code: chart.record(form.code, visit=code) for code in codes}
    found: dict[str, list[str]] = {}
    for record in records.values():
        if record is not None:
            on = record.assessed_on or chart.today()
            for reason in trial.RULES.contradictions(record.values(), chart, on=on):
                found.setdefault(reason.code, []).append(reason.sentence)
    measured = trial.RULES.measured(chart)
    for criterion in CRITERIA:
        kind = form.items[criterion.item].kind
        answers = tuple(_shown(form, kind, criterion, record, code) for code, record in records.items())
        yield Judged(
            criterion,
            answers,
            tuple(measured.get(criterion.code, ())),
            tuple(dict.fromkeys(found.get(criterion.code, ()))),
        )


def _shown(form, kind, criterion: Criterion, record, visit: str) -> str:
    if record is None:
        return "not entered"
    if not form.items[criterion.item].applies(record.values(), visit):
        return "not asked"
    answer = getattr(record, criterion.item)
    return "not answered" if answer is None else kind.show(answer)
