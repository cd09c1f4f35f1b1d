"""What the arms are compared by, and the decisions of the analysis (PROTOCOL 1, 6 and 9)."""

from decimal import Decimal

from crf.spec.outcomes import (
    COMPOSITE,
    HYPOTHETICAL,
    TREATMENT_POLICY,
    Analysis,
    Better,
    Kind,
    Moderator,
    Occurrences,
    Outcome,
    PlanningEffect,
    Remission,
    Response,
    Strategy,
    Telling,
)
from crf.spec.purposes import Purpose
from crf.trials.dcs_trd import protocol


def _safety(code: str, form: str, score: str, label: str, title: str, low: int, high: int) -> Outcome:
    return Outcome(code, form, score, label, title, low, high, kind=Kind.DESCRIBED)


def _sign(item: str, label: str, low: int, high: int) -> Outcome:
    return Outcome(item, "VITALS", item, label, label, low, high, better=Better.NEITHER, kind=Kind.DESCRIBED)


OUTCOMES = (
    Outcome("hamd21", "HAMD", "total_21", "HAMD-21", "Hamilton depression, 21 items", 0, 63),
    Outcome("hama", "HAMA", "total", "HAM-A", "Hamilton anxiety", 0, 56),
    Outcome("hamd17", "HAMD", "total_17", "HAMD-17", "Hamilton depression, 17 items", 0, 52),
    Outcome("hamd24", "HAMD", "total_24", "HAMD-24", "Hamilton depression, 24 items", 0, 75),
    Outcome("bdi", "BDI", "total", "BDI", f"Beck Depression Inventory ({protocol.BDI_VERSION})", 0, 63),
    Outcome(
        *("cgi_s", "CGI", "severity", "CGI severity", "Clinical global impression, severity", 1, 7),
        kind=Kind.IMPRESSION,
        not_assessed=(0,),
    ),
    Outcome(
        *("cgi_i", "CGI", "improvement", "CGI improvement", "Clinical global impression, improvement", 1, 7),
        kind=Kind.IMPRESSION,
        not_assessed=(0,),
    ),
    # For safety: described, not compared.
    _safety("bprs", "BPRS", "total", "BPRS", "Brief psychiatric rating scale", 18, 126),
    _safety("uku", "UKU", "interference_doctor", "UKU interference", "UKU, interference by side effects", 0, 3),
    _safety("hamd_3", "HAMD", "suicide", "HAMD item 3", "Suicide, item 3 of the HAMD", 0, 4),
    _safety("bdi_9", "BDI", "item_9", "BDI item 9", "Item 9 of the BDI", 0, 3),
    _sign("systolic", "Systolic pressure (mmHg)", 50, 280),
    _sign("diastolic", "Diastolic pressure (mmHg)", 20, 180),
    _sign("pulse", "Pulse (/min)", 20, 250),
    _sign("weight", "Weight (kg)", 25, 300),
)
SUICIDALITY = Occurrences(
    "SUICIDE",
    "Suicidality",
    (
        *("passive", "nonspecific", "method", "intent", "plan"),
        *("completed", "attempt", "interrupted", "aborted", "preparation", "self_injury"),
    ),
)

ON_TREATMENT_DAYS = 3


def _changed(code: str, dated: str) -> Telling:
    """A row of concomitant medication that says how an antidepressant changed since baseline."""
    return Telling(Purpose.MEDICATION, dated, where={"change": (code,)})


# A changed dose ends a row and begins another, so a change counts from where its row begins, a stop from its end.
NEW, CHANGED = (_changed("NEW", "began"),), (_changed("DOSE", "began"), _changed("ENDED", "stopped"))
KETAMINE = (Telling(Purpose.MEDICATION, "began", words={"drug": ("ketamin",)}),)
ATTEMPT = (Telling(Purpose.ADVERSE_EVENTS, "onset", where={"special": ("ATTEMPT",)}),)

# PROTOCOL 9. That a rating of the event's own day still counts is our assumption.
STRATEGIES = (
    Strategy("STOPDRUG", "Study drug stopped", HYPOTHETICAL, HYPOTHETICAL, days_after=ON_TREATMENT_DAYS),
    Strategy("NEWAD", "New antidepressant", HYPOTHETICAL, HYPOTHETICAL, told_by=NEW),
    Strategy("CHANGEDAD", "Antidepressant changed", HYPOTHETICAL, HYPOTHETICAL, told_by=CHANGED),
    Strategy("ECT", "ECT", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("TMS", "TMS", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("KETAMINE", "Ketamine or esketamine", HYPOTHETICAL, HYPOTHETICAL, told_by=KETAMINE),
    Strategy("DEATH", "Death", HYPOTHETICAL, COMPOSITE),
    Strategy("ATTEMPT", "Suicide attempt", HYPOTHETICAL, COMPOSITE, told_by=ATTEMPT),
    Strategy("ADMISSION", "Psychiatric admission", HYPOTHETICAL, COMPOSITE),
    Strategy("REDUCTION", "Dose reduced", TREATMENT_POLICY, TREATMENT_POLICY),
    Strategy("INTERRUPTION", "Drug interrupted", TREATMENT_POLICY, TREATMENT_POLICY),
    Strategy("BELOWTOP", "Never reached the highest dose", TREATMENT_POLICY, TREATMENT_POLICY),
    Strategy("CODEBREAK", "Code broken", TREATMENT_POLICY, TREATMENT_POLICY),
)

# What a blinded report does not name, since it could tell the arm: events of special interest by code, and words of a
# term. They are counted among all events. What belongs here is our assumption.
UNBLINDING_EVENTS = ("CONFUSION", "DYSARTHRIA", "HYPERREFLEXIA", "PARESIS", "SEIZURE", "PSYCHOSIS", "MANIA")
UNBLINDING_WORDS = (
    *("hallucinat", "dissociat", "depersonali", "delusion", "psychotic", "seizure", "convuls"),
    *("smell", "odour", "odor", "taste"),
)

PLANNED_SUBJECTS = sum(site.planned for site in protocol.SITES)

ANALYSIS = Analysis(
    outcomes=OUTCOMES,
    sequence=("hamd21", "hama"),  # both registered; tested in this fixed order
    visit="W6",
    secondary=("hamd17", "hamd24", "bdi", "cgi_s", "cgi_i"),
    alpha=Decimal("0.05"),
    level=Decimal("0.95"),
    response=Response("hamd21", percent=50, sustained_visits=2),
    remission=Remission("hamd21", at_most=7),
    moderators=(Moderator("glycine", "GLYCINE", "result", "serum glycine", "µmol/L", outcome="hamd21", per=10),),
    strategies=STRATEGIES,
    on_treatment_days=ON_TREATMENT_DAYS,
    treatment_emergent_days=14,
    serious_emergent_days=30,
    compliance=(Decimal("0.80"), Decimal("1.20")),  # of prescribed capsules, per protocol
    # difference, deviation, retention and maximum: our assumption
    planning_effect=PlanningEffect(
        Decimal("-6"), Decimal("7"), retention=Decimal("0.80"), maximum=2 * PLANNED_SUBJECTS
    ),
    unblinding_events=UNBLINDING_EVENTS,
    unblinding_words=UNBLINDING_WORDS,
    drawn=("hamd21", "bdi"),
    occurrences=(SUICIDALITY,),
    treatments="the study drug, titrated, and its comparator, both added to the ongoing antidepressant",
    without_events="had none of them stopped the drug or been given another treatment of depression",
)
