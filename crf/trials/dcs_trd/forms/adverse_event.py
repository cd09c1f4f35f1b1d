"""Adverse events, from consent on (PROTOCOL 3, 5, 7 and 9)."""

from crf.spec import (
    OPEN,
    YES_NO,
    Check,
    Coded,
    Date,
    Form,
    Item,
    PartialDate,
    Purpose,
    Text,
    Time,
    Values,
    choice,
    joined,
)
from crf.spec.dates import partial_day
from crf.spec.people import READERS, SITE_TEAM

EVENT, SERIOUS, JUDGEMENT, CODING = "Event", "Seriousness", "Judgement", "Coding (by import)"
# Signs of the nervous system ask for a decision before the next capsules; the second part stops the drug (PROTOCOL 5).
CNS_SIGNS = (
    "HEADACHE",
    "SOMNOLENCE",
    "CONFUSION",
    "TREMOR",
    "VERTIGO",
    "DYSARTHRIA",
    "HYPERREFLEXIA",
    "PARESIS",
    "PARAESTHESIA",
    "AGGRESSION",
)
STOPPING_EVENTS = ("SEIZURE", "PSYCHOSIS", "MANIA", "DERMATITIS", "HEART", "PREGNANCY", "ATTEMPT", "TB")
SPECIAL = choice(
    NONE="None of these",
    HEADACHE="Headache",
    SOMNOLENCE="Somnolence",
    CONFUSION="Confusion",
    TREMOR="Tremor",
    VERTIGO="Vertigo",
    DYSARTHRIA="Dysarthria",
    HYPERREFLEXIA="Hyperreflexia",
    PARESIS="Paresis",
    PARAESTHESIA="Paraesthesia",
    AGGRESSION="Aggression",
    SEIZURE="Seizure",
    PSYCHOSIS="Psychosis",
    MANIA="Mania or hypomania",
    DERMATITIS="Severe allergic dermatitis",
    HEART="Heart failure",
    PREGNANCY="Pregnancy",
    ATTEMPT="Suicide attempt",
    TB="Active tuberculosis",
)
ACTIONS = Coded(
    (
        ("DOSE NOT CHANGED", "Dose not changed"),
        ("DOSE REDUCED", "Dose reduced"),
        ("DRUG INTERRUPTED", "Drug interrupted"),
        ("DRUG WITHDRAWN", "Drug stopped"),
        ("NOT APPLICABLE", "Not applicable: not on the drug"),
        ("UNKNOWN", "Unknown"),
    )
)
OUTCOMES = Coded(
    (
        ("RECOVERED/RESOLVED", "Recovered"),
        ("RECOVERING/RESOLVING", "Recovering"),
        ("NOT RECOVERED/NOT RESOLVED", "Not recovered"),
        ("RECOVERED/RESOLVED WITH SEQUELAE", "Recovered with sequelae"),
        ("FATAL", "Fatal"),
        ("UNKNOWN", "Unknown"),
    )
)
CRITERIA = ("death", "life_threatening", "hospitalised", "disability", "birth_defect", "medically_important")
DECISION_FOR = {"DOSE REDUCED": "REDUCE", "DRUG INTERRUPTED": "INTERRUPT", "DRUG WITHDRAWN": "STOP"}


def partial_order_holds(first: str, second: str) -> bool:
    """May the first partial date lie on or before the second, as far as both are known?"""
    known = min(len(first), len(second))
    return first[:known] <= second[:known]


def dosing_agrees(r, others) -> bool:
    """A changed dose as action has a decision of that kind; passes while no decision is recorded at all."""
    decisions = {answer.value for answer in others.series("DOSING", "decision")} - {None}
    return r.action not in DECISION_FOR or not decisions or DECISION_FOR[r.action] in decisions


