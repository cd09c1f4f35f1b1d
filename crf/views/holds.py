"""What is frozen or locked at a place, what is open there, and to freeze, lock and lift; with fresh authentication."""

from allauth.account.decorators import reauthentication_required
from django import forms as entry
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from crf import permissions
from crf.actions import compared
from crf.actions import hold as deeds
from crf.actions import lock as locks
from crf.chart import places, states
from crf.chart.closing import open_at
from crf.chart.held import LEVELS, LOCKED_HERE, Place
from crf.models import Hold, Site
from crf.views.asking import Reason, asked, posted
from crf.views.desk import Desk
from crf.views.subject_page import Page

SHOWN = 200  # of what stands at a place and below it, the latest first
KINDS = (
    ("freeze", "Freeze: what was entered does not change; queries, verification and signature go on"),
    ("lock", "Lock: nothing changes, queries and verification neither; its content is hashed"),
)


class Placing(entry.Form):
    """What is to stand here, and why."""

    what = entry.ChoiceField(label="What of it?")
    kind = entry.ChoiceField(label="Freeze or lock?", choices=KINDS, widget=entry.RadioSelect, initial="freeze")
    reason = entry.CharField(
        max_length=300,
        label="On what ground?",
        widget=entry.Textarea(attrs={"rows": 2}),
        help_text="Such as the review, its date and who took part. No names of subjects.",
    )
    despite = entry.BooleanField(required=False, label="Lock although this is open; each point stays on record")

    def __init__(self, *args, parts, may_lock, is_open, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = parts
        if len(parts) < 2:
            del self.fields["what"]
        if not may_lock:
            self.fields["kind"].choices = KINDS[:1]
        if not (may_lock and is_open):
            del self.fields["despite"]


def hold_study(request):
    """The study as a whole, and every place below it where something stands."""
    permissions.require_anywhere(request.user, "freeze and lock")
    return _page(request, Place(), {"crumbs": [{"word": "Freezes and locks"}]})


def hold_site(request, code):
    """One site."""
    permissions.require_anywhere(request.user, "freeze and lock")
    site = get_object_or_404(Site, pk__in=request.user.sites_as(*permissions.DEEDS["freeze and lock"]), code=code)
    crumbs = [{"word": "Freezes and locks", "href": "/study/holds/"}, {"word": site.name}]
    return _page(request, Place(site), {"crumbs": crumbs})


def hold_subject(request, number):
    """One subject, with its forms and visits."""
    page = _of_subject(request, number)
    return _page(request, Place(page.subject.site, page.subject), page.context("Freeze or lock"))


def hold_visit(request, number, visit):
    """One visit with its forms."""
    page = _of_subject(request, number)
    if visit == places.LOG:
        raise Http404("There is no such visit.")
    at = page.visit(visit)
    return _page(request, Place(page.subject.site, page.subject, at), page.context(f"Freeze or lock {at.label}"))


def hold_form(request, number, visit, form, row=1):
    """One form at a visit, one row of it, or one answer."""
    page = _of_subject(request, number)
    desk = Desk(request, number, visit, form, row)
    place = Place(page.subject.site, page.subject, desk.visit, desk.form, row if desk.form.repeating else None)
    return _page(request, place, page.context(f"Freeze or lock {desk.called}", desk=desk), desk)


def _of_subject(request, number) -> Page:
    page = Page.of(request.user, number)
    page.require("freeze and lock")
    return page


@reauthentication_required
def _page(request, place: Place, context: dict, desk: Desk | None = None):
    parts = _parts(place, desk)
    findings = open_at(place)
    may_lock = place.level in LOCKED_HERE
    placing = Placing(
        posted(request) if request.POST.get("deed") == "place" else None,
        parts=[(key, word) for key, word, _ in parts],
        may_lock=may_lock,
        is_open=bool(findings) or len(parts) > 1,
    )
    lifting = Reason(posted(request), label="Why is it lifted?") if request.POST.get("deed") == "lift" else None

    def deed(answers):
        if lifting is not None:
            hold = get_object_or_404(_here(place, request.user), pk=_number(request.POST.get("hold")))
            deeds.lift(hold=hold, by=request.user, **answers)
            messages.success(request, f"Lifted: {hold.get_kind_display().lower()} of {Place.of(hold).called}.")
            return redirect(request.path)
        at = next((one for key, _, one in parts if key == answers.get("what", parts[0][0])), place)
        if answers["kind"] == "lock":
            deeds.lock(place=at, by=request.user, reason=answers["reason"], despite=answers.get("despite", False))
        else:
            deeds.freeze(place=at, by=request.user, reason=answers["reason"])
        messages.success(request, f"{'Locked' if answers['kind'] == 'lock' else 'Frozen'}: {at.called}.")
        return redirect(request.path)

    here = [_shown(hold) for hold in _here(place, request.user)[:SHOWN]]
    shown = context | {
        "base_of_page": "crf/subject_base.html" if place.subject else "base.html",
        "place": place,
        "what_it_is": LEVELS[place.level],
        "here": here,
        "above": [_shown(hold) for hold in _above(place)],
        "earlier": _earlier(place, request.user),
        "findings": findings,
        "may_lock": may_lock,
        "is_study_locked": locks.is_locked(),
        "placing": placing,
        "lifting": lifting,
        "lifted_now": _number(request.POST.get("hold")),
        "sites": Site.objects.filter(pk__in=request.user.sites_as(*permissions.DEEDS["freeze and lock"]))
        if place.site is None
        else [],
    }
    return asked(request, "crf/holds.html", shown, lifting or placing, deed)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _parts(place: Place, desk: Desk | None) -> list[tuple[str, str, Place]]:
    """What of the place can be frozen or locked: key, word and the place that is meant."""
    if desk is None:
        return [("whole", place.called, place)]
    whole = Place(place.site, place.subject, place.visit, place.form)
    found = [("whole", "The whole form" + (" with all rows, also new ones" if place.form.repeating else ""), whole)]
    record = desk.record
    if record is None or record.voided_at is not None:
        return found
    if place.form.repeating:
        found.append(("row", f"This row alone: {desk.called}", place))
    return found + [
        (
            f"item.{name}",
            f"The answer to “{item.label}”",
            Place(place.site, place.subject, place.visit, place.form, record.row_number, record, name),
        )
        for name, item in place.form.items.items()
        if not item.retired
    ]


def _here(place: Place, user):
    """What stands at the place or below it, at the sites where the person freezes and locks."""
    found = _of_place(Hold.objects.standing(), place)
    sites = user.sites_as(*permissions.DEEDS["freeze and lock"])
    found = found.filter(Q(site__in=sites) | Q(site__isnull=True))
    return found.select_related("site", "subject__site", "visit", "placed_by").order_by("-placed_at")


def _earlier(place: Place, user):
    """What stood there and was lifted, the latest first."""
    found = _of_place(Hold.objects.filter(lifted_at__isnull=False), place)
    people = found.select_related("site", "subject__site", "visit", "placed_by", "lifted_by")
    return [_shown(hold, compare=False) for hold in people.order_by("-lifted_at")[:20]]


def _of_place(found, place: Place):
    if place.subject is None:
        return found.filter(site=place.site) if place.site else found
    found = found.filter(subject=place.subject)
    if place.form is not None:
        found = found.filter(form=place.form.code, visit=place.visit)
        return found.filter(Q(row_number=place.row) | Q(row_number__isnull=True)) if place.row else found
    return found.filter(visit=place.visit) if place.visit else found


def _above(place: Place) -> list[Hold]:
    """What holds the place from further up."""
    wider = Hold.objects.standing().select_related("site", "subject__site", "visit", "placed_by")
    of_site = Q(level="study") if place.site is None else Q(level="study") | Q(level="site", site=place.site)
    if place.subject is not None:
        of_site |= Q(level="subject", subject=place.subject)
    if place.form is not None and place.visit is not None:
        of_site |= Q(level="visit", visit=place.visit)
    return [hold for hold in wider.filter(of_site) if hold.level != place.level]


def _shown(hold: Hold, *, compare: bool = True) -> dict:
    place = Place.of(hold)
    return {
        "hold": hold,
        "place": place,
        "state": states.held(hold.kind == Hold.Kind.LOCK, "form"),
        "level": LEVELS[hold.level],
        "compared": compared.lock_at(place, hold) if compare and hold.content_hash else None,
        "href": _address(place),
    }


def _address(place: Place) -> str:
    if place.subject is None:
        return f"/study/holds/{place.site.code}/" if place.site else "/study/holds/"
    if place.form is not None:
        return places.address(place.subject, place.visit, place.form.code, place.row or 1) + "hold/"
    visit = f"visits/{places.in_address(place.visit)}/" if place.visit else ""
    return f"{place.subject.get_absolute_url()}{visit}hold/"
