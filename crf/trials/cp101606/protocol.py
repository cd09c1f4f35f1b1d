"""The trial as its publication tells it: Preskorn et al., J Clin Psychopharmacol 2008;28:631-637 (PMID 19011431).

The abstract gives the two periods, the 30 subjects, the primary outcome (change of the MADRS from period 2's baseline
at day 5), the 80 % interval and p < 0.10. Everything else is our own choice and carries the words "our assumption";
a physician approves those before real use.

Study day 1 is the day of the infusion, so the days of the run-in are negative: it begins on day -42.
"""

from crf.spec.arms import Allocation, Arm, Site
from crf.spec.trial import Settings
from crf.spec.visits import Epoch, Place, Visit

# -- who and where

STUDY_ID = "CP101606-MDD"
TITLE = "One infusion of CP-101,606 added to paroxetine in depression that did not respond to paroxetine"
PROTOCOL_VERSION = "1.0"
CONSENT_VERSIONS = ("1.0",)
DESIGN = (
    "Run-in of 6 weeks with open paroxetine and a single-blind placebo infusion; non-responders randomised 1:1, "
    "double-blind, to one infusion of CP-101,606 or placebo; 4 weeks more"
)
TIMEZONE, COUNTRY = "America/Chicago", "USA"  # our assumption
SITES = (  # number and names of the sites: our assumption; 30 subjects as 15 and 15
    Site("NOR", "Northfield", planned=15, timezone=TIMEZONE, country=COUNTRY),
    Site("SOU", "Southport", planned=15, timezone=TIMEZONE, country=COUNTRY),
)
ARMS = (Arm("CP", "CP-101,606"), Arm("PBO", "Placebo", reference=True))  # 1:1: our assumption
ALLOCATION = Allocation(by_site=True, block_sizes=(4,))  # strata and blocks: our assumption

# -- epochs and visits (days beside day 5 are our assumption)

RUN_IN, PERIOD_2 = "RUN-IN", "BLINDED TREATMENT"
EPOCHS = (
    Epoch("SCREENING", "Screening", before_randomisation=True),
    # Who responded to paroxetine does not go on; the rule stands in rules/run_in.py.
    Epoch(RUN_IN, "Period 1: open paroxetine", before_randomisation=True, gate="did_not_respond_to_paroxetine"),
    Epoch("BASELINE", "Baseline of period 2", before_randomisation=True),
    Epoch(PERIOD_2, "Period 2: double-blind"),
)
RUN_IN_BEGINS = "RI0"
VISITS = (
    Visit(
        *("SCR", "Screening", 1, -56, 0, 13),
        epoch="SCREENING",
        place=Place.SCREENING,
        note="Days -56 to -43. Consent comes first.",
    ),
    Visit(RUN_IN_BEGINS, "Start of paroxetine", 2, -42, 3, 3, epoch=RUN_IN, note="Baseline of period 1."),
    Visit("RI2", "Run-in, week 2", 3, -28, 3, 3, epoch=RUN_IN),
    Visit("RI4", "Run-in, week 4", 4, -14, 3, 3, epoch=RUN_IN, note="Single-blind placebo infusion."),
    Visit(
        *("BL", "Baseline of period 2", 5, 1),
        epoch="BASELINE",
        place=Place.BASELINE,
        signed_after=True,
        note="End of the run-in. Non-responders are randomised; then the infusion.",
    ),
    Visit("D2", "Day 2", 6, 2, 0, 1, epoch=PERIOD_2, analysed=(2, 3)),
    Visit("D5", "Day 5", 7, 5, 0, 1, epoch=PERIOD_2, analysed=(4, 6), note="The primary outcome."),
    Visit("D8", "Day 8", 8, 8, 1, 1, epoch=PERIOD_2, analysed=(7, 10)),
    Visit("D15", "Day 15", 9, 15, 2, 2, epoch=PERIOD_2, analysed=(11, 18)),
    Visit("D22", "Day 22", 10, 22, 2, 2, epoch=PERIOD_2, analysed=(19, 25)),
    Visit("D29", "Day 29", 11, 29, 2, 2, epoch=PERIOD_2, analysed=(26, 36), signed_after=True, note="End of period 2."),
    Visit("ET", "Early termination", 90, epoch=PERIOD_2, place=Place.EARLY_TERMINATION, note="The day 29 set."),
    Visit("UNS", "Unscheduled", 99, epoch=PERIOD_2, place=Place.UNSCHEDULED, note="Any day."),
)

# -- schedule of assessments (our assumption, but for the MADRS of day 5)

# x: required. o: optional. A dot: not planned. The order is the prompted order at a visit.
SCHEDULE = """
              SCR RI0 RI2 RI4 BL  D2  D5  D8  D15 D22 D29 ET  UNS
    CONSENT   x   .   .   .   .   .   .   .   .   .   .   .   .
    DEMOG     x   .   .   .   .   .   .   .   .   .   .   .   .
    MADRS     x   x   x   x   x   x   x   x   x   x   x   x   o
    HAMD17    x   x   x   x   x   .   x   x   x   x   x   x   o
    VITALS    x   x   .   x   x   x   x   .   .   .   x   x   o
    PAROX     .   x   x   x   x   .   .   x   x   x   x   x   o
    RIINF     .   .   .   x   .   .   .   .   .   .   .   .   .
    ELIG      x   .   .   .   x   .   .   .   .   .   .   .   .
    INFUSION  .   .   .   .   x   .   .   .   .   .   .   .   .    is_treated
    DISSOC    .   .   .   .   x   x   .   .   .   .   .   .   o    was_randomised
    GUESSS    .   .   .   .   .   .   .   .   .   .   x   x   .    was_randomised
    GUESSR    .   .   .   .   .   .   .   .   .   .   x   x   .    was_randomised
"""
LOG_FORMS = ("AE", "SAEREPORT", "CONMED", "DEVIATION", "ICE", "EOT", "EOS")

# -- limits and settings (our assumption)

AGE = (18, 65)
HAMD_17_AT_ENTRY = 18
RESPONSE_PERCENT = 50
SUICIDE_SERIOUS = {"MADRS": 5, "HAMD17": 3}  # item 10 of 0 to 6, item 3 of 0 to 4
SHORT_MINUTES = 8  # a rating done in less is listed for the monitor
SETTINGS = Settings()
ALERT_KINDS = {"suicidality": "Suicidality"}
#: Ordinary words with a capital that name nobody.
WORDS = frozenset({"Northfield", "Southport", "Hamilton", "Montgomery", "Paroxetine"})
