"""Lock the study or one subject's casebook, so that nothing in it changes any more, or lift the lock."""

from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from crf import permissions
from crf.chart.closing import open_at
from crf.chart.held import Place
from crf.models import CasebookLock, LockConsent, LockRequest, RecordCheck, RoleHeld, Site, StudyLock, Subject, User
from crf.permissions import require, require_anywhere
from crf.refusals import AlreadySettled, ChangedMeanwhile, NotAllowed, NotYet, Refusal
from crf.spec.kinds import shows_something

from .act import act
from .content import content_hash
from .verify_record import require_clean

STUDY_LOCK = 7261001  # the advisory lock of crf_audit(): a save holds it shared, the study lock alone


def findings() -> list[str]:
    """What speaks against locking the study, a sentence each; empty when everything is in order (LCK-02)."""
    return open_at(Place())


def findings_in(subject: Subject) -> list[str]:
    """What speaks against locking the subject's casebook, a sentence each (LCK-02)."""
    return open_at(Place(subject.site, subject))


def waiting() -> LockRequest | None:
    """The request to lock the study, or to lift its lock, that waits for consents."""
    return LockRequest.objects.select_related("asked_by", "lock").filter(settled_at__isnull=True).first()


def ask_to_lock(*, by: User, reason: str, despite: bool = False) -> LockRequest:
    """One person asks that the study be locked as it is now; a second confirms exactly that content (LCK-03).

    Findings refuse it unless `despite`; then each is recorded. Raises NotYet with the findings, AlreadySettled when the
    study is locked or a request waits, Refusal without a reason.
    """
    role = require_anywhere(by, "lock study")
    if not shows_something(reason):
        raise Refusal("Say on what ground the study is locked, such as the data review and its date.")
    if is_locked():
        raise AlreadySettled("The study is locked already.")
    require_clean(RecordCheck.Cause.LOCK, "The study is not locked")
    with act(by=by, role=role, reason=reason):
        _refuse_a_second_request()
        found = findings()
        if found and not despite:
            raise NotYet("The study cannot be locked yet.", details=found)
        return LockRequest.objects.create(
            kind=LockRequest.Kind.LOCK,
            asked_at=timezone.now(),
            asked_by=by,
            reason=reason.strip(),
            content_hash=content_hash(),
            exceptions=found,
        )


def ask_to_lift(*, by: User, reason: str) -> LockRequest:
    """One person asks that the lock of the study be lifted, for a reason that stays on record."""
    role = require_anywhere(by, "lock study")
    if not shows_something(reason):
        raise Refusal("Say why the lock is lifted.")
    with act(by=by, role=role, reason=reason):
        lock = StudyLock.objects.filter(lifted_at__isnull=True).first()
        if lock is None:
            raise AlreadySettled("The study is not locked.")
        _refuse_a_second_request()
        return LockRequest.objects.create(
            kind=LockRequest.Kind.LIFT,
            asked_at=timezone.now(),
            asked_by=by,
            reason=reason.strip(),
            content_hash=lock.content_hash,
            lock=lock,
        )


def consent(*, request: LockRequest, by: User) -> LockRequest:
    """Another person agrees. What was asked is done as soon as nobody's consent is missing.

    Raises NotAllowed, AlreadySettled, ChangedMeanwhile when the content is not what the first person saw.
    """
    _capacity(request, by)
    if request.kind == LockRequest.Kind.LOCK:
        require_clean(RecordCheck.Cause.LOCK, "The study is not locked")
    with _settling(request) as request:
        given = _capacity(request, by)
        with act(by=by, role=given[0][0], reason=request.reason):
            for role, site in given:
                LockConsent.objects.get_or_create(
                    request=request, by=by, for_site=site, defaults={"at": timezone.now(), "as_role": role}
                )
            if not still_missing(request):
                _DONE[request.kind](request, by)
                _settle(request, by, LockRequest.Outcome.DONE)
    return request


def withdraw(*, request: LockRequest, by: User) -> LockRequest:
    """The request is taken back, by whoever may ask or confirm."""
    role = require_anywhere(by, "confirm study lock")
    with _settling(request) as request, act(by=by, role=role):
        _settle(request, by, LockRequest.Outcome.WITHDRAWN)
    return request


def still_missing(request: LockRequest) -> list[str]:
    """Whose consent is missing, in words."""
    given = list(request.consents.all())
    missing = []
    if not any(one.as_role != RoleHeld.Role.INVESTIGATOR and one.by_id != request.asked_by_id for one in given):
        missing.append("a second person of the sponsor's side")
    for_sites = {one.for_site for one in given if one.as_role == RoleHeld.Role.INVESTIGATOR}
    return missing + [f"an investigator of {site.name}" for site in _sites_asked(request) if site.code not in for_sites]


def may_consent(request: LockRequest, by: User) -> bool:
    """Whether this person's consent is still wanted."""
    try:
        given = _capacity(request, by)
    except Refusal:
        return False
    have = set(request.consents.filter(by=by).values_list("as_role", "for_site"))
    return any(one not in have for one in given)


def opened_at(lock: StudyLock):
    """When the second person approved the opening of the list under this lock; None while it is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.crf_opened_at(%s)", [lock.pk])
        return cursor.fetchone()[0]


def _capacity(request: LockRequest, by: User) -> list[tuple[str, str]]:
    """(role, site code or "") in which the person's consent counts. Raises NotAllowed, Refusal."""
    given = []
    if by.pk != request.asked_by_id and permissions.may_anywhere(by, "confirm study lock"):
        given.append((require_anywhere(by, "confirm study lock"), ""))
    at = by.sites_as(RoleHeld.Role.INVESTIGATOR)
    given += [(RoleHeld.Role.INVESTIGATOR, site.code) for site in _sites_asked(request) if site.pk in at]
    if given:
        return given
    if by.pk == request.asked_by_id:
        raise Refusal("You asked for it; another person confirms. Nothing else is wanted of you.")
    raise NotAllowed(
        "Your consent is not wanted here: it is given by data management and, after the opening, by sites."
    )


