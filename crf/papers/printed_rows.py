"""The rows of a repeating form at one visit as one printed sheet: what they share once, the rest as a table."""

from collections import Counter, defaultdict

from crf import spec
from crf.models import Record


def together(
    form: type[spec.Form], records: list[Record], sheets: list[dict], answers: list[dict], tags: dict[str, str]
) -> dict:
    """One sheet of those of all rows, for crf/papers/casebook.typ.

    `answers`: of each record its answers by item, as they are printed; `tags`: the SDTM names by item, or blanks.
    """
    names = [_name(form, record) for record in records]
    asked = [_asked(form, record) for record in records]
    shown = [name for name in form.items if any(name in names_asked for names_asked in asked)]
    same = [name for name in shown if _is_same(name, records)]
    varying = [name for name in shown if name not in same]
    for sheet, name in zip(sheets, names, strict=True):
        for query in sheet["queries"]:
            query["about"] = f"{name}: {query['about']}"
    body = [
        [name, [told[item] | {"required": told[item]["required"] and item in of_row} for item in varying]]
        for name, told, of_row in zip(names, answers, asked, strict=True)
    ]
    voided = [(name, sheet["record"]["voided"]) for name, sheet in zip(names, sheets, strict=True)]
    return sheets[0] | {
        "place": f"{form.code}, {len(records)} rows",
        "sections": [{"title": "", "items": [answers[0][name] for name in same]}],
        "rows": {"head": [{"label": form.items[name].label, "tag": tags[name]} for name in varying], "body": body},
        "queries": [query for sheet in sheets for query in sheet["queries"]],
        "facts": [_facts_together(facts) for facts in zip(*(sheet["facts"] for sheet in sheets), strict=True)],
        "record": {
            "provenance": _told_together([sheet["record"]["provenance"] for sheet in sheets], names),
            "voided": " ".join(f"{name}: {why}." for name, why in voided if why),
        },
    }


def _name(form: type[spec.Form], record: Record) -> str:
    called = form.row_called(record.row_number, record.values())
    return f"{called} (voided)" if record.voided_at else called


def _asked(form: type[spec.Form], record: Record) -> set[str]:
    """The items that are asked of this row, and those that have an answer all the same."""
    values = record.values()
    asked = {item.name for item in form.applicable(values, record.visit_code)}
    return asked | {name for name in form.items if values[name] is not None}


def _is_same(name: str, records: list[Record]) -> bool:
    """Whether every row has the same answer, and none a reason for having none."""
    first = getattr(records[0], name)
    return first is not None and all(getattr(row, name) == first and name not in row.missing for row in records)


def _facts_together(facts: tuple[list[str], ...]) -> list[str]:
    """One of the four facts of several rows: what, the words, and by whom; how many rows where they differ."""
    told = Counter((word, by) for _, word, by in facts)
    if len(told) == 1:
        return list(facts[0])
    words = dict.fromkeys(word for word, _ in told)
    each = (f"{word}{f': {by}' if by else ''} ({many} of {len(facts)})" for (word, by), many in told.items())
    return [facts[0][0], " / ".join(words), "; ".join(each)]


def _told_together(told: list[str], names: list[str]) -> str:
    """The same sentence once; sentences that differ each with the rows that they are about."""
    rows = defaultdict(list)
    for sentence, name in zip(told, names, strict=True):
        rows[sentence].append(name)
    if len(rows) == 1:
        return told[0]
    return " ".join(f"{', '.join(of)}: {sentence}" for sentence, of in rows.items())
