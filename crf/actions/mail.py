"""The mails about accounts: one place, so that none goes before what it tells of is kept, and none undoes it."""

from django.core.mail import send_mail
from django.db import transaction

from crf import trial


def mail(to: str, about: str, *paragraphs: str) -> None:
    """Mail the paragraphs once the deed is committed. Where the mail server is away, the deed stands and the log says
    so (robust): a page that said “nothing was done” would be wrong."""
    if not to:
        return
    text = "\n\n".join(paragraphs) + "\n"
    transaction.on_commit(lambda: send_mail(f"[{trial.STUDY_ID}] {about}", text, None, [to]), robust=True)
