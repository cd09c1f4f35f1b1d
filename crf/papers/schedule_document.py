"""The schedule of assessments as a document: forms by visits, days and windows, from the trial's protocol."""

from crf import trial
from crf.papers import wording
from crf.spec.dosing import SingleAdministration
from crf.spec.visits import Visit

REQUIRED, OPTIONAL = "x", "o"


def grid(among=trial.FORMS) -> list[tuple[str, list[str]]]:
    """(title, mark per visit) for each form that belongs to visits: x required, o optional, empty not planned."""
    cells = {(cell.form, cell.visit): REQUIRED if cell.required else OPTIONAL for cell in trial.SCHEDULE}
    return [
        (form.title, [cells.get((form.code, visit.code), "") for visit in trial.VISITS])
        for form in among
        if not form.log
    ]


def day_in_words(visit: Visit) -> str:
    """Day 8; -14 to -1 for screening; any for a visit that is not planned."""
    if not visit.is_planned:
        return "any"
    return f"{visit.day} to {visit.day + visit.after}" if visit.code == trial.SCREENING else str(visit.day)


def window_in_words(visit: Visit) -> str:
    """-2/+2, or nothing where the day itself says it."""
    if not visit.is_planned or visit.code == trial.SCREENING or not (visit.before or visit.after):
        return ""
    return "/".join(f"{sign}{days}" if days else "0" for sign, days in (("-", visit.before), ("+", visit.after)))


def as_markdown() -> str:
    """Visits with their days, the grid of forms, and what is entered at any time."""
    visits = trial.VISITS
    lines = [
        "# Schedule of assessments",
        "",
        f"{trial.STUDY_ID}, protocol version {trial.PROTOCOL_VERSION}. Made from "
        f"`crf/trials/{trial.CODE}/protocol.py` by "
        "`manage.py documents`; do not edit.",
        "",
        "Day 1 is the date of the first dose; there is no day 0. A visit outside its window is recorded and opens a "
        "deviation; it is never refused.",
        "",
        "## Visits",
        "",
        *wording.table(
            ("Visit", "Code", "Study day", "Window, days", "Epoch", "Note"),
            [
                (
                    visit.label,
                    visit.code,
                    day_in_words(visit),
                    window_in_words(visit),
                    visit.epoch.capitalize(),
                    visit.note,
                )
                for visit in visits
            ],
        ),
        "",
        "## Forms by visit",
        "",
        f"{REQUIRED} required, {OPTIONAL} optional; the order is the one in which the forms are prompted.",
        "",
        *wording.table(
            ("Form", *(visit.code for visit in visits), "Due"),
            [
                (f"{form.title} ({form.code})", *marks, wording.due_when(form.code))
                for form, (_, marks) in zip((form for form in trial.FORMS if not form.log), grid(), strict=True)
            ],
        ),
        "",
        "## At any time",
        "",
        *wording.table(
            ("Form", "Code", "Rows"),
            [(form.title, form.code, "one a row" if form.repeating else "once") for form in trial.log_forms()],
        ),
        "",
        "## Dose",
        "",
        *_dose(),
    ]
    return "\n".join(lines) + "\n"


def _dose() -> list[str]:
    """The ladder as a table, the single administration, or that nothing is given."""
    if isinstance(trial.DOSING, SingleAdministration):
        return [f"{trial.DOSING.label}, once, on study day {trial.DOSING.on_day}."]
    if trial.LADDER is None:
        return ["The trial gives no drug."]
    ladder = trial.LADDER
    return [
        *wording.table(
            (
                "Step",
                ladder.unit,
                f"{ladder.capsule.capitalize()}s a day",
                "Planned days",
                "Least days on the step before",
                "Safety panel",
            ),
            [
                (
                    step.number,
                    step.mg,
                    step.capsules,
                    f"{step.first} to {step.last}",
                    step.after_days or "",
                    "reviewed before" if step.needs_panel else "",
                )
                for step in ladder.steps
            ],
        ),
        "",
        f"As planned {ladder.planned_capsules} {ladder.capsule}s, {ladder.planned_mg:,} {ladder.unit.split('/')[0]}.",
    ]
