"""What was prescribed so far, and what the protocol proposes now: the records brought before the titration rules."""

from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial
from crf.chart.others import Others
from crf.chart.treatment import treatment_ended
from crf.models import Subject, Visit
from crf.rules import titration
from crf.rules.ladder import Prescription, planned_step, prescribed_on
from crf.rules.study_day import study_day
from crf.spec.dosing import Ladder, Step
from crf.spec.purposes import Purpose
from crf.spec.reasons import Because


@dataclass(frozen=True)
class DoseView:
    """The dose on a day: what is in force, what is planned, what is proposed and by which rules."""

    ladder: Ladder
    day: int
    history: tuple[Prescription, ...]
    present_mg: int
    planned: Step | None
    proposal: titration.Proposal
    open_alerts: tuple[str, ...]
    panel_day: int | None

    @property
    def effective_in(self) -> int:
        """Days from the decision to the first day at the proposed dose."""
        return self.proposal.effective_day - self.day - (1 if self.day < 0 < self.proposal.effective_day else 0)


def prescriptions(others: Others, day_1: date, *, until: date | None = None) -> tuple[Prescription, ...]:
    """Every standing decision with a dose and a date, in the order in which they were taken, by study day.

    `until`: only those taken up to this day.
    """
    code = trial.code_serving(Purpose.DOSING)
    records = [
        record
        for record in (others.records(code) if code else ())
        if record.prescribed_mg is not None and record.decision and (record.effective_on or record.decided_on)
    ]
    records.sort(key=lambda record: (record.decided_on or record.effective_on, record.pk))
    return tuple(
        Prescription(
            study_day(record.effective_on or record.decided_on, day_1=day_1), record.decision, record.prescribed_mg
        )
        for record in records
        if until is None or (record.decided_on or record.effective_on) <= until
    )


def highest_prescribed(others: Others, first: date, last: date) -> int | None:
    """The highest daily dose (mg) in force on any day from `first` to `last`; None when nothing was prescribed.

    Nothing is in force on the days after treatment ended."""
    day_1 = first
    history, ended = prescriptions(others, day_1), treatment_ended(others, today=last)
    if not history:
        return None
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    return max(
        0 if ended and ended.is_after(day, taken=True) else prescribed_on(history, study_day(day, day_1=day_1))
        for day in days
    )


def dose_on(
    subject: Subject,
    others: Others,
    *,
    day_1: date | None,
    on: date,
    visit: Visit | None = None,
    panel_on: date | None = None,
) -> DoseView:
    """The dose of the subject on a date, from the decisions taken up to it; the trial has a ladder.

    `visit`: the one at which is decided. `panel_on`: the date typed for the reviewed safety panel, which counts where
    the trial has no rule that finds the panel among the records.
    """
    ladder = trial.LADDER
    day_1 = day_1 or on
    day = study_day(on, day_1=day_1)
    history = prescriptions(others, day_1, until=on)
    panel = trial.RULES.panel_on(others, on) if trial.RULES.panel_on else panel_on
    panel_day = study_day(panel, day_1=day_1) if panel else None
    present = prescribed_on(history, day)
    open_alerts = tuple(trial.alert_in_words(kind) for kind in others.open_alerts)
    ended = treatment_ended(others, today=on)
    proposal = titration.propose(
        ladder,
        history,
        day=day,
        open_alerts=open_alerts,
        panel_day=panel_day,
        reasons_to_stop=trial.RULES.stop(others),
        reasons_to_decide=trial.RULES.decide(others),
        reasons_to_stay=_not_reached(others, visit, ladder, present),
        ended=Because("TITR-36", ended.sentence) if ended and ended.is_decided and ended.on <= on else None,
    )
    planned = planned_step(ladder, day)
    return DoseView(ladder, day, history, present, planned, proposal, open_alerts, panel_day)


def refusals(view: DoseView, values: dict, *, day_1: date | None) -> tuple[Because, ...]:
    """Why the decision in `values` (of the form for dosing decisions) is not admitted; empty when it is, or is not
    whole yet."""
    if values["decision"] is None or values["prescribed_mg"] is None or values["decided_on"] is None:
        return ()
    day_1 = day_1 or values["decided_on"]
    verdict = titration.may_decide(
        view.ladder,
        values["decision"],
        mg=values["prescribed_mg"],
        history=view.history,
        day=study_day(values["decided_on"], day_1=day_1),
        begins=study_day(values["effective_on"] or values["decided_on"], day_1=day_1),
        proposal=view.proposal,
        open_alerts=view.open_alerts,
        panel_day=view.panel_day,
    )
    found = list(verdict.refusals)
    if not found and verdict.reason_required and values.get("as_planned") == "Y":
        found.append(
            Because(
                "TITR-40",
                "This is not what the protocol proposes today. Answer that it is not as planned, and give the reason.",
            )
        )
    return tuple(found)


def _not_reached(others: Others, visit: Visit | None, ladder: Ladder, present: int) -> tuple[Because, ...]:
    """Who was not reached by telephone keeps the dose, until the next visit at which the subject is seen."""
    code = trial.code_serving(Purpose.CONTACT)
    if code is None or visit is None:
        return ()
    here = [one for one in others.series(code, "reached") if (one.visit, one.number) == (visit.code, visit.number)]
    if not here or here[-1].value != "N":
        return ()
    label = visit.definition.label
    return (
        Because("TITR-38", f"{label}: the subject was not reached, so the dose stays at {present} {ladder.amount}."),
    )
