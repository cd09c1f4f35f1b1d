"""The blank casebook: every form as it would be filled in on paper; annotated, each item with its SDTM name."""

from itertools import groupby

from crf import spec, trial
from crf.papers import schedule_document, wording
from crf.papers.annotated import ANNOTATED, tag
from crf.papers.sdtm_names import domain_in_words, name_of_score
from crf.papers.typeset import frame

NOTES = (
    "A question without an answer is marked ND (not done), UNK (unknown) or NA (not applicable), with the reason.",
    "Corrections: one line through the wrong answer, the right one beside it, initials, date and reason.",
)


def blank(among=trial.FORMS, *, annotated: bool = False, is_synthetic: bool = False) -> dict:
    """The data of the blank casebook, for crf/papers/typeset.py."""
    title = "Annotated case report form" if annotated else "Casebook"
    data = frame(title=title, subtitle="Blank", annotated=annotated, is_synthetic=is_synthetic)
    data["facts"] = [["Subject", ""], ["Site", ""]] if not annotated else []
    data["notes"] = [*NOTES, ANNOTATED] if annotated else list(NOTES)
    data["grid"] = {
        "head": [visit.code for visit in trial.VISITS],
        "rows": [
            [form.title, form.code, [["", mark] for mark in marks]]
            for form, (_, marks) in zip(
                (form for form in among if not form.log), schedule_document.grid(among), strict=True
            )
        ],
        "logs": [[form.title, [[form.code, ""]]] for form in among if form.log],
        "legend": "x required, o optional. The page of each form stands beside it.",
    }
    data["parts"] = [{"title": "", "forms": [_form(form, annotated) for form in among]}]
    return data


def _form(form: type[spec.Form], annotated: bool) -> dict:
    items = [item for item in form.items.values() if not item.retired and (annotated or item.name in form.asked)]
    return {
        "label": form.code,
        "title": form.title,
        "code": form.code,
        "place": wording.places_in_words(form),
        "says": " ".join((form.__doc__ or "").split()),
        "due": wording.due_when(form.code),
        "repeating": form.repeating,
        "domain": domain_in_words(form) if annotated else [],
        "sections": [
            {"title": section, "items": [_item(form, item, annotated) for item in members]}
            for section, members in groupby(items, key=lambda item: item.section)
        ],
        "scores": [
            {
                "label": score.label,
                "range": f"{score.low} to {score.high}, computed",
                "tag": name_of_score(form, score) if annotated else "",
            }
            for score in form.scores.values()
        ],
    }


def _item(form: type[spec.Form], item: spec.Item, annotated: bool) -> dict:
    return {
        "label": item.label,
        "help": item.help,
        "unit": item.unit or "",
        "tag": tag(form, item) if annotated else "",
        "only": wording.condition_in_words(item.when),
        "required": item.required,
        "answer": _answer(item.kind),
    }


def _answer(kind: spec.Kind) -> dict:
    """How the answer is drawn: keys, boxes to tick, combs for digits, or lines."""
    match kind:
        case spec.Coded() if kind.is_scale:
            return {
                "kind": "keys",
                "options": [[str(code), "" if label == str(code) else label] for code, label in kind.codes],
            }
        case spec.Coded():
            return {"kind": "ticks", "options": [[str(code), label] for code, label in kind.codes]}
        case spec.Integer():
            return {"kind": "comb", "groups": [len(str(kind.high))], "between": "", "range": _range(kind)}
        case spec.Result():
            return {"kind": "lines", "count": 1}
        case spec.Decimal():
            groups = [len(str(int(float(kind.high)))), *([kind.places] if kind.places else [])]
            return {"kind": "comb", "groups": groups, "between": ".", "range": _range(kind)}
        case spec.Date() | spec.PartialDate():
            partial = isinstance(kind, spec.PartialDate)
            return {
                "kind": "comb",
                "groups": [4, 2, 2],
                "between": "–",
                "range": "year, month and day, as far as known" if partial else "year, month, day",
            }
        case spec.Time():
            return {"kind": "comb", "groups": [2, 2], "between": ":", "range": "24 hours"}
    return {"kind": "lines", "count": 4 if kind.long else 1}


def _range(kind: spec.Integer | spec.Decimal) -> str:
    return f"{kind.low} to {kind.high}"
