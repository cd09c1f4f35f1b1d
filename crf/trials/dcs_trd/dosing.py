"""The dose: identical 250 mg capsules, up to 1000 mg a day (PROTOCOL 5)."""

from crf.spec.dosing import Ladder, Step
from crf.spec.supply import Kits

UNIT_MG = 250

# 14 days, the panel and 5 days: our assumption; so is a dose divided in two above 250 mg.
LADDER = Ladder(
    steps=(
        Step(1, 250, 1, 3, capsules=1),
        Step(2, 500, 4, 21, after_days=3, capsules=2, doses_a_day=2),
        Step(3, 750, 22, 28, after_days=14, needs_panel=True, capsules=3, doses_a_day=2),
        Step(4, 1000, 29, 42, after_days=5, capsules=4, doses_a_day=2),
    ),
    unit_dose=UNIT_MG,
    unit="mg/d",
    early_days=2,
    panel_days=7,  # our assumption
    reescalate_after_days=7,  # our assumption
    reescalations=1,  # our assumption
    interruption_same_step=3,  # our assumption
    interruption_one_lower=7,  # our assumption
    spare_days=2,  # our assumption
    days_at_home=9,  # our assumption
)

# A bottle for each of the six visits that hand out, filled for the days that may be at home at the highest dose, and
# two more to replace what is lost or damaged: our assumption.
KITS = Kits(bottles=8, units=LADDER.days_at_home * LADDER.steps[-1].capsules)
