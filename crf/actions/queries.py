"""The life of a query: asked, answered by the site, closed by who asked."""

from django.utils import timezone

from crf import spec, trial
from crf.models import Query, Record, User
from crf.permissions import require
from crf.refusals import AlreadySettled, Refusal
from crf.rules.leading import SENTENCE, dictates_value
from crf.spec.kinds import shows_something

from .act import act


def ask(*, record: Record, text: str, by: User, item: str = "") -> Query:
    """A person asks about an item of a record, or about the whole form. A query never suggests a value."""
    role = require(by, "open query", record.site_id)
    if not shows_something(text):
        raise Refusal("Write what you ask about this answer.")
    if item and item not in record.form.items:
        raise Refusal("There is no such item in this form.")
    if words := dictates_value(text, answers=_answers_to(record.form, item)):
        raise Refusal(SENTENCE.format(words=words))
    with act(by=by, role=role):
        return Query.objects.create(
            **record.belongs_to,
            form=record.form.code,
            record=record.pk,
            row_number=record.row_number,
            item=item,
            text=text.strip(),
            opened_at=timezone.now(),
            opened_by=by,
        )


def answer(*, query: Query, text: str, by: User) -> Query:
    """The site answers. Only the site changes data; an answer changes none."""
    if not shows_something(text):
        raise Refusal("Write the answer: what was found, and whether the value was corrected.")
    return _settle(
        query,
        by,
        "answer query",
        {Query.State.OPEN},
        "",
        state=Query.State.ANSWERED,
        answer=text.strip(),
        answered_at=timezone.now(),
        answered_by=by,
    )


def close(*, query: Query, by: User, text: str = "") -> Query:
    """The answer suffices."""
    return _settle(
        query,
        by,
        "close query",
        {Query.State.OPEN, Query.State.ANSWERED},
        text,
        state=Query.State.CLOSED,
        settled_at=timezone.now(),
        settled_by=by,
    )


def reopen(*, query: Query, by: User, text: str = "") -> Query:
    """The answer does not suffice: the query is open again; every text stays in its thread."""
    if words := dictates_value(text, answers=_answers_to(trial.form(query.form), query.item)):
        raise Refusal(SENTENCE.format(words=words))
    return _settle(
        query,
        by,
        "close query",
        {Query.State.ANSWERED, Query.State.CLOSED},
        text,
        state=Query.State.OPEN,
        settled_at=None,
        settled_by=None,
    )


def cancel(*, query: Query, by: User, text: str = "") -> Query:
    """The query was a mistake."""
    return _settle(
        query,
        by,
        "close query",
        {Query.State.OPEN, Query.State.ANSWERED},
        text,
        state=Query.State.CANCELLED,
        settled_at=timezone.now(),
        settled_by=by,
    )


def _answers_to(form, item: str) -> list[str]:
    """The words of the item's answers where it has codes: to name one of them is to dictate it."""
    kind = form.items[item].kind if item in form.items else None
    return [str(word) for _, word in kind.codes] if isinstance(kind, spec.Coded) else []


def _settle(query, by, deed, from_states, text, **facts):
    role = require(by, deed, query.site_id)
    with act(by=by, role=role, reason=text.strip()):
        query = Query.objects.select_for_update(of=("self",)).get(pk=query.pk)
        if query.state not in from_states:
            raise AlreadySettled(f"This query is {query.get_state_display().lower()} already.")
        for name, value in facts.items():
            setattr(query, name, value)
        query.save(update_fields=list(facts))
    return query
