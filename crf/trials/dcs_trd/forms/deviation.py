"""Departures from the protocol: opened by the system or by people, never a reason to refuse data (PROTOCOL 8)."""

from crf.spec import OPEN, YES_NO, Check, Coded, Date, Form, Item, Purpose, Text, Values, choice, joined
from crf.spec.consequences import DEVIATION_KINDS
from crf.spec.people import READERS, SITE_TEAM

KINDS = Coded((*DEVIATION_KINDS[:-1], ("NOTDONE", "Required procedure not done"), DEVIATION_KINDS[-1]))


class Deviation(Form):
    """One row a departure."""

    code, title, domain = "DEVIATION", "Protocol deviation", "DV"
    listed = ("occurred_on", "severity", "description")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.DEVIATIONS
    begun_after_withdrawal = True
    begun_after_failure = True
    repeating = log = True
    dated = "occurred_on"

    @staticmethod
    def called(r: Values) -> str:
        return joined(KINDS.show(r.kind), r.occurred_on)

    kind = Item("Kind", KINDS, testcd="DVDECOD")
    description = Item("What happened", Text(500, long=True), testcd="DVTERM")
    occurred_on = Item("Date it happened", Date(), testcd="DVSTDTC")
    found_on = Item("Date it was found", Date())
    opened_by = Item("Opened by", choice(SYSTEM="The system", PERSON="A person"))
    severity = Item("Major or minor", choice(MAJOR="Major", MINOR="Minor"), required=True)
    at_visit = Item("At visit", Text(8), required=False)
    action = Item("What was done", Text(500, long=True), required=False)
    reported = Item("Reported to the ethics committee", YES_NO, required=False)

    checks = (
        Check(
            "DEVIATION-01",
            "It was found before it happened: please correct one of the dates.",
            lambda r: r.occurred_on <= r.found_on,
            hard=True,
        ),
        Check(
            "DEVIATION-02",
            "A major deviation wants an action: please say what was done.",
            lambda r: r.severity != "MAJOR" or bool(r.action),
            items=("severity",),
            blank=True,
        ),
    )

    typical = {"kind": "OTHER", "opened_by": "PERSON", "severity": "MINOR", "at_visit": ""}
