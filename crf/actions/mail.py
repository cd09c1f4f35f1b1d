"""The mails about accounts: rows of the outbox, written in the transaction of the deed they tell of."""

from crf import trial
from crf.models import Mail

from . import outbox


def mail(to: str, about: str, *paragraphs: str) -> None:
    """Write one mail of these paragraphs. It leaves after the deed, however often that has to be tried."""
    if not to:
        return
    text = "\n\n".join(paragraphs) + "\n"
    outbox.put(kind=Mail.Kind.ACCOUNT, to=[to], title=f"[{trial.STUDY_ID}] {about}", text=text)
