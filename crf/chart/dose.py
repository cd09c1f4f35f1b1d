"""What was prescribed so far, and what the protocol proposes now: the records brought before the titration rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial
from crf.chart.others import Others
from crf.chart.treatment import treatment_ended
from crf.models import Subject, Visit
from crf.rules import titration
from crf.rules.ladder import Decision, Prescription, planned_step, prescribed_from_to, prescribed_on
from crf.rules.study_day import study_day
from crf.spec import dates
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


def decisions(others: Others, *, until: date | None = None) -> list:
    """Every standing decision with a dose and a date, in the order in which they were taken.

    `until`: only those taken up to this day.
    """
    records = others.once("decisions", lambda: _decisions(others))
    return [record for record in records if until is None or _taken_on(record) <= until]


def _decisions(others: Others) -> list:
    code = trial.code_serving(Purpose.DOSING)
    records = [
        record
        for record in (others.records(code) if code else ())
        if record.prescribed_mg is not None and record.decision and _taken_on(record)
    ]
    return sorted(records, key=lambda record: (_taken_on(record), record.pk))


def _taken_on(record) -> date | None:
    return record.decided_on or record.effective_on


def prescriptions(others: Others, day_1: date, *, until: date | None = None) -> tuple[Prescription, ...]:
    """The decisions as the rules look at them: by study day."""
    return others.once(
        ("prescriptions", day_1, until),
        lambda: tuple(_prescription(record, day_1) for record in decisions(others, until=until)),
    )


def _prescription(record, day_1: date) -> Prescription:
    on = record.effective_on or record.decided_on
    return Prescription(study_day(on, day_1=day_1), record.decision, record.prescribed_mg)


def not_admitted(others: Others, record, before: Sequence, *, day_1: date | None) -> tuple[Because, ...]:
    """Why a decision that was saved is not admitted as the record stands now; empty where it is.

    It is judged as on its day, from the decisions taken `before` it and the panels up to it: what it stood on may have
    been corrected, voided or moved since. Alerts are not looked at: who decided knew those that were open then.
    """
    if day_1 is None or record.decided_on is None:
        return ()
    panel = _panel(others, record.decided_on, typed=getattr(record, "panel_on", None)) if _needs_panel(record) else None
    verdict = titration.may_decide(
        trial.LADDER,
        record.decision,
        mg=record.prescribed_mg,
        history=tuple(_prescription(one, day_1) for one in before),
        day=study_day(record.decided_on, day_1=day_1),
        begins=study_day(record.effective_on or record.decided_on, day_1=day_1),
        proposal=_NOTHING_PROPOSED,
        panel_day=study_day(panel, day_1=day_1) if panel else None,
    )
    return verdict.refusals


def _needs_panel(record) -> bool:
    return record.decision == Decision.STEP_UP and any(
        step.needs_panel for step in trial.LADDER.steps if step.mg <= record.prescribed_mg
    )


_NOTHING_PROPOSED = titration.Proposal(None, 0, 1, ())


def _panel(others: Others, on: date, *, typed: date | None) -> date | None:
    """The day of the reviewed safety panel; the typed date counts where the trial has no rule that finds the panel."""
    return trial.RULES.panel_on(others, on) if trial.RULES.panel_on else typed


def highest_prescribed(others: Others, first: date, last: date) -> int | None:
    """The highest daily dose (mg) in force on any day from `first` to `last`; None when nothing was prescribed.

    Nothing is in force on the days after treatment ended."""
    day_1 = first
    history, ended = prescriptions(others, day_1), treatment_ended(others)
    if not history:
        return None
    doses = prescribed_from_to(history, 1, (last - first).days + 1)
    return max(
        0 if ended and ended.is_after(first + timedelta(days=number), taken=True) else mg
        for number, mg in enumerate(doses)
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
    panel = _panel(others, on, typed=panel_on)
    panel_day = study_day(panel, day_1=day_1) if panel else None
    present = prescribed_on(history, day)
    open_alerts = tuple(trial.alert_in_words(kind) for kind in others.open_alerts)
    ended = treatment_ended(others)
    proposal = titration.propose(
        ladder,
        history,
        day=day,
        open_alerts=open_alerts,
        panel_day=panel_day,
        reasons_to_stop=trial.RULES.stop(others),
        reasons_to_decide=(*trial.RULES.decide(others), *_stood_on_what_is_gone(others, on, day_1)),
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


def _stood_on_what_is_gone(others: Others, on: date, day_1: date) -> tuple[Because, ...]:
    """That the latest decision, by which something is given, would not be admitted as the record stands now."""
    *before, latest = decisions(others, until=on) or [None]
    if latest is None or not latest.prescribed_mg:
        return ()
    return tuple(
        Because(
            "TITR-43",
            f"What the decision of {dates.day(_taken_on(latest))} stood on is gone. {because.sentence} "
            "It is judged before the next dose is decided on.",
        )
        for because in not_admitted(others, latest, before, day_1=day_1)
    )


def _not_reached(others: Others, visit: Visit | None, ladder: Ladder, present: int) -> tuple[Because, ...]:
    """Who was not reached by telephone, or of whom nobody noted it yet, keeps the dose until the next visit at which
    the subject is seen."""
    code = trial.code_serving(Purpose.CONTACT)
    if code is None or visit is None or all(cell.form != code for cell in trial.planned_at(visit.code)):
        return ()
    here = [one for one in others.series(code, "reached") if (one.visit, one.number) == (visit.code, visit.number)]
    reached = here[-1].value if here else None
    if reached == "Y":
        return ()
    told = "the subject was not reached" if reached == "N" else "no contact is recorded yet"
    label = visit.definition.label
    return (Because("TITR-38", f"{label}: {told}, so the dose stays at {present} {ladder.amount}."),)
