"""What a record can lead to: alerts for physicians and departures from the protocol. A form's hooks give these."""

from dataclasses import dataclass
from datetime import date

# What an alert may ask for besides an action: it stands on the work list until it is there.
PROMPT_SERIOUS, PROMPT_EVENT, PROMPT_DEVIATION = "serious adverse event", "adverse event", "deviation"
PROMPT_JUDGEMENT = "documented judgement of the investigator"

OVERDOSE, SERIOUS = "overdose", "SAE"
#: What alerts of any trial are called; a trial names its own (Trial.alert_kinds).
ALERTS_OF_ANY_TRIAL = {OVERDOSE: "Overdose", SERIOUS: "Serious adverse event"}
MAJOR, MINOR = "MAJOR", "MINOR"

#: Kinds of deviation that the engine opens itself; the form for deviations has them among its own.
DEVIATION_KINDS = (
    ("BEFORECONSENT", "Procedure before consent"),
    ("WINDOW", "Visit outside its window"),
    ("MISSED", "Visit missed"),
    ("INELIGIBLE", "Randomised without meeting the criteria"),
    ("BOTTLE", "Wrong bottle"),
    ("AFTERSTOP", "Dose, decision or dispensing after the end of treatment"),
    ("BEFORERANDOM", "Dose, decision or dispensing before randomisation"),
    ("OVERDOSE", "More taken than prescribed, or more than the highest dose"),
    ("PROHIBITED", "Prohibited medication"),
    ("BLIND", "Blind at risk or lost"),
    ("SAELATE", "Serious adverse event reported late"),
    ("TITRATION", "Dose not as the rules of titration allow"),
    ("OTHER", "Other"),
)


@dataclass(frozen=True)
class Alert:
    """Something a physician acknowledges with an action. The sentence carries no value, so that it can be mailed.

    A notice (`blocking` False) is shown and blocks nothing. `prompts`: what is asked for besides.
    """

    rule: str
    kind: str
    sentence: str
    blocking: bool = True
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Departure:
    """A deviation to open: kind, a sentence, when it happened, how grave it is at first sight.

    `fingerprint` names the occasion, so that the same departure is opened once.
    """

    kind: str
    sentence: str
    occurred_on: date
    fingerprint: str
    severity: str = MINOR
    at_visit: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a subject is not eligible: the criterion or the check, and a sentence."""

    code: str
    sentence: str
