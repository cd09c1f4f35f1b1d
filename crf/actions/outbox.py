"""The outbox: a mail is a row of the deed's own transaction, and leaves later, as often tried as it takes.

So a deed never fails because mail is down, a mail never tells of a deed that was rolled back, and what could not be
sent is kept and shown. A mail leaves at least once: when the sender dies between sending and writing that down, it
leaves twice. No mail carries data of a subject: a title and a text here are the deed's own words.
"""

import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from crf.models import Mail, User
from crf.permissions import require_anywhere
from crf.refusals import NotYet
from trialsite.secret_texts import safe

from .password_links import link_for

LINK = "{link}"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = timedelta(days=7)  # then a mail is given up; an alert's never is
NOBODY = "nobody at the site holds a role that is told"


def put(
    *, kind: str, to: Iterable[str], title: str, text: str, link_for: User | None = None, now: datetime | None = None
) -> list[Mail]:
    """Write one mail for each address. `{link}` in the text becomes the link to set the password of `link_for`.

    With no address at all a row is written nevertheless, to be seen: an alert that reaches nobody is no small thing.
    """
    now = now or timezone.now()
    sealed = safe().encrypt(text.encode()).decode()
    rows = [
        Mail(
            kind=kind,
            to=address,
            title=title,
            text=sealed,
            link_for=link_for,
            written_at=now,
            next_try_at=now if address else None,
            trouble="" if address else NOBODY,
        )
        for address in (list(dict.fromkeys(to)) or [""])
    ]
    return Mail.objects.bulk_create(rows)


def send_due(*, now: datetime | None = None, most: int = 50) -> tuple[int, int]:
    """Try every mail that is due. Returns how many left and how many failed.

    Each in a transaction of its own that holds its row, so that two senders never send the same one.
    """
    sent = failed = 0
    for _ in range(most):
        moment = now or timezone.now()
        with transaction.atomic():
            mail = (
                Mail.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(next_try_at__lte=moment)
                .order_by("next_try_at", "pk")
                .first()
            )
            if mail is None:
                break
            if trouble := _send(mail):
                failed += 1
                _try_later(mail, trouble, moment)
            else:
                sent += 1
                mail.text, mail.next_try_at, mail.sent_at, mail.trouble = "", None, moment, ""
            mail.tries += 1
            mail.save(update_fields=["text", "next_try_at", "sent_at", "given_up_at", "trouble", "tries"])
    return sent, failed


def try_again(*, by: User) -> int:
    """Everything that has not left is due at once; returns how many. What was given up is taken up again."""
    require_anywhere(by, "administer")
    waiting = Mail.objects.filter(sent_at__isnull=True).exclude(to="")
    changed = waiting.update(next_try_at=timezone.now(), given_up_at=None)
    if not changed:
        raise NotYet("Every mail has left: there is nothing to try again.")
    return changed


def troubled():
    """The mails that were tried and have not left, and those that have nobody to go to."""
    return Mail.objects.filter(sent_at__isnull=True).exclude(trouble="")


def waiting():
    """The mails that will be tried."""
    return Mail.objects.filter(next_try_at__isnull=False)


def _send(mail: Mail) -> str:
    """Nothing when it left; else what stood in the way by kind and code: an error's own words may repeat an address."""
    try:
        text = safe().decrypt(mail.text.encode()).decode()
    except InvalidToken:
        return "its text was encrypted with a secret key that is not named any more"
    if mail.link_for is not None:
        if not mail.link_for.is_active:
            return "the account is disabled: no link is sent for it"
        text = text.replace(LINK, link_for(mail.link_for))
    message = EmailMessage(mail.title, text, None, [mail.to], connection=get_connection(settings.MAIL_TRANSPORT))
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = sorted({str(code) for code, _ in refused.recipients.values()})
        return f"the mail server refuses the address ({', '.join(codes)})"
    except smtplib.SMTPResponseException as refused:
        return f"{type(refused).__name__} {refused.smtp_code}"
    except (OSError, smtplib.SMTPException, ValueError) as trouble:
        return type(trouble).__name__
    return ""


def _try_later(mail: Mail, trouble: str, now: datetime) -> None:
    """Twice as long each time, an hour at most; after a week it is given up, unless it tells of an alert."""
    mail.trouble = trouble[:200]
    if mail.kind != Mail.Kind.ALERT and now - mail.written_at > PATIENCE:
        mail.next_try_at, mail.given_up_at = None, now
        return
    mail.next_try_at = now + min(FIRST_PAUSE * 2 ** min(mail.tries, 10), LONGEST_PAUSE)


def oldest_waiting(now: datetime) -> timedelta | None:
    """How long the mail that is longest overdue has waited."""
    first = waiting().order_by("written_at").values_list("written_at", flat=True).first()
    return None if first is None else now - first
