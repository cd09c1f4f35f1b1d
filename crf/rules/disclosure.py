"""Who is shown totals, bands and the entry threshold on a rating (PROTOCOL 6); the study's settings decide."""

from collections.abc import Collection

from crf import trial
from crf.spec.forms import Form
from crf.spec.trial import Settings

RATER, INVESTIGATOR = "rater", "investigator"


def sees_totals(roles: Collection[str], settings: Settings | None = None) -> bool:
    """Whether somebody holding these roles at the site is shown totals, once a rating is saved."""
    settings = settings or trial.SETTINGS
    others = set(roles) - {RATER}
    if not others:
        return settings.rater_sees_total
    return settings.investigator_sees_total_after_saving if others == {INVESTIGATOR} else True


def sees_bands(roles: Collection[str], settings: Settings | None = None) -> bool:
    """Whether the band stands beside a total."""
    settings = settings or trial.SETTINGS
    return sees_totals(roles, settings) and (settings.rater_sees_bands or bool(set(roles) - {RATER}))


def entry_threshold(form: type[Form], visit: str | None, settings: Settings | None = None) -> int | None:
    """The score that entry asks for, where a rating that decides on it is to show it; by default nowhere."""
    settings = settings or trial.SETTINGS
    if form.threshold is None or not settings.rater_sees_entry_threshold:
        return None
    return form.threshold(visit)
