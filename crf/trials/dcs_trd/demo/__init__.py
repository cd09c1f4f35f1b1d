"""The demo of this trial: 26 subjects whose outcomes are fitted to the published table. They are no evidence."""

from collections.abc import Mapping, Sequence

from crf.spec.demo import Episode, Fate, Moment, Plan, Question, Story, Turn
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.demo import answers, calendar, outcomes

SEED = 160  # of the outcomes: arms alike in age, sex and BDI at baseline
FIRST, SECOND = protocol.SITES
BROKEN = FIRST.number_of(10)
#: Whose BDI raises an alert that stands open in the running demo, and at which visit.
ALERTED = (SECOND.number_of(9), "W2")


class Calibrated(Story):
    """The story that the final report prints the published table of."""

    results = {"GLYCINE": answers.LABORATORY_DAYS}
    samples = {"W4": answers.LEVEL_DAYS}
    broken = (BROKEN, "Brought to the emergency room after a fall; the physician asks for the arm.")
    alerts_stand = 30
    begins, last_day = min(calendar.FIRST_DOSES), calendar.LAST_DAY
    questions = (
        Question(
            *(SECOND.number_of(8), "W3", "HAMD", "insomnia_middle"),
            "The source notes sleep without interruption. Please check.",
        ),
        Question(*(FIRST.number_of(7), "W4", "VITALS", "pulse"), "The source notes 72 beats a minute. Please check."),
        Question(
            *(BROKEN, "W2", "HAMD", "weight_measured"),
            "Please confirm the weight change with the weights of both visits.",
            "Both weights were checked: the difference is below half a kilogram.",
        ),
    )

    def __init__(self, plans: tuple[Plan, ...], made: Mapping[str, outcomes.Outcome], arms: Mapping[str, str]):
        self.plans, self.made, self.arms = plans, made, arms

    def fate(self, number: str) -> Fate:
        made = self.made[number]
        episodes = [PAUSE] if made.is_interrupted else []
        if made.changes_at:
            episodes.append(Episode(made.changes_at, (Turn(1, logs={"CONMED": {}, "ICE": {}}),)))
        return Fate(leaves_at=made.leaves_at, stops_at=made.stops_at, missed=made.missed, episodes=tuple(episodes))

    def answers(self, form: str, moment: Moment) -> Mapping[str, str]:
        return answers.answers(
            form, moment, self.made.get(moment.number), is_alerted=(moment.number, moment.rated) == ALERTED
        )

    def misfits(self, given: Mapping[str, str]) -> bool:
        return any(number not in self.made or self.made[number].arm != self.arms[kit] for number, kit in given.items())


#: The drug is interrupted for a headache two days after week 2, and taken again three days later.
PAUSE = Episode(
    "W2",
    (
        Turn(2, logs={"AE": answers.headache()}, unscheduled={"DOSING": answers.interruption()}),
        Turn(5, corrects={"AE": {"ongoing": "N", "outcome": "RECOVERED/RESOLVED"}}, unscheduled={"DOSING": {}}),
    ),
)


def story(fates: Sequence[Mapping[str, str]]) -> Story:
    """The story for the demo's list, of which `fates` tells arm and kit by stratum, in the order of the list."""
    plans = calendar.plans(protocol.SITES)
    waiting = {site.code: iter([row for row in fates if row["stratum"] == site.code]) for site in protocol.SITES}
    randomised = [plan for plan in plans if not plan.fails]
    allocation = [(plan.number, next(waiting[plan.site])["arm"]) for plan in randomised]
    made = outcomes.outcomes(allocation, seed=SEED, is_eventful=True)
    return Calibrated(plans, made, {row["kit"]: row["arm"] for row in fates})


def besides(form: str, moment: Moment) -> Mapping[str, str]:
    """What a made-up story (a rehearsal) cannot know from the declarations."""
    return answers.answers(form, moment, None, is_alerted=False)
