"""The first page: what waits for the person who signed in."""

from django.shortcuts import redirect, render

from crf import permissions, trial
from crf.shown import code_breaks
from crf.shown.worklist import work_of
from crf.views.frame import REPORTS


def home(request):
    """The work list; who sees no subjects goes to what they administer or to the reports."""
    if not permissions.may_anywhere(request.user, "see subjects"):
        if permissions.may_anywhere(request.user, "administer"):
            return redirect("crf:accounts")
        if permissions.may_anywhere(request.user, "open arm for a report"):
            return redirect("crf:safety")
        if trial.KITS and permissions.may_anywhere(request.user, "send supplies"):
            return redirect("crf:supply")
        if permissions.may_anywhere(request.user, "watch the list"):
            return redirect("crf:allocation_list")
        if any(permissions.may_anywhere(request.user, deed) for deed in REPORTS):
            return redirect("/reports/")
        return render(request, "crf/home.html", {"sees_no_subjects": True})
    may_enrol = permissions.may_anywhere(request.user, "enrol")
    sections = [*code_breaks.tasks(request.user), *work_of(request.user)]
    may_break_code = permissions.may_anywhere(request.user, "break code")
    context = {"sections": sections, "may_enrol": may_enrol, "may_break_code": may_break_code}
    return render(request, "crf/home.html", context)
