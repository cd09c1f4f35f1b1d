"""The data dictionary: one row for every item and score of every form, as CSV and to read.

The committed CSV is also the memory of what was ever collected: an item in it is never renamed or removed, but retired.
"""

import csv
import io

from crf import spec, trial
from crf.papers import wording
from crf.papers.sdtm_names import name_of, name_of_score

HEAD = (
    "form",
    "item",
    "label",
    "section",
    "kind",
    "answers",
    "unit",
    "required",
    "asked_when",
    "visits",
    "sdtm",
    "discloses",
    "status",
)
IN_USE, RETIRED = "in use", "retired"
COMPUTED = "computed by the server, never typed"
#: What may never change about an item once it was collected.
FIXED = ("kind", "unit")


def rows() -> list[dict[str, str]]:
    """A row an item and a score, forms in the order of the schedule, items as declared."""
    return [row for form in trial.FORMS for row in (*_items(form), *_scores(form))]


def _items(form: type[spec.Form]):
    for item in form.items.values():
        yield dict(
            zip(
                HEAD,
                (
                    form.code,
                    item.name,
                    item.label,
                    item.section,
                    wording.kind_in_words(item.kind),
                    wording.answers_in_words(item.kind),
                    item.unit or "",
                    "yes" if item.required else "no",
                    _asked_when(item),
                    " ".join(trial.visits_of(form.code)) or "log",
                    name_of(form, item),
                    form.disclosure(item).value,
                    RETIRED if item.retired else IN_USE,
                ),
                strict=True,
            )
        )


def _asked_when(item: spec.Item) -> str:
    """When the item is put, in words; what the server computes never is."""
    return COMPUTED if item.computed else wording.condition_in_words(item.when)


def _scores(form: type[spec.Form]):
    for score in form.scores.values():
        yield dict(
            zip(
                HEAD,
                (
                    form.code,
                    score.name,
                    score.label,
                    "",
                    "score, computed by the database",
                    f"{score.low} to {score.high}",
                    "",
                    "no",
                    f"sum of {', '.join(_parts(score))}",
                    " ".join(trial.visits_of(form.code)) or "log",
                    name_of_score(form, score),
                    form.discloses.value,
                    IN_USE,
                ),
                strict=True,
            )
        )


def _parts(score: spec.Score):
    for part in score.of:
        yield f"{part.first.name} or {part.second.name}" if isinstance(part, spec.Either) else part.name


def as_csv() -> str:
    """The dictionary as CSV; lines end with a line feed, so that it is compared line by line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows())
    return out.getvalue()


def read_csv(text: str) -> list[dict[str, str]]:
    """The rows of a dictionary that was written before."""
    return list(csv.DictReader(io.StringIO(text)))


def as_markdown() -> str:
    """The dictionary to read: a table a form."""
    lines = [
        "# Data dictionary",
        "",
        f"{trial.STUDY_ID}, protocol version {trial.PROTOCOL_VERSION}. Made from the declarations in "
        f"`crf/trials/{trial.CODE}/forms/` by "
        "`manage.py documents`; do not edit.",
        "",
        f"Every item can be left without an answer, marked {_missing()}, each with a reason in words. "
        "Names are never used again: an item that is no longer asked is retired.",
    ]
    for form in trial.FORMS:
        lines += ["", f"## {form.code}: {form.title}", "", " ".join((form.__doc__ or "").split()), ""]
        lines += [f"{_about(form)}", ""]
        lines += wording.table(
            ("Item", "Question", "Answer", "Unit", "Asked", "SDTM"),
            [
                (
                    f"`{row['item']}`",
                    row["label"] + (" (retired)" if row["status"] == RETIRED else ""),
                    "; ".join(filter(None, (row["kind"], row["answers"]))),
                    row["unit"],
                    _asked(row),
                    row["sdtm"],
                )
                for row in (*_items(form), *_scores(form))
            ],
        )
    return "\n".join(lines) + "\n"


def _missing() -> str:
    return ", ".join(f"{code} ({word.lower()})" for code, word in spec.MISSING.items())


def _about(form: type[spec.Form]) -> str:
    words = [f"Where: {wording.places_in_words(form)}", f"gives away: {form.discloses.value}"]
    if due := wording.due_when(form.code):
        words.insert(1, f"due {due}")
    if form.repeating:
        words.append("rows are numbered")
    return "; ".join(words) + "."


def _asked(row: dict[str, str]) -> str:
    if row["kind"].startswith("score") or row["asked_when"] == COMPUTED:
        return row["asked_when"]
    when = f"if {row['asked_when']}" if row["asked_when"] else ""
    return "; ".join(filter(None, (when, "" if row["required"] == "yes" else "optional")))


def lost(before: list[dict[str, str]], now: list[dict[str, str]] | None = None) -> list[str]:
    """Sentences about items of an earlier dictionary that vanished or changed what they hold; empty when none did."""
    current = {(row["form"], row["item"]): row for row in (rows() if now is None else now)}
    found = []
    for old in before:
        name = f"{old['form']}.{old['item']}"
        new = current.get((old["form"], old["item"]))
        if new is None:
            found.append(
                f"{name} is gone. An item that was collected is never renamed or removed: declare it again "
                "with retired=True."
            )
            continue
        if old["status"] == RETIRED and new["status"] != RETIRED:
            found.append(f"{name} was retired and is asked again. Give the new question a new name.")
        if changed := [word for word in FIXED if old[word] != new[word]]:
            found.append(
                f"{name} changed its {' and '.join(changed)} ({old[changed[0]] or 'none'} became "
                f"{new[changed[0]] or 'none'}). Retire it and declare a new item."
            )
        elif gone := _codes(old) - _codes(new):
            found.append(f"{name} lost the answer {', '.join(sorted(gone))}, which records may hold. Keep the code.")
    return found


def _codes(row: dict[str, str]) -> set[str]:
    """The codes of a choice; labels are wording and may change."""
    if row["kind"] not in ("scale", "choice"):
        return set()
    return {part.partition(" = ")[0] for part in row["answers"].split("; ")}
