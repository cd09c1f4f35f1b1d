"""The mails about accounts: rows of the outbox, written in the transaction of the deed they tell of."""

from crf import trial
from crf.models import Mail, User

from . import outbox


def mail(to: str, about: str, *paragraphs: str) -> None:
    """Write one mail of these paragraphs. It leaves after the deed, however often that has to be tried."""
    if not to:
        return
    text = "\n\n".join(paragraphs) + "\n"
    outbox.put(kind=Mail.Kind.ACCOUNT, to=[to], title=f"[{trial.STUDY_ID}] {about}", text=text)


def mail_link(user: User) -> None:
    """The mail names the study and the username, and nothing else. Its link is made, and its days count, on leaving."""
    text = (
        f"You have an account in the electronic case report form of {trial.STUDY_ID}.\n\n"
        f"Your username: {user.username}\nSet your password here: {outbox.LINK}\n\n"
        "The link works once and for three days. The account is yours alone: never let anybody else use it.\n"
    )
    outbox.put(
        kind=Mail.Kind.ACCOUNT, to=[user.email], title=f"[{trial.STUDY_ID}] Your account", text=text, link_for=user
    )
