"""The flow of participants (CONSORT 2025): assessed, randomised, treated, followed, analysed.

The blinded and the final report run this same code; what differs is the one argument `groups`.
"""

from collections import Counter
from functools import partial

import pandas as pd

from analysis.collect.frames import Collected
from analysis.derive import plan, variables
from analysis.papers import flowchart
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import Analysis, Figure, Section
from crf import trial

SHOWN = 6  # reasons that a box names; the others are added up
TITLE = "Flow of participants"
IN = "   "
Stage = list[tuple[str, int]]  # what, and how many


def flow(
    collected: Collected, primary: variables.Course, groups: pd.Series, order: tuple[str, ...], *, is_blinded: bool
) -> Section:
    """Who was assessed, allocated, lost and analysed, as a diagram and as a table."""
    subjects, randomised = collected.subjects, collected.randomised
    failed = subjects[subjects["status"] == "screen failure"]
    waiting = int((subjects["status"] == "screening").sum())
    reasons = Counter(reason for text in failed["screen_failure"].dropna() for reason in str(text).split("; "))
    before = ("Assessed for eligibility", f"n = {len(subjects)}")
    aside = ["Not randomised", f"n = {len(subjects) - len(randomised)}", f"{IN}failed screening: {len(failed)}"]
    aside += [f"{IN}{IN}{line}" for line in _reasons(reasons)]
    if waiting:
        aside.append(f"{IN}in screening: {waiting}")
    stages = [_stages(randomised[randomised["subject"].map(groups) == group], primary) for group in order]
    columns = [
        [(name, *_lines(first)), *map(_lines, others)]
        for name, (first, *others) in zip(("All arms",) if is_blinded else order, stages, strict=True)
    ]
    rows = _rows(_top(len(subjects), len(failed), waiting, reasons), stages)
    head = ("", *(("Subjects",) if len(order) == 1 else order), *(("All",) if len(order) > 1 else ()))
    table = counts(
        "flow",
        "Flow of participants, the numbers of the diagram",
        head,
        rows,
        notes=("A screen failure may have several reasons. Who was not randomised has no arm.",),
    )
    if len(order) > 1:
        at = {plan.last(): plan.at_last()}
        facts = {"outcome": plan.primary().code, "at": at, "baseline": trial.BASELINE, "arms": plan.names()}
        table = table.by(Analysis.of("flow_table", **facts))
    analysed = sum(dict(stage[-1])["In the primary analysis"] for stage in stages)
    says = (
        f"{len(subjects)} subjects were assessed, {len(randomised)} randomised, and {analysed} are in the primary "
        f"analysis of {primary.score}."
    )
    told = (f"{what.strip()}: {', '.join(str(n) for n in numbers if n != '')}." for what, *numbers in rows)
    alt = " ".join([says, *told])
    drawing = Figure(
        "flow_figure",
        TITLE,
        says,
        alt,
        partial(flowchart.flow, before, aside, ("Randomised", f"n = {len(randomised)}"), columns),
        table,
    )
    return Section("flow", TITLE, (drawing,), whom.SCREENED)


def _stages(own: pd.DataFrame, primary: variables.Course) -> list[Stage]:
    """What became of a group: allocation, treatment, follow-up, analysis; each a list of (what, how many)."""
    dosed = int(own["first_dose_on"].notna().sum())
    stopped = own[own["treatment_ended"].notna() & (own["treatment_ended"] != "COMPLETED")]
    left = own[own["status"] == "discontinued"]
    counted = set(primary.after_baseline.dropna(subset=["change"])["subject"]) & set(own["subject"])
    at_last = counted & set(primary.frame.loc[primary.frame["visit"] == plan.last(), "subject"])
    return [
        [("Allocated", len(own)), ("Took a first dose", dosed), ("Did not", len(own) - dosed)],
        [("Stopped the study drug early", len(stopped)), *_counted(stopped["treatment_ended"])],
        [
            ("Left the study", len(left)),
            *_counted(left["study_ended"]),
            ("Completed the study", int((own["status"] == "completed").sum())),
            ("Still in the study", int(own["status"].isin(("on treatment", "in follow-up")).sum())),
        ],
        [
            ("In the primary analysis", len(counted)),
            (f"{IN}with a rating at {plan.at_last()}", len(at_last)),
            ("Not in the primary analysis", len(own) - len(counted)),
        ],
    ]


def _counted(reasons: pd.Series) -> Stage:
    by = Counter(str(reason).capitalize() for reason in reasons.dropna())
    return [(f"{IN}{reason}", n) for reason, n in sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))]


def _reasons(by: Counter) -> list[str]:
    ordered = sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))
    found = [f"{reason}: {n}" for reason, n in ordered[:SHOWN]]
    rest = sum(n for _, n in ordered[SHOWN:])
    return found + ([f"other reasons: {rest}"] if rest else [])


def _lines(stage: Stage) -> tuple[str, ...]:
    (head, n), *others = stage
    shown = [(what, number) for what, number in others if number or not what.startswith(IN)]
    return (f"{head}: {n}", *(f"{what}: {number}" for what, number in shown[: SHOWN + 2]))


def _top(assessed: int, failed: int, waiting: int, reasons: Counter) -> Stage:
    return [
        ("Assessed for eligibility", assessed),
        ("Failed screening", failed),
        *((f"{IN}{reason}", n) for reason, n in sorted(reasons.items())),
        ("In screening", waiting),
    ]


def _rows(top: Stage, stages: list[list[Stage]]) -> list[tuple]:
    """The top rows have no arm; below, a row for whatever any arm has, in the order of the stages."""
    several = len(stages) > 1
    rows = [(what, *(("",) * len(stages) if several else ()), n) for what, n in top]
    for place in range(len(stages[0])):
        by = [dict(stage[place]) for stage in stages]
        names = list(dict.fromkeys(what for stage in stages for what, _ in stage[place][:1]))
        inner = sorted({what for own in by for what in own if what.startswith(IN)})
        names += [*inner, *dict.fromkeys(what for own in by for what in own if what not in names and what not in inner)]
        for what in names:
            cells = [own.get(what, 0) for own in by]
            rows.append((what, *cells, *((sum(cells),) if several else ())))
    return rows
