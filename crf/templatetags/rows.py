"""The rows of the long tables: the casebook's forms, the subjects, and the subjects by visits.

They have hundreds of cells, and through the template of each cell went half of the time of their pages.
"""

import functools

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from crf.chart import states
from crf.shown.casebook import Cell
from crf.spec import dates
from crf.templatetags.trial import icon, state

register = template.Library()


@register.simple_tag
def cells(form, shown) -> str:
    """A row of the casebook: the form, and of each visit what stands there."""
    said = format_html('<tr><th scope="row">{}</th>', form.title)
    for one in shown:
        if not one.state:
            said += _TD_IS_NOT + _END
            continue
        said += _TD_IS_NOW if one.is_now else _TD
        if one.is_shown and one.href:
            said += _LINK + _text(one.href) + _LINKED + cell(one) + _END_OF_LINK
        elif one.is_shown:
            said += _SPAN + cell(one) + _END_OF_SPAN
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
            said += state(one, count)
    return said


@functools.lru_cache(maxsize=2048)  # most forms of a visit were verified and signed by one person at one time
def _facts(of_form, settled: tuple, hold) -> str:
    said, shown = state(of_form), Cell(state=of_form, settled=settled, hold=hold)
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
    """A row of the list of subjects."""
    subject, visit, held = row["subject"], row["visit"], _NOTHING
    for shown in row["casebook"]:
        held += state(shown) + _SPACE
    return format_html(
        _SUBJECT_ROW,
        _text(subject.get_absolute_url()),
        _text(subject.number),
        _text(subject.site.name),
        _text(dates.day(subject.screened_on)),
        state(row["stage"]),
        _NOTHING if row["day"] is None else _text(str(row["day"])),
        _text(visit.label) + _SPACE + state(row["visit_state"]) if visit else _NOTHING,
        held,
        _waiting(row["alerts"], row["queries"]),
    )


@register.simple_tag
def visits_row(row) -> str:
    """A row of the subjects by visits (crf.shown.matrix.Row)."""
    number, href = _text(row.subject.number), _text(row.subject.get_absolute_url())
    said = format_html('<tr><th scope="row"><a class="target number" href="{}">{}</a>', href, number) + state(row.stage)
    for shown in (row.held, row.broken):
        said += state(shown) if shown else _NOTHING
    said += _END_OF_HEAD
    for one in row.cells:
        said += (_TD if one.state else _TD_IS_NOT) + _SPAN
        for shown in (one.state, one.held):
            said += state(shown) if shown else _NOTHING
        if one.on:
            said += _SPAN_SOFT + _text(one.on) + _END_OF_SPAN
        said += _waiting(one.alerts, one.queries) + _END_OF_SPAN + _END
    said += _TD + _SPAN
    if row.unplanned:
        said += format_html('<span class="number">{} unplanned</span>', row.unplanned)
    return said + _waiting(row.alerts, row.queries) + _END_OF_SPAN + _END + _END_OF_ROW


def _waiting(alerts: int, queries: int) -> str:
    said = state(states.ALERTS, alerts) + _SPACE if alerts else _NOTHING
    return said + state(states.OPEN_QUERIES, queries) if queries else said


#: Django's `escape`, but for its look whether words are translated later: a page has hundreds, and none is.
_text = escape.__wrapped__
_NOTHING, _SPACE = SafeString(""), SafeString(" ")
_TD, _TD_IS_NOT, _TD_IS_NOW = SafeString("<td>"), SafeString('<td class="is-not">'), SafeString('<td class="is-now">')
_END, _END_OF_HEAD, _END_OF_ROW = SafeString("</td>"), SafeString("</th>"), SafeString("</tr>")
_LINK, _LINKED, _END_OF_LINK = SafeString('<a href="'), SafeString('">'), SafeString("</a>")
_SPAN, _SPAN_SOFT = SafeString('<span class="cell">'), SafeString('<span class="soft number">')
_END_OF_SPAN = SafeString("</span>")
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
