"""Who of the demo trial is seen when: 26 subjects at two sites, so that a running trial shows every stage. Pure data.

Days are counted from the demo's own day zero, the day on which it is built: -150 is 150 days before.
"""

from dataclasses import dataclass

from crf import trial

SITES_IN_ORDER = "JAJAJAJAJAJAJAJAJAJAJAJAJJ"
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


@dataclass(frozen=True)
class Plan:
    """One subject of the demo: its number, when it is screened and dosed, and what a running trial does not show yet.

    jitter: days by which visits leave their target, by visit code.
    """

    number: str
    site: str
    first_dose: int
    screened: int
    jitter: dict[str, int]
    not_yet: frozenset[str]
    only_consented: bool = False
    fails: bool = False

    def day_of(self, visit: str) -> int:
        """The day of the visit, from the demo's day zero."""
        if visit == trial.SCREENING:
            return self.screened
        return self.first_dose + trial.visit(visit).day - 1 + self.jitter.get(visit, 0)


def plans() -> tuple[Plan, ...]:
    """Everybody in the order of enrolment, the screen failure among them."""
    counts = {"JER": 0, "AFU": 0}
    found = []
    for place, (letter, first_dose) in enumerate(zip(SITES_IN_ORDER, FIRST_DOSES, strict=True)):
        site = {"J": "JER", "A": "AFU"}[letter]
        if place == FAILURE_BEFORE:
            counts["JER"] += 1
            found.append(
                Plan(
                    f"JER-{counts['JER']:03d}",
                    "JER",
                    first_dose,
                    first_dose - SCREENED_BEFORE,
                    {},
                    frozenset(),
                    fails=True,
                )
            )
        counts[site] += 1
        found.append(
            Plan(
                f"{site}-{counts[site]:03d}",
                site,
                first_dose,
                first_dose - SCREENED_BEFORE - place % 4,
                _jitter(place),
                _not_yet(first_dose),
                only_consented=first_dose > 0,
            )
        )
    return tuple(found)


def randomised() -> tuple[Plan, ...]:
    """Those who are randomised, in that order at each site."""
    return tuple(plan for plan in plans() if not plan.fails)


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
