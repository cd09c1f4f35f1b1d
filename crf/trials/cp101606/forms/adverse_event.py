"""Adverse events from consent on, and the reports of serious ones."""

from crf.spec import (
    OPEN,
    YES_NO,
    Check,
    Coded,
    Date,
    Form,
    Integer,
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
SPECIAL = choice(
    NONE="None of these",
    DISSOCIATION="Dissociation",
    HALLUCINATION="Hallucination",
    PRESSURE="Rise of blood pressure",
    SITE="Reaction at the vein",
    ATTEMPT="Suicide attempt",
)
ACTIONS = Coded(
    (
        ("DOSE NOT CHANGED", "Infusion not changed"),
        ("DRUG INTERRUPTED", "Infusion interrupted"),
        ("DRUG WITHDRAWN", "Infusion stopped"),
        ("NOT APPLICABLE", "Not applicable: not during the infusion"),
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
RELATED = Coded(
    (
        ("NOT RELATED", "Not related"),
        ("UNLIKELY", "Unlikely"),
        ("POSSIBLE", "Possible"),
        ("PROBABLE", "Probable"),
        ("DEFINITE", "Definite"),
    )
)
CRITERIA = ("death", "life_threatening", "hospitalised", "disability", "birth_defect", "medically_important")


def may_come_first(first: str, second: str) -> bool:
    """May the first partial date lie on or before the second, as far as both are known?"""
    known = min(len(first), len(second))
    return first[:known] <= second[:known]


class AdverseEvent(Form):
    """One row an event. Severity and seriousness are two things."""

    code, title, domain = "AE", "Adverse event", "AE"
    catch = (
        "One diagnosis or sign a row. For a serious event enter when the site became aware: the time "
        "until the first report runs from there."
    )
    listed = ("onset", "resolved", "serious", "severity", "related", "outcome")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.ADVERSE_EVENTS
    begun_after_withdrawal = True
    begun_after_failure = True
    repeating = log = True

    @staticmethod
    def called(r: Values) -> str:
        return joined(r.term, partial_day(r.onset))

    term = Item("Event, one diagnosis or sign", Text(200), testcd="AETERM", section=EVENT)
    special = Item("Event of special interest", SPECIAL, section=EVENT)
    onset = Item("Onset", PartialDate(), testcd="AESTDTC", section=EVENT)
    onset_at = Item("Time of onset, if known", Time(), section=EVENT, required=False)
    ongoing = Item("Ongoing", YES_NO, section=EVENT)
    resolved = Item("End", PartialDate(), testcd="AEENDTC", section=EVENT, when=ongoing.isin("N"))
    severity = Item(
        "Severity", choice(MILD="Mild", MODERATE="Moderate", SEVERE="Severe"), testcd="AESEV", section=EVENT
    )
    worsening = Item("Worsening of something present before the infusion", YES_NO, section=EVENT)

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
    aware_on = Item("Site became aware, date", Date(), section=SERIOUS, when=serious.isin("Y"))
    aware_at = Item("Site became aware, time", Time(), section=SERIOUS, when=serious.isin("Y"))
    narrative = Item("Narrative", Text(4000, long=True), section=SERIOUS, when=serious.isin("Y"))

    related = Item("Related to the study drug", RELATED, testcd="AEREL", section=JUDGEMENT)
    expected = Item("Expected by the reference safety information", YES_NO, section=JUDGEMENT, when=serious.isin("Y"))
    action = Item("Action with the study drug", ACTIONS, testcd="AEACN", section=JUDGEMENT)
    treated = Item("Treatment given", YES_NO, testcd="AECONTRT", section=JUDGEMENT)
    outcome = Item("Outcome", OUTCOMES, testcd="AEOUT", section=JUDGEMENT)
    meddra_pt = Item("Preferred term", Text(100), testcd="AEDECOD", section=CODING, required=False)
    meddra_soc = Item("System organ class", Text(100), testcd="AEBODSYS", section=CODING, required=False)

    checks = (
        Check(
            "AE-01",
            "The event ends before it began: please correct one of the dates.",
            lambda r: may_come_first(r.onset, r.resolved),
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
    )
    typical = {
        "serious": "N",
        "special": "NONE",
        "ongoing": "N",
        "term": "Nausea",
        "worsening": "N",
        "related": "POSSIBLE",
        "treated": "N",
        "onset_at": "",
        "meddra_pt": "",
        "meddra_soc": "",
    }


class SeriousReport(Form):
    """One row a report that was sent. The event itself, with the time of awareness, is a row of AE."""

    code, title, domain = "SAEREPORT", "Report of a serious adverse event", "AE"
    catch = "One row a report that was sent, a follow-up too; the event itself is a row of adverse events."
    listed = ("report", "sent_to", "sent_on")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.SERIOUS_REPORTS
    begun_after_withdrawal = True
    repeating = log = True
    dated = "sent_on"

    event = Item("Adverse event, row number", Integer(1, 999), help="The row of the event in the casebook")
    report = Item("Version", choice(INITIAL="Initial", FOLLOWUP="Follow-up", FINAL="Final"))
    sent_to = Item("Sent to", choice(SPONSOR="Sponsor", ETHICS="Ethics committee", AUTHORITY="Authority"))
    sent_on = Item("Date sent", Date())
    sent_at = Item("Time sent", Time())
    news = Item("What this version says that is new", Text(2000, long=True))

    checks = (
        Check(
            "SAEREPORT-01",
            "There is no serious adverse event in that row: please check the row, or the event.",
            lambda r, others: any(
                answer.row == r.event and answer.value == "Y" for answer in others.series("AE", "serious")
            ),
            items=("event",),
        ),
    )
    typical = {"event": "1", "report": "INITIAL", "sent_to": "SPONSOR"}
