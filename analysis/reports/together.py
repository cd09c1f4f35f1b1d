"""Every analysis of the primary outcome at the primary visit in one picture: how far it hangs on the method."""

from functools import partial

from analysis.derive import plan
from analysis.papers import figures
from analysis.papers.tables import counts, interval, number, p_value
from analysis.reports import whom
from analysis.reports.comparison import Comparison, Noted
from analysis.reports.document import Figure, Number, PValue, Section
from crf import trial

TITLE = "All analyses of the primary outcome together"


def together(comparison: Comparison) -> Section:
    """What the sections before have told, as a forest; the primary analysis is marked."""
    noted = comparison.noted
    if not noted:
        return Section("together", TITLE, ("None of the analyses could be made.",))
    says = (
        f"{len(noted)} analyses of {plan.primary().label} at {plan.at_last()}, {plan.differences()}, with "
        f"{plan.interval()}s; the primary one is marked. All others are not controlled for multiplicity."
    )
    data = counts(
        "together_points",
        f"{plan.primary().label} at {plan.at_last()} by every analysis, the numbers of the figure",
        ("Analysis", "Difference", "Low", "High", "p"),
        [(one.label, *(Number(x, 2) for x in (one.estimate, one.low, one.high)), PValue(one.p)) for one in noted],
    ).by(*(how for one in noted for how in one.made))
    bars = tuple(map(_bar, noted))
    alt = says + " " + " ".join(f"{bar.label}: {bar.text}." for bar in bars)
    draw = partial(figures.forest, bars, x=f"{plan.differences()} (points)", favours=_favours())
    drawing = Figure("together", f"{plan.primary().label} at {plan.at_last()}: every analysis", says, alt, draw, data)
    return Section("together", TITLE, (drawing,), whom.ANALYSED)


def _bar(one: Noted) -> figures.Bar:
    text = f"{number(one.estimate)} ({interval(one.low, one.high)})  p {p_value(one.p)}"
    return figures.Bar(one.label, one.estimate, one.low, one.high, text, one.is_primary)


def _favours() -> tuple[str, str]:
    """What the left and the right of the forest favour."""
    active = plan.names()[plan.pairs()[0].active] if len(plan.pairs()) == 1 else "the active arm"
    sides = f"favours {active}", f"favours {plan.in_sentence(plan.names()[trial.REFERENCE.code])}"
    return sides if plan.is_better_lower(plan.primary()) else (sides[1], sides[0])
