"""What a demo subject's story says about a form; what it does not say is typical (crf/rehearsal/typical.py)."""

from datetime import date, timedelta

from crf import trial
from crf.chart.dose import dose_on, prescriptions
from crf.chart.others import Others
from crf.models import Subject
from crf.rehearsal.items import bdi_items, hama_items, hamd_items
from crf.rehearsal.outcomes import Outcome
from crf.rules.ladder import prescribed_on
from crf.rules.study_day import study_day
from crf.trials.dcs_trd.forms.capsules import handed_out

#: Whose BDI raises an alert that stands open in the running demo, and at which visit.
ALERTED = ("AFU-009", "W2")
#: One pauses the drug two days after this visit, and takes it again three days later.
INTERRUPTED_AFTER, PAUSE_BEGINS, PAUSE_ENDS = "W2", 2, 5
LABORATORY_DAYS = 21  # from the glycine sample to its result


def answers(code: str, subject: Subject, on: date, outcome: Outcome | None, rated: str | None, *, until: date) -> dict:
    """The answers of the story, as typed. `rated`: the visit whose totals count; `until`: the demo's present day."""
    match code:
        case "DEMOG" if outcome:
            return demography(subject, outcome)
        case "PSYHX" if outcome:
            return {"age_at_onset": str(outcome.age - 14)}
        case "HAMD":
            return hamd(subject, outcome, rated)
        case "BDI":
            return bdi(subject, outcome, rated)
        case "HAMA":
            return hama(subject, outcome, rated)
        case "CGI":
            return cgi(outcome, rated)
        case "VITALS":
            own = own_number(subject)
            return {"weight": f"{62 + own % 25}.{own % 10}", "pulse": str(64 + (own + on.day) % 20)}
        case "GLYCINE" if outcome:
            result = glycine(outcome, on) if on + timedelta(days=LABORATORY_DAYS) <= until else {}
            return {"accession": f"GL-{subject.number}"} | result
        case "DOSING":
            return dosing(subject, on)
        case "DISPENSE":
            return dispensing(subject, rated)
        case "CAPSULES":
            return capsules(subject, rated, on)
    return {}


def demography(subject: Subject, outcome: Outcome) -> dict[str, str]:
    found = {"birth_year": str(subject.screened_on.year - outcome.age), "sex": outcome.sex}
    if outcome.sex == "F":
        found["may_become_pregnant"] = "MENO" if outcome.age > 50 else "STER"
    return found


