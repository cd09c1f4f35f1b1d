"""Who of the demo trial is seen when: 26 subjects at two sites, so that a running trial shows every stage. Pure data.

Days are counted from the demo's own day zero, the day on which it is built: -150 is 150 days before.
"""

from collections.abc import Sequence

from crf.spec.arms import Site
from crf.spec.demo import Failure, Plan

#: Which site enrols next: its place among the sites of the protocol.
SITES_IN_ORDER = [int(place) for place in "01010101010101010101010100"]
#: Day of the first dose, by order of enrolment. What lies after day 0 happens when the demo is finished.
FIRST_DOSES = (
    -98,
    -90,
    -83,
    -77,
    -71,  # over, follow-up included
    -55,
    -50,
    -45,  # six weeks over, follow-up to come
    -42,  # week 6 is due today
    -38,
    -36,
    -33,
    -31,
    -29,
    -26,
    -24,  # after weeks 5, 4 and 3
    -21,  # week 3 is due today: the step to 750 mg
    -17,
    -15,  # after week 2; the first of them with an alert that nobody has acted on
    -11,  # week 1 is overdue
    -10,
    -8,  # after week 1
    -3,  # the contact of day 4 is due today
    0,  # randomised today
    0,  # attested, ready to be randomised
    6,  # in screening
)
FAILURE_BEFORE = 9  # a screen failure takes a number before the subject at this place
SCREENED_BEFORE = 9  # days from screening to the first dose
LAST_DAY = 90  # by then everybody's follow-up is over
FAILURE = Failure({"CONSENT": {}, "DEMOG": {"sex": "M"}, "ELIG": {"e1": "Y"}}, ("E1 Any seizure ever",))


def plans(sites: Sequence[Site]) -> tuple[Plan, ...]:
    """Everybody in the order of enrolment, the screen failure among them."""
    counts = [0] * len(sites)
    found = []

    def taken(at: int) -> tuple[str, str]:
        counts[at] += 1
        return sites[at].number_of(counts[at]), sites[at].code

    for place, (at, first_dose) in enumerate(zip(SITES_IN_ORDER, FIRST_DOSES, strict=True)):
        if place == FAILURE_BEFORE:
            screened = first_dose - SCREENED_BEFORE
            found.append(Plan(*taken(0), first_dose=first_dose, screened=screened, fails=FAILURE))
        found.append(
            Plan(
                *taken(at),
                first_dose=first_dose,
                screened=first_dose - SCREENED_BEFORE - place % 4,
                jitter=_jitter(place),
                not_yet=_not_yet(first_dose),
                only_consented=first_dose > 0,
                waits=first_dose == 0 and at == 0,
            )
        )
    return tuple(found)


def _jitter(place: int) -> dict[str, int]:
    """A day early or late, within the window; one visit outside it."""
    found = {f"W{week}": (place + 2 * week) % 3 - 1 for week in range(1, 6)} | {"W6": place % 2}
    if place == 3:
        found["W4"] = 3
    return found


def _not_yet(first_dose: int) -> frozenset[str]:
    """Visits of today, and one of some days ago, that stand open on the work list of a running trial."""
    return {-42: frozenset({"W6"}), -21: frozenset({"W3"}), -11: frozenset({"W1"}), -3: frozenset({"D4"})}.get(
        first_dose, frozenset()
    )