class AdverseEvent(Form):
    """One row an event. Severity and seriousness are two things; so are causality and expectedness."""

    code, title, domain = "AE", "Adverse event", "AE"
    listed = ("onset", "resolved", "serious", "severity", "related", "outcome")
    catch = (
        "One diagnosis or sign a row. For a serious event enter when the site became aware: the time "
        "until the first report runs from there."
    )
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.ADVERSE_EVENTS
    begun_after_withdrawal = True
    begun_after_failure = True

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.term, partial_day(r.onset))

    repeating = log = True

    term = Item("Event, one diagnosis or sign", Text(200), testcd="AETERM", section=EVENT)
    special = Item("Event of special interest", SPECIAL, section=EVENT)
    onset = Item("Onset", PartialDate(), testcd="AESTDTC", section=EVENT)
    onset_at = Item("Time of onset, if known", Time(), section=EVENT, required=False)
    ongoing = Item("Ongoing", YES_NO, section=EVENT)
    resolved = Item("End", PartialDate(), testcd="AEENDTC", section=EVENT, when=ongoing.isin("N"))
    severity = Item(
        "Severity", choice(MILD="Mild", MODERATE="Moderate", SEVERE="Severe"), testcd="AESEV", section=EVENT
    )
    worsening = Item("Worsening of something present before the first dose", YES_NO, section=EVENT)

    serious = Item("Serious", YES_NO, testcd="AESER", section=SERIOUS)
    death = Item("Led to death", YES_NO, testcd="AESDTH", section=SERIOUS, when=serious.isin("Y"))
    life_threatening = Item("Life-threatening", YES_NO, testcd="AESLIFE", section=SERIOUS, when=serious.isin("Y"))
    hospitalised = Item(
        "Hospital admission or longer stay", YES_NO, testcd="AESHOSP", section=SERIOUS, when=serious.isin("Y")
    )
    disability = Item("Persistent disability", YES_NO, testcd="AESDISAB", section=SERIOUS, when=serious.isin("Y"))
    birth_defect = Item("Birth defect", YES_NO, testcd="AESCONG", section=SERIOUS, when=serious.isin("Y"))
    medically_important = Item(
        "Otherwise medically important", YES_NO, testcd="AESMIE", section=SERIOUS, when=serious.isin("Y")
    )
    aware_on = Item(
        "Site became aware, date",
        Date(),
        section=SERIOUS,
        when=serious.isin("Y"),
        help="The 24-hour clock runs from here",
    )
    aware_at = Item("Site became aware, time", Time(), section=SERIOUS, when=serious.isin("Y"))
    # Each version that went out is a row of SAEREPORT.
    report = Item(
        "Report",
        choice(INITIAL="Initial", FOLLOWUP="Follow-up", FINAL="Final"),
        section=SERIOUS,
        when=serious.isin("Y"),
        retired=True,
    )
    narrative = Item("Narrative", Text(4000, long=True), section=SERIOUS, when=serious.isin("Y"))

    related = Item(
        "Related to the study drug",
        Coded(
            (
                ("NOT RELATED", "Not related"),
                ("UNLIKELY", "Unlikely"),
                ("POSSIBLE", "Possible"),
                ("PROBABLE", "Probable"),
                ("DEFINITE", "Definite"),
            )
        ),
        testcd="AEREL",
        section=JUDGEMENT,
    )
    expected = Item("Expected by the reference safety information", YES_NO, section=JUDGEMENT, when=serious.isin("Y"))
    action = Item("Action with the study drug", ACTIONS, testcd="AEACN", section=JUDGEMENT)
    treated = Item("Treatment given", YES_NO, testcd="AECONTRT", section=JUDGEMENT)
    outcome = Item("Outcome", OUTCOMES, testcd="AEOUT", section=JUDGEMENT)

    meddra_pt = Item("Preferred term", Text(100), testcd="AEDECOD", section=CODING, required=False)
    meddra_soc = Item("System organ class", Text(100), testcd="AEBODSYS", section=CODING, required=False)
    meddra_version = Item("Dictionary version", Text(10), section=CODING, required=False)

    checks = (
        Check(
            "AE-01",
            "The event ends before it began: please correct one of the dates.",
            lambda r: partial_order_holds(r.onset, r.resolved),
            hard=True,
        ),
        Check(
            "AE-02",
            "The event is serious, but no criterion of seriousness is met: please choose at least one.",
            lambda r: r.serious != "Y" or any(getattr(r, name) == "Y" for name in CRITERIA),
            items=("serious", *CRITERIA),
        ),
        Check(
            "AE-03",
            "The outcome is fatal, so death must be a criterion of seriousness, and the other way round.",
            lambda r: (r.outcome == "FATAL") == (r.serious == "Y" and r.death == "Y"),
            items=("outcome", "serious"),
        ),
        Check(
            "AE-04",
            "The event is life-threatening, yet its severity is mild: please confirm.",
            lambda r: not (r.life_threatening == "Y" and r.severity == "MILD"),
        ),
        Check(
            "AE-05",
            "The site was aware of the event before it began: please check both dates.",
            lambda r: partial_order_holds(r.onset, r.aware_on.isoformat()),
        ),
        Check(
            "AE-06",
            "The event is over, yet the outcome says it is not, or the other way round: please check.",
            lambda r: (
                (r.ongoing == "Y") == (r.outcome in ("RECOVERING/RESOLVING", "NOT RECOVERED/NOT RESOLVED"))
                or r.outcome == "UNKNOWN"
            ),
        ),
        Check(
            "AE-07",
            "The event began before the consent: please record it as medical history.",
            lambda r, others: (
                (signed := others.value("CONSENT", "signed_on", visit="SCR")) is None
                or r.worsening == "Y"
                or partial_order_holds(signed.isoformat(), r.onset)
            ),
        ),
        Check(
            "AE-08",
            "The action with the study drug has no dosing decision that fits: please check both.",
            dosing_agrees,
            items=("action",),
        ),
        Check(
            "AE-09",
            "A seizure, psychosis, mania or another stopping event, yet the drug was not stopped.",
            lambda r: r.special not in STOPPING_EVENTS or r.action in ("DRUG WITHDRAWN", "NOT APPLICABLE"),
        ),
        Check(
            "AE-10",
            "The term seems to name two events: please enter each on a row of its own.",
            lambda r: not any(joint in r.term.lower() for joint in (" and ", ";", " + ")),
        ),
        Check(
            "AE-11",
            "A suicide attempt is medically important: please judge the event as serious.",
            lambda r: not (r.special == "ATTEMPT" and r.serious == "N"),
        ),
    )

    typical = {
        "serious": "N",
        "special": "NONE",
        "ongoing": "N",
        "term": "Dry mouth",
        "worsening": "N",
        "related": "POSSIBLE",
        "treated": "N",
        "onset_at": "",
        "meddra_pt": "",
        "meddra_soc": "",
        "meddra_version": "",
    }
