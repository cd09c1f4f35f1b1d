"""Corrections that sites asked for, as lists show them: about what, how they stand, and what was answered."""

from collections.abc import Collection
from dataclasses import dataclass

from crf import permissions, trial
from crf.chart import states
from crf.chart.facts import Settled
from crf.chart.places import address
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import Correction, User
from crf.models.lookup import Lookup
from crf.shown.tasks import Section, Task


@dataclass(frozen=True)
class Shown:
    """A correction in words."""

    correction: Correction
    by: str = ""

    @property
    def about(self) -> str:
        """What is to be corrected."""
        one = self.correction
        if not one.form:
            return f"Subject {one.subject.number}"
        form = trial.form(one.form)
        item = f": {form.items[one.item].label}" if one.item in form.items else ""
        row = f", row {one.row_number}" if form.repeating else ""
        return f"{form.title}{row}{f', {one.visit.label}' if one.visit else ''}{item}"

    @property
    def href(self) -> str:
        """Where it stands in the record."""
        one = self.correction
        return address(one.subject, one.visit, one.form, one.row_number) if one.form else one.subject.get_absolute_url()

    @property
    def asked_by(self) -> str:
        """Who asked."""
        return self.by or str(self.correction.asked_by)

    @property
    def state(self) -> State:
        return states.CORRECTIONS[self.correction.state]


def readable_corrections(user: User):
    """Those about forms that the person reads; about the subject itself to nobody who only rates."""
    return _corrections_of(_told(user, user.sites_as(*permissions.SUBJECT_READERS)))


def _told(user: User, sites) -> list:
    """Codes of forms that the person reads, sites at which it is these, codes, sites, and so on."""
    by_codes: dict[tuple[str, ...], list[int]] = {}
    for site in sorted(sites):
        codes = tuple(form.code for form in permissions.readable_forms(user, site))
        besides = ("",) if user.roles_at(site) - {"rater"} else ()
        by_codes.setdefault(codes + besides, []).append(site)
    return [part for pair in by_codes.items() for part in pair]


def _corrections_of(told):
    found = Correction.objects.none()
    for codes, together in zip(told[::2], told[1::2], strict=True):
        found = found | Correction.objects.filter(site_id__in=together, form__in=codes)
    return found.select_related("subject__site", "visit", "asked_by", "decided_by", "done_by")


_WAITING = Lookup(lambda *told: _corrections_of(told).waiting())


def corrections_of(settled: Settled, standing: Standing, forms: Collection, *, rates_only: bool) -> list[Shown]:
    """Those about one subject that one may read, the latest first, of what its casebook fetched already."""
    codes = {form.code for form in forms} | (set() if rates_only else {""})
    visits = {visit.pk: visit for visit in standing.visits}
    found = []
    for one, by in settled.corrections:
        if one.form in codes:
            one.subject, one.visit = standing.subject, visits.get(one.visit_id)
            found.append(Shown(one, by))
    return found


def corrections_waiting(user: User) -> list[Section]:
    """To decide and to carry out for data management; accepted ones for the site, which may be waited for."""
    deciding = user.sites_as(*permissions.DEEDS["decide correction"])
    asking = user.sites_as(*permissions.DEEDS["ask correction"])
    if not deciding and not asking:
        return []
    waiting = [Shown(one) for one in _WAITING.of(*_told(user, deciding | asking))]
    asked = [one for one in waiting if one.correction.state == Correction.State.ASKED]
    accepted = [one for one in waiting if one.correction.state == Correction.State.ACCEPTED]
    found = [Section.of("Corrections under way", [_task(one) for one in accepted])]
    if deciding:
        found.insert(0, Section.of("Corrections that sites ask for", [_task(one) for one in asked]))
    return found


def _task(one: Shown) -> Task:
    made = one.correction
    return Task(made.subject, f"{one.about}: {made.text}", one.state, f"/corrections/{made.pk}/", (made.asked_at,))
