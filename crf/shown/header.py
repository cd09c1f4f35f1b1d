"""The header of a subject, which stays in view on every page about it, and the visit that comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from crf import spec, trial
from crf.chart import states
from crf.chart.standing import Standing
from crf.chart.states import State
from crf.models import RECORDS, Alert, Subject, Visit
from crf.models.lookup import Lookup
from crf.rules.windows import VisitStatus
from crf.spec import dates
from crf.spec.purposes import Purpose

Forms = Collection[type[spec.Form]]
DOSING, END_OF_STUDY = trial.code_serving(Purpose.DOSING), trial.code_serving(Purpose.END_OF_STUDY)
#: Who reads one of these knows when a subject was randomised and to which kit.
TOLD_BY_THE_KIT = trial.codes_of(
    form for form in trial.FORMS if trial.serves(form, Purpose.DOSING, Purpose.DISPENSING, Purpose.FIRST_DOSE)
)
#: The forms that alerts tell of.
TOLD_BY_ALERTS = frozenset(
    form.code
    for form in trial.FORMS
    if form.discloses is not spec.UNBLINDS
    and (form.alerts or trial.serves(form, Purpose.ADVERSE_EVENTS, Purpose.DOSING))
)


@dataclass(frozen=True)
class Header:
    """What stays in view on every page of a subject. A fact that the reader may not see is not in it."""

    subject: Subject
    stage: State
    day: int | None
    step: str | None
    shows_kit: bool
    next_visit: str
    next_state: State | None
    alerts: int | None
    decided: tuple = ()  # the dosing decisions, in order of effect, where they may be read

    @classmethod
    def of(
        cls, standing: Standing, readable: Forms, *, today: date | None = None, alerts: int | None = None
    ) -> "Header":
        """Two statements: the doses prescribed and the alerts not acknowledged, each only where it may be read.

        `alerts`: their number, where the caller has counted them.
        """
        subject = standing.subject
        today = today or subject.site.today()
        codes = {form.code for form in readable}
        coming, status = next_visit(standing, today)
        if alerts is None and subject_alerts_are_open_to(codes):
            alerts = len(_ALERTS.of(subject.pk, codes))
        shows_dose = trial.LADDER and DOSING in codes and subject.is_randomised
        decided = tuple(_DECISIONS.of(subject.pk)) if shows_dose else ()
        return cls(
            subject=subject,
            stage=states.stage_of(subject, has_ended=standing.has_record(END_OF_STUDY)),
            day=standing.day_of(today),
            step=_step(subject, decided, today) if shows_dose else None,
            shows_kit=subject.is_randomised and not codes.isdisjoint(TOLD_BY_THE_KIT),
            next_visit=_when(standing, coming) if coming else "None",
            next_state=states.VISIT_STATES[status] if coming else None,
            alerts=alerts,
            decided=decided,
        )


def subject_alerts_are_open_to(codes: set[str]) -> bool:
    """Alerts tell of ratings, adverse events and doses together: who reads not all of these reads no alerts."""
    return codes >= TOLD_BY_ALERTS


def _step(subject: Subject, decided: Sequence, today: date) -> str:
    """The dose prescribed today, in the words of the protocol; “Treatment ended” from the day it ended on."""
    if subject.has_ended_treatment(today):
        return f"Treatment ended {dates.day(subject.treatment_ended_on)}"
    in_force = next((one for one in reversed(decided) if one.effective_on <= today), None)
    match in_force and (in_force.decision, in_force.prescribed_mg):
        case None:
            return "Not begun"
        case ("STOP", _):
            return "Stopped"
        case ("INTERRUPT", _):
            return f"Interrupted, 0 {trial.LADDER.unit}"
        case (_, None):
            return "Dose not entered"
        case (_, mg):
            return _in_words(mg)


def _in_words(dose: int) -> str:
    """The step of the ladder that the dose is, and the dose."""
    step = next((step for step in trial.LADDER.steps if step.mg == dose), None)
    return f"{f'Step {step.number}, ' if step else ''}{dose} {trial.LADDER.unit}"


def awaited_visits(standing: Standing, today: date) -> list[tuple[Visit, VisitStatus]]:
    """The planned visits that did not begin and were not missed; none once screening failed or the study ended."""
    if standing.subject.is_screen_failure or standing.has_record(END_OF_STUDY):
        return []
    return [
        (visit, standing.status_of(visit, today))
        for visit in standing.visits
        if visit.definition.is_planned and visit.state == Visit.State.PLANNED and visit.occurred_on is None
    ]


def next_visit(standing: Standing, today: date) -> tuple[Visit | None, VisitStatus | None]:
    """The visit to come: the first awaited one that the next has not overtaken, else the first awaited one."""
    awaited = awaited_visits(standing, today)
    to_come = [(visit, status) for visit, status in awaited if status is not VisitStatus.TO_BE_MARKED_MISSED]
    return next(iter(to_come or awaited), (None, None))


def _when(standing: Standing, visit: Visit) -> str:
    window = standing.window_of(visit)
    return f"{visit.label}, {dates.day(window.target)}" if window else visit.label


# -- statements


_ALERTS = Lookup(
    lambda subject, forms: Alert.objects.filter(
        subject_id=subject, form__in=forms, acknowledged_at__isnull=True, no_longer_at__isnull=True
    ).only("pk")
)
_DECISIONS = Lookup(
    lambda subject: (
        RECORDS[DOSING]
        .objects.standing()
        .filter(subject_id=subject, effective_on__isnull=False)
        .order_by("effective_on", "pk")
        .only("decision", "prescribed_mg", "effective_on", "decided_on", *trial.form(DOSING).reasons)
    )
)
