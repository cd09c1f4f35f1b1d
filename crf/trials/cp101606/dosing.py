"""The study drug: one infusion on study day 1. Dose and rate are our assumption; nothing is titrated."""

from crf.spec.dosing import SingleAdministration

INFUSION = SingleAdministration("One intravenous infusion of CP-101,606 or placebo", on_day=1)
HOURS = 8  # planned length: our assumption
