"""Tell a site of a drug level in one of two messages that give no arm away, and take note of it (BLI-08).

Which message a level asks for depends on the level and on the list of sham messages alone (crf/spec/level_messages.py).
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from crf import trial
from crf.allocation import hatch
from crf.models import LevelGround, LevelMessage, Mail, Record, RoleHeld, User
from crf.permissions import DEEDS, require
from crf.refusals import AlreadySettled, NotYet, ReasonWanted, Refusal
from crf.spec.kinds import shows_something
from crf.spec.level_messages import Says

from . import outbox
from .act import act

Kind = LevelMessage.Says


@dataclass(frozen=True)
class Asked:
    """The message that a sample asks for, and whether the list says so, for a level that says nothing itself."""

    says: str
    from_list: bool


def asked_for(*, sample: Record, by: User) -> Asked:
    """Which message the sample asks for. Raises NotYet where none can be sent."""
    require(by, "drug levels", sample.site_id)
    if trial.LEVEL_MESSAGES is None:
        raise NotYet("In this trial no site is told of drug levels.")
    if sample.voided_at is not None:
        raise NotYet("This sample was voided: nothing is said of it.")
    if sample.level is None or sample.drawn_on is None:
        raise NotYet("The level, or the day on which it was drawn, is not entered yet.")
    if not sample.subject.is_randomised:
        raise NotYet(f"{sample.subject} is not randomised and takes no study drug: nothing is said of this level.")
    says = trial.LEVEL_MESSAGES.asked_by(sample.level)
    if says is not None:
        return Asked(str(says), from_list=False)
    acts = hatch.sham_asks_to_act(by=by.pk, subject_id=sample.subject_id, number=sample.row_number)
    return Asked(str(Says.ACT if acts else Says.GO_ON), from_list=True)


def send(*, sample: Record, says: str, by: User, reason: str = "") -> LevelMessage:
    """Send one of the two messages about the sample as it is entered now.

    Below the limit of quantification it is the one of the list. A measured level may be judged otherwise, with a
    reason that the site is not shown.
    """
    role = require(by, "drug levels", sample.site_id)
    asked = asked_for(sample=sample, by=by)
    if says not in Kind.values:
        raise Refusal("There is no such message.")
    if says != asked.says and asked.from_list:
        raise Refusal("Below the limit of quantification the message is that of the list, or it would tell the arm.")
    if says != asked.says and not shows_something(reason):
        raise ReasonWanted("This level asks for the other message. Say why this one is sent; the site is not shown it.")
    belongs = {"subject_id": sample.subject_id, "site_id": sample.site_id}
    with act(by=by, role=role):
        try:
            with transaction.atomic():
                made = LevelMessage.objects.create(
                    **belongs,
                    sample=sample.row_number,
                    version=sample.version,
                    drawn_on=sample.drawn_on,
                    says=says,
                    sent_at=timezone.now(),
                    sent_by=by,
                )
        except IntegrityError as error:
            if "level_message_once" in str(error):
                raise AlreadySettled("The site was told of this level already.") from error
            raise
        ground = reason.strip() if says != asked.says else ""
        LevelGround.objects.create(
            message=made, asked=asked.says, from_list=asked.from_list, reason=ground[:300], **belongs
        )
        _mail(made)
    return made


def take_note(*, message: LevelMessage, by: User) -> None:
    """The investigator has read the message."""
    role = require(by, "take note of a level message", message.site_id)
    with act(by=by, role=role):
        message = LevelMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if message.seen_at is not None:
            raise AlreadySettled("Somebody took note of this message already.")
        message.seen_at, message.seen_by = timezone.now(), by
        message.save(update_fields=["seen_at", "seen_by"])


def _mail(made: LevelMessage) -> None:
    """The same words whichever message it is."""
    held = RoleHeld.objects.current().filter(site_id=made.site_id, role__in=DEEDS["take note of a level message"])
    outbox.put(
        kind=Mail.Kind.ALERT,
        to=sorted({one.user.email for one in held.select_related("user") if one.user.email}),
        title=f"[{trial.STUDY_ID}] A message after a drug level",
        text=f"There is a message after a drug level at {made.site.name}.\n\n"
        f"Sign in and open it: {settings.PUBLIC_ADDRESS}/level-messages/{made.pk}/\n\n"
        "This mail carries no data of any person on purpose.\n",
    )
