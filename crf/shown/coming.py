"""What comes next for a subject: always something, until its study has ended (F-310).

Before randomisation the visits up to baseline in their order, the attestation and the randomisation; then the drug's
forms of baseline, the visit under way, the next visit, and how treatment and study ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from crf import spec, trial
from crf.chart import states
from crf.chart.places import address, in_address
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import Visit
from crf.rules.windows import VisitStatus
from crf.shown.header import next_visit
from crf.spec import dates
from crf.spec.purposes import Purpose

#: The forms of the drug at a visit: each follows from the one before it.
IN_ORDER = (Purpose.DOSING, Purpose.DISPENSING, Purpose.FIRST_DOSE)


@dataclass(frozen=True)
class Step:
    """Something to do. `form` or `deed`: what it takes; with neither it is only told. `waits`: nothing later is begun
    before it, so that who may not do it sees for whom it waits."""

    what: str
    href: str
    state: State
    when: str = ""
    form: type[spec.Form] | None = None
    deed: str = ""
    waits: str = ""


def comes_next(standing: Standing, today: date, *, may: Callable[[Step], bool], reads=None) -> Step | None:
    """The first step that the person may do; else the one that all wait for, without its address. None at the end.

    `reads`: the forms the person reads; of others it is not told which one is waited for.
    """
    for step in steps(standing, today):
        if may(step):
            return step
        if step.waits:
            is_told = step.form is None or reads is None or step.form in reads
            return replace(step, href="", when=step.waits) if is_told else None
    return None


def steps(standing: Standing, today: date) -> Iterator[Step]:
    """Everything still to do, in order."""
    subject = standing.subject
    if subject.is_screen_failure or subject.is_annulled or standing.serving(Purpose.END_OF_STUDY):
        return
    if not subject.is_randomised:
        yield from _before_randomisation(standing, today)
        return
    begun = [visit for visit in standing.visits if visit.occurred_on and visit.state == Visit.State.PLANNED]
    baseline = standing.visit(trial.BASELINE)
    for visit in sorted(begun, key=lambda one: (one is not baseline, -one.occurred_on.toordinal())):
        for form in standing.incomplete_at(visit):
            yield _of_form(standing, visit, form, today, waits=_who(form) if trial.serves(form, *IN_ORDER) else "")
        if not standing.incomplete_at(visit):
            href = reverse("crf:complete_visit", args=[subject.number, in_address(visit)])
            yield Step(f"Complete the visit {visit.label}", href, states.DUE, deed="settle visit")
    if subject.has_ended_treatment(today):
        yield from _end(standing, Purpose.END_OF_TREATMENT)
    coming, status = next_visit(standing, today)
    if coming is not None:
        yield from _of_visit(standing, coming, status, today)
    yield from _end(standing, Purpose.END_OF_TREATMENT)
    yield from _end(standing, Purpose.END_OF_STUDY)


def _before_randomisation(standing: Standing, today: date) -> Iterator[Step]:
    subject = standing.subject
    lacking = False
    for code in trial.BEFORE_RANDOMISATION:
        visit = standing.visit(code)
        if visit is None or visit.state == Visit.State.MISSED:
            continue
        forms = [form for form in standing.incomplete_at(visit) if not form.after_randomisation]
        lacking = lacking or bool(forms)
        for form in forms:
            yield _of_form(standing, visit, form, today)
    if lacking:
        return
    if subject.attested_at is None and trial.serving(Purpose.ELIGIBILITY):
        href = reverse("crf:attest", args=[subject.number])
        yield Step("Attest eligibility", href, states.DUE, deed="attest eligibility", waits="by the investigator")
        return
    href = reverse("crf:randomise", args=[subject.number])
    yield Step("Randomise", href, states.DUE, deed="randomise", waits="by the investigator")


def _of_form(standing: Standing, visit: Visit, form, today: date, waits: str = "") -> Step:
    is_begun = bool(standing.at(form.code, visit))
    status = standing.status_of(visit, today)
    state = states.INCOMPLETE if is_begun else states.DUE
    if status in (VisitStatus.OVERDUE, VisitStatus.TO_BE_MARKED_MISSED):
        state = states.OVERDUE
    what = f"{'Complete ' if is_begun else ''}{visit.label}: {form.title}"
    return Step(what, address(standing.subject, visit, form.code), state, form=form, waits=waits)


def _who(form: type[spec.Form]) -> str:
    """For whom a form waits, in words."""
    return f"by the {form.entered_by[0].replace('_', ' ')}"


def _of_visit(standing: Standing, visit: Visit, status: VisitStatus, today: date) -> Iterator[Step]:
    """Its required forms while its window is open or past; else the visit with its days, which is only told."""
    window = standing.window_of(visit)
    if status is not VisitStatus.PLANNED:
        for form, is_required in standing.due_at(visit):
            if is_required:
                yield _of_form(standing, visit, form, today)
    when = ""
    if window:
        when = f"{dates.day(window.target)}, from {dates.day(window.opens)} to {dates.day(window.closes)}"
    yield Step(visit.label, "", states.VISIT_STATES[status], when)


def _end(standing: Standing, purpose: Purpose) -> Iterator[Step]:
    """How treatment or study ended, where it is not entered."""
    form = trial.serving(purpose)
    if form is not None and not standing.serving(purpose):
        yield Step(form.title, address(standing.subject, None, form.code), states.DUE, form=form, waits=_who(form))
