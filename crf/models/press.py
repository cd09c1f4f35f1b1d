"""A press of a button that creates something: it is known again, so that pressing twice makes one."""

from django.conf import settings
from django.db import models


class Press(models.Model):
    """`nth` counts what this person made on the page at this address; the page carries the number of the next.

    Not the record and not audited: what the press made is. `content` is a hash of what was posted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=200, help_text="the path of the page")
    nth = models.PositiveIntegerField()
    content = models.CharField(max_length=64)
    pressed_at = models.DateTimeField()
    led_to = models.CharField(max_length=300, help_text="the page of what was made")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place", "nth"], name="press_once")]

    def __str__(self):
        return f"Press {self.nth} at {self.place}"
