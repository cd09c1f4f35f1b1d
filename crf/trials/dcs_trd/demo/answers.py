"""What a demo subject's story says about a form; what it does not say is typical of the form."""

from datetime import date, timedelta

from crf.spec.demo import Moment, own_number
from crf.trials.dcs_trd.demo.items import bdi_items, hama_items, hamd_items
from crf.trials.dcs_trd.demo.outcomes import ACTIVE, Outcome
from crf.trials.dcs_trd.dosing import LADDER
from crf.trials.dcs_trd.forms.capsules import handed_out

LABORATORY_DAYS = 21  # from the glycine sample to its result
LEVEL_DAYS = 7  # from a sample for the drug's level to its result
PANEL_DAYS = 3  # from the safety panel to the decision that leans on it
BEFORE_750_MG = "W3"
SCREENING, BASELINE = "SCR", "BL"


def answers(code: str, moment: Moment, outcome: Outcome | None, *, is_alerted: bool) -> dict[str, str]:
    """The answers of the story, as typed. `is_alerted`: its BDI raises an alert at this visit."""
    number = moment.number
    match code:
        case "DEMOG" if outcome:
            return demography(moment, outcome)
        case "PSYHX" if outcome:
            return {"age_at_onset": str(outcome.age - 14)}
        case "HAMD" if outcome:
            return hamd(number, outcome, moment.rated) | rating(moment, shortest=17)
        case "BDI" if outcome:
            return bdi(number, outcome, moment.rated, is_alerted=is_alerted)
        case "HAMA" if outcome:
            return hama(number, outcome, moment.rated) | rating(moment, shortest=11)
        case "CGI" if outcome:
            return cgi(outcome, moment.rated)
        case "VITALS":
            own = own_number(number)
            return {"weight": f"{62 + own % 25}.{own % 10}", "pulse": str(64 + (own + moment.on.day) % 20)}
        case "GLYCINE" if outcome:
            is_there = moment.on + timedelta(days=LABORATORY_DAYS) <= moment.until
            return {"accession": f"GL-{number}"} | (glycine(outcome, moment.on) if is_there else {})
        case "LAB" if moment.rated == BEFORE_750_MG:  # judged by the visit, at which the dose is decided
            return {"drawn_on": (moment.on - timedelta(days=PANEL_DAYS)).isoformat()}
        case "DRUGLEVEL" if outcome:
            return level(moment, outcome)
        case "CONMED" if outcome:
            return medication(moment, outcome)
        case "ICE" if outcome and outcome.change:
            kind = {"NEW": "NEWAD", "DOSE": "CHANGEDAD"}[outcome.change]
            return {"kind": kind, "began_on": moment.on.isoformat()}
        case "DISPENSE":
            return dispensing(moment)
        case "CAPSULES":
            return capsules(moment)
    return {}


def demography(moment: Moment, outcome: Outcome) -> dict[str, str]:
    found = {"birth_year": str(moment.screened_on.year - outcome.age), "sex": outcome.sex}
    if outcome.sex == "F":
        found["may_become_pregnant"] = "MENO" if outcome.age > 50 else "STER"
    return found


