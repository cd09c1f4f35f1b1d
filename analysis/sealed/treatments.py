"""After the opening each investigator is told what each of the own subjects took, and it is on record that it was told.

The list is asked through the second door; it answers only once two people have opened it.
"""

from allauth.account.decorators import reauthentication_required
from django.shortcuts import render

from analysis.sealed import unblinding
from crf import permissions, trial
from crf.actions.export_log import note_export
from crf.models import Subject
from crf.refusals import NotYet

NAME = "treatments-of-own-subjects"


def treatments(request):
    """The subjects of the investigator's own sites, each with its arm."""
    permissions.require_anywhere(request.user, "learn treatments")
    if not unblinding.is_open():
        raise NotYet(
            "What your subjects took is told once the study is locked and two people have opened the list. In an "
            "emergency before that, break the code of the one subject."
        )
    return _treatments(request)


@reauthentication_required
def _treatments(request):
    sites = request.user.sites_as(*permissions.DEEDS["learn treatments"])
    labels = {arm.code: arm.label for arm in trial.ARMS}
    given = unblinding.opened().dropna(subset=["subject"]).set_index("subject")["arm"]
    subjects = Subject.objects.filter(site_id__in=sites, number__in=list(given.index)).select_related("site")
    rows = [(subject, labels[given[subject.number]]) for subject in subjects.order_by("number")]
    told = ", ".join(subject.number for subject, _ in rows)
    note_export(by=request.user, what=NAME, format="page", is_unblinded=True, purpose=f"Told of {told or 'nobody'}")
    crumbs = [{"word": "Reports", "href": "/reports/"}, {"word": "What your subjects took"}]
    return render(request, "analysis/treatments.html", {"rows": rows, "crumbs": crumbs, "unblinded": True})
