"""A typical, plausible record of any form, from its declaration: for the demo trial and the tests.

Every applicable item gets an answer as it would be typed. What the form's own logic asks for it declares itself
(`Form.typical`); everything else follows from the kind of answer. Nothing here is read by pages or deeds.
"""

from datetime import date, timedelta

from crf import spec

_TIMES = {"started": "10:00", "ended": "10:25"}
_TEXTS = {"rated_by": "RB"}


def typical(form: type[spec.Form], visit: str | None, on: date, **given: str) -> dict[str, str]:
    """Answers by item name, as typed, for a record made on the day; `given` ones replace the typical ones."""
    answers: dict[str, str] = {}
    values: dict = {}
    wanted = dict(form.typical) | given
    for name, item in form.asked.items():
        if item.retired or not item.applies(values, visit):
            continue
        text = wanted[name] if name in wanted else _answer(name, item, on)
        if text == "":
            continue
        answers[name] = text
        values[name] = item.kind.parse(text)
    return answers


def _answer(name: str, item: spec.Item, on: date) -> str:
    kind = item.kind
    match kind:
        case spec.Coded():
            codes = [code for code, _ in kind.codes]
            return str(0 if 0 in codes and 0 not in kind.not_assessed else codes[0])
        case spec.Integer():
            return str((kind.low + kind.high) // 2)
        case spec.Decimal():
            return str(round((float(kind.low) + float(kind.high)) / 2, kind.places))
        case spec.Date():
            return on.isoformat()
        case spec.PartialDate():
            return (on - timedelta(days=1)).isoformat()
        case spec.Time():
            return _TIMES.get(name, "11:00")
        case spec.Text():
            return _TEXTS.get(name, "As described")[: kind.max_length]
    raise spec.DeclarationError(f"Nothing typical is known for the item “{item.label}”.")
