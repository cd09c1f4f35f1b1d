"""The study drug: one infusion on study day 1. Dose and rate are our assumption; nothing is titrated."""

from crf.spec.dosing import SingleAdministration
from crf.spec.supply import Kits

INFUSION = SingleAdministration("One intravenous infusion of CP-101,606 or placebo", on_day=1)
HOURS = 8  # planned length: our assumption

# One vial is the infusion, another replaces it when it is damaged: our assumption.
KITS = Kits(bottles=2, units=1, unit="vial", bottle="vial")
