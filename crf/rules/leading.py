"""Whether a query dictates a value: it may ask what is true, and never say what to write (QRY-02)."""

import re
from collections.abc import Iterable

_FILLER = (
    r"(?:(?:a|an|the|about|rather|actually|recorded|coded|scored|rated|entered|as|to|equal|score|value|of|be)\s+)*"
)
_ORDERS = (
    r"(?:should|must|ought\s+to|has\s+to|needs?\s+to)\s+(?:rather\s+|actually\s+)?(?:be|read|say|have\s+been)\s+",
    r"(?:change|correct|set|update|amend|adjust|modify|put|alter|fix)\s+(?:\S+\s+){0,5}?(?:to|as|into)\s+",
    r"(?:replace|overwrite)\s+(?:\S+\s+){0,5}?(?:by|with)\s+",
    r"(?:enter|record|write|code|score|rate|report|document)\s+(?:it\s+|this\s+|the\s+item\s+|the\s+value\s+)?(?:as\s+)?",
    r"(?:the\s+)?(?:right|correct|true|real)\s+(?:\w+\s+)?is\s+",
)
_NUMBER = r"[\"'\u201c\u2018]?[-+<>]?\d"
_QUOTED = r"[\"\u201c\u2018][^\"\u201d\u2019]+[\"\u201d\u2019]"
_INSTEAD = re.compile(r"\b\d[\d.,]*\s*(?:\w+\s+)?(?:instead\s+of|rather\s+than|,?\s*not)\s+\d", re.IGNORECASE)

SENTENCE = (
    "This query says what to write (“{words}”). A query asks what is true and never suggests a value: only the site "
    "knows its source. Reword it, such as “The source and this answer seem to differ. Please check.” Nothing was sent."
)


def dictates_value(text: str, *, answers: Iterable[str] = ()) -> str | None:
    """The words that dictate a value, or None. `answers`: the words of the item's own answers, as its page has them."""
    words = "|".join(re.escape(word) for word in sorted(answers, key=len, reverse=True) if len(word) > 1)
    value = f"(?:{_NUMBER}|{_QUOTED}{f'|(?:{words})(?![A-Za-z])' if words else ''})"
    for order in _ORDERS:
        if found := re.search(rf"\b{order}{_FILLER}{value}[\w.,%]*", text, re.IGNORECASE):
            return " ".join(found.group().split())
    found = _INSTEAD.search(text)
    return " ".join(found.group().split()) if found else None
