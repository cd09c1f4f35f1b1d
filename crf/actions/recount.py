"""Whether a record is complete can hang on another form: which questions are put follows its answers."""

from django.utils import timezone

from crf import spec, trial
from crf.chart.elsewhere import lacking
from crf.chart.others import Others
from crf.models import Subject, User, records_of

from .act import act

COMPONENT = "system:completeness 1.0"


def recount(subject: Subject, changed: type[spec.Form], by: User) -> None:
    """Records whose questions hang on the form that was just saved are complete or not by what is asked of them now."""
    for form in trial.FORMS:
        if not any(one.form == changed.code for one in form.elsewhere):
            continue
        others = Others(subject.pk)
        for record in records_of(form.code).objects.standing().filter(subject=subject).select_related("visit"):
            is_complete = not lacking(form, record.values(), record.missing, record.visit_code, others)
            if is_complete == record.is_complete:
                continue
            record.completed_at, record.completed_by = (timezone.now(), by) if is_complete else (None, None)
            with act(by=COMPONENT, role="system", reason=f"{changed.title} was entered or changed"):
                record.save(update_fields=["completed_at", "completed_by"])
