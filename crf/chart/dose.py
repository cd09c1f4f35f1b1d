"""What was prescribed so far, and what the protocol proposes now: the records brought before the titration rules."""

from dataclasses import dataclass
from datetime import date, timedelta

from crf import trial
from crf.chart.others import Others
from crf.models import Alert, Subject
from crf.rules import titration
from crf.rules.ladder import Prescription, planned_step, prescribed_on
from crf.rules.study_day import study_day
from crf.spec.dosing import Step
from crf.spec.reasons import Because
from crf.trials.dcs_trd.rules.laboratory import laboratory_of
from crf.trials.dcs_trd.rules.safety import SafetyFacts, reasons_to_decide, reasons_to_stop


@dataclass(frozen=True)
class DoseView:
    """The dose on a day: what is in force, what is planned, what is proposed and by which rules."""

    day: int
    history: tuple[Prescription, ...]
    present_mg: int
    planned: Step | None
    proposal: titration.Proposal
    open_alerts: tuple[str, ...]

    @property
    def effective_in(self) -> int:
        """Days from the decision to the first day at the proposed dose."""
        return self.proposal.effective_day - self.day - (1 if self.day < 0 < self.proposal.effective_day else 0)


def prescriptions(others: Others, day_1: date) -> tuple[Prescription, ...]:
    """Every standing decision with a dose, in the order in which they were taken, by study day."""
    records = [record for record in others.records("DOSING") if record.prescribed_mg is not None and record.decision]
    records.sort(key=lambda record: (record.decided_on or record.effective_on, record.pk))
    return tuple(
        Prescription(
            study_day(record.effective_on or record.decided_on, day_1=day_1), record.decision, record.prescribed_mg
        )
        for record in records
    )


def highest_prescribed(others: Others, first: date, last: date) -> int | None:
    """The highest daily dose (mg) in force on any day from `first` to `last`; None when nothing was prescribed."""
    day_1 = first
    history = prescriptions(others, day_1)
    if not history:
        return None
    days = range((last - first).days + 1)
    return max(prescribed_on(history, study_day(first + timedelta(days=day), day_1=day_1)) for day in days)


def dose_on(
    subject: Subject, others: Others, *, day_1: date | None, on: date, panel_on: date | None = None
) -> DoseView:
    """The dose of the subject on a date. `panel_on`: date of the safety panel the investigator reviewed."""
    day_1 = day_1 or on
    day = study_day(on, day_1=day_1)
    history = prescriptions(others, day_1)
    open_alerts = tuple(
        Alert.objects.filter(subject=subject, is_blocking=True, acknowledged_at__isnull=True, no_longer_at__isnull=True)
        .order_by("kind")
        .values_list("kind", flat=True)
        .distinct()
    )
    panel = panel_on or _last_panel(others, on)
    facts = _safety_facts(others, open_alerts)
    proposal = titration.propose(
        history,
        day=day,
        open_alerts=open_alerts,
        panel_day=study_day(panel, day_1=day_1) if panel else None,
        reasons_to_stop=reasons_to_stop(facts),
        reasons_to_decide=reasons_to_decide(facts),
    )
    return DoseView(day, history, prescribed_on(history, day), planned_step(day), proposal, open_alerts)


def refusals(view: DoseView, values: dict, *, day_1: date | None) -> tuple[Because, ...]:
    """Why the decision in `values` (of the form DOSING) is not admitted; empty when it is, or is not whole yet."""
    if values["decision"] is None or values["prescribed_mg"] is None or values["decided_on"] is None:
        return ()
    day_1 = day_1 or values["decided_on"]
    panel = values.get("panel_on")
    verdict = titration.may_decide(
        values["decision"],
        mg=values["prescribed_mg"],
        history=view.history,
        day=study_day(values["decided_on"], day_1=day_1),
        proposal=view.proposal,
        open_alerts=view.open_alerts,
        panel_day=study_day(panel, day_1=day_1) if panel else None,
    )
    found = list(verdict.refusals)
    if not found and verdict.reason_required and values.get("as_planned") == "Y":
        found.append(
            Because(
                "TITR-40",
                "This is not what the protocol proposes today. Answer that it is not as planned, and give the reason.",
            )
        )
    is_dated_step = values["effective_on"] is not None and values["decision"] == "STEP_UP"
    if not found and is_dated_step and study_day(values["effective_on"], day_1=day_1) < verdict.effective_day:
        found.append(Because("TITR-41", f"The higher dose can begin on study day {verdict.effective_day}, not before."))
    return tuple(found)


def _last_panel(others: Others, on: date) -> date | None:
    """The date of the latest safety panel up to a day, where the laboratory form is in use."""
    dates = [getattr(record, record.form.dated) for record in others.records("LAB")]
    return max((drawn for drawn in dates if drawn and drawn <= on), default=None)


def _safety_facts(others: Others, open_alerts) -> SafetyFacts:
    events = [
        record.special
        for record in others.records("AE")
        if record.special not in (None, "NONE") and record.ongoing == "Y"
    ]
    impressions = [answer.value for answer in others.series("CGI", "improvement") if answer.value is not None]
    totals = {answer.visit: answer.value for answer in others.series("HAMD", "total_21") if answer.value is not None}
    return SafetyFacts(
        special_events=[event for event in events if event],
        open_suicidality_alert="suicidality" in open_alerts,
        cgi_improvement=impressions[-1] if impressions else None,
        hamd_21_baseline=totals.get(trial.BASELINE),
        laboratory=laboratory_of(others),
        hamd_21=[total for code, total in totals.items() if code not in (trial.SCREENING, trial.BASELINE)],
    )