def hamd(number: str, outcome: Outcome, rated: str | None) -> dict[str, str]:
    total = outcome.screening_hamd if rated == SCREENING else _total(outcome.hamd, rated)
    suicide = min(total, 1 if outcome.hamd[BASELINE] > 26 and total > 12 else 0)
    items = hamd_items(total, visit=rated, suicide=suicide, profile=own_number(number), beyond=total // 6)
    return {name: str(value) for name, value in items.items()}


def rating(moment: Moment, *, shortest: int) -> dict[str, str]:
    """Who rated and how long it took: two raters a site, each with a pace of their own."""
    own = own_number(moment.number)
    rater = f"{moment.site[:1]}{own % 2 + 1}"
    took = shortest + (3 * own + 7 * moment.on.day) % 13 + 3 * (own % 2)
    return {"rated_by": rater, "started": "10:00", "ended": f"10:{took:02d}"}


def bdi(number: str, outcome: Outcome, rated: str | None, *, is_alerted: bool) -> dict[str, str]:
    items = bdi_items(_total(outcome.bdi, rated), item_9=2 if is_alerted else 0, profile=own_number(number))
    return {name: str(value) for name, value in items.items()}


def hama(number: str, outcome: Outcome, rated: str | None) -> dict[str, str]:
    """Goes along with the HAMD; no result of the anxiety scale was published, so it is fitted to none."""
    hamd_21 = _total(outcome.hamd, rated)
    total = max(0, 3 * hamd_21 // 4 + (5 * own_number(number) + 3 * hamd_21) % 7 - 3)
    return {name: str(value) for name, value in hama_items(total, profile=own_number(number)).items()}


def _total(course: dict[str, int], rated: str | None) -> int:
    """The total at the visit; after the last one, that and one point."""
    return course[rated] if rated in course else list(course.values())[-1] + 1


def cgi(outcome: Outcome, rated: str | None) -> dict[str, str]:
    total, base = _total(outcome.hamd, rated), outcome.hamd[BASELINE]
    severity = str(min(7, 1 + total // 6))
    if rated == BASELINE:
        return {"severity": severity}
    steps = (("1", 0.3), ("2", 0.5), ("3", 0.8), ("4", 1.05))
    return {"severity": severity, "improvement": next((code for code, most in steps if total <= most * base), "5")}


def glycine(outcome: Outcome, drawn_on: date) -> dict[str, str]:
    """The laboratory's part of the form."""
    day = drawn_on.isoformat()
    return {"result": f"{outcome.glycine:.1f}", "shipped_on": day, "arrived_frozen": "Y", "analysed_on": day}


def level(moment: Moment, outcome: Outcome) -> dict[str, str]:
    """Serum of the drug as the dose asks for, up or down by a fifth between subjects; none without the drug."""
    own, taken = own_number(moment.number), 0
    ended = moment.chart.value("EOT", "last_dose_on", visit=None)
    if outcome.arm == ACTIVE and moment.first_dose_on and not (ended and ended < moment.on):
        taken = moment.prescribed_mg((moment.on - moment.first_dose_on).days)  # the day before: this day's comes later
    found = f"{taken * (80 + 7 * own % 41) / 5000:.2f}" if taken else "BLQ"
    return {"level": found, "accession": f"PK-{moment.number}", "drawn_at": "08:30", "wanted_because": "Planned"}


def medication(moment: Moment, outcome: Outcome) -> dict[str, str]:
    """Another antidepressant, or more of the same, from the day on which it is entered."""
    if not outcome.change:
        return {}
    drug, dose = {"NEW": ("Mirtazapine", "15"), "DOSE": ("Escitalopram", "30")}[outcome.change]
    began = {"began": moment.on.isoformat(), "ongoing": "Y"}
    return {"drug": drug, "dose": dose, "change": outcome.change, "event_recorded": "Y"} | began


def interruption() -> dict[str, str]:
    """The decision to pause."""
    return {"decision": "INTERRUPT", "prescribed_mg": "0", "as_planned": "N", "reason": "AE"}


def headache() -> dict[str, str]:
    """The adverse event for which the drug is interrupted."""
    return {
        "term": "Headache",
        "special": "HEADACHE",
        "ongoing": "Y",
        "severity": "MODERATE",
        "worsening": "N",
        "serious": "N",
        "related": "POSSIBLE",
        "action": "DRUG INTERRUPTED",
        "treated": "N",
        "outcome": "RECOVERING/RESOLVING",
    }


def dispensing(moment: Moment) -> dict[str, str]:
    """Nine days' capsules of the dose prescribed; at baseline three days of one and six of two."""
    mg = moment.chart.value("DOSING", "prescribed_mg", visit=moment.rated) or 0
    per_day = mg // LADDER.unit_dose
    few = LADDER.steps[0].days + 2 * (LADDER.days_at_home - LADDER.steps[0].days)
    handed = few if moment.rated == BASELINE else LADDER.days_at_home * per_day
    return {"capsules": str(handed), "daily_mg": str(mg)}


def capsules(moment: Moment) -> dict[str, str]:
    """Taken as prescribed since the last count, as long as there were capsules; the rest is brought back."""
    begun, on = moment.first_dose_on, moment.on
    if begun is None:
        return {}
    ended = moment.chart.value("EOT", "last_dose_on", visit=None)  # who stopped takes none after it
    last_day = min(LADDER.last_day, (ended - begun).days + 1) if ended else LADDER.last_day
    since = max((record.counted_on for record in moment.chart.records("CAPSULES")), default=begun)
    days = [(since - begun).days + 1 + day for day in range((on - since).days)]
    wanted = [moment.prescribed_mg(day) // LADDER.unit_dose for day in days if day <= last_day]
    had, taken, gone_without = handed_out(moment.rated, moment.chart) or 0, 0, 0
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
        "last_taken_on": min(on - timedelta(days=1), ended or on).isoformat(),
    }
