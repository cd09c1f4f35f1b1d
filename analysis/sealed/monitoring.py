"""Which subjects belong together, for the reports to the monitoring committee: groups by letter, never the arm.

Who imports this module is listed in pyproject.toml.
"""

import pandas as pd

from crf.allocation import hatch
from crf.models import Subject, User
from crf.permissions import require_anywhere
from crf.refusals import Refusal
from crf.spec.kinds import shows_something


def groups(*, by: User, reason: str) -> pd.Series:
    """The letter of each randomised subject, by number. The look is on record before anything is given back.

    Raises NotAllowed, and the hatch's NotTheirs and KeyUnavailable.
    """
    require_anywhere(by, "monitoring report")
    if not shows_something(reason):
        raise Refusal("Say for which meeting the closed report is made.")
    letters = hatch.monitoring_groups(by=by.pk, reason=reason.strip())
    numbers = dict(Subject.objects.filter(pk__in=letters).values_list("pk", "number"))
    found = {numbers[pk]: letter for pk, letter in letters.items() if pk in numbers}
    return pd.Series(found, name="group", dtype=object).sort_index()
