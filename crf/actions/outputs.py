"""Outputs that take long: asked for on a page, made by a worker, handed out while they are kept.

A row of the table is the whole queue. A worker takes the oldest that waits, or one whose worker fell silent, under a
lock that others pass over (SKIP LOCKED); what it writes later counts only while the try is still its own.
"""

import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from crf.models import Output, OutputPart, User
from crf.refusals import NotYet
from trialsite.secret_texts import safe

SILENT_AFTER = timedelta(seconds=30)  # a worker says every few seconds that it lives
MOST_TRIES = 3
A_PART = 1 << 20  # bytes
WAITING, RUNNING = Output.State.WAITING, Output.State.RUNNING
GAVE_UP = "It could not be made: whoever worked on it ended three times. Ask the administrator, or try again later."
INTERRUPTED = "whoever worked on it ended; it is taken up again"


# -- asking


def ask(*, by: User, kind: str, question: dict, key: str, purpose: str = "", is_unblinded: bool = False) -> Output:
    """The output for this question of these data: one of the person's own that stands or is under way, else a new one.

    Where the same was made for somebody else who may have the same, its files are given at once.
    """
    now = timezone.now()
    own = Output.objects.filter(asked_by=by, key=key).filter(
        Q(state__in=(WAITING, RUNNING)) | Q(state=Output.State.DONE, keep_until__gt=now)
    )
    if found := own.order_by("-pk").first():
        if purpose and found.purpose != purpose:
            found.purpose = purpose
            found.save(update_fields=["purpose"])
        return found
    made = Output(
        kind=kind,
        question=question,
        key=key,
        asked_by=by,
        asked_at=now,
        purpose=purpose,
        is_unblinded=is_unblinded,
        keep_until=None,
    )
    same = Output.objects.filter(key=key, state=Output.State.DONE, keep_until__gt=now).order_by("-keep_until").first()
    if same is not None:
        made.files, made.read_from, made.percent = same.files, same.read_from, 100
        made.state, made.started_at, made.ended_at = Output.State.DONE, now, now
        made.keep_until = now + kept_for(is_unblinded)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # the second of two clicks
        return own.order_by("-pk").get()
    return made


def kept_for(is_unblinded: bool) -> timedelta:
    """How long files are kept: as declared in the settings, unblinded ones shorter."""
    return settings.UNBLINDED_OUTPUTS_KEPT if is_unblinded else settings.OUTPUTS_KEPT


def cancel(output: Output) -> None:
    """Stop making it. Raises NotYet where there is nothing to stop."""
    changed = Output.objects.filter(pk=output.pk, state__in=(WAITING, RUNNING)).update(
        state=Output.State.CANCELLED, ended_at=timezone.now(), doing=""
    )
    if not changed:
        raise NotYet("This is made already, or was stopped before. Nothing was changed.")


# -- making


def take(*, now: datetime | None = None) -> Output | None:
    """The next output to make, taken for this worker; None where nothing waits."""
    now = now or timezone.now()
    with transaction.atomic():
        waiting = Q(state=WAITING) | Q(state=RUNNING, beat_at__lt=now - SILENT_AFTER)
        found = Output.objects.select_for_update(skip_locked=True, of=("self",)).filter(waiting).order_by("pk").first()
        if found is None:
            return None
        if found.tries >= MOST_TRIES:
            found.state, found.trouble, found.ended_at = Output.State.FAILED, GAVE_UP, now
        else:
            found.state, found.tries, found.started_at, found.beat_at = RUNNING, found.tries + 1, now, now
            found.percent, found.doing = 0, "" if found.tries == 1 else INTERRUPTED
        found.save()
    return found if found.state == RUNNING else take(now=now)


def is_ours(output: Output) -> bool:
    """Whether this try is still the one that counts: it was neither cancelled nor taken by another worker."""
    return _ours(output).exists()


def alive(output: Output) -> bool:
    """Say that the worker lives. False where the try does not count any more."""
    return bool(_ours(output).update(beat_at=timezone.now()))


def tell(output: Output, percent: int, doing: str) -> bool:
    """How far it is, and what is being done. False where the try does not count any more."""
    return bool(_ours(output).update(percent=min(percent, 99), doing=doing[:100], beat_at=timezone.now()))


def put_back(output: Output) -> None:
    """The worker is asked to end: another one begins anew, and this try does not count."""
    _ours(output).update(state=WAITING, tries=output.tries - 1, percent=0, doing="", beat_at=None)


def fail(output: Output, trouble: str) -> None:
    """It cannot be made; the sentence is for the person who asked."""
    _ours(output).update(state=Output.State.FAILED, trouble=trouble[:300], ended_at=timezone.now(), doing="")


def finish(
    output: Output,
    files: list[Path],
    key: str,
    *,
    read_from: str = "",
    then: Callable[[Output], None] = lambda output: None,
) -> bool:
    """Keep the files, encrypted, and say that it is ready. `key` is of the data that were read, `read_from`
    says where; `then` is called in the same transaction, with the output that knows its files.

    False, and nothing kept, where the try does not count any more.
    """
    now = timezone.now()
    with transaction.atomic():
        if not Output.objects.select_for_update().filter(pk__in=_ours(output).values("pk")).exists():
            return False
        OutputPart.objects.filter(key=key, name__in=[file.name for file in files]).delete()
        told = [_keep(file, key) for file in files]
        _ours(output).update(
            state=Output.State.DONE,
            key=key,
            files=told,
            read_from=read_from,
            percent=100,
            doing="",
            trouble="",
            ended_at=now,
            keep_until=now + kept_for(output.is_unblinded),
        )
        output.refresh_from_db()
        then(output)
    return True


def _ours(output: Output):
    return Output.objects.filter(pk=output.pk, state=RUNNING, tries=output.tries)


def _keep(file: Path, key: str) -> dict:
    digest, size, lock = hashlib.sha256(), 0, safe()
    with open(file, "rb") as source:
        number = 0
        while (chunk := source.read(A_PART)) or number == 0:
            digest.update(chunk)
            size += len(chunk)
            OutputPart.objects.create(key=key, name=file.name, number=number, content=lock.encrypt(chunk))
            number += 1
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return {"name": file.name, "type": kind, "sha256": digest.hexdigest(), "size": size}


# -- handing out


def content(output: Output, name: str) -> Iterator[bytes]:
    """The file, a part at a time."""
    lock = safe()
    numbers = OutputPart.objects.filter(key=output.key, name=name).order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        part = OutputPart.objects.get(key=output.key, name=name, number=number)
        yield lock.decrypt(bytes(part.content))


def throw_away(*, now: datetime | None = None) -> int:
    """Files whose time is over are removed; what is known of them stays. Returns how many outputs that were."""
    now = now or timezone.now()
    over = Output.objects.filter(state=Output.State.DONE, keep_until__lte=now)
    keys = set(over.values_list("key", flat=True))
    count = over.update(state=Output.State.GONE)
    still = set(Output.objects.filter(key__in=keys, state=Output.State.DONE).values_list("key", flat=True))
    for key in keys - still:
        OutputPart.objects.filter(key=key).delete()
    return count


def throw_away_everything() -> int:
    """Every file that is kept is removed, whoever asked for it: something was taken out of the record. What waits or
    is being made is begun anew."""
    OutputPart.objects.all().delete()
    Output.objects.filter(state=RUNNING).update(state=WAITING, percent=0, doing="", beat_at=None)
    return Output.objects.filter(state=Output.State.DONE).update(state=Output.State.GONE)
