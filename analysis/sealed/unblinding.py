"""The second door to the allocation list, shut until the study is locked and two people have approved its opening.

Who imports this module is listed in pyproject.toml.
"""

import pandas as pd
from django.db import transaction

from analysis.sealed.verified import Verified
from crf.allocation import hatch, sealing, verify
from crf.models import Subject, User
from crf.permissions import require_anywhere
from crf.refusals import Refusal
from crf.spec.kinds import shows_something

NEEDED = 2  # people who approve


def approve_opening(*, by: User, reason: str) -> int:
    """One person approves that the list be opened; gives how many have. The database counts each person once.

    Raises NotAllowed, and the hatch's NotLocked and AlreadyApproved.
    """
    require_anywhere(by, "approve opening")
    if not shows_something(reason):
        raise Refusal("Say on what ground the list may be opened.")
    with transaction.atomic():
        return hatch.approve_opening(by=by.pk, reason=reason.strip())


def is_open() -> bool:
    """Whether the study is locked and two people have approved."""
    return hatch.is_open()


def opened() -> pd.DataFrame:
    """The whole list, rows that nobody used among them: subject (number or None), stratum, sequence, block, arm.

    Raises the hatch's NotOpen and KeyUnavailable.
    """
    rows = hatch.opened()
    used = [row["subject_id"] for row in rows if row["subject_id"] is not None]
    numbers = dict(Subject.objects.filter(pk__in=used).values_list("pk", "number"))
    return pd.DataFrame(
        [(numbers.get(row["subject_id"]), row["stratum"], row["sequence"], row["block"], row["arm"]) for row in rows],
        columns=["subject", "stratum", "sequence", "block", "arm"],
    )


def verified() -> Verified:
    """The opened list held against its commitment. Raises the hatch's NotOpen and KeyUnavailable."""
    rows, commitment = hatch.opened_rows(), hatch.commitment() or ""
    strata: dict[str, list[bool]] = {}
    for row in rows:
        strata.setdefault(row.place.stratum, []).append(row.subject_id is not None)
    return Verified(
        commitment,
        sealing.root_of([sealing.leaf_of(row.salt, row.place) for row in rows]).hex(),
        tuple((stratum, len(given), sum(given)) for stratum, given in strata.items()),
        tuple(verify.disagreements(rows, commitment)),
    )
