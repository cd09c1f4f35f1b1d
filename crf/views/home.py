"""The first page: what waits for the person who signed in."""

from django.shortcuts import redirect, render
from django.urls import reverse

from crf import permissions, trial
from crf.actions import code_break
from crf.chart import states
from crf.models import Subject
from crf.shown.worklist import Section, Task, work_of
from crf.spec import dates
from crf.spec.purposes import Purpose
from crf.views.frame import REPORTS


def home(request):
    """The work list; who sees no subjects goes to what they administer or to the reports."""
    if not permissions.may_anywhere(request.user, "see subjects"):
        if permissions.may_anywhere(request.user, "administer"):
            return redirect("crf:accounts")
        if trial.serving(Purpose.DRUG_LEVEL) and permissions.may_anywhere(request.user, "drug levels"):
            return redirect("crf:levels")
        if any(permissions.may_anywhere(request.user, deed) for deed in REPORTS):
            return redirect("/reports/")
        return render(request, "crf/home.html", {"sees_no_subjects": True})
    may_enrol = permissions.may_anywhere(request.user, "enrol")
    sections = [*_code_breaks(request.user), *work_of(request.user)]
    return render(request, "crf/home.html", {"sections": sections, "may_enrol": may_enrol})


def _code_breaks(user) -> list[Section]:
    """Requests of this person that were put on record and not gone on with; to nobody else."""
    if not (sites := user.sites_as(*permissions.DEEDS["break code"])):
        return []
    pending = code_break.pending_of(user)
    subjects = Subject.objects.filter(site_id__in=sites).in_bulk({entry["subject_id"] for entry in pending})
    tasks = [
        Task(
            subjects[entry["subject_id"]],
            "Code break requested",
            states.ASKED_NOT_SHOWN,
            reverse("crf:reveal", args=[subjects[entry["subject_id"]].number, entry["id"]]),
            (entry["at"],),
            when=dates.day(entry["at"]),
        )
        for entry in pending
        if entry["subject_id"] in subjects
    ]
    return [Section.of("Code breaks not gone on with", tasks)] if tasks else []
