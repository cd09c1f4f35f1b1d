"""The stock of a site: shipments to receive, kits bottle by bottle, what is put aside, sealed envelopes.

Kits are numbered, not named: nothing here tells an arm, and nothing that is refused depends on one.
"""

from datetime import datetime

from django import forms as entry
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from crf import permissions, trial
from crf.actions import bottles, envelopes, quarantines, shipments
from crf.models import Bottle, Envelope, Shipment
from crf.refusals import AlreadySettled, NotAllowed, Refusal
from crf.rules import bottles as rules
from crf.shown import stock as shown
from crf.views.asking import Reason, Whole, asked, posted
from crf.views.code_breaks import Others
from crf.views.day_field import DayField
from crf.views.once import Once
from crf.views.subject_page import Page

CRUMB = {"word": "Stock", "href": "/stock/"}


def _sites(user):
    permissions.require_anywhere(user, "read stock")
    return shown.sites_of(user, "read stock")


def _may_do(user, site) -> bool:
    return permissions.may(user, "run the pharmacy", site.pk)


def stock(request):
    """Shipments, what is in quarantine, and every kit at one's sites with its account."""
    sites = _sites(request.user)
    context = {
        "shipments": shown.shipments(sites),
        "quarantines": shown.quarantines(sites),
        "kits": shown.kits_at(sites),
        "unit": trial.KITS.unit,
        "bottle": trial.KITS.bottle,
        "may_run": permissions.may_anywhere(request.user, "run the pharmacy"),
        "has_sites": len(sites) > 1,
    }
    return render(request, "crf/stock.html", context)


# -- a shipment


class Received(entry.Form):
    """How a shipment arrived."""

    received_on = DayField(label="On which day did it arrive?")
    condition = entry.ChoiceField(choices=Shipment.Condition.choices, label="In which condition?")
    missing = entry.MultipleChoiceField(required=False, label="Did not arrive", widget=entry.CheckboxSelectMultiple)
    damaged = entry.MultipleChoiceField(required=False, label="Arrived damaged", widget=entry.CheckboxSelectMultiple)
    counted = Whole(min_value=0, max_value=9999, label="How many whole ones do you count?")
    remark = entry.CharField(
        required=False, max_length=500, label="Remark", widget=entry.Textarea(attrs={"rows": 2}), help_text="No names."
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), str(row)) for row in rows]
        self.fields["missing"].choices = self.fields["damaged"].choices = choices


def shipment(request, pk):
    """What was sent, and for who runs the pharmacy how it arrived."""
    sites = _sites(request.user)
    found = Shipment.objects.filter(pk=pk, site__in=sites).select_related("site", "sent_by", "received_by").first()
    if found is None:
        raise Http404("There is no such shipment at your sites.")
    rows = [shown.Row(one, found.expires_on, found.site.today()) for one in found.bottles.order_by("kit", "number")]
    form = None
    if found.is_on_its_way and _may_do(request.user, found.site):
        form = Received(posted(request), rows=[row.bottle for row in rows], initial={"received_on": found.site.today()})
    elif request.method == "POST":
        permissions.require(request.user, "run the pharmacy", found.site_id)

    def deed(answers):
        if form is None:
            raise AlreadySettled("This shipment was received before.")
        marked = {name: [int(one) for one in answers.pop(name)] for name in ("missing", "damaged")}
        shipments.receive(shipment=found, by=request.user, **marked, **answers)
        messages.success(request, f"{found} is received.")
        return redirect("crf:stock")

    context = {"shipment": found, "rows": rows, "bottle": trial.KITS.bottle}
    context["crumbs"] = [CRUMB, {"word": str(found)}]
    return asked(request, "crf/shipment.html", context, form, deed)


# -- a kit


class OfBottles(entry.Form):
    """What became of bottles of one kit."""

    chosen = entry.MultipleChoiceField(widget=entry.CheckboxSelectMultiple)
    state = entry.ChoiceField(
        choices=[("", "")] + [(state, rules.WORDS[state]) for state in bottles.SAID], label="What became of them?"
    )
    units = Whole(required=False, min_value=0, max_value=9999)
    reason = entry.CharField(
        required=False,
        max_length=300,
        label="Why, and where is it on record?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Such as the number of the certificate of destruction. No names.",
    )
    replaced = entry.BooleanField(required=False, label="It was lost or damaged: hand out another of the same kit now")

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = trial.KITS.bottle.capitalize() + "s"
        self.fields["chosen"].choices = [(str(row.bottle.pk), str(row.bottle)) for row in rows]
        self.fields["units"].label = f"{trial.KITS.unit.capitalize()}s that were in it"
        self.fields["units"].help_text = "Of one that was opened, when it is destroyed or sent back."


