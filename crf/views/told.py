"""What a save led to, said at once to who typed."""

from django.contrib import messages

from crf import permissions
from crf.actions.enter import Saved
from crf.models import Subject


def tell_what_follows(request, subject: Subject, saved: Saved) -> None:
    """Queries, alerts and deviations that the save opened.

    A save can show something about another record. Who typed is told of what concerns the own record or its visit, in
    words, also where they may not read the form it opened (a wrong bottle); of the rest only who may read it.
    """
    reads_all = permissions.role_for(request.user, permissions.READ_ALL_OPEN, subject.site_id) is not None
    record = saved.record
    own = (record.form.code, record.pk)
    places = (f":{own[0]}:{own[1]}", f":VISIT:{record.visit_id}")
    for query in saved.queries:
        if reads_all or (query.form, query.record) == own:
            messages.warning(request, f"Query: {query.text}")
    for alert in saved.alerts:
        if reads_all or (alert.form, alert.record) == own:
            messages.error(request, f"Alert: {alert.sentence} A physician must act on it.")
        if reads_all and alert.is_prompting:
            messages.warning(
                request, f"Asked for besides: {' and '.join(alert.prompts_open)}. It is on your work list."
            )
    for deviation in saved.deviations:
        if reads_all or deviation.occasion.endswith(places):
            messages.warning(request, f"Deviation opened: {deviation.description}")
