"""Departures from the protocol: opened by the system or by people, never a reason to refuse data."""

from crf.spec import OPEN, YES_NO, Check, Coded, Date, Form, Item, Purpose, Text, choice
from crf.spec.people import READERS, SITE_TEAM

KINDS = Coded(
    (
        ("BEFORECONSENT", "Procedure before consent"),
        ("WINDOW", "Visit outside its window"),
        ("MISSED", "Visit missed"),
        ("INELIGIBLE", "Randomised without meeting the criteria"),
        ("NOTDONE", "Required procedure not done"),
        ("PROHIBITED", "Prohibited medication"),
        ("BLIND", "Blind at risk or lost"),
        ("SAELATE", "Serious adverse event reported late"),
        ("OTHER", "Other"),
    )
)


class Deviation(Form):
    """One row a departure. Its fingerprint keeps the system from opening the same one twice."""

    code, title, domain = "DEVIATION", "Protocol deviation", "DV"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.DEVIATIONS
    begun_after_withdrawal = True
    begun_after_failure = True
    repeating = log = True
    dated = "occurred_on"

    kind = Item("Kind", KINDS, testcd="DVDECOD")
    description = Item("What happened", Text(500, long=True), testcd="DVTERM")
    occurred_on = Item("Date it happened", Date(), testcd="DVSTDTC")
    found_on = Item("Date it was found", Date())
    opened_by = Item("Opened by", choice(SYSTEM="The system", PERSON="A person"))
    severity = Item("Major or minor", choice(MAJOR="Major", MINOR="Minor"))
    at_visit = Item("At visit", Text(8), required=False)
    fingerprint = Item("Fingerprint", Text(80), required=False, help="Set by the system; leave empty")
    action = Item("What was done", Text(500, long=True), required=False)
    reported = Item("Reported to the ethics committee", YES_NO, required=False)

    checks = (
        Check(
            "DEVIATION-01",
            "It was found before it happened: please correct one of the dates.",
            lambda r: r.occurred_on <= r.found_on,
            hard=True,
        ),
    )
    typical = {"kind": "OTHER", "opened_by": "PERSON", "severity": "MINOR", "fingerprint": "", "at_visit": ""}
