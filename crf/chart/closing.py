"""What speaks against locking the study or one subject's casebook, a sentence each (LCK-02).

Blinded people read it: of forms that unblind it says nothing, not even that there are records of them.
"""

from collections.abc import Iterable

from crf import permissions, spec, trial
from crf.chart import states
from crf.chart.facts import Settled
from crf.chart.judgements import to_judge
from crf.chart.standing import Standing, Stored
from crf.models import Alert, Query, RoleHeld, Subject, Visit
from crf.spec.purposes import Purpose

_UNBLINDING = [form.code for form in trial.FORMS if form.discloses is spec.UNBLINDS]


def findings_about(subjects: Iterable[Subject]) -> list[str]:
    """Visits and forms that are not settled, casebooks without signature or verification. Four statements in all."""
    standings = Standing.of_all(subjects)
    settled = Settled.of_all([standing.subject.pk for standing in standings])
    return [
        f"{standing.subject}: {sentence}"
        for standing in standings
        for sentence in _of_one(standing, settled[standing.subject.pk])
    ]


def what_is_open(**about) -> list[str]:
    """Queries that are not closed and alerts that wait; `about` narrows them down, such as subject=subject."""
    found = []
    queries = Query.objects.filter(state__in=[Query.State.OPEN, Query.State.ANSWERED], **about)
    if count := queries.exclude(form__in=_UNBLINDING).count():
        found.append(f"{count} {'query is' if count == 1 else 'queries are'} not closed.")
    if count := Alert.objects.filter(
        is_blocking=True, acknowledged_at__isnull=True, no_longer_at__isnull=True, **about
    ).count():
        found.append(f"{count} {'alert waits' if count == 1 else 'alerts wait'} for a physician's action.")
    if count := sum(len(panel.records) for panel in to_judge(**about)):
        found.append(f"{count} abnormal laboratory {'value is' if count == 1 else 'values are'} not judged.")
    return found


def unverified(standing: Standing, settled: Settled) -> list[Stored]:
    """The standing records that no monitor compared with their source as they are now."""
    codes = _verified_forms()
    return [
        fact
        for fact in standing.facts
        if fact.form in codes and settled.verification(fact.form, fact.record, fact.version)[0] is not states.VERIFIED
    ]


def _verified_forms() -> set[str]:
    """The codes of the forms that a monitor reads, and so compares with their source."""
    return {form.code for form in trial.FORMS if RoleHeld.Role.MONITOR in permissions.may_read_form(form)}


def _of_one(standing: Standing, settled: Settled):
    waiting = [visit for visit in standing.visits if visit.definition.is_planned and visit.state == Visit.State.PLANNED]
    if waiting and not standing.has_record(trial.code_serving(Purpose.END_OF_STUDY)):
        yield f"{', '.join(visit.label for visit in waiting)} neither done nor missed, and there is no end of study."
    for form, visit in standing.incomplete():
        if form.code in _UNBLINDING:
            continue
        yield f"the form “{form.title}”{f' at {visit.label}' if visit else ''} is not complete."
    if settled.whole is None:
        yield _unsigned(settled)
    if many := len(unverified(standing, settled)):
        yield f"{many} {'form is' if many == 1 else 'forms are'} not verified against the source as they are."


def _unsigned(settled: Settled) -> str:
    if settled.revoked:
        return f"the signature of the casebook was revoked. {settled.revoked.why_revoked}"
    if any(signed.is_of_casebook and signed.stands for signed in settled.signatures):
        return "forms were entered or completed after the casebook was signed."
    return "the casebook is not signed by the investigator."
