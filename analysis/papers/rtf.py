"""A report as RTF, for who takes its tables over into a document of their own: real tables, headings, pictures.

Plain ASCII by the specification 1.9.1: everything else is a number, so that no code page matters. The same report
gives the same bytes; no time of making is written.
"""

import struct
from collections.abc import Iterator

from analysis.papers.figures import DOTS_AN_INCH
from analysis.reports.document import Figure, Report, Section, Table
from crf.papers.printable import with_glyphs

WIDTH = 14_000  # of the text, in twips: A4 across with margins of 25 mm
HALF_POINTS = {"title": 36, "section": 28, "text": 20, "cell": 17, "note": 16}
LETTER = 95  # about a letter of a cell, in twips


def rtf(report: Report) -> bytes:
    """The report as an RTF file."""
    parts = [
        r"{\rtf1\ansi\ansicpg1252\deff0\deflang2057",
        r"{\fonttbl{\f0\froman Times New Roman;}{\f1\fswiss Arial;}}",
        r"{\colortbl;\red134\green26\blue97;\red90\green101\blue107;}",
        r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0\b Heading 1;}{\s2\outlinelevel1\b Heading 2;}}",
        rf"{{\info{{\title {_text(report.title)}}}{{\subject {_text(report.study)}}}}}",
        r"\paperw16838\paperh11906\landscape\margl1417\margr1417\margt1417\margb1134",
        rf"{{\header\pard\f1\fs16\cf2 {_text(report.study)}\tab\b\cf1 {_text('  ·  '.join(report.marks))}\par}}",
        rf"{{\footer\pard\f1\fs16\cf2 {_text(report.title)}\tab {{\field{{\*\fldinst PAGE}}}}\par}}",
        _line(report.title, "title", r"\b"),
        *(_line(mark, "text", r"\b\cf1") for mark in report.marks),
        *([_line(report.warning, "text")] if report.warning else []),
    ]
    numbers = report.numbers
    for place, section in enumerate(report.sections, start=1):
        parts += _section(f"{place} {section.title}", section, numbers)
    parts.append(_line("How these bytes were made", "section", r"\s1\outlinelevel0\keepn\b"))
    parts += _rows(("", ""), report.manifest, ("left", "left"))
    parts.append("}")
    return "\n".join(parts).encode("ascii")


def _section(title: str, section: Section, numbers: dict[str, str]) -> Iterator[str]:
    yield _line(title, "section", r"\s1\outlinelevel0\keepn\b")
    for block in section.blocks:
        match block:
            case str():
                yield _line(block, "text")
            case Table():
                yield from _table(block, f"{numbers[block.key]}. {block.title}", section.about(block))
            case Figure():
                yield _line(f"{numbers[block.key]}. {block.title}", "text", r"\s2\outlinelevel1\keepn\b")
                yield from _population(section.about(block))
                yield _picture(block)
                yield _line(block.says, "note")


def _table(table: Table, title: str, population: str) -> Iterator[str]:
    yield _line(title, "text", r"\s2\outlinelevel1\keepn\b")
    yield from _population(population)
    yield from _rows(table.head, [[str(cell) for cell in row] for row in table.rows], table.sides)
    for note in table.notes:
        yield _line(note, "note")


def _population(population: str) -> Iterator[str]:
    if population:
        yield _line(f"Population: {population}.", "note", r"\keepn\cf2")


def _line(words: str, kind: str, look: str = "") -> str:
    return rf"\pard\plain{look}\f1\fs{HALF_POINTS[kind]}\sb80\sa80 {_text(words)}\par"


def _rows(head, rows, sides) -> Iterator[str]:
    """A table: the head repeats on every page, no row is broken, columns as wide as what they hold."""
    longest = [max(6, *(min(40, len(str(row[at]))) for row in (head, *rows))) if rows else 6 for at in range(len(head))]
    wanted = [LETTER * letters + 200 for letters in longest]
    shrink = min(1.0, WIDTH / sum(wanted))
    ends, at = [], 0
    for width in wanted:
        at += round(width * shrink)
        ends.append(at)
    if any(head):
        yield _row(head, sides, ends, is_head=True)
    for row in rows:
        yield _row(row, sides, ends, is_head=False)
    yield r"\pard\plain\fs8\par"


def _row(cells, sides, ends, *, is_head: bool) -> str:
    edge = r"\clbrdrt\brdrs\brdrw15\clbrdrb\brdrs\brdrw10" if is_head else r"\clbrdrb\brdrhair\brdrw5"
    shape = "".join(rf"{edge}\cellx{end}" for end in ends)
    weight = r"\b" if is_head else ""
    turn = {"left": r"\ql", "right": r"\qr"}
    said = "".join(
        rf"\pard\plain\intbl{turn[side]}{weight}\f1\fs{HALF_POINTS['cell']} {_text(str(cell))}\cell"
        for cell, side in zip(cells, sides, strict=True)
    )
    repeated = r"\trhdr" if is_head else ""
    return rf"\trowd\trgaph60\trkeep{repeated}{shape}{said}\row"


def _picture(figure: Figure) -> str:
    drawn = figure.png()
    width, height = struct.unpack(">II", drawn[16:24])
    across = min(WIDTH, round(width * 1440 / DOTS_AN_INCH))
    down = round(across * height / width)
    said = rf"{{\*\picprop{{\sp{{\sn wzDescription}}{{\sv {_text(figure.alt)}}}}}}}"
    size = rf"\picw{width}\pich{height}\picwgoal{across}\pichgoal{down}"
    return rf"\pard\plain {{\pict{said}\pngblip{size} {drawn.hex()}}}\par"


def _text(words: str) -> str:
    """ASCII alone: what RTF reads as its own is escaped, every other sign is its number in UTF-16."""
    out = []
    for sign in with_glyphs(words):
        if sign in "\\{}":
            out.append("\\" + sign)
        elif sign == "\n":
            out.append(r"\line ")
        elif sign.isascii():
            out.append(sign if sign.isprintable() else " ")
        else:
            units = sign.encode("utf-16-le")
            out.extend(rf"\u{unit}?" for unit in struct.unpack(f"<{len(units) // 2}h", units))
    return "".join(out)
