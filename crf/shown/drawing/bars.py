"""Counts as bars: lying ones, a row for each thing, and standing ones, a column for each; both in parts."""

from collections.abc import Sequence

from crf.shown.drawing.picture import Part
from crf.shown.drawing.sheet import LETTER, WIDTH, Sheet, shortened

ROW, THICK = 24, 15
LABEL_MOST = 150


def lying(rows: Sequence[tuple[str, Sequence[int]]], parts: Sequence[Part], *, of: int | None = None) -> Sheet:
    """A bar a row, its parts in one order from the left, the whole at its end. `of`: what a full bar is, where the
    rows are shares of the same; else the longest row is."""
    sheet = Sheet(ROW * len(rows) + 4)
    left = min(max((len(label) for label, _ in rows), default=0) * (LETTER + 0.8) + 12, LABEL_MOST)
    right = 40
    room = WIDTH - left - right
    most = of or max((sum(counts) for _, counts in rows), default=0) or 1
    for place, (label, counts) in enumerate(rows):
        top = place * ROW + 5
        base = top + THICK - 3.5
        sheet.words(shortened(label, left - 8), left - 8, base, at="end")
        sheet.rect("fill-ground", left, top, room, THICK, round=2)
        x = left
        for part, count in zip(parts, counts, strict=True):
            width = room * count / most
            sheet.rect(f"fill-{part.fill}", x, top, width, THICK, round=2 if width > 4 else 0)
            if width > LETTER * len(str(count)) + 6:
                sheet.words(count, x + width / 2, base, kind=f"on-{part.fill}", at="middle")
            x += width
        sheet.words(sum(counts), left + room + 8, base, kind="soft")
    return sheet


def standing(columns: Sequence[tuple[str, Sequence[int]]], parts: Sequence[Part], *, height: float = 170) -> Sheet:
    """A column a kind, its parts from below, the whole above it, its name under it."""
    sheet = Sheet(height)
    foot, head = 22, 18
    most = max((sum(counts) for _, counts in columns), default=0) or 1
    room, step = height - foot - head, WIDTH / max(len(columns), 1)
    wide = min(step * 0.66, 64)
    sheet.line("axis", 0, height - foot, WIDTH, height - foot)
    every = max(1, -(-len(columns) * 44 // WIDTH))  # of many columns only some are named
    for place, (label, counts) in enumerate(columns):
        middle, y = step * (place + 0.5), height - foot
        for part, count in zip(parts, counts, strict=True):
            tall = room * count / most
            sheet.rect(f"fill-{part.fill}", middle - wide / 2, y - tall, wide, tall, round=1)
            y -= tall
        if (total := sum(counts)) and wide > LETTER * len(str(total)):
            sheet.words(total, middle, y - 5, at="middle")
        if place % every == 0:
            sheet.words(shortened(label, step * every), middle, height - 6, kind="soft", at="middle")
    return sheet
