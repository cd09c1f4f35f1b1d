"""Give an eligible subject the next kit of its stratum. Once, whatever happens."""

from django.utils import timezone

from crf.allocation import hatch
from crf.chart import strata
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import Subject, User
from crf.permissions import require
from crf.refusals import NotEligible
from crf.spec import dates

from .act import act
from .enrol import refuse_annulled
from .follow import follow
from .watch_list import tell_if_nearly_used


def randomise(*, subject: Subject, by: User) -> str:
    """Randomise the subject and return its kit number; a second call returns the same one.

    Raises NotEligible with what is missing, and the hatch's ListExhausted when no kit is left.
    """
    role = require(by, "randomise", subject.site_id)
    with act(by=by, role=role):
        # The row is held: a double click waits here and then finds the kit.
        subject = Subject.everything.select_for_update(of=("self",)).select_related("site").get(pk=subject.pk)
        if subject.is_randomised:
            return subject.kit
        refuse_annulled(subject)
        if subject.consent_withdrawn_on:
            raise NotEligible(f"{subject} withdrew consent on {dates.day(subject.consent_withdrawn_on)}.")
        if reasons := reasons_against(subject):
            raise NotEligible(f"{subject} cannot be randomised yet.", details=reasons)
        levels = strata.levels_of(Others(subject.pk))
        subject.stratum, subject.stratum_levels = strata.stratum_of(subject, levels), levels
        was_nearly_used = hatch.is_nearly_used(subject.stratum)
        subject.kit = hatch.allocate(subject_id=subject.pk, stratum=subject.stratum, by=by.pk)
        tell_if_nearly_used(subject.stratum, was=was_nearly_used)
        subject.randomised_at, subject.randomised_by = timezone.now(), by
        subject.save(update_fields=["stratum", "stratum_levels", "kit", "randomised_at", "randomised_by"])
        follow(subject=subject, by=by, because=f"{subject} was randomised")
    return subject.kit


def reasons_against(subject: Subject) -> list[str]:
    """Sentences that say what still stands between the subject and randomisation; empty when nothing does."""
    others = Others(subject.pk)
    reasons = Standing.of(subject).reasons_against_randomising()
    if not subject.is_screen_failure:
        reasons += strata.unknown_factors(others)
    return list(dict.fromkeys(reasons))


def commitment() -> str | None:
    """The Merkle root of the list, published before the first randomisation and printed in every report."""
    return hatch.commitment()
