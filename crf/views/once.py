"""What a page that creates something carries, so that pressing its button twice makes one thing."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms as entry
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect

from crf.actions import once as deeds
from crf.models import Press
from crf.refusals import Refusal

NAME = "once"
INCOMPLETE = "Nothing was done: the page was not complete when it was sent. Look at it once more, and press again."


def _always(led_to: str) -> bool:
    return True


@dataclass
class Once:
    """One press on the page of this request.

    `still_counts`: asked with the page of what an earlier press made, whether that still stands for the same press.
    `is_durable`: the deed commits for itself; such a press is never refused for want of its number.
    """

    request: object
    still_counts: Callable[[str], bool] = _always
    is_durable: bool = False

    def prepare(self, form: entry.Form) -> None:
        """Let the page carry its number."""
        form.fields[NAME] = entry.IntegerField(
            required=False, min_value=1, max_value=10**6, widget=entry.HiddenInput, initial=self._next
        )
        if form.is_bound and not self._given:  # shown again, it is complete
            form.data = form.data.copy()
            form.data[NAME] = str(self._next)

    def do(self, deed: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Do the deed, or lead to what the same press made before."""
        if not self._given and not self.is_durable:
            raise Refusal(INCOMPLETE)
        made: list[HttpResponseBase] = []

        def make() -> str:
            made.append(deed())
            return made[0].url

        led_to, earlier = deeds.once(
            by=self.request.user,
            place=self.request.path,
            nth=self._given or self._next,
            content=deeds.content_of(self.request.POST.lists()),
            is_another="another" in self.request.GET,
            still_counts=self.still_counts,
            is_durable=self.is_durable,
            deed=make,
        )
        if earlier is None:
            return made[0]
        messages.info(
            self.request, f"This was done already, at {earlier.pressed_at:%H:%M} UTC, and was not done a second time."
        )
        return redirect(led_to)

    def earlier(self) -> Press | None:
        """What this person made here a moment ago, for the page to say."""
        last = deeds.last_of(self.request.user, self.request.path)
        return last if last and deeds.is_soon_after(last) and "another" not in self.request.GET else None

    @property
    def _given(self) -> int:
        told = self.request.POST.get(NAME, "")
        return int(told) if told.isascii() and told.isdecimal() and len(told) < 7 else 0

    @property
    def _next(self) -> int:
        last = deeds.last_of(self.request.user, self.request.path)
        return last.nth + 1 if last else 1
