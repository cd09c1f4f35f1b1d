"""Save a whole laboratory report: a record a test, all in one transaction, by the same deed as a single row."""

from collections.abc import Mapping

from django.db.models import Max

from crf.actions import drafts
from crf.chart.examine import examined
from crf.models import RECORDS, Draft, Record, Subject, User, Visit
from crf.permissions import require_entry
from crf.refusals import ImpossibleValues, KeptElsewhere, Refusal
from crf.rules.laboratory import ANALYTES, FORM
from crf.shown.panel import FIELDS, HEADER, PARTS, Panel

from .act import act
from .enter import Saved, save

DRAFT_ROW = 0  # a record's rows count from 1
NOT_DONE = "ND"


def save_panel(
    *,
    subject: Subject,
    visit: Visit,
    by: User,
    typed: Mapping[str, str],
    source: str = Record.Source.ESOURCE,
    is_all_kept: bool = False,
) -> list[Saved]:
    """Save the rows with a result; those without one are passed over, or marked not done with one reason.

    Raises ImpossibleValues with sentences by field of the page, and KeptElsewhere where the person's draft has answers
    that the page leaves blank; then nothing is saved. `is_all_kept`: the page's script says that all of its own answers
    are in the draft.
    """
    role = require_entry(by, FORM, subject.site_id)
    panel = Panel(subject, visit)
    rows, errors = read_rows(panel, typed)
    if errors:
        raise ImpossibleValues(errors)
    if not rows:
        raise Refusal("There is no result to save. Enter one at least, or mark the rows left blank as not done.")
    with act(by=by, role=role):
        if is_all_kept and (more := _typed_elsewhere(find_draft(subject=subject, visit=visit, by=by), typed)):
            raise KeptElsewhere(more)
        last = RECORDS[FORM.code].objects.filter(subject=subject, visit=visit).aggregate(last=Max("row_number"))["last"]
        saved = [
            save(
                form=FORM,
                subject=subject,
                visit=visit,
                by=by,
                answers=answers,
                missing=missing,
                source=source,
                row=number,
            )
            for number, (answers, missing) in enumerate(rows, start=(last or 0) + 1)
        ]
        find_draft(subject=subject, visit=visit, by=by).delete()
    return saved


def _typed_elsewhere(draft, typed: Mapping[str, str]) -> dict[str, str]:
    """What the draft has and the page leaves blank: it was typed on another page of the same report."""
    kept = draft.values_list("answers", flat=True).first() or {}
    return {
        name: text for name, text in kept.items() if name in FIELDS and text.strip() and not typed.get(name, "").strip()
    }


def read_rows(panel: Panel, typed: Mapping[str, str]) -> tuple[list[tuple[dict, dict]], dict[str, list[str]]]:
    """The rows to be saved as (answers, missing), and what is impossible in them: sentences by field of the page."""
    rows, errors, today = [], {}, panel.subject.site.today()
    not_done, why = typed.get("blank") == NOT_DONE, typed.get("blank_why", "").strip()
    if not_done and not why:
        errors["blank"] = ["Say in a few words why the tests left blank were not done."]
    for analyte in ANALYTES:
        code = analyte.code
        if code in panel.stored:
            continue
        answers, missing = panel.answers(code, typed), {}
        if not typed.get(code, "").strip():
            if any(typed.get(f"{code}__{part}", "").strip() for part in PARTS if part != "unit"):
                errors[code] = ["There are limits and no result. Enter the result, or clear the limits."]
            if not not_done:
                continue
            answers.pop("unit", None)
            absent = [name for name in ("result", "unit", "drawn_on") if name not in answers]
            missing = {name: {"code": NOT_DONE, "reason": why} for name in absent if why}
        _, wrong = examined(FORM, panel.visit.code, answers, missing, today=today)
        for name, sentences in wrong.items():
            said = errors.setdefault(name if name in HEADER else "blank" if missing else code, [])
            said += [sentence for sentence in sentences if sentence not in said]
        rows.append((answers, missing))
    return rows, errors


def warnings(panel: Panel, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """What the checks will ask about, by test; as the page of a single row says it."""
    found = {}
    for analyte in ANALYTES:
        if not typed.get(analyte.code, "").strip():
            continue
        values, _ = examined(
            FORM, panel.visit.code, panel.answers(analyte.code, typed), {}, today=panel.subject.site.today()
        )
        values |= panel.computed(analyte.code, typed)
        failed = FORM.failed(values, panel.visit.code)
        if sentences := [f"{check.sentence} ({check.code})" for check in failed if not check.hard]:
            found[analyte.code] = sentences
    return found


def find_draft(*, subject: Subject, visit: Visit, by: User):
    """The person's draft of the panel, as a query set of one or none."""
    return Draft.objects.filter(user=by, subject=subject, visit=visit, form=FORM.code, row_number=DRAFT_ROW)


def keep(*, subject: Subject, visit: Visit, by: User, changes: Mapping[str, str]) -> Draft:
    """Add what was typed a moment ago to the person's draft of the panel."""
    require_entry(by, FORM, subject.site_id)
    known = {name: str(text)[:200] for name, text in changes.items() if name in FIELDS}
    return drafts.add(form=FORM, subject=subject, visit=visit, by=by, known=known, row=DRAFT_ROW)
