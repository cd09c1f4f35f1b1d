"""Which queries a person may read: by the forms that the role reads at each site, and of ratings by who made them.

A query tells of the rating that it is about. Who only rates at a site sees no rating of another rater and none of
before (crf/rules/earlier_ratings.py), so of the queries there only what waits about the own ratings.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from crf import permissions, trial
from crf.models import RECORDS, Query, User

WAITING = (Query.State.OPEN, Query.State.ANSWERED)


def readable_queries(user: User, sites=None) -> QuerySet[Query]:
    """The queries that the person may read, at the sites given or at all of theirs."""
    return queries_of(what_is_read(user, sites))


def what_is_read(user: User, sites=None) -> list:
    """For `queries_of`: codes of forms, sites, and who must have made the record (None: anybody), again and again."""
    sites = user.sites_as(*permissions.SUBJECT_READERS) if sites is None else sites
    found: dict[tuple[tuple[str, ...], int | None], list[int]] = {}
    for site in sites:
        codes = tuple(form.code for form in permissions.readable_forms(user, site))
        only_rates = user.roles_at(site) == {"rater"} and not trial.SETTINGS.rater_sees_earlier_ratings
        found.setdefault((codes, user.pk if only_rates else None), []).append(site)
    return [part for (codes, maker), together in found.items() for part in (codes, together, maker)]


def queries_of(told) -> QuerySet[Query]:
    """The queries on what `what_is_read` says."""
    found = Query.objects.none()
    for codes, together, maker in zip(told[::3], told[1::3], told[2::3], strict=True):
        some = Query.objects.filter(site_id__in=together, form__in=codes)
        found = found | (some if maker is None else some.filter(_made_by(maker), state__in=WAITING))
    return found


def _made_by(person: int) -> Q:
    found = Q()
    for form in trial.FORMS:
        if permissions.rated_by_raters(form):
            # Of the few queries each is looked up: a rater made tens of thousands of ratings.
            made = RECORDS[form.code].objects.filter(pk=OuterRef("record"), created_by=person)
            found |= Q(Exists(made), form=form.code)
    return found
