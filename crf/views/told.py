"""What a save led to, said at once to who typed."""

from collections.abc import Iterator

from django.contrib import messages

from crf import permissions
from crf.actions.enter import Saved

MOST_TOLD = 20  # sentences of one import; the rest stand on the work lists


def tell_what_rows_led_to(request, all_saved: list[Saved]) -> None:
    """What the rows of a file opened, alerts first, each with the subject it is about."""
    told = [(level, f"{one.record.subject}: {text}") for one in all_saved for level, text in _told(request, one)]
    told = sorted(dict.fromkeys(told), key=lambda one: -one[0])
    for level, text in told[:MOST_TOLD]:
        messages.add_message(request, level, text)
    if len(told) > MOST_TOLD:
        more = len(told) - MOST_TOLD
        messages.warning(request, f"{more} more were opened. The work list and the page of queries have them all.")


def tell_what_follows(request, saved: Saved) -> None:
    """Queries, alerts and deviations that the save opened."""
    for level, text in _told(request, saved):
        messages.add_message(request, level, text)


def _told(request, saved: Saved) -> Iterator[tuple[int, str]]:
    """What the person who saved is told, and how gravely.

    A save can show something about another record. Who typed is told of what concerns the own record or its visit, in
    words, also where they may not read the form it opened (a wrong bottle); of the rest only who may read it.
    """
    record = saved.record
    reads_all = permissions.role_for(request.user, permissions.READ_ALL_OPEN, record.site_id) is not None
    own = (record.form.code, record.pk)
    places = (f":{own[0]}:{own[1]}", f":VISIT:{record.visit_id}")
    for query in saved.queries:
        if reads_all or (query.form, query.record) == own:
            yield messages.WARNING, f"Query: {query.text}"
    for alert in saved.alerts:
        if reads_all or (alert.form, alert.record) == own:
            yield messages.ERROR, f"Alert: {alert.sentence} A physician must act on it."
        if reads_all and alert.is_prompting:
            wanted = " and ".join(alert.prompts_open)
            yield messages.WARNING, f"Asked for besides: {wanted}. It is on your work list."
    for deviation in saved.deviations:
        if reads_all or deviation.occasion.endswith(places):
            yield messages.WARNING, f"Deviation opened: {deviation.description}"
