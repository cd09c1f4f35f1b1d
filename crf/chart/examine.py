"""Parse and validate typed answers; used by both the draft request and the save."""

from collections.abc import Mapping
from typing import Any

from crf import spec
from crf.refusals import Refusal


def examined(form, visit_code, answers, missing, *, today) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values of what was typed, and what is impossible in it: sentences by item name.

    Raises Refusal on an answer to a question that the form does not have, such as what the server computes; that is
    None here and comes from crf/chart/computed.py.
    """
    if unknown := (set(answers) | set(missing)) - set(form.asked):
        raise Refusal(
            "This page sent an answer to a question that the form does not have. Please reload it.",
            details=sorted(unknown)[:3],
        )
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name, item in form.items.items():
        try:
            values[name] = _value(item, answers.get(name) or "", today)
        except spec.Impossible as impossible:
            values[name] = None
            errors.setdefault(name, []).append(str(impossible))
    for name, item in form.items.items():
        if values[name] is not None and not item.applies(values, visit_code):
            errors.setdefault(name, []).append("This question does not apply here. Please leave it empty.")
    for name, given in missing.items():
        if sentence := _trouble_with_missing(given, values[name]):
            errors.setdefault(name, []).append(sentence)
    for first, second in form.never_both:
        if values[first] is not None and values[second] is not None:
            errors.setdefault(second, []).append(
                f"Only one of “{form.items[first].label}” and “{form.items[second].label}” can be answered."
            )
    for check in form.failed(values, visit_code):
        if check.hard:
            errors.setdefault(check.named_items(form)[-1], []).append(f"{check.sentence} ({check.code})")
    return values, errors


def understood_so_far(form: type[spec.Form], typed: Mapping[str, str]) -> dict[str, Any]:
    """The values of what can be understood; anything else is as if it were blank."""
    values: dict[str, Any] = {}
    for name, item in form.items.items():
        try:
            text = spec.clean(typed.get(name) or "")
            values[name] = item.kind.parse(text) if text else None
        except spec.Impossible:
            values[name] = None
    return values


def questions_put(form, visit_code: str | None, typed: Mapping[str, str]) -> tuple[set[str], dict[str, Any]]:
    """The names of the questions that are put, given what was typed, and all values; None is blank or unreadable.

    An answer to a question that is not put counts as blank: what hangs on it is not put either.
    """
    values = understood_so_far(form, typed)
    while True:
        put = {name for name, item in form.items.items() if item.applies(values, visit_code)}
        ruled_out = [name for name, value in values.items() if value is not None and name not in put]
        if not ruled_out:
            return put, values
        values |= dict.fromkeys(ruled_out)


def set_aside(form, visit_code: str | None, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed under questions that are not put by now: a draft keeps it until the save."""
    put, _ = questions_put(form, visit_code, typed)
    ruled_out = form.items.keys() - put
    return {key: text for key, text in typed.items() if key.partition("__")[0] in ruled_out}


def without_set_aside(form, visit_code: str | None, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed under questions that are put."""
    aside = set_aside(form, visit_code, typed)
    return {key: text for key, text in typed.items() if key not in aside}


def _value(item: spec.Item, text: str, today):
    """One answer; Impossible with a sentence when it cannot be."""
    text = spec.clean(text)
    if not text:
        return None
    value = item.kind.parse(text)
    is_future = (isinstance(item.kind, spec.Date) and not item.kind.future and value > today) or (
        isinstance(item.kind, spec.PartialDate) and value > today.isoformat()
    )
    if is_future:
        raise spec.Impossible("This date is in the future. Enter the day on which it happened.")
    return value


def _trouble_with_missing(given: Mapping[str, str], value) -> str | None:
    """What is wrong with a mark that there is no answer; None when nothing is."""
    if given.get("code") not in spec.MISSING:
        return "Choose not done, unknown or not applicable."
    if value is not None:
        return "There is an answer and a mark that there is none. Keep one of the two."
    try:
        if not spec.Text(200).parse(given.get("reason") or ""):
            return "Say in a few words why there is no answer."
    except spec.Impossible as impossible:
        return str(impossible)
    return None