def kit(request, number):
    """One kit: its bottles, what became of each, and its account to the last unit."""
    sites = _sites(request.user)
    found = next(iter(shown.kits_at(sites, number=number)), None)
    if found is None:
        raise Http404("There is no such kit at your sites.")
    may_do = _may_do(request.user, found.site)
    can = [row for row in found.rows if set(bottles.SAID) & rules.BECOMES[row.bottle.state]]
    form = explained = None
    deed, refusal = request.POST.get("deed", ""), None
    if may_do:
        form = OfBottles(posted(request) if deed == "say" else None, rows=can, prefix="say")
        explained = Reason(
            posted(request) if deed == "explain" else None, label="Why can they not be accounted for?", longest=500
        )
    if request.method == "POST":
        permissions.require(request.user, "run the pharmacy", found.site.pk)
        try:
            if answer := _done(request, found, deed, form, explained):
                return answer
        except NotAllowed:
            raise
        except Refusal as refused:
            refusal = refused
    context = {
        "kit": found,
        "form": form if can else None,
        "explained": explained if found.ledger.difference and not found.ledger.open_bottles else None,
        "refusal": refusal,
        "unit": trial.KITS.unit,
        "bottle": trial.KITS.bottle,
        "may_do": may_do and found.subject is not None,
        "crumbs": [CRUMB, {"word": f"Kit {found.label}"}],
    }
    return render(request, "crf/kit.html", context, status=refusal.status if refusal else 200)


def _done(request, found: shown.Kit, deed: str, form: OfBottles, explained: Reason):
    """Where the deed leads; None where an answer is wrong and the page says so."""
    match deed:
        case "hand out":
            chosen = request.POST.get("bottle", "")
            row = next((row for row in found.rows if str(row.bottle.pk) == chosen), None)
            if row is None:
                raise Refusal("Choose a bottle of this kit.")
            given = bottles.hand_out(bottle=row.bottle, by=request.user)
            messages.success(request, f"{given} is handed out. How much, say in the form of the visit.")
        case "say":
            if not form.is_valid():
                return None
            answers = form.cleaned_data
            ids = [int(one) for one in answers["chosen"]]
            if answers["replaced"]:
                return _replaced(request, found, ids, answers)
            bottles.say(
                bottles=ids, state=answers["state"], reason=answers["reason"], units=answers["units"], by=request.user
            )
            messages.success(request, "It is on record.")
        case "explain":
            if not explained.is_valid():
                return None
            bottles.explain(
                site=found.site, kit=found.number, explanation=explained.cleaned_data["reason"], by=request.user
            )
            messages.success(request, "The explanation is on record.")
        case _:
            raise Refusal("Choose what is to be done.")
    return redirect(found.href)


def _replaced(request, found: shown.Kit, ids: list[int], answers: dict):
    if len(ids) != 1:
        raise Refusal("One at a time is replaced: choose the one that was lost or damaged.")
    if found.subject is None:
        raise Refusal("Nobody was given this kit yet, so nothing of it is replaced. Say what became of it.")
    other = bottles.replace(
        bottle=Bottle.objects.get(pk=ids[0]), state=answers["state"], reason=answers["reason"], by=request.user
    )
    if other is None:
        messages.warning(
            request,
            "It is on record. No other of this kit can be handed out: the supply manager was told and sends one. "
            "Never take one of another kit.",
        )
    else:
        messages.success(request, f"Hand out {other} instead: it is on record as handed out.")
    return redirect(found.href)


# -- put aside