def hamd(subject: Subject, outcome: Outcome, rated: str) -> dict[str, str]:
    total = outcome.screening_hamd if rated == trial.SCREENING else _total(outcome.hamd, rated)
    suicide = min(total, 1 if outcome.hamd[trial.BASELINE] > 26 and total > 12 else 0)
    items = hamd_items(total, visit=rated, suicide=suicide, profile=own_number(subject), beyond=total // 6)
    return {name: str(value) for name, value in items.items()}


def bdi(subject: Subject, outcome: Outcome, rated: str) -> dict[str, str]:
    item_9 = 2 if (subject.number, rated) == ALERTED else 0
    items = bdi_items(_total(outcome.bdi, rated), item_9=item_9, profile=own_number(subject))
    return {name: str(value) for name, value in items.items()}


def hama(subject: Subject, outcome: Outcome, rated: str) -> dict[str, str]:
    """Goes along with the HAMD; no result of the anxiety scale was published, so it is fitted to none."""
    hamd_21 = _total(outcome.hamd, rated)
    total = max(0, 3 * hamd_21 // 4 + (5 * own_number(subject) + 3 * hamd_21) % 7 - 3)
    return {name: str(value) for name, value in hama_items(total, profile=own_number(subject)).items()}


def _total(course: dict[str, int], rated: str) -> int:
    """The total at the visit; after the last one, that and one point."""
    return course[rated] if rated in course else list(course.values())[-1] + 1


def cgi(outcome: Outcome, rated: str) -> dict[str, str]:
    total, base = _total(outcome.hamd, rated), outcome.hamd[trial.BASELINE]
    severity = str(min(7, 1 + total // 6))
    if rated == trial.BASELINE:
        return {"severity": severity}
    steps = (("1", 0.3), ("2", 0.5), ("3", 0.8), ("4", 1.05))
    return {"severity": severity, "improvement": next((code for code, most in steps if total <= most * base), "5")}


def glycine(outcome: Outcome, drawn_on: date) -> dict[str, str]:
    """The laboratory's part of the form."""
    day = drawn_on.isoformat()
    return {"result": f"{outcome.glycine:.1f}", "shipped_on": day, "arrived_frozen": "Y", "analysed_on": day}


def dosing(subject: Subject, on: date) -> dict[str, str]:
    """As the protocol proposes."""
    panel = on - timedelta(days=3)
    view = dose_on(subject, Others(subject.pk), day_1=subject.first_dose_on or on, on=on, panel_on=panel)
    begins = on + timedelta(days=max(view.effective_in, 0))
    found = {
        "decision": str(view.proposal.decision),
        "prescribed_mg": str(view.proposal.mg),
        "effective_on": begins.isoformat(),
        "as_planned": "Y",
    }
    return found | ({"panel_on": panel.isoformat()} if view.proposal.decision == "STEP_UP" else {})


def interruption(on: date) -> dict[str, str]:
    """The decision to pause."""
    return {
        "decision": "INTERRUPT",
        "prescribed_mg": "0",
        "effective_on": on.isoformat(),
        "as_planned": "N",
        "reason": "AE",
    }


def dispensing(subject: Subject, visit: str) -> dict[str, str]:
    """Nine days' capsules of the dose prescribed; at baseline three days of one and six of two."""
    mg = Others(subject.pk).value("DOSING", "prescribed_mg", visit=visit) or 0
    per_day = mg // trial.LADDER.unit_dose
    few = trial.LADDER.steps[0].days + 2 * (trial.LADDER.days_at_home - trial.LADDER.steps[0].days)
    handed = few if visit == trial.BASELINE else trial.LADDER.days_at_home * per_day
    return {"kit": subject.kit, "capsules": str(handed), "daily_mg": str(mg)}


def headache(onset: str) -> dict[str, str]:
    """The adverse event for which the drug is interrupted."""
    return {
        "term": "Headache",
        "special": "HEADACHE",
        "onset": onset,
        "ongoing": "Y",
        "severity": "MODERATE",
        "worsening": "N",
        "serious": "N",
        "related": "POSSIBLE",
        "action": "DRUG INTERRUPTED",
        "treated": "N",
        "outcome": "RECOVERING/RESOLVING",
    }


def capsules(subject: Subject, visit: str, on: date) -> dict[str, str]:
    """Taken as prescribed since the last count, as long as there were capsules; the rest is brought back."""
    others, begun = Others(subject.pk), subject.first_dose_on
    history = prescriptions(others, begun)
    since = max((record.counted_on for record in others.records("CAPSULES")), default=begun)
    days = [study_day(since + timedelta(days=day), day_1=begun) for day in range((on - since).days)]
    wanted = [prescribed_on(history, day) // trial.LADDER.unit_dose for day in days if day <= trial.LADDER.last_day]
    had, taken, gone_without = handed_out(visit, others), 0, 0
    for count in wanted:
        if taken + count <= had:
            taken += count
        else:
            gone_without += 1
    return {
        "taken": str(taken),
        "most_in_a_day": str(max(wanted, default=0)),
        "returned": str(had - taken),
        "lost": "0",
        "days_missed": str(gone_without),
        "last_taken_on": (on - timedelta(days=1)).isoformat(),
    }


#: A normal panel, in standard units; the limits are those of the site.
PANEL = (("ALT", "24", "U/L"), ("CREAT", "72", "umol/L"), ("HGB", "13.8", "g/dL"))


def panel() -> list[dict[str, str]]:
    """One row for each result of the laboratory."""
    return [{"analyte": code, "result": result, "unit": unit} for code, result, unit in PANEL]


#: The trials of antidepressants in this episode, one row each.
EARLIER_DRUGS = (
    {"drug": "Escitalopram", "dose": "20", "began": "2025-02", "ended": "2025-06"},
    {"drug": "Venlafaxine", "dose": "225", "began": "2025-07", "ended": "2025-12"},
)


def own_number(subject: Subject) -> int:
    """A number of the subject's own, the same in every build."""
    return sum(ord(letter) * place for place, letter in enumerate(subject.number, start=1))
