"""A sheet to draw on: shapes and words become SVG that a page can hold under its Content-Security-Policy.

Nothing has a style of its own: classes alone, so the page's style sheet decides about colour, in print too. Every word
is escaped here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 420  # units; a unit is about a pixel where three pictures stand side by side
LETTER = 6.4  # a letter of the normal size is about so wide


class Sheet:
    """Shapes in the order in which they were put down."""

    def __init__(self, height: float, width: float = WIDTH):
        self.height, self.width = height, width
        self._parts: list[SafeString] = []

    def rect(self, kind: str, x: float, y: float, width: float, height: float, *, round: float = 0) -> None:
        """A filled rectangle; nothing where it would have no size."""
        if width > 0 and height > 0:
            self._put(
                '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>',
                *(kind, _n(x), _n(y), _n(width), _n(height), _n(round)),
            )

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self._put('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, *map(_n, (x1, y1, x2, y2)))

    def circle(self, kind: str, x: float, y: float, radius: float) -> None:
        self._put('<circle class="{}" cx="{}" cy="{}" r="{}"/>', kind, _n(x), _n(y), _n(radius))

    def path(self, kind: str, points: Iterable[tuple[float, float]], *, closed: bool = False) -> None:
        """Straight lines from point to point; nothing where there are fewer than two."""
        found = [f"{_n(x)} {_n(y)}" for x, y in points]
        if len(found) > 1:
            self._put('<path class="{}" d="M{}{}"/>', kind, "L".join(found), "Z" if closed else "")

    def steps(self, kind: str, points: Sequence[tuple[float, float]]) -> None:
        """A line that keeps its height until the next point."""
        corners = list(points[:1])
        for (_, before), (x, y) in pairwise(points):
            corners += [(x, before), (x, y)]
        self.path(kind, corners)

    def words(self, text: object, x: float, y: float, *, kind: str = "", at: str = "start") -> None:
        """Words that begin, have their middle or end at x; y is their base line."""
        self._put('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', kind, _n(x), _n(y), at, text)

    def svg(self, code: str, title: str, says: str) -> SafeString:
        """The drawing; a screen reader says title and sentence, and the numbers stand in a table beside it."""
        return format_html(
            '<svg class="drawing" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-says">'
            '<title id="{}-title">{}</title><desc id="{}-says">{}</desc>{}</svg>',
            *(_n(self.width), _n(self.height), code, code, code, title, code, says),
            format_html_join("", "{}", ((part,) for part in self._parts)),
        )

    def _put(self, shape: str, *values: object) -> None:
        self._parts.append(format_html(shape, *values))


def shortened(text: str, room: float) -> str:
    """The words, cut where they would not fit into so many units."""
    most = max(int(room / LETTER), 2)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _n(value: float) -> str:
    """A number without digits that nobody sees."""
    return f"{value:.1f}".removesuffix(".0")
