"""What templates of this house need: icons from the one sprite, states as word, shape and colour, times by site."""

import functools
from zoneinfo import ZoneInfo

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from crf.spec import dates

register = template.Library()

#: The words of Django's messages, and of states, that have another word's shape.
SHAPES = {"success": "complete", "warning": "overdue", "error": "failed", "debug": "info"}


@register.simple_tag
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


@register.filter
def at_site(moment, site) -> str:
    """A time as it was at the site, with its date; the site is one of the record's, or None for UTC."""
    if moment is None:
        return ""
    local = moment.astimezone(site.zone if site else ZoneInfo("UTC"))
    return dates.moment(local, local.tzinfo)
