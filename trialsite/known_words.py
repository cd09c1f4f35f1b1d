"""A password is not made of words that everybody at the trial knows: its name, its arms, its sites."""

import re
from functools import cache

from django.core.exceptions import ValidationError

SHORTEST = 4  # letters of such a word: shorter ones stand in others by chance
LEFT = 8  # letters and digits that must be left without them


@cache
def known() -> tuple[str, ...]:
    """Longest first: a word may stand in another."""
    from crf import trial

    said = [trial.STUDY_ID, trial.TITLE, *trial.TRIAL.words]
    said += [word for site in trial.SITES for word in (site.code, site.name)]
    said += [word for arm in trial.ARMS for word in (arm.code, arm.label)]
    found = {word for text in said for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) >= SHORTEST}
    return tuple(sorted(found | {"ecrf", "password", "study", "trial"}, key=len, reverse=True))


class KnownWords:
    """One of AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user=None) -> None:
        rest = password.casefold()
        for word in known():
            rest = rest.replace(word, "")
        if sum(map(str.isalnum, rest)) < LEFT:
            raise ValidationError(self.get_help_text(), code="known_words")

    def get_help_text(self) -> str:
        return "A password is not made of words that everybody at this trial knows: take others."
