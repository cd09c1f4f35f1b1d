"""What speaks against locking the study, a casebook or less, a sentence each (LCK-02).

Blinded people read it: of forms that unblind it says nothing, not even that there are records of them.
"""

from collections.abc import Iterable

from crf import permissions, spec, trial
from crf.chart import states
from crf.chart.facts import Settled
from crf.chart.held import Place
from crf.chart.judgements import to_judge
from crf.chart.prompted import asked_for
from crf.chart.signed_content import signed_forms
from crf.chart.standing import Standing, Stored
from crf.models import Alert, Hold, Query, RoleHeld, Subject, Visit
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


def open_in(standing: Standing) -> list[str]:
    """Everything that is open in a subject's casebook, a sentence each: one list for who signs and who locks it."""
    return what_is_open(subject=standing.subject) + list(_not_settled(standing))


def what_is_open(**about) -> list[str]:
    """Queries that are not closed, alerts that wait, what they ask for, values that nobody judged; `about` narrows them
    down, such as subject=subject."""
    found = _queries(**about)
    waiting = Alert.objects.waiting().filter(**about)
    if count := waiting.filter(is_blocking=True).count():
        found.append(f"{count} {'alert waits' if count == 1 else 'alerts wait'} for a physician's action.")
    if count := waiting.filter(is_blocking=False).count():
        found.append(f"{count} {'notice is' if count == 1 else 'notices are'} not acknowledged.")
    found += [
        f"{asked_for(wanted, sentence)} It is not entered, and no reason is given."
        for wanted, sentence in Alert.objects.prompting()
        .filter(**about)
        .order_by("raised_at")
        .values_list("prompts_open", "sentence")
    ]
    if count := sum(len(panel.records) for panel in to_judge(**about)):
        found.append(f"{count} abnormal laboratory {'value is' if count == 1 else 'values are'} not judged.")
    return found


def _queries(**about) -> list[str]:
    queries = Query.objects.filter(state__in=[Query.State.OPEN, Query.State.ANSWERED], **about)
    count = queries.exclude(form__in=_UNBLINDING).count()
    return [f"{count} {'query is' if count == 1 else 'queries are'} not closed."] if count else []


def open_at(place: Place) -> list[str]:
    """What is open where something is to be frozen or locked, a sentence each: the one list for every level."""
    match place.level:
        case Hold.Level.STUDY:
            return what_is_open() + findings_about(_randomised())
        case Hold.Level.SITE:
            return what_is_open(site=place.site) + findings_about(_randomised().filter(site=place.site))
        case Hold.Level.SUBJECT:
            return what_is_open(subject=place.subject) + findings_about([place.subject])
        case Hold.Level.VISIT:
            return what_is_open(visit=place.visit) + list(_open_of_forms(place))
        case Hold.Level.FORM:
            about = {"subject": place.subject, "visit": place.visit, "form": place.form.code}
            return _queries(**about, **({"row_number": place.row} if place.row else {})) + list(_open_of_forms(place))
    about = {"form": place.form.code, "record": place.record.pk}
    return _queries(item=place.item, **about) + list(_open_of_item(place))


def _randomised():
    return Subject.objects.filter(randomised_at__isnull=False).select_related("site")


def _open_of_forms(place: Place):
    """What a visit, a form or a row of it lacks: entry, completeness, verification, signature."""
    standing, visit = Standing.of(place.subject), place.visit
    settled = Settled.of(place.subject.pk)
    codes = {place.form.code} if place.form else {form.code for form in trial.FORMS} - set(_UNBLINDING)
    if place.form is None and visit.definition.is_planned and visit.state == Visit.State.PLANNED:
        yield f"{visit.label} is neither done nor missed."
    for form, at in standing.incomplete():
        if form.code in codes and (at.pk if at else None) == (visit.pk if visit else None):
            yield f"The form “{form.title}” is not complete."
    facts = [fact for code in codes for fact in standing.at(code, visit) if place.row is None or fact.row == place.row]
    waiting = {fact.sheet for fact in unverified(standing, settled)}
    if many := len({fact.sheet for fact in facts} & waiting):
        yield f"{many} {'form is' if many == 1 else 'forms are'} not verified against the source as they are."
    signed = {form.code for form in signed_forms()}
    unsigned = {fact.sheet for fact in facts if fact.form in signed and not settled.signature(fact.form, fact.record)}
    if many := len(unsigned):
        yield f"{many} {'form is' if many == 1 else 'forms are'} not signed by the investigator."


def _open_of_item(place: Place):
    """Whether the answer is given, verified and signed."""
    record, settled = place.record, Settled.of(place.subject.pk)
    if getattr(record, place.item) is None and place.item not in record.missing:
        yield "There is no answer, and no reason is given."
    verified = settled.verification(record.form.code, record.pk, record.version)[0] is states.VERIFIED
    if record.form.code in _verified_forms() and not verified:
        yield "The form is not verified against the source as it is."
    if not settled.signature(record.form.code, record.pk):
        yield "The form is not signed by the investigator."


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
    yield from _not_settled(standing)
    if settled.whole is None:
        yield _unsigned(settled)
    if many := len({fact.sheet for fact in unverified(standing, settled)}):
        yield f"{many} {'form is' if many == 1 else 'forms are'} not verified against the source as they are."


def _not_settled(standing: Standing):
    waiting = [visit for visit in standing.visits if visit.definition.is_planned and visit.state == Visit.State.PLANNED]
    if waiting and not standing.has_record(trial.code_serving(Purpose.END_OF_STUDY)):
        yield f"{', '.join(visit.label for visit in waiting)} neither done nor missed, and there is no end of study."
    for form, visit in standing.incomplete():
        if form.code in _UNBLINDING:
            continue
        yield f"the form “{form.title}”{f' at {visit.label}' if visit else ''} is not complete."


def _unsigned(settled: Settled) -> str:
    if settled.revoked:
        return f"the signature of the casebook was revoked. {settled.revoked.why_revoked}"
    if any(signed.is_of_casebook and signed.stands for signed in settled.signatures):
        return "forms were entered or completed after the casebook was signed."
    return "the casebook is not signed by the investigator."
