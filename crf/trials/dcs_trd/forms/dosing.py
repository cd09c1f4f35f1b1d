"""The dosing decision: what is prescribed, not what was handed out or swallowed (PROTOCOL 5)."""

from crf.spec import OPEN, YES_NO, Check, Coded, Date, Form, Item, Purpose, Text, choice
from crf.spec.dosing import Step
from crf.spec.people import INVESTIGATORS, READERS_AND_PHARMACY
from crf.trials.dcs_trd.dosing import LADDER
from crf.trials.dcs_trd.rules.drug import panel_on

DECISIONS = choice(
    STEP_UP="Step up",
    MAINTAIN="Maintain",
    REDUCE="Reduce",
    INTERRUPT="Interrupt (0 mg)",
    RESUME="Resume",
    STOP="Stop for good",
)


def _in_capsules(step: Step) -> str:
    return f"mg/d, {step.capsules} capsule{'' if step.capsules == 1 else 's'} a day"


DOSES = Coded(((0, "mg/d, none"), *((step.mg, _in_capsules(step)) for step in LADDER.steps)))
REASONS = choice(
    AE="Adverse event or sign of the nervous system",
    LAB="Laboratory value",
    ALERT="Open alert",
    NOPANEL="No safety panel reviewed in time",
    NOTREACHED="Not reached",
    TOOSOON="Not long enough on the step",
    ADHERENCE="Capsules not taken as prescribed",
    WISH="The subject's wish",
    RECOVERED="Cause has passed",
    ENOUGH="Well at this dose",
    CRITERION="Stopping criterion",
    OTHER="Other",
)
STOP_CRITERIA = choice(
    SEIZURE="Seizure",
    PSYCHOSIS="Psychosis",
    MANIA="Mania or hypomania",
    DERMATITIS="Severe allergic dermatitis",
    HEART="Heart failure",
    PREGNANCY="Pregnancy",
    ATTEMPT="Suicide attempt",
    TB="Active tuberculosis",
    LONGBREAK="Interrupted for more than 7 days",
    NONE="None of these",
)


class Dosing(Form):
    """One record a decision. The page shows what the protocol proposes and why; the investigator decides."""

    code, title, domain = "DOSING", "Dosing decision (prescribed)", "EC"
    catch = "What is prescribed, not what was handed out or swallowed."
    discloses = OPEN
    entered_by, read_by = INVESTIGATORS, READERS_AND_PHARMACY
    purpose = Purpose.DOSING
    after_randomisation = True
    needs_randomisation = True
    dated = "decided_on"
    reasons = ("reason", "reason_text", "stop_criterion")

    decided_on = Item("Date of the decision", Date())
    decision = Item("Decision", DECISIONS)
    prescribed_mg = Item("Prescribed daily dose", DOSES, unit="mg/day", testcd="ECDOSE")
    effective_on = Item("First day at this dose", Date(future=True))
    as_planned = Item("As the protocol plans", YES_NO)
    reason = Item("Reason for deciding otherwise", REASONS, when=as_planned.isin("N"))
    reason_text = Item("In words", Text(500, long=True), when=reason.isin("OTHER"))
    stop_criterion = Item("Stopping criterion", STOP_CRITERIA, when=decision.isin("STOP"))
    panel_on = Item("Date of the safety panel reviewed", Date(), required=False, when=decision.isin("STEP_UP"))
    decided_by = Item("Decided by", Text(100), help="Initials or staff code, no full name")

    checks = (
        Check(
            "DOSING-01",
            "To interrupt or to stop means 0 mg, and every other decision means more than 0 mg.",
            lambda r: (r.decision in ("INTERRUPT", "STOP")) == (r.prescribed_mg == 0),
            hard=True,
        ),
        Check(
            "DOSING-02",
            "A dose cannot begin before it was decided: please correct one of the dates.",
            lambda r: r.decided_on <= r.effective_on,
            hard=True,
        ),
        Check(
            "DOSING-03",
            "The decision begins more than 2 days after it was taken: please confirm.",
            lambda r: (r.effective_on - r.decided_on).days <= LADDER.early_days,
        ),
        Check(
            "DOSING-04",
            "750 mg needs a safety panel whose results are on record and judged, not older than 7 days.",
            lambda r, others: panel_is_recent(r, others),
            items=("decision", "prescribed_mg", "decided_on"),
            blank=True,
        ),
        Check(
            "DOSING-05",
            "No safety panel of this date is on record with its results judged: please correct the date.",
            lambda r, others: is_of_the_panel(r, others),
            items=("panel_on", "decided_on"),
        ),
    )

    typical = {"decision": "STEP_UP", "prescribed_mg": "250", "decided_by": "IM"}

    sdtm = {"effective_on": "ECSTDTC", "reason": "ECADJ"}


def needs_panel(r) -> bool:
    """Stepping up to a dose that needs the panel."""
    needing = {step.mg for step in LADDER.steps if step.needs_panel}
    return r.decision == "STEP_UP" and r.prescribed_mg in needing and r.decided_on is not None


def panel_is_recent(r, others) -> bool:
    """Where the dose needs the panel, one stands on record, judged and recent enough."""
    if not needs_panel(r):
        return True
    panel = panel_on(others, r.decided_on)
    return panel is not None and (r.decided_on - panel).days <= LADDER.panel_days


def is_of_the_panel(r, others) -> bool:
    """Where the dose needs the panel, the date typed for it is that of the panel on record."""
    return not needs_panel(r) or r.panel_on is None or panel_on(others, r.decided_on) == r.panel_on
