"""The analysis sets, who is in them and why others are not (METHODS 1). Arms are not looked at to say who belongs."""

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import doses, plan, variables
from analysis.derive.populations import Population, populations
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Analysis, Section
from analysis.reports.outcome import named
from crf import trial
from crf.spec.purposes import Purpose


def sets_of(collected: Collected, every: variables.Course) -> dict[str, Population]:
    """The sets of the trial, from the record and the course of the primary score with every rating."""
    subjects = collected.subjects[collected.subjects["status"] != "screen failure"]
    who = subjects["subject"]
    exposure = doses.taken(collected)
    # Capsules by the subject's account; a first dose on record is one at least, whatever was counted.
    capsules = who.map(collected.capsules.groupby("subject")["taken"].sum()).astype(float).fillna(0)
    later = every.after_baseline.groupby("subject").size()
    major = collected.deviations[collected.deviations["severity"] == "MAJOR"].groupby("subject").size()
    table = pd.DataFrame(
        {
            "subject": who.to_numpy(),
            "randomised": subjects["randomised_on"].notna().to_numpy(),
            "doses": capsules.where(subjects["first_dose_on"].isna(), capsules.clip(lower=1)).to_numpy(),
            "has_baseline": who.isin(set(every.frame["subject"])).to_numpy(),
            "later_ratings": who.map(later).fillna(0).astype(int).to_numpy(),
            "major_deviations": who.map(major).fillna(0).astype(int).to_numpy(),
            "compliance": who.map(exposure["compliance"]).astype(float).to_numpy() if len(exposure) else float("nan"),
            "final_visit_in_window": who.isin(_in_window(collected)).to_numpy(),
        }
    )
    low, high = map(float, trial.ANALYSIS.compliance)
    # What is not handed out and counted has no compliance.
    counted = trial.LADDER is not None and trial.serving(Purpose.RETURNS) is not None
    return populations(table, subject="subject", compliance=(low, high) if counted else None)


def pooled(collected: Collected, every: variables.Course, groups: pd.Series, order: tuple[str, ...]) -> Section:
    """The section while the arms are not known; it can be frozen before the list is opened."""
    if collected.randomised.empty:
        return Section("sets", "Analysis sets", ("Nobody is randomised yet.",))
    return analysis_sets(sets_of(collected, every), groups, order)


def _in_window(collected: Collected) -> set[str]:
    visit = trial.visit(trial.ANALYSIS.visit)
    at = collected.visits[collected.visits["visit"] == visit.code]
    inside = at["day"].between(visit.day - visit.before, visit.day + visit.after).fillna(False).astype(bool)
    return set(at.loc[inside, "subject"])


def analysis_sets(found: dict[str, Population], groups: pd.Series, order: tuple[str, ...]) -> Section:
    """How many belong to each set, by group, and why the randomised who do not belong are outside."""
    head = ("Set", "Definition", *(("Subjects",) if len(order) == 1 else order))
    rows = [
        (
            one.name.capitalize(),
            one.definition[:1].upper() + one.definition[1:],
            *(int((pd.Series(one.members, dtype=object).map(groups) == group).sum()) for group in order),
        )
        for one in found.values()
    ]
    table = counts("sets", "Analysis sets", head, rows).by(*_made(rows, found, order))
    randomised = set(found["randomised"].members)
    why = []
    for one in list(found.values())[1:]:
        reasons: dict[str, list[str]] = {}
        for who, said in one.excluded:
            if who in randomised:
                for reason in said.split("; "):
                    reasons.setdefault(reason, []).append(who)
        why += [
            (one.name.capitalize(), reason, len(some), named(sorted(some))) for reason, some in sorted(reasons.items())
        ]
    blocks: list = [table]
    if why:
        blocks.append(
            counts(
                "outside",
                "Randomised subjects outside a set",
                ("Set", "Why", "Number", "Subjects"),
                why,
                notes=("A subject may have several reasons.",),
            )
        )
    totals = {name: one.n for name, one in found.items()}
    says = (
        f"{totals['randomised']} subjects are randomised, {totals['full analysis']} are in the full analysis set, "
        f"{totals['per protocol']} in the per protocol set and {totals['safety']} in the safety set."
    )
    return Section("sets", "Analysis sets", (says, *blocks), whom.RANDOMISED)


def _made(rows, found: dict[str, Population], order: tuple[str, ...]):
    """By which column of the subjects each set was counted."""
    if len(order) > 1:
        columns = [name if name == "randomised" else f"in_{name.replace(' ', '_')}" for name in found]
        labels = [f"{name} / {definition}" for name, definition, *_ in rows]
        yield Analysis.of("sets_table", rows=dict(zip(labels, columns, strict=True)), arms=plan.names())
