"""The trial as its protocol writes it: sites, arms, visits, schedule, thresholds.

Everything here is data. What the sources do not say is our own choice and carries the words "our assumption"; a
physician approves those before real use. PROTOCOL sections are named where they are written down. The dose stands in
dosing.py, the analysis in outcomes.py, the whole is put together in definition.py.
"""

from dataclasses import dataclass
from decimal import Decimal

from crf.spec import choice
from crf.spec.arms import Allocation, Arm, Site
from crf.spec.trial import Settings
from crf.spec.visits import Epoch, Place, Visit

# -- who and where (PROTOCOL 1)

STUDY_ID = "DCS-TRD"
TITLE = "D-cycloserine, titrated to 1000 mg/d, added to ongoing treatment in treatment-resistant depression"
PROTOCOL_VERSION = "1.0"
CONSENT_VERSIONS = ("1.0",)
DESIGN = "Randomised 1:1, double-blind, placebo-controlled, parallel groups, add-on, 6 weeks"

TIMEZONE, COUNTRY = "Asia/Jerusalem", "ISR"
SITES = (
    Site("JER", "Jerusalem", planned=14, timezone=TIMEZONE, country=COUNTRY),  # our assumption: 26 subjects as 14 + 12
    Site("AFU", "Afula", planned=12, timezone=TIMEZONE, country=COUNTRY),
)
#: In which language consent is given and ratings are made at the sites.
LANGUAGES = choice(HE="Hebrew", AR="Arabic", RU="Russian", EN="English", OTH="Other")
#: Words with a capital that name nobody: scales, places, languages. A text with them does not look identifying.
WORDS = frozenset(
    "Hamilton Beck Young Montgomery Asberg Columbia Haifa Tel Aviv Israel Hadassah Emek Hebrew Arabic Russian".split()
)
ARMS = (Arm("DCS", "D-cycloserine", short="DCS"), Arm("PLACEBO", "Placebo", reference=True))
ALLOCATION = Allocation(by_site=True, block_sizes=(4,))  # strata: our assumption

# -- visits (PROTOCOL 2)

EPOCHS = (
    Epoch("SCREENING", "Screening", before_randomisation=True),
    Epoch("BASELINE", "Baseline", before_randomisation=True),
    Epoch("BLINDED TREATMENT", "Double-blind treatment"),
    Epoch("FOLLOW-UP", "Follow-up"),
)

# `analysed`: study days of rating that count as the visit (PROTOCOL 9): nearest to target, on a tie the later.
VISITS = (
    Visit(
        "SCR",
        "Screening",
        1,
        -14,
        0,
        13,
        epoch="SCREENING",
        place=Place.SCREENING,
        note="Days -14 to -1. Consent comes first.",
    ),
    Visit(
        "BL",
        "Baseline",
        2,
        1,
        epoch="BASELINE",
        place=Place.BASELINE,
        dispenses=True,
        signed_after=True,
        note="Randomisation and first dose.",
    ),  # signed after baseline and week 6: our assumption
    Visit(
        "D4",
        "Day 4 contact",
        3,
        4,
        0,
        1,
        by_telephone=True,
        note="Telephone: attempts, reached or not, adverse events, decision. Not reached by day 5: stay at 250 mg.",
    ),
    Visit("W1", "Week 1", 4, 8, 2, 2, analysed=(2, 11), dispenses=True),
    Visit("W2", "Week 2", 5, 15, 2, 2, analysed=(12, 18), dispenses=True),
    Visit("W3", "Week 3", 6, 22, 2, 2, analysed=(19, 25), dispenses=True),
    Visit("W4", "Week 4", 7, 29, 2, 2, analysed=(26, 32), dispenses=True),
    Visit("W5", "Week 5", 8, 36, 2, 2, analysed=(33, 39), dispenses=True),
    Visit("W6", "Week 6", 9, 43, 2, 2, analysed=(40, 50), signed_after=True, note="End of the double-blind treatment."),
    Visit("FU", "Follow-up", 10, 57, 3, 7, epoch="FOLLOW-UP"),  # our assumption
    Visit(
        "ET",
        "Early termination",
        90,
        place=Place.EARLY_TERMINATION,
        note="The week 6 set and the return of capsules. Visits go on afterwards.",
    ),
    Visit("UNS", "Unscheduled", 99, place=Place.UNSCHEDULED, note="Any day."),
)
SCREENING, BASELINE = "SCR", "BL"

# -- schedule of assessments (PROTOCOL 3)

