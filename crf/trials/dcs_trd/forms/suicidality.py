"""Suicidality, coded in the eleven categories of the FDA's draft guidance of 2012, in our own words (PROTOCOL 3).

No rating scale is embedded: the categories are coded from the clinician's own interview.
"""

from crf.spec import OPEN, YES_NO, Check, Form, Item, Text
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules import alerts

IDEATION, BEHAVIOUR, OTHER = "Thoughts", "Behaviour", "Other"
BEHAVIOURS = ("completed", "attempt", "interrupted", "aborted", "preparation")


class Suicidality(Form):
    """What happened since the last visit; at screening, ever in life."""

    code, title, domain, category = "SUICIDE", "Suicidality classification", "QS", "SUICIDALITY CLASSIFICATION"
    reference = "Since the last visit; at screening, ever"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    rating = True
    languages = protocol.LANGUAGES
    alerts = (alerts.of_classification,)

    passive = Item("1 Wish to be dead, without a thought of killing oneself", YES_NO, testcd="SUIC01", section=IDEATION)
    nonspecific = Item("2 Thought of killing oneself, no method", YES_NO, testcd="SUIC02", section=IDEATION)
    method = Item("3 With a method in mind, no intent", YES_NO, testcd="SUIC03", section=IDEATION)
    intent = Item("4 With some intent to act, no worked-out plan", YES_NO, testcd="SUIC04", section=IDEATION)
    plan = Item("5 With intent and a worked-out plan", YES_NO, testcd="SUIC05", section=IDEATION)
    completed = Item("6 Suicide", YES_NO, testcd="SUIC06", section=BEHAVIOUR)
    attempt = Item("7 Attempt of suicide", YES_NO, testcd="SUIC07", section=BEHAVIOUR)
    interrupted = Item("8 Attempt stopped by somebody or something else", YES_NO, testcd="SUIC08", section=BEHAVIOUR)
    aborted = Item("9 Attempt begun and given up by the subject", YES_NO, testcd="SUIC09", section=BEHAVIOUR)
    preparation = Item("10 Preparation towards an attempt", YES_NO, testcd="SUIC10", section=BEHAVIOUR)
    self_injury = Item("11 Self-injury without intent to die", YES_NO, testcd="SUIC11", section=OTHER)
    details = Item("In words, no names", Text(1000, long=True), section=OTHER, required=False)

    checks = (
        Check(
            "SUICIDE-01",
            "A behaviour is affirmed: please describe it in words.",
            lambda r: bool(r.details) or all(getattr(r, name) != "Y" for name in BEHAVIOURS),
            items=BEHAVIOURS,
        ),
        Check(
            "SUICIDE-02",
            "Thoughts with a plan are affirmed, yet no thought of killing oneself: please check.",
            lambda r: not (r.plan == "Y" and r.nonspecific == "N" and r.method == "N" and r.intent == "N"),
        ),
        Check(
            "SUICIDE-03",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
    )

    typical = {
        "passive": "N",
        "nonspecific": "N",
        "method": "N",
        "intent": "N",
        "plan": "N",
        "completed": "N",
        "attempt": "N",
        "interrupted": "N",
        "aborted": "N",
        "preparation": "N",
        "self_injury": "N",
        "details": "",
    }
