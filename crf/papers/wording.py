"""What a declaration says, in words: kinds of answer, conditions, visits. For the documents that follow from it."""

from crf import spec, trial
from crf.rules.conditions import CONDITIONS


def kind_in_words(kind: spec.Kind) -> str:
    """The kind of answer in a word, the same in dictionary and casebook."""
    match kind:
        case spec.Coded():
            return "scale" if kind.is_scale else "choice"
        case spec.Integer():
            return "whole number"
        case spec.Result():
            return f"result, {kind.places} decimal{'' if kind.places == 1 else 's'}, or below or above a limit"
        case spec.Decimal():
            return f"number, {kind.places} decimal{'' if kind.places == 1 else 's'}"
        case spec.Text():
            return f"text, {kind.max_length} characters"
        case spec.Date():
            return "date, may lie ahead" if kind.future else "date"
        case spec.PartialDate():
            return "date, may be partial"
        case spec.Time():
            return "time"
    raise spec.DeclarationError(f"There is no word for the kind of answer {kind!r}.")


def answers_in_words(kind: spec.Kind) -> str:
    """What can be answered: the codes with their labels, or the range; empty for text, dates and times."""
    match kind:
        case spec.Coded():
            return "; ".join(
                f"{code} = {label}" if str(code) != label else label for code, label in map(_pair, kind.codes)
            )
        case spec.Result():
            return f"{kind.low} to {kind.high}; <, <=, >, >= with a limit; BLQ; ALQ"
        case spec.Integer() | spec.Decimal():
            return f"{kind.low} to {kind.high}"
    return ""


def _pair(pair):
    code, label = pair
    return str(code), label


def condition_in_words(when: spec.Condition | None) -> str:
    """When an item is put: “18A Diurnal variation” is 1 or 2; at Screening, Baseline. Empty: always."""
    match when:
        case None:
            return ""
        case spec.OneOf():
            shown = " or ".join(_answer(when.item, code) for code in when.codes)
            return f"“{when.item.label}” is {shown}"
        case spec.Elsewhere():
            form = trial.form(when.form)
            shown = " or ".join(_answer(form.items[when.item], code) for code in when.codes)
            return f"“{form.items[when.item].label}” of {form.title} is {shown}"
        case spec.AtVisit():
            return f"at {visits_in_words(when.codes)}"
        case spec.NotAtVisit():
            return f"not at {visits_in_words(when.codes)}"
        case spec.Both():
            return f"{condition_in_words(when.left)} and {condition_in_words(when.right)}"
    raise spec.DeclarationError(f"There are no words for the condition {when!r}.")


def _answer(item: spec.Item, code) -> str:
    return str(code) if getattr(item.kind, "is_scale", False) else item.kind.show(code)


def visits_in_words(codes) -> str:
    """The labels of visits, in the order given."""
    return ", ".join(trial.visit(code).label for code in codes)


def places_in_words(form: type[spec.Form]) -> str:
    """Where a form belongs: its visits, or at any time for a log form."""
    return "At any time" if form.log else visits_in_words(trial.visits_of(form.code))


def due_when(form_code: str) -> str:
    """The condition of a form's row in the schedule, in words; empty where it is due at every planned visit."""
    conditions = {cell.when for cell in trial.SCHEDULE if cell.form == form_code and cell.when}
    return "; ".join(CONDITIONS[condition].words for condition in sorted(conditions))


def table(head, rows) -> list[str]:
    """The lines of a Markdown table."""
    return [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]


def _row(cells) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
