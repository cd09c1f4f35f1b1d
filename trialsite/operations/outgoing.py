"""Django's mail goes into the outbox: also what allauth writes survives a mail server that is down."""

from django.core.mail.backends.base import BaseEmailBackend


class Outbox(BaseEmailBackend):
    """`EMAIL_BACKEND`. What really sends is `MAIL_TRANSPORT`; `manage.py watch` calls it."""

    def send_messages(self, email_messages) -> int:
        from crf.actions import outbox
        from crf.models import Mail

        for message in email_messages:
            outbox.put(kind=Mail.Kind.OTHER, to=message.recipients(), title=str(message.subject), text=message.body)
        return len(email_messages)
