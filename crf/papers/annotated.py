"""The annotated case report form: every question with its SDTM name, as text; crf/papers/printed_blank.py draws it."""

from crf import spec, trial
from crf.papers import wording
from crf.papers.sdtm_names import NOT_SUBMITTED, domain_in_words, name_of, name_of_score

ANNOTATED = "Names beside the questions: SDTMIG 3.4, controlled terminology of 28 March 2025."


def tag(form: type[spec.Form], item: spec.Item) -> str:
    """The SDTM name as annotated forms write it."""
    name = name_of(form, item)
    return f"[{name}]" if name == NOT_SUBMITTED else name


def as_markdown() -> str:
    """The annotated form as text: every question with its SDTM name."""
    lines = [
        "# Annotated case report form",
        "",
        f"{trial.STUDY_ID}, protocol version {trial.PROTOCOL_VERSION}. Made from the declarations in "
        f"`crf/trials/{trial.CODE}/forms/` by "
        "`manage.py documents`; do not edit. To print: `annotated-crf.pdf`.",
        "",
        ANNOTATED,
    ]
    for form in trial.FORMS:
        lines += [
            "",
            f"## {form.code}: {form.title}",
            "",
            "; ".join(domain_in_words(form) or ["Not submitted"]) + ".",
            "",
        ]
        rows = [(item.label, f"`{item.name}`", tag(form, item)) for item in form.items.values() if not item.retired]
        rows += [(score.label, f"`{name}`", name_of_score(form, score)) for name, score in form.scores.items()]
        lines += wording.table(("Question", "Item", "SDTM"), rows)
    return "\n".join(lines) + "\n"
