"""What the report on the conduct of the trial is made from besides the data: queries, forms, signatures, ratings.

A handful of statements for any number of subjects; row-level security decides which sites are read. Nothing of the
class UNBLINDS is read, and nothing here could tell an arm.
"""

from dataclasses import dataclass, field

import pandas as pd
from django.db.models import Exists, OuterRef

from crf import spec, trial
from crf.models import RECORDS, CasebookLock, Query, Signature, Site, Subject, TrailReview, Verification
from crf.rules.rating import is_entered_late, is_short, minutes

QUERIES = ("site", "form", "by_check", "state", "opened_at", "answered_at", "settled_at")
FORMS = ("site", "subject", "visit", "form", "is_complete", "verified")
CASEBOOKS = ("site", "subject", "state")
RATINGS = ("site", "subject", "visit", "form", "rater", "on", "minutes", "is_short", "is_late", "value")
REVIEWS = ("reviewed_at", "since", "until", "sites", "looked_at", "outcome", "finding")
#: How a casebook stands, in the order in which one looks.
LOCKED, WHOLE, OVERTAKEN, REVOKED, UNSIGNED = "locked", "signed", "signed, more came since", "revoked", "not signed"
VERIFIED, CHANGED, NOT_VERIFIED = "as it is", "before the last change", "not verified"


@dataclass(frozen=True)
class Oversight:
    """The frames, with the columns named above."""

    queries: pd.DataFrame = field(repr=False)
    forms: pd.DataFrame = field(repr=False)
    casebooks: pd.DataFrame = field(repr=False)
    ratings: pd.DataFrame = field(repr=False)
    reviews: pd.DataFrame = field(repr=False)


def oversight() -> Oversight:
    """Everything for the sites that the reader may see."""
    who = {
        pk: (site, number)
        for pk, site, number in Subject.objects.values_list("pk", "site__code", "number").order_by("number")
    }
    return Oversight(_queries(who), _forms(who), _casebooks(), _ratings(who), _reviews(who))


def _queries(who: dict) -> pd.DataFrame:
    found = Query.objects.filter(subject__in=who).exclude(state=Query.State.CANCELLED).order_by("opened_at", "pk")
    open_forms = {form.code for form in trial.FORMS if form.discloses is not spec.UNBLINDS}
    rows = [
        (site, form, bool(check), state, opened, answered, settled)
        for site, form, check, state, opened, answered, settled in found.values_list(
            "site__code", "form", "check_code", "state", "opened_at", "answered_at", "settled_at"
        )
        if form in open_forms
    ]
    return pd.DataFrame(rows, columns=list(QUERIES))


def _forms(who: dict) -> pd.DataFrame:
    """One row a form at a visit (all rows of it together) that stands."""
    seen: dict[tuple[str, int], int] = {}
    for form, record, version in Verification.objects.filter(withdrawn_at__isnull=True).values_list(
        "form", "record", "version"
    ):
        seen[form, record] = max(version, seen.get((form, record), 0))
    sheets: dict[tuple, list] = {}
    for code, model in RECORDS.items():
        if model.form.discloses is spec.UNBLINDS:
            continue
        found = model.objects.standing().filter(subject__in=who, visit__isnull=False)
        for pk, subject, visit, version, completed in found.values_list(
            "pk", "subject_id", "visit__code", "version", "completed_at"
        ):
            was = seen.get((code, pk), 0)
            state = VERIFIED if was == version else CHANGED if was else NOT_VERIFIED
            sheets.setdefault((*who[subject], visit, code), []).append((completed is not None, state))
    order = (NOT_VERIFIED, CHANGED, VERIFIED)
    rows = [
        (*key, all(whole for whole, _ in parts), min((state for _, state in parts), key=order.index))
        for key, parts in sorted(sheets.items())
    ]
    return pd.DataFrame(rows, columns=list(FORMS))


def _casebooks() -> pd.DataFrame:
    own = Signature.objects.filter(subject=OuterRef("pk"), scope=Signature.Scope.CASEBOOK)
    found = Subject.objects.filter(randomised_at__isnull=False).annotate(
        is_locked=Exists(CasebookLock.objects.filter(subject=OuterRef("pk"), lifted_at__isnull=True)),
        is_whole=Exists(own.filter(revoked_at__isnull=True, overtaken_at__isnull=True)),
        is_standing=Exists(own.filter(revoked_at__isnull=True)),
        was_signed=Exists(own),
    )
    rows = []
    for site, number, *facts in found.order_by("number").values_list(
        "site__code", "number", "is_locked", "is_whole", "is_standing", "was_signed"
    ):
        states = (LOCKED, WHOLE, OVERTAKEN, REVOKED)
        rows.append(
            (site, number, next((state for state, holds in zip(states, facts, strict=True) if holds), UNSIGNED))
        )
    return pd.DataFrame(rows, columns=list(CASEBOOKS))


def _ratings(who: dict) -> pd.DataFrame:
    """One row a rating of an outcome's form, with the first outcome that is declared of it."""
    first: dict[str, object] = {}
    for outcome in trial.ANALYSIS.outcomes:
        first.setdefault(outcome.form, outcome)
    zones = {site.pk: site.zone for site in Site.objects.all()}
    rows = []
    for code, outcome in first.items():
        form = trial.form(code)
        if not form.rating or form.log or form.discloses is spec.UNBLINDS:
            continue
        found = RECORDS[code].objects.standing().filter(subject__in=who, rated_on__isnull=False)
        values = found.values_list(
            "subject_id", "visit__code", "rated_by", "rated_on", "started", "ended", "created_at", "site", outcome.score
        )
        for subject, visit, rater, on, started, ended, entered, site, value in values.order_by("created_at", "pk"):
            rows.append(
                (
                    *who[subject],
                    visit,
                    code,
                    rater or "not named",
                    on,
                    minutes(started, ended),
                    is_short(form, started, ended),
                    is_entered_late(on, entered, zones[site]),
                    None if value in outcome.not_assessed else value,
                )
            )
    frame = pd.DataFrame(rows, columns=list(RATINGS))
    return frame.assign(minutes=frame["minutes"].astype(float), value=frame["value"].astype(float))


def _reviews(who: dict) -> pd.DataFrame:
    """The reviews that looked at no other site than those of the reader."""
    seen = {site for site, _ in who.values()}
    words = dict(TrailReview.Outcome.choices)
    rows = [
        (
            one.reviewed_at,
            one.since,
            one.until,
            ", ".join(one.sites),
            "; ".join(f"{word}: {many}" for _, word, many in one.looked_at),
            words[one.outcome],
            one.finding,
        )
        for one in TrailReview.objects.all()
        if set(one.sites) <= seen
    ]
    return pd.DataFrame(rows, columns=list(REVIEWS))
