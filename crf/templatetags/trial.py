"""What templates of this house need: icons from the one sprite, states as word, shape and colour, times by site."""

import functools
from zoneinfo import ZoneInfo

from django import template
from django.template.base import TextNode
from django.template.defaulttags import URLNode
from django.templatetags.static import StaticNode, static
from django.utils.html import format_html

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


class Constant(template.Node):
    """What stands between `{% constant %}` and `{% endconstant %}`: made at its first use and kept for all pages."""

    def __init__(self, nodes: template.NodeList):
        self.nodes, self.made = nodes, None

    def render(self, context) -> str:
        if self.made is None:
            self.made = self.nodes.render(template.Context())
        return self.made


@register.tag
def constant(parser, token) -> Constant:
    """For what every page bears alike: text, addresses of pages and of static files, and nothing else."""
    nodes = parser.parse(["endconstant"])
    parser.delete_first_token()
    for node in nodes:
        differs = isinstance(node, URLNode) and (node.args or node.kwargs)
        if differs or not isinstance(node, TextNode | StaticNode | URLNode):
            raise template.TemplateSyntaxError(f"{node.token.contents} may differ from page to page.")
    return Constant(nodes)


@register.simple_tag
@functools.lru_cache(maxsize=1024)  # a page of the matrix shows six hundred states, and there are about forty
def state(shown, count: int | None = None) -> str:
    """A state (crf.chart.states) as word, shape and colour; `count` goes before the word."""
    word = shown.word if count is None else f"{count} {shown.word}"
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', shown.tone, icon(shown.shape), word)


register.filter("day", dates.day)


@register.filter
def at_site(moment, site) -> str:
    """A time as it was at the site, with its date; the site is one of the record's, or None for UTC."""
    if moment is None:
        return ""
    local = moment.astimezone(site.zone if site else ZoneInfo("UTC"))
    return dates.moment(local, local.tzinfo)
