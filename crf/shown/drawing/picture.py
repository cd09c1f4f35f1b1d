"""A picture of a dashboard: a drawing, the sentence that says what is seen, and its numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from crf.shown.drawing.sheet import Sheet


@dataclass(frozen=True)
class Part:
    """One kind of what is counted: its word, and the fill it is told by (ecrf/dashboard.css: fill-…)."""

    word: str
    fill: str


@dataclass(frozen=True)
class Picture:
    """What a dashboard shows. `rows`: the numbers, the first cell of each its heading; `href`: where one acts on it.

    `drawing` is empty where there is nothing to draw yet; `says` then says so.
    """

    code: str
    title: str
    says: str
    drawing: SafeString | str
    head: tuple[str, ...]
    rows: list[tuple]
    legend: tuple[Part, ...] = ()
    href: str = ""
    link: str = ""
    note: str = ""


def picture(
    code: str,
    title: str,
    says: str,
    sheet: Sheet | None,
    *,
    head: Sequence[str],
    rows: Sequence[tuple],
    legend: Sequence[Part] = (),
    link: tuple[str, str] = ("", ""),
    note: str = "",
) -> Picture:
    """The picture of a drawn sheet; `link`: the words and the address of the page where one acts on it."""
    drawing = sheet.svg(f"p-{code}", title, says) if sheet else ""
    return Picture(code, title, says, drawing, tuple(head), list(rows), tuple(legend), link[1], link[0], note)
