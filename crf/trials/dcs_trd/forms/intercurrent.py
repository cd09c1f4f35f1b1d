"""Intercurrent events: what happens after randomisation and changes what a later rating means (PROTOCOL 9)."""

from crf.spec import OPEN, YES_NO, Check, Date, Form, Item, Purpose, Text, Values, choice, joined
from crf.spec.people import READERS, SITE_TEAM

KINDS = choice(
    STOPDRUG="Study drug stopped",
    NEWAD="New antidepressant",
    CHANGEDAD="Antidepressant changed",
    ECT="ECT",
    TMS="TMS",
    KETAMINE="Ketamine or esketamine",
    REDUCTION="Dose reduced",
    INTERRUPTION="Drug interrupted",
    CODEBREAK="Code broken",
    ATTEMPT="Suicide attempt",
    ADMISSION="Psychiatric admission",
    DEATH="Death",
)
WHY = choice(
    AE="Adverse event",
    EFFICACY="Lack of efficacy",
    WORSE="Worsening of depression",
    WISH="The subject's wish",
    PHYSICIAN="Decision of the physician",
    OTHER="Other",
)


class IntercurrentEvent(Form):
    """One row an event, with date and reason; visits go on after it. Missed visits are missing data, not events."""

    code, title, domain = "ICE", "Intercurrent event", "CE"
    listed = ("began_on", "why")
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.INTERCURRENT
    repeating = log = True
    dated = "began_on"

    @staticmethod
    def called(r: Values) -> str:
        return joined(KINDS.show(r.kind), r.began_on)

    kind = Item("Kind", KINDS, testcd="CETERM")
    began_on = Item("Date it began", Date(), testcd="CESTDTC")
    over = Item("Over", YES_NO)
    ended_on = Item("Date it ended", Date(), testcd="CEENDTC", when=over.isin("Y"))
    why = Item("Reason", WHY)
    details = Item("In words", Text(300), when=why.isin("OTHER"))

    checks = (
        Check(
            "ICE-01",
            "The event ends before it began: please correct one of the dates.",
            lambda r: r.began_on <= r.ended_on,
            hard=True,
        ),
        Check(
            "ICE-02",
            "The study drug is said to be stopped, yet no end of treatment is recorded: please enter it.",
            lambda r, others: r.kind != "STOPDRUG" or others.value("EOT", "reason", visit=None) is not None,
        ),
        Check(
            "ICE-03",
            "The event began before the first dose: please check the date.",
            lambda r, others: (
                (first := others.value("FIRSTDOSE", "taken_on", visit="BL")) is None or first <= r.began_on
            ),
        ),
    )

    typical = {"kind": "REDUCTION", "over": "N"}
