"""The pharmacist's own page: what to hand out and count, and whether the bottle in the hand is the right one."""

from django import forms as entry
from django.shortcuts import render

from crf import permissions, trial
from crf.chart.supply import counted
from crf.models import Subject
from crf.rules import bottles, kit_numbers
from crf.shown import pharmacy as shown
from crf.shown import stock
from crf.views.asking import posted


class Bottle(entry.Form):
    """A label, scanned or typed, and for whom the bottle is meant."""

    number = entry.CharField(max_length=20, label="For subject")
    label = entry.CharField(
        max_length=30,
        label="Number on the bottle, with its check digit",
        help_text="Scan it, or type it with the digit after the dash.",
    )


def pharmacy(request):
    """Nothing is written here: what is handed out and counted is entered in its forms."""
    permissions.require_anywhere(request.user, "run the pharmacy")
    form, verdict = Bottle(posted(request), initial={"number": request.GET.get("for", "")[:20]}), None
    if request.method == "POST" and form.is_valid():
        verdict = _verdict(request.user, **form.cleaned_data)
    context = {
        "counter": shown.counter(request.user),
        "kits": shown.kits(request.user),
        "balances": shown.balances(request.user),
        "is_counted": shown.is_counted(),
        "unit": counted(2, trial.LADDER.capsule).removeprefix("2 ") if trial.LADDER else "",
        "form": form,
        "verdict": verdict,
    }
    return render(request, "crf/pharmacy.html", context, status=409 if verdict and not verdict["is_right"] else 200)


def _verdict(user, number: str, label: str) -> dict:
    """Whether this bottle is the subject's, in words that say what to do."""
    sites = user.sites_as(*permissions.DEEDS["run the pharmacy"])
    subject = Subject.objects.filter(number=number.strip().upper(), site_id__in=sites).first()
    if subject is None or not subject.is_randomised:
        return {"is_right": False, "sentence": "There is no randomised subject of this number at your sites."}
    number_of_bottle = bottles.read_label(subject.kit, label)
    if number_of_bottle is not None:
        if why := stock.why_not_handed_out(subject, number_of_bottle):
            return {"is_right": False, "sentence": f"DO NOT HAND OUT: this is a bottle of {subject}, but {why}."}
        return {"is_right": True, "sentence": f"Right: this is the bottle of {subject}."}
    if kit_numbers.is_mistyped(label.partition("/")[0]):
        return {
            "is_right": False,
            "sentence": "Number and check digit do not belong together. Scan it, or type it again as it stands.",
        }
    return {
        "is_right": False,
        "sentence": f"WRONG BOTTLE: this is not the kit of {subject}. Do not hand it out; {subject} has "
        f"{kit_numbers.labelled(subject.kit)}. If it was handed out already, enter it as it happened and tell the "
        "investigator.",
    }
