"""What the questions of a form hang on in other forms of the subject."""

from typing import Any

from crf import spec


def answers_elsewhere(form: type[spec.Form], others) -> dict[str, Any]:
    """The answers of other forms, by the keys under which its conditions look for them; most forms look at none.

    `others`: Others or a chart of the subject.
    """
    return {one.key: others.value(one.form, one.item, visit=one.visit) for one in form.elsewhere}


def lacking(form: type[spec.Form], values, missing, visit_code: str | None, others) -> list[str]:
    """The questions that are put to this subject and have neither an answer nor a reason for having none."""
    return form.unanswered({**values, **answers_elsewhere(form, others)}, missing, visit_code)
