"""What the arms are compared by: the MADRS at day 5, alpha 0.10, 80 % intervals; HAMD-17 and its response."""

from decimal import Decimal

from crf.spec.outcomes import (
    COMPOSITE,
    HYPOTHETICAL,
    TREATMENT_POLICY,
    Analysis,
    Better,
    Kind,
    Outcome,
    PlanningEffect,
    Remission,
    Response,
    Strategy,
    Telling,
)
from crf.spec.purposes import Purpose


def _sign(item: str, label: str, low: int, high: int) -> Outcome:
    return Outcome(item, "VITALS", item, label, label, low, high, better=Better.NEITHER, kind=Kind.DESCRIBED)


OUTCOMES = (
    Outcome("madrs", "MADRS", "total", "MADRS", "Montgomery-Asberg depression", 0, 60),
    Outcome("hamd17", "HAMD17", "total", "HAMD-17", "Hamilton depression, 17 items", 0, 52),
    # For safety: described, not compared.
    _sign("systolic", "Systolic pressure (mmHg)", 50, 280),
    _sign("diastolic", "Diastolic pressure (mmHg)", 20, 180),
    _sign("pulse", "Pulse (/min)", 20, 250),
)

NEW = (Telling(Purpose.MEDICATION, "began", where={"change": ("NEW",)}),)
KETAMINE = (Telling(Purpose.MEDICATION, "began", words={"drug": ("ketamin",)}),)
ATTEMPT = (Telling(Purpose.ADVERSE_EVENTS, "onset", where={"special": ("ATTEMPT",)}),)

# What an event does to later ratings: our assumption. One infusion cannot be stopped later, only cut short.
STRATEGIES = (
    Strategy("NEWAD", "New antidepressant", HYPOTHETICAL, HYPOTHETICAL, told_by=NEW),
    Strategy("KETAMINE", "Ketamine or esketamine", HYPOTHETICAL, HYPOTHETICAL, told_by=KETAMINE),
    Strategy("ECT", "ECT", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("PAROXETINE", "Paroxetine changed or stopped", TREATMENT_POLICY, TREATMENT_POLICY),
    Strategy("CUTSHORT", "Infusion interrupted or cut short", TREATMENT_POLICY, TREATMENT_POLICY),
    Strategy("ADMISSION", "Psychiatric admission", HYPOTHETICAL, COMPOSITE),
    Strategy("ATTEMPT", "Suicide attempt", HYPOTHETICAL, COMPOSITE, told_by=ATTEMPT),
    Strategy("DEATH", "Death", HYPOTHETICAL, COMPOSITE),
    Strategy("CODEBREAK", "Code broken", TREATMENT_POLICY, TREATMENT_POLICY),
)

ANALYSIS = Analysis(
    outcomes=OUTCOMES,
    sequence=("madrs",),
    visit="D5",
    secondary=("hamd17",),
    alpha=Decimal("0.10"),
    level=Decimal("0.80"),
    # That 78 % of the responders kept it for a week is told by no table: sustained means up to the primary visit.
    treatments="one infusion of the study drug and one of its comparator, added to paroxetine",
    without_events="had no further treatment of depression begun",
    response=Response("hamd17", percent=50, sustained_visits=0),
    remission=Remission("hamd17", at_most=7),  # our assumption
    strategies=STRATEGIES,
    treatment_emergent_days=28,  # our assumption
    serious_emergent_days=30,  # our assumption
    # difference, deviation and retention: our assumption
    planning_effect=PlanningEffect(Decimal("-7"), Decimal("9"), retention=Decimal("0.90"), maximum=60),
    # What could tell the arm is not named in a blinded report.
    unblinding_events=("DISSOCIATION", "HALLUCINATION"),
    unblinding_words=("dissociat", "depersonali", "hallucinat", "detached"),
)
