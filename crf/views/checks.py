"""The checks as data managers see them: version, open queries, and what each would newly flag in stored records."""

from collections import Counter

from django.db.models import Count
from django.shortcuts import render

from crf import permissions, spec, trial
from crf.chart.newly_flagged import newly_flagged
from crf.chart.places import address
from crf.models import Query
from crf.papers.checks_document import listed

RECORDS_LISTED = 200


def checks(request):
    """Every check of the readable forms; on POST they are run over the stored records. Nothing is changed."""
    permissions.require_anywhere(request.user, "recheck")
    sites = request.user.sites_as(*permissions.DEEDS["recheck"])
    among = [form for form in trial.FORMS if form.discloses is not spec.UNBLINDS]
    has_run = request.method == "POST"
    flagged = newly_flagged(among, sites) if has_run else []
    context = {
        "forms": _by_form(among, _open_queries(sites), Counter(one.check.code for one in flagged)),
        "has_run": has_run,
        "flagged": [_place(one) for one in flagged[:RECORDS_LISTED]],
        "how_many": len(flagged),
        "shown": RECORDS_LISTED,
    }
    return render(request, "crf/checks.html", context)


def _open_queries(sites) -> dict[str, int]:
    asked = Query.objects.filter(site_id__in=sites, state__in=("open", "answered")).exclude(check_code="")
    return dict(asked.order_by().values_list("check_code").annotate(many=Count("pk")))


def _by_form(among, queries, flagged):
    """(form, its checks with both numbers), forms without checks left out."""
    return [
        (
            form,
            [
                {"check": one, "queries": queries.get(one.code, 0), "flagged": flagged[one.code]}
                for one in listed([form])
            ],
        )
        for form in among
        if form.checks
    ]


def _place(one) -> dict:
    record = one.record
    return {
        "code": one.check.code,
        "sentence": one.check.sentence,
        "subject": record.subject.number,
        "where": record.visit.label if record.visit_id else "At any time",
        "form": record.form.title,
        "href": address(record.subject, record.visit if record.visit_id else None, record.form.code, record.row_number),
    }
