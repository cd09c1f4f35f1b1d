"""Tables of results as text for a terminal; what a whole analysis prints is in `terminal_reports.py`."""

from __future__ import annotations

import math

from analysis.stats.results import Estimate, Significance


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns as wide as their widest cell, the first to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]

    def line(cells):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join([first, *others]).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])


def number(value: float, places: int = 3) -> str:
    """Fixed places; what does not exist is a dash."""
    if value is None or math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text


def interval(low: float, high: float, places: int = 3) -> str:
    """Both ends, or a dash where there is no interval."""
    ends = number(low, places), number(high, places)
    return "-" if ends == ("-", "-") else " to ".join(ends)


def p_value(p: float) -> str:
    """Four places; below the last of them as smaller than, never 0."""
    if p is None or math.isnan(p):
        return "-"
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def said_p(p: float) -> str:
    """In a sentence: p = 0.0123, or p < 0.0001."""
    text = p_value(p)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"


def estimates(results: list[Estimate], *, first: str) -> str:
    """A table of estimates with interval and p."""
    level = f"{100 * results[0].level:g}%" if results and not math.isnan(results[0].level) else "interval"
    rows = [
        [r.name, number(r.estimate), number(r.se), number(r.df, 1), interval(r.low, r.high), p_value(r.p)]
        for r in results
    ]
    return table([first, "estimate", "SE", "df", level, "p"], rows)


def tests(results: list[Significance], *, first: str = "test", places: int = 0) -> str:
    """A table of tests; places are those of the degrees of freedom of the numerator."""
    rows = [[r.name, number(r.statistic), number(r.df, places), number(r.df2, 1), p_value(r.p)] for r in results]
    return table([first, "statistic", "df", "df2", "p"], rows)


def trouble(left_out, warnings) -> list[str]:
    """Warnings, and who was left out, as sentences."""
    lines = [f"Note: {warning}" for warning in warnings]
    if left_out:
        shown = "; ".join(left_out[:5])
        more = f"; and {len(left_out) - 5} more" if len(left_out) > 5 else ""
        lines.append(f"Left out ({len(left_out)}): {shown}{more}.")
    return lines
