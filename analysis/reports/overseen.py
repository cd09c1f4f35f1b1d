"""Of the conduct: queries and how long they take, verification, signatures and locks, reviews of the trail."""

from datetime import datetime, timedelta

import pandas as pd

from analysis.collect.oversight import (
    CHANGED,
    LOCKED,
    NOT_VERIFIED,
    OVERTAKEN,
    REVOKED,
    UNSIGNED,
    VERIFIED,
    WHOLE,
    Oversight,
)
from analysis.papers.tables import counts
from analysis.reports import whom
from analysis.reports.document import NOTHING, Number, Section, Table
from crf import trial
from crf.spec import dates

AGES = (("up to 7 days", 7), ("8 to 14 days", 14), ("15 to 28 days", 28), ("over 28 days", None))
A_DAY = timedelta(days=1)
MOST = 15  # forms that are named


def queries(seen: Oversight, *, cut: datetime) -> Section:
    """How old those are that stand, how long the others took, and what they were about."""
    frame = seen.queries
    if frame.empty:
        return Section("queries", "Queries", ("No query was opened.",))
    rows = []
    for site in [*sorted(frame["site"].unique()), None]:
        own = frame if site is None else frame[frame["site"] == site]
        if site is None and frame["site"].nunique() < 2:
            continue
        for state, word, since in (
            ("open", "to be answered", "opened_at"),
            ("answered", "to be reviewed", "answered_at"),
        ):
            age = (cut - pd.to_datetime(own.loc[own["state"] == state, since], utc=True)) / A_DAY
            rows.append((site or "All", word, *_by_age(age), len(age)))
    ageing = counts(
        "query_ageing", "Queries that stand, by age", ("Site", "State", *(word for word, _ in AGES), "All"), rows
    )
    answered = _taken(frame["opened_at"], frame["answered_at"])
    closed = _taken(frame["opened_at"], frame["settled_at"])
    took = counts(
        "query_days",
        "Days that queries took",
        ("", "Queries", "Median", "Longest"),
        [("Opened to answered", *answered), ("Opened to closed", *closed)],
    )
    by_form = frame.groupby("form")
    about = [
        (trial.form(code).title, len(own), int(own["by_check"].sum()), int((own["state"] != "closed").sum()))
        for code, own in sorted(by_form, key=lambda pair: (-len(pair[1]), pair[0]))[:MOST]
    ]
    forms = counts(
        "query_forms", "What queries were about", ("Form", "Queries", "Asked by a check", "Not closed"), about
    )
    standing = int((frame["state"] != "closed").sum())
    says = f"{len(frame)} queries were opened; {standing} are not closed."
    return Section("queries", "Queries", (says, ageing, took, forms), whom.SCREENED)


def _by_age(age: pd.Series) -> list[int]:
    found, above = [], -1.0
    for _, days in AGES:
        below = float("inf") if days is None else days + 1.0
        found.append(int(((age >= above) & (age < below)).sum()))
        above = below
    return found


def _taken(since: pd.Series, until: pd.Series) -> tuple:
    days = ((pd.to_datetime(until, utc=True) - pd.to_datetime(since, utc=True)) / A_DAY).dropna()
    if days.empty:
        return 0, NOTHING, NOTHING
    return len(days), Number(float(days.median()), 1), Number(float(days.max()), 1)


def verification(seen: Oversight) -> Section:
    """How much of what is complete was compared with its source, by visit and by site."""
    frame = seen.forms[seen.forms["is_complete"].astype(bool)] if len(seen.forms) else seen.forms
    if frame.empty:
        return Section("verification", "Verification against the source", ("No form of a visit is complete yet.",))
    head = ("Complete forms", "Verified", "Changed since verified", "Not verified", "Verified (%)")
    visits = [
        (visit.label, *_verified(own)) for visit in trial.VISITS if len(own := frame[frame["visit"] == visit.code])
    ]
    sites = [(site, *_verified(own)) for site, own in frame.groupby("site", sort=True)]
    blocks: list[str | Table] = [
        f"{_verified(frame)[-1]} % of {len(frame)} complete forms are verified as they are now.",
        counts("verification", "Verification by visit", ("Visit", *head), [*visits, ("All visits", *_verified(frame))]),
        counts("verification_sites", "The same by site", ("Site", *head), sites),
    ]
    return Section("verification", "Verification against the source", tuple(blocks), whom.VISITED)


def _verified(own: pd.DataFrame) -> tuple:
    by = own["verified"].value_counts()
    found = [int(by.get(state, 0)) for state in (VERIFIED, CHANGED, NOT_VERIFIED)]
    return len(own), *found, Number(100 * found[0] / len(own), 1)


def signatures(seen: Oversight) -> Section:
    """Casebooks of randomised subjects by site: locked, signed, or what stands between."""
    frame = seen.casebooks
    if frame.empty:
        return Section("signatures", "Signatures and locks", ("Nobody is randomised yet.",))
    states = (LOCKED, WHOLE, OVERTAKEN, REVOKED, UNSIGNED)
    rows = []
    for site in [*sorted(frame["site"].unique()), None]:
        own = frame if site is None else frame[frame["site"] == site]
        if site is None and frame["site"].nunique() < 2:
            continue
        rows.append((site or "All", len(own), *(int((own["state"] == state).sum()) for state in states)))
    head = ("Site", "Casebooks", *(state.capitalize() for state in states))
    table = counts("signatures", "Signatures and locks of casebooks", head, rows)
    return Section("signatures", "Signatures and locks", (table,), whom.RANDOMISED)


def reviews(seen: Oversight) -> Section:
    """What was looked at in the audit trail, by day, and what was found."""
    if seen.reviews.empty:
        return Section("reviews", "Reviews of the audit trail", ("The audit trail was not reviewed yet.",))
    rows = [
        (
            dates.day(row["reviewed_at"]),
            f"{dates.day(row['since'])} to {dates.day(row['until'])}",
            row["sites"],
            row["looked_at"],
            row["outcome"],
            row["finding"],
        )
        for row in seen.reviews.to_dict("records")
    ]
    head = ("Reviewed", "Of the days", "Sites", "Looked at", "What follows", "What was found")
    table = counts("reviews", "Reviews of the audit trail", head, rows)
    return Section("reviews", "Reviews of the audit trail", (table,))