class Aside(entry.Form):
    """Which bottles are put aside, and why."""

    chosen = entry.MultipleChoiceField(widget=entry.CheckboxSelectMultiple)
    reason = entry.CharField(
        max_length=500,
        label="What happened?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Such as how warm, and from when to when. No names.",
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = trial.KITS.bottle.capitalize() + "s in stock"
        self.fields["chosen"].choices = [(str(one.pk), str(one)) for one in rows]


def put_aside(request):
    """Put bottles of one site into quarantine."""
    permissions.require_anywhere(request.user, "run the pharmacy")
    sites = shown.sites_of(request.user, "run the pharmacy")
    rows = list(Bottle.objects.filter(site__in=sites, state=rules.IN_STOCK).order_by("site__code", "kit", "number"))

    def deed(answers):
        ids = [int(one) for one in answers["chosen"]]
        by_pk = {one.pk: one.site_id for one in rows}
        own = {by_pk[one] for one in ids}
        if len(own) != 1:
            raise Refusal("Put aside what is at one site at a time.")
        site = next(one for one in sites if one.pk in own)
        quarantines.put_aside(site=site, bottles=ids, reason=answers["reason"], by=request.user)
        messages.success(request, "They are in quarantine. Keep them apart; the supply manager was told.")
        return redirect("crf:stock")

    context = {"bottle": trial.KITS.bottle, "crumbs": [CRUMB, {"word": "Quarantine"}]}
    return asked(request, "crf/put_aside.html", context, Aside(posted(request), rows=rows), deed, once=Once(request))


# -- sealed envelopes


class Looked(entry.Form):
    """How each envelope was found."""

    remark = entry.CharField(
        required=False,
        max_length=500,
        label="Where one is missing: since when, and where was it?",
        help_text="No names.",
    )

    def __init__(self, *args, sealed, **kwargs):
        super().__init__(*args, **kwargs)
        for one in sealed:
            choices = [
                ("", "Not looked at"),
                *[(state, state.label) for state in (Envelope.Found.INTACT, Envelope.Found.MISSING)],
            ]
            self.fields[f"kit-{one.kit}"] = entry.ChoiceField(choices=choices, required=False, label=f"Kit {one.label}")
        self.order_fields([f"kit-{one.kit}" for one in sealed])


def sealed_envelopes(request):
    """Every envelope at one's sites as it was found last; for who keeps them, how they are found now."""
    sites = _sites(request.user)
    rows, form = shown.envelopes(sites), None
    own = shown.sites_of(request.user, "run the pharmacy")
    if own:
        kept = [
            one for one in rows if one.site in own and (one.last is None or one.last.found != Envelope.Found.OPENED)
        ]
        form = Looked(posted(request), sealed=kept) if kept else None
    elif request.method == "POST":
        permissions.require_anywhere(request.user, "run the pharmacy")

    def deed(answers):
        found = {name.removeprefix("kit-"): state for name, state in answers.items() if name != "remark" and state}
        by_kit = {one.kit: one.site for one in rows}
        if len({by_kit[kit].pk for kit in found}) > 1:
            raise Refusal("Say it of one site at a time.")
        site = by_kit[next(iter(found))] if found else own[0]
        envelopes.look(site=site, found=found, remark=answers["remark"], by=request.user)
        messages.success(request, "It is on record how the envelopes were found.")
        return redirect("crf:envelopes")

    context = {"rows": rows, "crumbs": [CRUMB, {"word": "Sealed envelopes"}]}
    return asked(request, "crf/envelopes.html", context, form, deed, once=Once(request) if form else None)


class Opened(Others):
    """When, why and by whom an envelope was opened."""

    field_order = ["day", "at", "reason", "people", "described"]
    day = DayField(label="On which day was it opened?")
    at = entry.TimeField(
        label="At what time, at the site?",
        input_formats=["%H:%M"],
        widget=entry.TextInput(attrs={"placeholder": "such as 14:05", "autocomplete": "off"}),
    )
    reason = entry.CharField(
        max_length=500,
        label="Why was it opened?",
        widget=entry.Textarea(attrs={"rows": 3}),
        help_text="Never what the subject takes. No names.",
    )


def opened_envelope(request, number):
    """Record afterwards that the envelope of a subject was opened on paper: a code break as every other."""
    page = Page.of(request.user, number)
    page.require("record lost blind")
    subject = page.subject
    form = Opened(posted(request), site_id=subject.site_id, initial={"day": subject.site.today()})

    def deed(answers):
        at = datetime.combine(answers.pop("day"), answers.pop("at"), tzinfo=subject.site.zone)
        found = envelopes.opened(subject=subject, at=at, by=request.user, **answers)
        messages.success(request, "It is on record as a code break, and those who must know were told.")
        return redirect(found if permissions.may(request.user, "read code breaks", found.site_id) else subject)

    return asked(request, "crf/opened_envelope.html", page.context("Sealed envelope"), form, deed, once=Once(request))
