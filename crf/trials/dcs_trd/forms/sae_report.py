"""Reports of a serious adverse event: each version that went out, to whom and when (PROTOCOL 7: the 24-hour clock)."""

from crf.spec import OPEN, Check, Date, Form, Integer, Item, Purpose, Text, Time, Values, choice, joined
from crf.spec.people import READERS, SITE_TEAM

VERSIONS = choice(INITIAL="Initial", FOLLOWUP="Follow-up", FINAL="Final")
RECIPIENTS = choice(SPONSOR="Sponsor", ETHICS="Ethics committee", AUTHORITY="Authority")


def _row_of(r, others):
    """(serious, date the site became aware) of the event that the report is about; None where there is no such row."""
    aware = {answer.row: answer.value for answer in others.series("AE", "aware_on")}
    return next(
        ((answer.value, aware.get(answer.row)) for answer in others.series("AE", "serious") if answer.row == r.event),
        None,
    )


def is_of_a_serious_event(r, others) -> bool:
    found = _row_of(r, others)
    return found is not None and found[0] == "Y"


def aware_before_it_was_sent(r, others) -> bool:
    found = _row_of(r, others)
    return found is None or found[1] is None or found[1] <= r.sent_on


def follows_an_initial_one(r, others) -> bool:
    if r.report == "INITIAL":
        return True
    events = {answer.row: answer.value for answer in others.series("SAEREPORT", "event")}
    return any(
        answer.value == "INITIAL" and events.get(answer.row) == r.event
        for answer in others.series("SAEREPORT", "report")
    )


class SaeReport(Form):
    """One row a report that was sent. The event itself, with the time of awareness, is a row of AE."""

    code, title, domain = "SAEREPORT", "Report of a serious adverse event", "AE"
    listed = ("report", "sent_to", "sent_on")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.SERIOUS_REPORTS
    begun_after_withdrawal = True
    repeating = log = True
    dated = "sent_on"

    @staticmethod
    def called(r: Values) -> str:
        return joined(VERSIONS.show(r.report), RECIPIENTS.show(r.sent_to), r.sent_on)

    event = Item(
        "Adverse event", Integer(1, 999), help="Serious events are offered by the names they bear in the casebook"
    )
    report = Item("Version", VERSIONS)
    sent_to = Item("Sent to", RECIPIENTS, help="The 24-hour clock runs until the first report to the sponsor")
    sent_on = Item("Date sent", Date())
    sent_at = Item("Time sent", Time())
    reference_number = Item("Reference number", Text(60), required=False)
    news = Item("What this version says that is new", Text(2000, long=True))

    checks = (
        Check(
            "SAEREPORT-01",
            "This is no serious adverse event: please check which event is meant, or the event itself.",
            is_of_a_serious_event,
            items=("event",),
        ),
        Check(
            "SAEREPORT-02",
            "The report was sent before the site became aware of the event: please check both dates.",
            aware_before_it_was_sent,
            items=("sent_on",),
        ),
        Check(
            "SAEREPORT-03",
            "A follow-up or final report without an initial one: please enter the initial one first.",
            follows_an_initial_one,
            items=("report",),
        ),
    )

    typical = {"event": "1", "report": "INITIAL", "sent_to": "SPONSOR", "reference_number": ""}
