"""What any trial alerts of: more taken than prescribed, a serious event (PROTOCOL 7). The rest are hooks of forms."""

from crf import trial
from crf.rules.exposure import TakenInAll
from crf.spec.consequences import OVERDOSE, PROMPT_DEVIATION, PROMPT_EVENT, SERIOUS, Alert
from crf.spec.dosing import Ladder


def overdose(*, ladder: Ladder, most_in_a_day: int | None, prescribed_mg: int | None) -> tuple[Alert, ...]:
    """Capsules swallowed on one day above what was prescribed, or above the highest dose. Recorded, never refused.

    `prescribed_mg`: the highest daily dose prescribed in the interval; None where it is not known.
    """
    if most_in_a_day is None:
        return ()
    because = []
    if prescribed_mg is not None and ladder.exceeds(most_in_a_day, prescribed_mg):
        because.append("more than prescribed")
    if ladder.exceeds_maximum(most_in_a_day):
        because.append(f"more than {ladder.maximum} {ladder.amount}")
    if not because:
        return ()
    sentence = f"On one day the subject took {' and '.join(because)}."
    return (Alert("ALERT-07", OVERDOSE, sentence, prompts=(PROMPT_EVENT, PROMPT_DEVIATION)),)


def overdose_in_all(in_all: TakenInAll | None) -> tuple[Alert, ...]:
    """More capsules taken between two counts than were prescribed over these days, whatever was taken on one day."""
    if in_all is None or not in_all.is_overdose:
        return ()
    sentence = "Since the last count the subject took more in all than was prescribed."
    return (Alert("ALERT-07", OVERDOSE, sentence, prompts=(PROMPT_EVENT, PROMPT_DEVIATION)),)


def serious_event(serious: str | None) -> tuple[Alert, ...]:
    """A criterion of seriousness is met: the clock of 24 hours runs from awareness."""
    if serious != "Y":
        return ()
    return (Alert("ALERT-08", SERIOUS, f"Serious adverse event: report within {trial.SETTINGS.sae_hours} hours."),)
