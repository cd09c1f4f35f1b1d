"""What templates of this house need: icons from the one sprite, states as word, shape and colour, times by site."""

import functools
from zoneinfo import ZoneInfo

from django import template
from django.template.base import TextNode
from django.template.defaulttags import URLNode
from django.templatetags.static import StaticNode, static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from crf.chart import states
from crf.shown.casebook import Cell
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
def state(shown, count: int | None = None) -> str:
    """A state (crf.chart.states) as word, shape and colour; `count` goes before the word."""
    return _state(shown, count)


@functools.lru_cache(maxsize=1024)  # a page of the matrix shows six hundred states, and there are about forty
def _state(shown, count: int | None) -> str:
    word = shown.word if count is None else f"{count} {shown.word}"
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', shown.tone, icon(shown.shape), word)


@register.simple_tag
def cells(form, shown) -> str:
    """A row of the casebook: the form, and of each visit what stands there. A casebook has three hundred cells, and
    through the template of each went half of the page's time."""
    said = format_html('<tr><th scope="row">{}</th>', form.title)
    for one in shown:
        if not one.state:
            said += _NO_FORM
            continue
        said += _CELL_NOW if one.is_now else _CELL
        if one.is_shown and one.href:
            said += _LINK + _text(one.href) + _LINKED + cell(one) + _END_OF_LINK
        elif one.is_shown:
            said += format_html('<span class="cell">{}</span>', cell(one))
        said += _END
    return said + _END_OF_ROW


@register.simple_tag
def cell(shown) -> str:
    """What stands in a cell of the casebook: its state, the facts that hold, what was struck, and what waits."""
    said = _facts(shown.state, shown.settled, shown.hold)
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


@functools.lru_cache(maxsize=2048)  # most forms of a visit were verified and signed by one person at one time
def _facts(state, settled: tuple, hold) -> str:
    said, shown = _state(state, None), Cell(state=state, settled=settled, hold=hold)
    if not shown.says_more:
        return said
    for fact in shown.held:
        said += _held(fact.state, fact.brief)
    if shown.not_held:
        said += format_html('<span class="unseen">, {}</span>', shown.not_held)
    return format_html('<span class="facts-in-cell" title="{}">{}</span>', shown.said, said)


@functools.lru_cache(maxsize=256)
def _held(shown, brief: str) -> str:
    return format_html(' <span class="held held-{}">{}{}</span>', shown.tone, icon(shown.shape), brief)


@register.simple_tag
def subject_row(row) -> str:
    """A row of the list of subjects, which has fifty: through the template of each went two fifths of its time."""
    subject, visit = row["subject"], row["visit"]
    coming = _text(visit.label) + _SPACE + _state(row["visit_state"], None) if visit else _NOTHING
    held, waits = _NOTHING, _NOTHING
    for shown in row["casebook"]:
        held += _state(shown, None) + _SPACE
    for shown, many in ((states.ALERTS, row["alerts"]), (states.OPEN_QUERIES, row["queries"])):
        if many:
            waits += _state(shown, many) + _SPACE
    return format_html(
        _SUBJECT_ROW,
        _text(subject.get_absolute_url()),
        _text(subject.number),
        _text(subject.site.name),
        _text(dates.day(subject.screened_on)),
        _state(row["stage"], None),
        _NOTHING if row["day"] is None else _text(str(row["day"])),
        coming,
        held,
        waits,
    )


#: Django's `escape`, but for its look whether words are translated later: a page has hundreds, and none is.
_text = escape.__wrapped__
_NO_FORM, _CELL, _CELL_NOW, _END, _END_OF_ROW, _LINK, _LINKED, _END_OF_LINK, _NOTHING, _SPACE = map(
    SafeString,
    ('<td class="is-not"></td>', "<td>", '<td class="is-now">', "</td>", "</tr>", '<a href="', '">', "</a>", "", " "),
)
_SUBJECT_ROW = """<tr>
    <th scope="row"><a class="target number" href="{}">{}</a></th>
    <td>{}</td>
    <td class="number">{}</td>
    <td>{}</td>
    <td class="number">{}</td>
    <td>{}</td>
    <td>{}</td>
    <td>{}</td>
  </tr>"""


register.filter("day", dates.day)


@register.filter
def at_site(moment, site) -> str:
    """A time as it was at the site, with its date; the site is one of the record's, or None for UTC."""
    if moment is None:
        return ""
    local = moment.astimezone(site.zone if site else ZoneInfo("UTC"))
    return dates.moment(local, local.tzinfo)
