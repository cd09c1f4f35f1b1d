"""A page that asks one question and calls one deed: what was typed stays on the page when the deed is refused."""

import re
from collections.abc import Callable

from django import forms as entry
from django.shortcuts import render

from crf.refusals import NotAllowed, Refusal
from crf.shown.cautions import Caution
from crf.spec.kinds import Impossible, clean, with_decimal_point
from crf.views.once import NAME, Once


class Reason(entry.Form):
    """A reason in words, of at most so many characters as are kept."""

    def __init__(self, *args, label: str = "Reason", help_text: str = "", longest: int = 300, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"] = entry.CharField(
            max_length=longest, label=label, help_text=help_text, widget=entry.Textarea(attrs={"rows": 3})
        )


class Whole(entry.IntegerField):
    """A whole number in the digits 0 to 9: Django also takes underscores and the digits of other scripts."""

    def to_python(self, value):
        return super().to_python(_in_digits(value))


class Amount(entry.DecimalField):
    """A number as items take it: a point or an unmistakable comma, and no mark of thousands."""

    def to_python(self, value):
        return super().to_python(_in_digits(value))


def _in_digits(value):
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        text = with_decimal_point(clean(value))
    except Impossible as impossible:
        raise entry.ValidationError(str(impossible)) from impossible
    return text if re.fullmatch(r"[+-]?[0-9]+([.][0-9]+)?", text) else "no number"


def posted(request):
    """What was posted, or None where the page is only shown: an empty answer is an answer too.

    A line break counts as one character, as the box counts it; browsers send two.
    """
    if request.method != "POST":
        return None
    found = request.POST.copy()
    for name, texts in found.lists():
        found.setlist(name, [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts])
    return found


def asked(
    request,
    template: str,
    context: dict,
    form: entry.Form | None,
    deed: Callable[[dict], object],
    *,
    cautious: bool = True,
    once: Once | None = None,
):
    """Show the page; on POST with good answers call `deed(answers)`, which answers with where to go.

    A refusal is shown on the page with its sentence. That a role does not include the deed is a page of its own.
    Free text that looks as if it identified somebody comes back once, to be changed or confirmed (PRV-03); not where
    the page is not `cautious`: people are named on purpose there, or nothing may be held up. `once`: the deed creates
    something, and the same press twice makes one.
    """
    refusal, pressed = None, None
    if once is not None:
        once.prepare(form)
    if request.method == "POST" and (
        form is None or (form.is_valid() and _is_storable(form) and not (cautious and _is_held_back(form)))
    ):
        answers = form.cleaned_data if form else {}
        answers.pop(NAME, None)
        try:
            return once.do(lambda: deed(answers)) if once else deed(answers)
        except NotAllowed:
            raise
        except Refusal as refused:
            refusal = refused
    if once is not None and request.method != "POST":
        pressed = once.earlier()
    status = refusal.status if refusal else 200
    if form is not None:
        lead(form)
    shown = {**context, "form": form, "refusal": refusal, "pressed": pressed}
    return render(request, template, shown, status=status)


def lead(form: entry.Form) -> None:
    """Where the hands begin: at the first trouble, else at the first field. Words may be written from either side."""
    asked_for = [name for name, field in form.fields.items() if not field.widget.is_hidden]
    wrong = [name for name in asked_for if form.is_bound and name in form.errors]
    for name in asked_for:
        widget = form.fields[name].widget
        if name == (wrong or asked_for)[0]:
            widget.attrs["autofocus"] = True
        if isinstance(widget, entry.Textarea) or type(widget) is entry.TextInput:
            widget.attrs["dir"] = "auto"


def _is_storable(form: entry.Form) -> bool:
    """Whether every text can be kept and printed; pasted bullets become everybody's."""
    for name, value in list(form.cleaned_data.items()):
        if isinstance(value, str):
            try:
                form.cleaned_data[name] = clean(value)
            except Impossible as impossible:
                form.add_error(name, str(impossible))
    return not form.errors


def _is_held_back(form: entry.Form) -> bool:
    """Whether the person must look at a text once more; the sentences then stand beside it."""
    texts = {
        name: form.cleaned_data.get(name) or ""
        for name, field in form.fields.items()
        if isinstance(field.widget, entry.Textarea)
    }
    found = Caution.of(texts)
    if found is None or form.data.get("cautioned") == found.mark:
        return False
    for name, sentences in found.sentences.items():
        form.add_error(name, sentences)
    form.fields["cautioned"] = entry.CharField(required=False, widget=entry.HiddenInput)
    form.data = form.data.copy()
    form.data["cautioned"] = found.mark
    return True
