"""The stratum of a subject: its site and the levels of the declared factors, frozen with the allocation."""

from crf import trial
from crf.chart.others import Others
from crf.models import Subject
from crf.spec.arms import Factor


def levels_of(others: Others) -> dict[str, str | None]:
    """The level of each factor as the records stand now, by its code; None while it is not known."""
    return {factor.code: _level(factor, others) for factor in trial.ALLOCATION.factors}


def unknown_factors(others: Others) -> list[str]:
    """Sentences on the factors without which no stratum can be told; none when all are known."""
    levels = levels_of(others)
    return [
        f"{factor.label} is not known: {_where(factor)} decides in which stratum the subject is randomised."
        for factor in trial.ALLOCATION.factors
        if levels[factor.code] is None
    ]


def stratum_of(subject: Subject, levels: dict[str, str]) -> str:
    """The stratum in which a subject with these levels is randomised."""
    return trial.ALLOCATION.stratum_of(subject.site.code, [levels[factor.code] for factor in trial.ALLOCATION.factors])


def used_and_now(subject: Subject, others: Others) -> list[tuple[str, str, str]]:
    """For each factor of a randomised subject: its label, the level it was randomised with, the one recorded now.

    A correction does not move the stratum: the subject stays where it was randomised, and both are shown.
    """
    now = levels_of(others)
    return [
        (factor.label, _in_words(factor, subject.stratum_levels.get(factor.code)), _in_words(factor, now[factor.code]))
        for factor in trial.ALLOCATION.factors
    ]


def _level(factor: Factor, others: Others) -> str | None:
    value = others.value(factor.form, factor.item, visit=factor.visit)
    level = None if value is None else factor.level(value)
    return level if level in dict(factor.levels) else None


def _where(factor: Factor) -> str:
    form = trial.form(factor.form)
    asked = form.items.get(factor.item) or form.scores[factor.item]
    return f"“{asked.label}” of the form “{form.title}”"


def _in_words(factor: Factor, level: str | None) -> str:
    return dict(factor.levels).get(level, "not known")
