"""Of the conduct: ratings by rater and by site, how long they took, and whether two measures go together."""

from functools import partial

import pandas as pd

from analysis.collect.frames import Collected
from analysis.collect.oversight import Oversight
from analysis.derive import plan
from analysis.papers.scatter import scatter
from analysis.papers.strips import WIDEST, strips
from analysis.papers.tables import counts, mean_sd
from analysis.reports import whom
from analysis.reports.document import Figure, Number, Section, Table
from analysis.stats.descriptive import summary
from crf import trial
from crf.spec import people
from crf.spec.outcomes import Kind, Outcome

TITLE = "Ratings, by rater and by site"


def ratings(seen: Oversight, collected: Collected) -> Section:
    """Tables and pictures of the primary outcome's ratings; times of every rating of an outcome."""
    primary = plan.primary()
    own = seen.ratings[seen.ratings["form"] == primary.form]
    blocks: list = []
    if len(seen.ratings):
        blocks.append(_times(seen.ratings))
    if len(own):
        blocks += [*_by("rater", "Rater", own, primary), *_by("site", "Site", own, primary)]
        timed = own.dropna(subset=["minutes"])
        if len(timed):
            blocks.append(_minutes(timed, primary))
    blocks += _against(collected, primary)
    return Section("ratings", TITLE, tuple(blocks) or ("Nothing was rated yet.",), whom.SCREENED)


def _times(frame: pd.DataFrame) -> Table:
    rows = []
    for (form, rater), own in frame.groupby(["form", "rater"], sort=True):
        took = own["minutes"].dropna()
        rows.append(
            (
                trial.form(form).title,
                rater,
                len(own),
                Number(float(took.median()) if len(took) else float("nan"), 0),
                Number(float(took.min()) if len(took) else float("nan"), 0),
                int(own["is_short"].sum()),
                int(own["is_late"].sum()),
            )
        )
    head = ("Form", "Rater", "Ratings", "Minutes, median", "Shortest", "Short", "Entered after the day")
    notes = ("Short: took less than the form declares. Minutes from the beginning to the end that were entered.",)
    return counts("rating_times", "Ratings by rater, and how long they took", head, rows, notes=notes)


def _by(column: str, word: str, own: pd.DataFrame, outcome: Outcome) -> list:
    """Baseline values by rater or site, as a table and a picture: before treatment, they differ by who rates."""
    before = own[(own["visit"] == trial.BASELINE)].dropna(subset=["value"])
    if before.empty:
        return []
    columns = [(name, list(some["value"])) for name, some in before.groupby(column, sort=True)]
    rows = []
    for name, values in columns:
        found = summary(values, name=name, level=plan.level())
        rows.append((name, found.n, mean_sd(found), Number(found.minimum, 0), Number(found.maximum, 0)))
    title = f"{outcome.label} at {trial.visit(trial.BASELINE).label.lower()} by {column}"
    table = counts(f"{column}_means", title, (word, "Ratings", "Mean (SD)", "Lowest", "Highest"), rows)
    if len(columns) > WIDEST:
        return [table]
    says = f"Each dot is a rating before treatment, the bar the mean of the {column}."
    draw = partial(strips, columns, y=outcome.label)
    alt = f"{says} " + " ".join(
        f"{name}: {row[2]}, {row[1]} ratings." for name, row in zip(dict(columns), rows, strict=True)
    )
    return [Figure(f"{column}_means_figure", title, says, alt, draw, table)]


def _minutes(timed: pd.DataFrame, outcome: Outcome) -> Table | Figure:
    columns = [(rater, list(some["minutes"])) for rater, some in timed.groupby("rater", sort=True)]
    rows = []
    for rater, values in columns:
        found = summary(values, name=rater, level=plan.level())
        rows.append((rater, found.n, mean_sd(found), Number(found.minimum, 0), Number(found.maximum, 0)))
    title = f"Minutes that ratings of the {outcome.form} took"
    table = counts("minutes", title, ("Rater", "Ratings", "Mean (SD)", "Shortest", "Longest"), rows)
    if len(columns) > WIDEST:
        return table
    limit = trial.form(outcome.form).short_under
    says = f"Each dot is a rating, the bar the mean of the rater. {len(timed)} ratings with both times."
    alt = says + " " + " ".join(f"{row[0]}: {row[2]} minutes." for row in rows)
    return Figure("minutes_figure", title, says, alt, partial(strips, columns, y="Minutes", limit=limit), table)


def other_measure() -> Outcome | None:
    """What the primary outcome is held against: a change that another form tells, one that no rater makes first."""
    primary = plan.primary()
    others = [one for one in trial.ANALYSIS.outcomes if one.kind is Kind.CHANGE and one.form != primary.form]
    return min(others, key=lambda one: people.RATER in trial.form(one.form).entered_by, default=None)


def _against(collected: Collected, primary: Outcome) -> list:
    """The primary outcome and the other measure of the same subject at the same visit."""
    other = other_measure()
    if other is None:
        return []
    scores = collected.scores.dropna(subset=["value"])
    one, two = (
        scores[scores["outcome"] == outcome.code].drop_duplicates(["subject", "visit"], keep="last")
        for outcome in (primary, other)
    )
    both = one.merge(two, on=["subject", "visit"], suffixes=("", "_other"))
    if both.empty:
        return []
    rows = []
    for visit in trial.VISITS:
        at = both[both["visit"] == visit.code]
        if len(at):
            rows.append((visit.label, len(at), Number(_r(at), 2)))
    rows.append(("All visits", len(both), Number(_r(both), 2)))
    title = f"{primary.label} against {other.label}"
    table = counts(
        "against",
        f"{title}: correlation by visit",
        ("Visit", "Subjects", "Pearson's r"),
        rows,
        notes=("Of all visits together each subject counts several times, so r there describes and tests nothing.",),
    )
    points = [("All", float(x), float(y)) for x, y in zip(both["value_other"], both["value"], strict=True)]
    says = f"Each mark is a subject at a visit: {len(both)} pairs, r {rows[-1][2]}."
    draw = partial(scatter, points, groups=("All",), x=other.label, y=primary.label)
    return [Figure("against_figure", title, says, says, draw, table)]


def _r(frame: pd.DataFrame) -> float:
    """Pearson's correlation; not a number where one of the two does not vary."""
    x, y = frame["value"].astype(float), frame["value_other"].astype(float)
    return float(x.corr(y)) if len(frame) > 2 and x.nunique() > 1 and y.nunique() > 1 else float("nan")
