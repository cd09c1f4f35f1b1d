"""A browser's desk: what a page posts, with the number that a page carries which creates something."""

from django.contrib.auth import SESSION_KEY
from django.test import Client

from crf.actions.once import last_of
from crf.models import User


class Desk(Client):
    """Django's client, as a person uses it: each post is a press on a page that was just opened."""

    def post(self, path, data=None, *args, **kwargs):
        if (data is None or isinstance(data, dict)) and not args and "content_type" not in kwargs:
            data = {"once": str(self.next_press(path))} | (data or {})
        return super().post(path, data, *args, **kwargs)

    def next_press(self, path: str) -> int:
        """The number that the page carries when it is opened now."""
        signed_in = self.session.get(SESSION_KEY) if self.cookies else None
        last = last_of(User.objects.get(pk=signed_in), path.partition("?")[0]) if signed_in else None
        return last.nth + 1 if last else 1