# x: required. o: optional. A dot: not planned. Rows without a source in TRIAL are our assumption.
# The order is the prompted order at a visit: what comes first (consent, eligibility, the subject's own BDI), HAMD,
# the other ratings, adverse events and UKU, and the dose at the end.
# The name at the end of a row is a condition (crf/rules/conditions.py): the form is due only where it holds.
SCHEDULE = """
              SCR BL  D4  W1  W2  W3  W4  W5  W6  FU  ET  UNS
    CONSENT   x   .   .   .   .   .   .   .   .   .   .   .
    DEMOG     x   .   .   .   .   .   .   .   .   .   .   .
    PSYHX     x   .   .   .   .   .   .   .   .   .   .   .
    ADTRIAL   x   .   .   .   .   .   .   .   .   .   .   .
    MEDHX     x   .   .   .   .   .   .   .   .   .   .   .
    CONTACT   .   .   x   .   .   .   .   .   .   .   .   .
    BDI       .   x   .   x   x   x   x   x   x   x   x   o
    HAMD      x   x   .   x   x   x   x   x   x   x   x   o
    HAMA      .   x   .   .   x   .   x   .   x   .   x   o
    CGI       .   x   .   x   x   x   x   x   x   x   x   o
    BPRS      .   x   .   x   .   x   x   x   x   .   x   o
    SUICIDE   x   x   o   x   x   x   x   x   x   x   x   o
    UKU       .   x   .   x   .   x   x   x   x   .   x   o
    VITALS    x   x   .   x   x   x   x   x   x   x   x   o
    LAB       x   .   .   .   .   x   .   .   x   .   x   o
    PREG      x   x   .   .   .   .   .   .   x   .   x   o    may_become_pregnant
    ELIG      x   x   .   .   .   .   .   .   .   .   .   .
    GLYCINE   .   x   .   .   .   .   .   .   .   .   .   .
    GUESSS    .   .   .   .   .   .   .   .   x   .   x   .    was_randomised
    GUESSR    .   .   .   .   .   .   .   .   x   .   x   .    was_randomised
    GUESSI    .   .   .   .   .   .   .   .   x   .   x   .    was_randomised
    CAPSULES  .   .   .   x   x   x   x   x   x   .   x   o    has_capsules
    DOSING    .   x   x   x   x   x   x   x   .   .   .   o    is_treated
    DISPENSE  .   x   .   x   x   x   x   x   .   .   .   o    goes_on_with_the_drug
    FIRSTDOSE .   x   .   .   .   .   .   .   .   .   .   .    is_treated
"""

LOG_FORMS = ("RECONSENT", "AE", "SAEREPORT", "CONMED", "DEVIATION", "ICE", "DRUGLEVEL", "EOT", "EOS")


# -- eligibility and alerts (PROTOCOL 4, 5 and 7)


@dataclass(frozen=True)
class EntryLimits:
    """Thresholds that the automatic cross-checks compare with; the criteria themselves stand in the form ELIG."""

    age: tuple[int, int] = (18, 75)  # our assumption
    hamd_21: int = 20
    adequate_trials: int = 2
    stable_weeks: int = 4  # our assumption
    egfr: int = 60  # mL/min/1.73 m2; our assumption
    alt_times_uln: int = 2  # our assumption
    haemoglobin: Decimal = Decimal("11")  # g/dL; our assumption


@dataclass(frozen=True)
class SafetyLimits:
    """When somebody must look before the next capsules are handed out."""

    hamd_suicide: int = 3
    hamd_suicide_rise: int = 2
    hamd_suicide_serious: int = 4
    bdi_suicide: int = 2
    psychosis_score: int = 4
    psychosis_rise: int = 2
    alt_times_uln: int = 3  # our assumption
    egfr: int = 60  # our assumption
    egfr_fall_percent: int = 25  # our assumption
    haemoglobin: Decimal = Decimal("10")  # g/dL; our assumption
    cgi_worse: int = 6  # our assumption
    hamd_worse_percent: int = 25  # above baseline at two visits; our assumption


ENTRY = EntryLimits()
SAFETY = SafetyLimits()

#: What alerts of this trial are about, beside what any trial alerts of.
ALERT_KINDS = {
    "suicidality": "Suicidality",
    "psychosis": "Psychosis",
    "seizure": "Seizure",
    "confusion": "Confusion",
    "laboratory": "Laboratory",
}

# -- settings of the study (PROTOCOL 6 and 7)

BDI_VERSIONS = ("BDI", "BDI-IA", "BDI-II")
BDI_VERSION = "BDI-IA"  # our assumption
SHORT_HAMD_MINUTES = 10  # a HAMD rated in less is listed for the monitor
SETTINGS = Settings()

if BDI_VERSION not in BDI_VERSIONS:
    raise ValueError(f"BDI version {BDI_VERSION!r} is unknown; choose one of {', '.join(BDI_VERSIONS)}.")
