"""The contact by telephone on day 4 (PROTOCOL 2)."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Integer, Item, Purpose, Text, Time
from crf.spec.people import READERS, SITE_TEAM


class Contact(Form):
    """Not reached by day 5, the subject stays at 250 mg. The decision itself is the form DOSING."""

    code, title, domain = "CONTACT", "Day 4 contact by telephone", "SV"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.CONTACT
    dated = "contacted_on"

    attempts = Item("Attempts", Integer(0, 50))
    last_attempt_on = Item("Date of the last attempt", Date())
    reached = Item("Reached", YES_NO)
    contacted_on = Item("Date reached", Date(), when=reached.isin("Y"))
    contacted_at = Item("Time reached", Time(), when=reached.isin("Y"))
    complaints = Item("Any complaint reported", YES_NO, when=reached.isin("Y"), help="If yes, record an adverse event")
    as_prescribed = Item("Capsules taken as prescribed", YES_NO, when=reached.isin("Y"))
    called_by = Item("Called by", Text(100), help="Initials or staff code, no full name")

    checks = (
        Check(
            "CONTACT-01",
            "The subject was reached, so there was at least one attempt: please correct it.",
            lambda r: not (r.reached == "Y" and r.attempts == 0),
            hard=True,
        ),
        Check("CONTACT-02", "No attempt was made to reach the subject: please say why.", lambda r: r.attempts > 0),
        Check(
            "CONTACT-03",
            "Not reached, yet the dose was stepped up: the protocol keeps 250 mg.",
            lambda r, others: not (r.reached == "N" and others.value("DOSING", "decision", visit="D4") == "STEP_UP"),
        ),
        Check(
            "CONTACT-04",
            "Reached after the last attempt: please correct one of the dates.",
            lambda r: r.contacted_on <= r.last_attempt_on,
            hard=True,
        ),
    )

    typical = {"attempts": "1", "complaints": "N", "contacted_at": "10:00"}

    sdtm = {"contacted_on": "SVSTDTC", "contacted_at": "SVSTDTC", "reached": "SVOCCUR"}
