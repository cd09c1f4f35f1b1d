"""Intercurrent events: what happens after randomisation and changes what a later rating means."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Purpose, choice
from crf.spec.people import READERS, SITE_TEAM

KINDS = choice(
    NEWAD="New antidepressant",
    PAROXETINE="Paroxetine changed or stopped",
    KETAMINE="Ketamine or esketamine",
    ECT="ECT",
    CUTSHORT="Infusion interrupted or cut short",
    CODEBREAK="Code broken",
    ATTEMPT="Suicide attempt",
    ADMISSION="Psychiatric admission",
    DEATH="Death",
)
WHY = choice(AE="Adverse event", EFFICACY="Lack of efficacy", WISH="The subject's wish", OTHER="Other")


class IntercurrentEvent(Form):
    """One row an event, with date and reason; visits go on after it. Missed visits are missing data, not events."""

    code, title, domain = "ICE", "Intercurrent event", "CE"
    catch = "A missed visit is no event here; visits go on after one."
    listed = ("began_on", "why")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.INTERCURRENT
    repeating = log = True
    dated = "began_on"

    kind = Item("Kind", KINDS, testcd="CETERM")
    began_on = Item("Date it began", Date(), testcd="CESTDTC")
    over = Item("Over", YES_NO)
    ended_on = Item("Date it ended", Date(), testcd="CEENDTC", when=over.isin("Y"))
    why = Item("Reason", WHY)

    checks = (
        Check(
            "ICE-01",
            "The event ends before it began: please correct one of the dates.",
            lambda r: r.began_on <= r.ended_on,
            hard=True,
        ),
    )
    typical = {"kind": "PAROXETINE", "over": "N", "why": "AE"}
