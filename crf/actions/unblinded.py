"""Of a blind that was broken or lost: tell those who must know, and take down who knows what and what it means.

Nothing here knows an arm. Mails and pages say that it happened, where and why; the deviation and the mark on the
casebook follow in the same breath. No deed here may hold up an emergency: what fails is logged, and made good when the
arm is about to be shown.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from crf import trial
from crf.models import ArmKnown, CodeBreak, CodeBreakAnswer, Mail, RoleHeld, Subject, User
from crf.permissions import DEEDS, require
from crf.refusals import AlreadySettled, NotAllowed, NotYet, Refusal
from crf.spec.kinds import shows_something

from . import outbox
from .act import act
from .follow import follow

R, Kind, How = RoleHeld.Role, CodeBreak.Kind, ArmKnown.How
#: Who is told at once, and acknowledges it; the order in which their names are kept.
TOLD = DEEDS["acknowledge code break"]
log = logging.getLogger("ecrf.security")


# -- an emergency


def tell(*, subject: Subject, number: int, by: User, role: str, reason: str, is_unusual: bool) -> CodeBreak:
    """Enter an emergency code break in the register and tell of it. Once: what is there already is given back."""
    known = CodeBreak.objects.filter(log=number).first()
    if known is not None:
        return known
    with act(by=by, role=role):
        found = _entered(subject, by, Kind.EMERGENCY, reason, log=number, is_unusual=is_unusual)
        _mail(found, TOLD)
    return found


def shown(found: CodeBreak, *, by: User, role: str) -> None:
    """Somebody saw the arm: note when, that this person knows it, and what follows from that."""
    now = timezone.now()
    with act(by=by, role=role, reason="The arm was shown"):
        if found.shown_at is None:
            found.shown_at = now
            found.save(update_fields=["shown_at"])
        _known_to(found, [by], "", How.BROKE, by)
    _follow(found.subject, by)


# -- a planned one


def plan(*, subject: Subject, by: User, reason: str) -> CodeBreak:
    """Ask that the code be broken for a reason that can wait. A second person approves it first."""
    role = require(by, "break code", subject.site_id)
    if not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so there is no code to break.")
    _refuse_empty(reason, "Say why the arm must be known.")
    if any(one.waits_for_approval for one in CodeBreak.objects.filter(subject=subject, kind=Kind.PLANNED)):
        raise AlreadySettled(f"A planned code break of {subject} waits for approval already.")
    with act(by=by, role=role):
        found = _entered(subject, by, Kind.PLANNED, reason)
        _mail(found, DEEDS["approve code break"])
    return found


def decide(*, found: CodeBreak, by: User, approves: bool, because: str = "") -> CodeBreak:
    """The second person approves a planned code break, or declines it and says why."""
    role = require(by, "approve code break", found.site_id)
    with act(by=by, role=role, reason=because or "Approved"):
        found = CodeBreak.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if not found.waits_for_approval:
            raise AlreadySettled("This code break does not wait for an approval.")
        if found.asked_by_id == by.pk:
            raise NotAllowed("You asked for it yourself: another person approves it.")
        if approves:
            found.approved_at, found.approved_by = timezone.now(), by
        else:
            _refuse_empty(because, "Say why it is declined.")
            found.declined_at, found.declined_by, found.declined_because = timezone.now(), by, because.strip()
        found.save()
        _mail(found, (), to=[found.asked_by])
    return found


def withdraw(*, found: CodeBreak, by: User, because: str) -> CodeBreak:
    """A code break that was asked for is not gone on with, such as at the wrong subject: nobody was shown the arm.

    By who asked, or by who approved it.
    """
    deed = "break code" if found.asked_by_id == by.pk else "approve code break"
    role = require(by, deed, found.site_id)
    _refuse_empty(because, "Say why it is not gone on with.")
    refuse_arm(because)
    with act(by=by, role=role, reason=because.strip()):
        found = CodeBreak.objects.select_for_update(of=("self",)).select_related("site").get(pk=found.pk)
        if not found.may_be_withdrawn:
            raise AlreadySettled("There is nothing to withdraw: the arm was shown, or it was declined before.")
        found.declined_at, found.declined_by, found.declined_because = timezone.now(), by, because.strip()[:300]
        found.save(update_fields=["declined_at", "declined_by", "declined_because"])
    return found


def gone_on(found: CodeBreak, *, number: int, by: User, role: str) -> None:
    """An approved code break is on record in the sealed room: tell of it, as of an emergency."""
    with act(by=by, role=role, reason="Approved before"):
        found.log = number
        found.save(update_fields=["log"])
        _mail(found, TOLD)


# -- an accident, and who else knows


def record_accident(
    *, subject: Subject, by: User, happened_on: date, reason: str, people: Iterable[User] = (), described: str = ""
) -> CodeBreak:
    """Somebody learnt, or may have learnt, what the subject takes: who and how, never what."""
    role = require(by, "record lost blind", subject.site_id)
    if not subject.is_randomised:
        raise NotYet(f"{subject} is not randomised, so there is nothing to learn yet.")
    _refuse_empty(reason, "Say how it happened.")
    refuse_arm(reason, described)
    people = list(people)
    if not people and not shows_something(described):
        raise Refusal("Say who learnt it, or may have: by account, or in words without a name.")
    if happened_on > subject.site.today():
        raise Refusal("This day is in the future.")
    with act(by=by, role=role):
        found = _entered(subject, by, Kind.ACCIDENTAL, reason, happened_on=happened_on, shown_at=timezone.now())
        _known_to(found, people, described, How.LEARNT, by)
        _mail(found, TOLD)
    _follow(subject, by)
    return found


def record_envelope(
    *,
    subject: Subject,
    by: User,
    role: str,
    opened_at: datetime,
    reason: str,
    people: Iterable[User],
    described: str,
    is_unusual: bool,
) -> CodeBreak:
    """A sealed envelope was opened while the system was away: as any code break, told as soon as it is recorded."""
    _refuse_empty(reason, "Say why it was opened.")
    refuse_arm(reason, described)
    people = list(people)
    if not people and not shows_something(described):
        raise Refusal("Say who opened it: by account, or in words without a name.")
    day = opened_at.astimezone(subject.site.zone).date()
    with act(by=by, role=role):
        found = _entered(subject, by, Kind.ENVELOPE, reason, happened_on=day, shown_at=opened_at, is_unusual=is_unusual)
        _known_to(found, people, described, How.BROKE, by)
        _mail(found, TOLD)
    return found


def follow_up(subject: Subject, by: User) -> None:
    """The deviation, and the ratings that are touched."""
    _follow(subject, by)


def tell_of_others(*, found: CodeBreak, by: User, people: Iterable[User] = (), described: str = "") -> None:
    """Who else was told the arm after a code break: each is marked, and rates the subject no more."""
    role = require(by, "break code", found.site_id)
    if not found.is_lost:
        raise NotYet("Nobody was shown the arm by this code break, so nobody can have been told.")
    people = list(people)
    if not people and not shows_something(described):
        raise Refusal("Say who was told: by account, or in words without a name.")
    refuse_arm(described)
    with act(by=by, role=role):
        _known_to(found, people, described, How.TOLD, by)
    _follow(found.subject, by)


def take_back(*, found: CodeBreak, by: User, because: str) -> CodeBreak:
    """An accident or an opened envelope was recorded by mistake, such as at another subject: nobody learnt the arm.

    By the medical monitor, never by who recorded it. Those who were told are told, its deviation goes, and who was said
    to know the arm rates the subject again.
    """
    role = require(by, "approve code break", found.site_id)
    _refuse_empty(because, "Say why it was recorded by mistake, and how that is known.")
    refuse_arm(because)
    with act(by=by, role=role, reason=because.strip()):
        found = CodeBreak.objects.select_for_update(of=("self",)).select_related("site", "subject").get(pk=found.pk)
        if not found.may_be_taken_back:
            raise AlreadySettled("There is nothing to take back: what was shown here was shown.")
        if found.asked_by_id == by.pk:
            raise NotAllowed("You recorded it yourself: another medical monitor takes it back.")
        found.shown_at, found.taken_back_at, found.taken_back_by = None, timezone.now(), by
        found.taken_back_because = because.strip()[:300]
        found.save(update_fields=["shown_at", "taken_back_at", "taken_back_by", "taken_back_because"])
        _mail(found, TOLD)
    _follow(found.subject, by)
    return found


# -- those who must know


def acknowledge(*, found: CodeBreak, by: User) -> list[CodeBreakAnswer]:
    """Take note of a code break, in each of the roles one is told in."""
    roles = [role for role in TOLD if role in by.roles_at(found.site_id)]
    if not roles:
        require(by, "acknowledge code break", found.site_id)
    return [_answer(found, by, role, CodeBreakAnswer.Kind.SEEN, "") for role in roles]


def assess(*, found: CodeBreak, by: User, words: str) -> CodeBreakAnswer:
    """What it means for the subject, its data and the trial: by the investigator, and by the medical monitor."""
    role = require(by, "assess impact", found.site_id)
    if not found.is_lost:
        raise NotYet("Nobody was shown the arm, so there is no impact to assess.")
    _refuse_empty(words, "Say what it means for the subject, its ratings and the trial.")
    refuse_arm(words)
    return _answer(found, by, role, CodeBreakAnswer.Kind.IMPACT, words)


def _answer(found: CodeBreak, by: User, role: str, kind: str, words: str) -> CodeBreakAnswer:
    belongs = {"subject_id": found.subject_id, "site_id": found.site_id}
    with act(by=by, role=role):
        try:
            with transaction.atomic():
                return CodeBreakAnswer.objects.create(
                    code_break=found, kind=kind, as_role=role, by=by, at=timezone.now(), words=words.strip(), **belongs
                )
        except IntegrityError as error:
            if "answered_once" in str(error):
                raise AlreadySettled("This was done before, in this role.") from error
            raise


# -- what they have in common


def _entered(subject: Subject, by: User, kind: str, reason: str, **more) -> CodeBreak:
    return CodeBreak.objects.create(
        subject=subject,
        site_id=subject.site_id,
        kind=kind,
        asked_at=timezone.now(),
        asked_by=by,
        reason=reason.strip()[:500],
        **({"happened_on": subject.site.today()} | more),
    )


def _known_to(found: CodeBreak, people: Iterable[User], described: str, how: str, by: User) -> None:
    """A row for each person who is not there yet."""
    there = set(found.known_to.exclude(person=None).values_list("person", flat=True))
    since = found.happened_on if how == How.LEARNT or found.kind == Kind.ENVELOPE else found.subject.site.today()
    common = {
        "code_break": found,
        "subject_id": found.subject_id,
        "site_id": found.site_id,
        "how": how,
        "since": since,
        "recorded_at": timezone.now(),
        "recorded_by": by,
    }
    for person in people:
        if person.pk not in there:
            ArmKnown.objects.create(person=person, **common)
    words = described.strip() if shows_something(described) else ""
    if words and not found.known_to.filter(described=words, how=how).exists():
        ArmKnown.objects.create(described=words, **common)


def _follow(subject: Subject, by: User) -> None:
    """The deviation, and ratings that are touched. What is locked stays as it is; the register tells of it anyway."""
    try:
        with transaction.atomic():
            subject = Subject.objects.select_related("site").get(pk=subject.pk)
            follow(subject=subject, by=by, because="The blind of the subject was broken or lost")
    except Refusal as locked:
        log.warning("no deviation was opened for a code break: %s", locked)


def _mail(found: CodeBreak, roles: Iterable[str], *, to: Iterable[User] = ()) -> None:
    """The mail names the site and the kind, nothing of the subject; who was mailed is kept with the code break."""
    held = RoleHeld.objects.current().filter(site_id=found.site_id, role__in=list(roles)).select_related("user")
    reached = [(role.role, role.user) for role in held if role.user.email] + [("", one) for one in to if one.email]
    what = {
        Kind.EMERGENCY: "The code of a subject was broken in an emergency",
        Kind.ACCIDENTAL: "The blind of a subject was lost by accident",
        Kind.ENVELOPE: "A sealed envelope was opened",
    }.get(found.kind, "A planned code break")
    if found.taken_back_at is not None:
        what = "A lost blind that was recorded by mistake is taken back"
    elif found.is_unusual:
        what = f"Unusually many code breaks: {what[0].lower()}{what[1:]}"
    outbox.put(
        kind=Mail.Kind.ALERT,
        to=[user.email for _, user in reached],
        title=f"[{trial.STUDY_ID}] {what}",
        text=f"{what} at {found.site.name}.\n\n"
        f"Sign in and open it: {settings.PUBLIC_ADDRESS}/code-breaks/{found.pk}/\n\n"
        "What the subject takes stands nowhere there, and this mail carries no data of any person on purpose.\n",
    )
    found.told = found.told + [[role, user.username] for role, user in reached if role]
    found.save(update_fields=["told"])


def _refuse_empty(text: str, sentence: str) -> None:
    if not shows_something(text):
        raise Refusal(sentence)


def refuse_arm(*texts: str) -> None:
    """Raises Refusal for texts that name one: these texts are read by people who are blinded."""
    if any(trial.names_an_arm(text) for text in texts):
        raise Refusal("Do not write what the subject takes, or is thought to take: others who read this are blinded.")