def _sites_asked(request: LockRequest) -> list[Site]:
    """The sites whose investigators have a say: those with randomised subjects, once the list is open."""
    if request.kind != LockRequest.Kind.LIFT or opened_at(request.lock) is None:
        return []
    return list(Site.objects.filter(pk__in=_randomised_sites()).order_by("code"))


def _randomised_sites() -> list[int]:
    with connection.cursor() as cursor:  # of all sites, whichever this person may see
        cursor.execute("SELECT public.crf_sites_with_randomised()")
        return [site for (site,) in cursor.fetchall()]


@contextmanager
def _settling(request: LockRequest):
    with transaction.atomic():
        request = LockRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if request.settled_at is not None:
            raise AlreadySettled(f"This request is settled already: {request.get_outcome_display().lower()}.")
        yield request


def _settle(request: LockRequest, by: User, outcome: str) -> None:
    request.settled_at, request.settled_by, request.outcome = timezone.now(), by, outcome
    request.save(update_fields=["settled_at", "settled_by", "outcome", "lock"])


def _refuse_a_second_request() -> None:
    if waiting():
        raise AlreadySettled("A request waits already. Consent to it, or have it withdrawn first.")


def _lock(request: LockRequest, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STUDY_LOCK])  # waits for every save under way
    if is_locked():
        raise AlreadySettled("The study is locked already.")
    if content_hash() != request.content_hash:
        raise ChangedMeanwhile(
            "Something was saved since the lock was asked for, so nothing was locked: both people lock the same "
            "content. Withdraw the request and ask again."
        )
    request.lock = StudyLock.objects.create(
        locked_at=timezone.now(),
        locked_by=request.asked_by,
        confirmed_by=by,
        reason=request.reason,
        content_hash=request.content_hash,
        exceptions=request.exceptions,
    )


def _lift(request: LockRequest, by: User) -> None:
    lock = StudyLock.objects.select_for_update(of=("self",)).get(pk=request.lock_id)
    if lock.lifted_at is not None:
        raise AlreadySettled("The study is not locked.")
    lock.lifted_at, lock.lifted_by, lock.lifted_reason = timezone.now(), request.asked_by, request.reason
    lock.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])


_DONE = {LockRequest.Kind.LOCK: _lock, LockRequest.Kind.LIFT: _lift}


def lock_study(*, by: User, confirmed_by: User, reason: str, despite: bool = False) -> StudyLock:
    """Both people at once, where both are at hand: the demo and the tests."""
    request = ask_to_lock(by=by, reason=reason, despite=despite)
    return consent(request=request, by=confirmed_by).lock


def lift(*, by: User, confirmed_by: User, reason: str) -> StudyLock:
    """The same for lifting the lock, while the list is closed."""
    request = ask_to_lift(by=by, reason=reason)
    consent(request=request, by=confirmed_by)
    return StudyLock.objects.get(pk=request.lock_id)


def lock_casebook(*, subject: Subject, by: User, reason: str, despite: bool = False) -> CasebookLock:
    """Lock everything about one subject. Findings refuse it unless `despite`; then each is recorded with the lock.

    Raises NotYet with the findings, AlreadySettled when it is locked, Refusal without a reason.
    """
    role = require(by, "lock casebook", subject.site_id)
    if not shows_something(reason):
        raise Refusal("Say on what ground the casebook is locked, such as the review and its date.")
    with act(by=by, role=role, reason=reason):
        if CasebookLock.objects.filter(subject=subject, lifted_at__isnull=True).exists():
            raise AlreadySettled("This casebook is locked already.")
        found = findings_in(subject)
        if found and not despite:
            raise NotYet("The casebook cannot be locked yet.", details=found)
        content = content_hash(subject)
        lock = CasebookLock.objects.create(
            subject=subject,
            site_id=subject.site_id,
            locked_at=timezone.now(),
            locked_by=by,
            reason=reason.strip(),
            content_hash=content,
            exceptions=found,
        )
        # The lock's audit row waited for every save of this subject under way: what it let pass is not in the hash.
        if content_hash(subject) != content:
            raise NotYet("Something in this casebook was saved at this moment, so it is not locked. Look at it again.")
    return lock


def lift_casebook(*, subject: Subject, by: User, reason: str) -> CasebookLock:
    """Lift the lock of one subject's casebook, for a reason that stays on record."""
    role = require(by, "lock casebook", subject.site_id)
    with act(by=by, role=role, reason=reason):
        return _lifted(CasebookLock.objects.filter(subject=subject), by, reason)


def is_locked() -> bool:
    """Whether a lock of the study stands."""
    return StudyLock.objects.filter(lifted_at__isnull=True).exists()


def _lifted(locks, by: User, reason: str) -> CasebookLock:
    if not shows_something(reason):
        raise Refusal("Say why the lock is lifted.")
    lock = locks.select_for_update(of=("self",)).filter(lifted_at__isnull=True).first()
    if lock is None:
        raise AlreadySettled("This casebook is not locked.")
    lock.lifted_at, lock.lifted_by, lock.lifted_reason = timezone.now(), by, reason.strip()
    lock.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    return lock
