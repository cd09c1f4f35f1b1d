"""What templates of this house need: icons from the one sprite, states as word, shape and colour, times by site."""

import functools
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
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
        for fact in shown.held:
            said += _held(fact.state, fact.brief)
        if shown.not_held:
            said += format_html('<span class="unseen">, {}</span>', shown.not_held)
        said = format_html('<span class="facts-in-cell" title="{}">{}</span>', shown.said, said)
    for how in shown.struck:
        said += format_html('<s class="struck-cell">{}</s>', capfirst(how))
    waits = (
        (states.OPEN_QUERIES, shown.open_queries),
        (states.ANSWERED_QUERIES, shown.answered_queries),
        (states.LATE, None if shown.is_late else 0),
        (states.ALERTS, shown.alerts),
    )
    for one, count in waits:
        if count != 0:
            said += _state(one, count)
    return said


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
