"""Lock the study or one subject's casebook, so that nothing in it changes any more, or lift the lock."""

import hashlib

from django.db import connection
from django.utils import timezone

from crf import trial
from crf.chart.closing import findings_about, what_is_open
from crf.models import RECORDS, Alert, CasebookLock, Query, Signature, StudyLock, Subject, User, Verification, Visit
from crf.permissions import require, require_anywhere
from crf.refusals import AlreadySettled, NotYet, Refusal

from .act import act

_LOCK = 7261001  # the advisory lock of crf_audit(): a save holds it shared, the study lock alone


def findings() -> list[str]:
    """What speaks against locking the study, a sentence each; empty when everything is in order (LCK-02)."""
    return what_is_open() + findings_about(Subject.objects.filter(randomised_at__isnull=False).select_related("site"))


def findings_in(subject: Subject) -> list[str]:
    """What speaks against locking the subject's casebook, a sentence each (LCK-02)."""
    return what_is_open(subject=subject) + findings_about([subject])


def lock_study(*, by: User, reason: str, despite: bool = False) -> StudyLock:
    """Lock every record. Findings refuse it unless `despite`; then each is recorded with the lock.

    Raises NotYet with the findings, AlreadySettled when the study is locked, Refusal without a reason.
    """
    role = require_anywhere(by, "lock study")
    if not reason.strip():
        raise Refusal("Say on what ground the study is locked, such as the data review and its date.")
    with act(by=by, role=role, reason=reason):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # waits for every save under way
        if is_locked():
            raise AlreadySettled("The study is locked already.")
        found = findings()
        if found and not despite:
            raise NotYet("The study cannot be locked yet.", details=found)
        return StudyLock.objects.create(
            locked_at=timezone.now(), locked_by=by, reason=reason.strip(), content_hash=content_hash(), exceptions=found
        )


def lift(*, by: User, reason: str) -> StudyLock:
    """Lift the lock of the study, for a reason that stays on record."""
    role = require_anywhere(by, "lock study")
    with act(by=by, role=role, reason=reason):
        return _lifted(StudyLock.objects.all(), by, reason, "The study is not locked.")


def lock_casebook(*, subject: Subject, by: User, reason: str, despite: bool = False) -> CasebookLock:
    """Lock everything about one subject. Findings refuse it unless `despite`; then each is recorded with the lock.

    Raises NotYet with the findings, AlreadySettled when it is locked, Refusal without a reason.
    """
    role = require(by, "lock casebook", subject.site_id)
    if not reason.strip():
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
        return _lifted(CasebookLock.objects.filter(subject=subject), by, reason, "This casebook is not locked.")


def is_locked() -> bool:
    """Whether a lock of the study stands."""
    return StudyLock.objects.filter(lifted_at__isnull=True).exists()


def content_hash(subject: Subject | None = None) -> str:
    """SHA-256 over every row of subjects, visits, forms, queries and so on, in the order of tables and ids.

    Of the whole study, or of one subject.
    """
    digest = hashlib.sha256()
    tables = [Subject, Visit, *(RECORDS[form.code] for form in trial.FORMS), Query, Alert, Verification, Signature]
    with connection.cursor() as cursor:
        for table in tables:
            name = connection.ops.quote_name(table._meta.db_table)
            whose = f" WHERE {'id' if table is Subject else 'subject_id'} = {int(subject.pk)}" if subject else ""
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} AS t{whose} ORDER BY id")  # nosec B608 - our own names
            digest.update(table._meta.db_table.encode() + b"\n")
            for (row,) in cursor.fetchall():
                digest.update(row.encode() + b"\n")
    return digest.hexdigest()


def _lifted(locks, by: User, reason: str, none: str):
    if not reason.strip():
        raise Refusal("Say why the lock is lifted.")
    lock = locks.select_for_update(of=("self",)).filter(lifted_at__isnull=True).first()
    if lock is None:
        raise AlreadySettled(none)
    lock.lifted_at, lock.lifted_by, lock.lifted_reason = timezone.now(), by, reason.strip()
    lock.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    return lock
