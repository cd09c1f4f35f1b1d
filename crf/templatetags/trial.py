"""What templates of this house need: icons from the one sprite, states as word, shape and colour, times by site."""

import functools
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

from crf.chart import states
from crf.spec import dates

register = template.Library()

#: The words of Django's messages, and of states, that have another word's shape.
SHAPES = {"success": "complete", "warning": "overdue", "error": "failed", "debug": "info"}


@register.simple_tag
@functools.lru_cache(maxsize=256)  # as many as the sprite has
def icon(shape: str) -> str:
    """A shape of the sprite, for the eye only: a word always stands beside it."""
    sprite = static("ecrf/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, SHAPES.get(shape, shape)
    )


@register.simple_tag
def state(shown, count: int | None = None) -> str:
    """A state (crf.chart.states) as word, shape and colour; `count` goes before the word."""
    return _state(shown, count)


@functools.lru_cache(maxsize=1024)  # a page of the matrix shows six hundred states, and there are about forty
def _state(shown, count: int | None) -> str:
    word = shown.word if count is None else f"{count} {shown.word}"
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', shown.tone, icon(shown.shape), word)


@register.simple_tag
def cell(shown) -> str:
    """What stands in a cell of the casebook: its state, the facts that hold, what was struck, and what waits. It
    has two hundred, and a template for each took half of the page's time."""
    said = _state(shown.state, None)
    if shown.says_more:
        held = "".join(_held(fact.state, fact.brief) for fact in shown.held)
        rest = f'<span class="unseen">, {escape(shown.not_held)}</span>' if shown.not_held else ""
        said = f'<span class="facts-in-cell" title="{escape(shown.said)}">{said}{held}{rest}</span>'
    struck = "".join(f'<s class="struck-cell">{escape(capfirst(how))}</s>' for how in shown.struck)
    waits = (
        (states.OPEN_QUERIES, shown.open_queries),
        (states.ANSWERED_QUERIES, shown.answered_queries),
        (states.LATE, None if shown.is_late else 0),
        (states.ALERTS, shown.alerts),
    )
    return mark_safe(  # nosec B308 B703 - each part of it is escaped
        said + struck + "".join(_state(one, count) for one, count in waits if count != 0)
    )


@functools.lru_cache(maxsize=256)
def _held(shown, brief: str) -> str:
    return format_html(' <span class="held held-{}">{}{}</span>', shown.tone, icon(shown.shape), brief)


@register.filter
def at_site(moment, site) -> str:
    """A time as it was at the site, with its date; the site is one of the record's, or None for UTC."""
    if moment is None:
        return ""
    local = moment.astimezone(site.zone if site else ZoneInfo("UTC"))
    return dates.moment(local, local.tzinfo)
