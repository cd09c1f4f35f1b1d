"""The trial as its protocol writes it: sites, arms, visits, schedule, titration, endpoints and settings.

Everything here is data. Change when a visit is due, which form belongs to it or how the dose is planned in this file.
What the sources do not say is our own choice and carries the words "our assumption"; a physician approves those
before real use. PROTOCOL sections are named where they are written down.
"""

from dataclasses import dataclass
from decimal import Decimal


class StudyMistake(Exception):
    """The declaration of the trial contradicts itself; the sentence says where."""


# -- who and where (PROTOCOL 1) --------------------------------------------------------------------------------------

STUDY_ID = "DCS-TRD"
TITLE = "D-cycloserine, titrated to 1000 mg/d, added to ongoing treatment in treatment-resistant depression"
PROTOCOL_VERSION = "1.0"
PROTOCOL_VERSIONS = ("1.0",)
CONSENT_VERSIONS = ("1.0",)
DESIGN = "Randomised 1:1, double-blind, placebo-controlled, parallel groups, add-on, 6 weeks"
STRATIFIED_BY = "site"  # our assumption


@dataclass(frozen=True)
class Site:
    """A place that enrols; `code` begins its subject numbers."""

    code: str
    name: str
    planned: int
    timezone: str = "Asia/Jerusalem"
    country: str = "ISR"


@dataclass(frozen=True)
class Arm:
    """A group of the design. Who is in it is known to the sealed room alone."""

    code: str
    label: str
    active: bool


SITES = (
    Site("JER", "Jerusalem", planned=14),  # our assumption: 26 subjects as 14 + 12
    Site("AFU", "Afula", planned=12),
)
ARMS = (Arm("DCS", "D-cycloserine", active=True), Arm("PLACEBO", "Placebo", active=False))
PLANNED_SUBJECTS = sum(site.planned for site in SITES)


def subject_number(site_code: str, place: int) -> str:
    """The number of the site's subject that was screened as the place-th: JER-001, and JER-1000 after JER-999."""
    return f"{site_code}-{place:03d}"


# -- visits (PROTOCOL 2) ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """A planned occasion: study day `day` (there is no day 0), `before` and `after` days of window.

    `day` is None for a visit that is not planned. `number` is SDTM's VISITNUM.
    """

    code: str
    label: str
    number: int
    day: int | None = None
    before: int = 0
    after: int = 0
    epoch: str = "BLINDED TREATMENT"
    note: str = ""
    by_telephone: bool = False

    @property
    def is_planned(self) -> bool:
        return self.day is not None


VISITS = (
    Visit("SCR", "Screening", 1, -14, 0, 13, epoch="SCREENING", note="Days -14 to -1. Consent comes first."),
    Visit("BL", "Baseline", 2, 1, epoch="BASELINE", note="Randomisation and first dose."),
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
    Visit("W1", "Week 1", 4, 8, 2, 2),
    Visit("W2", "Week 2", 5, 15, 2, 2),
    Visit("W3", "Week 3", 6, 22, 2, 2),
    Visit("W4", "Week 4", 7, 29, 2, 2),
    Visit("W5", "Week 5", 8, 36, 2, 2),
    Visit("W6", "Week 6", 9, 43, 2, 2, note="End of the double-blind treatment."),
    Visit("FU", "Follow-up", 10, 57, 3, 7, epoch="FOLLOW-UP"),  # our assumption
    Visit("ET", "Early termination", 90, note="The week 6 set and the return of capsules. Visits go on afterwards."),
    Visit("UNS", "Unscheduled", 99, note="Any day."),
)

SCREENING, BASELINE, DAY_4, EARLY_TERMINATION, UNSCHEDULED = "SCR", "BL", "D4", "ET", "UNS"
WEEKLY = ("W1", "W2", "W3", "W4", "W5", "W6")
LAST_TREATMENT_VISIT = "W6"

# Study days of rating that count as a visit in the analysis (PROTOCOL 9): nearest to target, on a tie the later.
ANALYSIS_WINDOWS = {"W1": (2, 11), "W2": (12, 18), "W3": (19, 25), "W4": (26, 32), "W5": (33, 39), "W6": (40, 50)}


# -- schedule of assessments (PROTOCOL 3) ----------------------------------------------------------------------------

# x: required. o: optional. A dot: not planned. Rows without a source in TRIAL are our assumption.
# The order is the prompted order at a visit: what comes first (consent, eligibility, the subject's own BDI), HAMD,
# the other ratings, adverse events and UKU, and the dose at the end.
# The name at the end of a row is a condition (crf/rules/conditions.py): the form is due only where it holds.
_SCHEDULE = """
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
    DISPENSE  .   x   .   x   x   x   x   x   .   .   .   o    is_treated
    FIRSTDOSE .   x   .   .   .   .   .   .   .   .   .   .    is_treated
"""

LOG_FORMS = ("RECONSENT", "AE", "SAEREPORT", "CONMED", "DEVIATION", "ICE", "DRUGLEVEL", "EOT", "EOS")
PREDICATES = ("may_become_pregnant", "was_randomised", "has_capsules", "is_treated")


@dataclass(frozen=True)
class Planned:
    """One cell of the schedule: this form at this visit, required or optional, where the condition holds."""

    form: str
    visit: str
    required: bool
    when: str | None = None


# -- titration (PROTOCOL 5) ------------------------------------------------------------------------------------------

UNIT_MG = 250
MAX_MG = 1000
FIRST_DOSE_DAY, LAST_DOSE_DAY = 1, 42


@dataclass(frozen=True)
class Step:
    """A rung of the dose ladder, planned for study days `first` to `last`.

    `after_days` is the least time on the step before; `needs_panel` asks for a reviewed safety panel.
    """

    number: int
    mg: int
    first: int
    last: int
    after_days: int = 0
    needs_panel: bool = False

    @property
    def capsules(self) -> int:
        """Capsules a day, the same in both arms."""
        return self.mg // UNIT_MG

    @property
    def doses_a_day(self) -> int:
        """Once daily at 250 mg, divided in two above (our assumption)."""
        return 1 if self.mg == UNIT_MG else 2

    @property
    def days(self) -> int:
        return self.last - self.first + 1


STEPS = (
    Step(1, 250, 1, 3),
    Step(2, 500, 4, 21, after_days=3),
    Step(3, 750, 22, 28, after_days=14, needs_panel=True),  # 14 days and the panel: our assumption
    Step(4, 1000, 29, 42, after_days=5),  # 5 days: our assumption
)
PLANNED_CAPSULES = sum(step.capsules * step.days for step in STEPS)
PLANNED_MG = sum(step.mg * step.days for step in STEPS)


@dataclass(frozen=True)
class DosingLimits:
    """How the ladder may be left and entered again."""

    early_days: int = 2  # a decision this much early takes effect on the planned day
    panel_days: int = 7  # oldest safety panel for step 3; our assumption
    reescalate_after_days: int = 7  # our assumption
    reescalations: int = 1  # our assumption
    interruption_same_step: int = 3  # days; our assumption
    interruption_one_lower: int = 7  # days, beyond which the drug is stopped; our assumption
    spare_days: int = 2  # our assumption
    days_at_home: int = 9  # our assumption


DOSING = DosingLimits()
DISPENSING_VISITS = ("BL", "W1", "W2", "W3", "W4", "W5")


# -- eligibility and alerts (PROTOCOL 4, 5 and 7) --------------------------------------------------------------------


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


# -- endpoints and analysis decisions (PROTOCOL 1, 6 and 9) ----------------------------------------------------------

PRIMARY_SCORE = "HAMD-21"
PRIMARY_OUTCOMES = ("HAMD-21", "HAM-A")  # both registered; tested in this fixed sequence
PRIMARY_VISIT = "W6"
REMISSION_AT_MOST = 7
ON_TREATMENT_DAYS = 3
TREATMENT_EMERGENT_DAYS = 14
SERIOUS_EMERGENT_DAYS = 30


COMPLIANCE = (Decimal("0.80"), Decimal("1.20"))  # of prescribed capsules, per protocol
HYPOTHETICAL, TREATMENT_POLICY, COMPOSITE = "hypothetical", "treatment policy", "composite: non-response"


@dataclass(frozen=True)
class Strategy:
    """What becomes of the ratings after an intercurrent event, in the primary analysis and for response.

    `kind` is the code of the form ICE, or one that other forms tell. Under a hypothetical strategy ratings count up to
    `days_after` the event, its own day included.
    """

    kind: str
    label: str
    mean: str
    response: str
    days_after: int = 0


# PROTOCOL 9. That a rating of the event's own day still counts is our assumption.
STRATEGIES = (
    Strategy("STOPDRUG", "Study drug stopped", HYPOTHETICAL, HYPOTHETICAL, days_after=ON_TREATMENT_DAYS),
    Strategy("NEWAD", "New antidepressant", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("CHANGEDAD", "Antidepressant changed", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("ECT", "ECT", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("TMS", "TMS", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("KETAMINE", "Ketamine or esketamine", HYPOTHETICAL, HYPOTHETICAL),
    Strategy("DEATH", "Death", HYPOTHETICAL, COMPOSITE),
    Strategy("ATTEMPT", "Suicide attempt", HYPOTHETICAL, COMPOSITE),
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
    "hallucinat",
    "dissociat",
    "depersonali",
    "delusion",
    "psychotic",
    "seizure",
    "convuls",
    "smell",
    "odour",
    "odor",
    "taste",
)


@dataclass(frozen=True)
class PlanningEffect:
    """What the trial was planned to find: DCS minus placebo on the primary score at week 6.

    Blinded re-estimation of the sample size uses this and never an estimate.
    """

    difference: Decimal
    standard_deviation: Decimal
    alpha: Decimal = Decimal("0.05")
    power: Decimal = Decimal("0.80")
    retention: Decimal = Decimal("0.80")  # our assumption: the share expected to be rated at week 6
    maximum: int = 2 * PLANNED_SUBJECTS  # our assumption: re-estimation asks for no more than this


PLANNING_EFFECT = PlanningEffect(Decimal("-6"), Decimal("7"))  # our assumption
INTERIM_LOOKS: tuple = ()  # none planned; reports for the DSMB are safety only


# -- settings of the study (PROTOCOL 6 and 7) ------------------------------------------------------------------------

BDI_VERSIONS = ("BDI", "BDI-IA", "BDI-II")


@dataclass(frozen=True)
class Settings:
    """What a sponsor may decide otherwise; the defaults are PROTOCOL's."""

    rater_sees_total: bool = False
    rater_sees_bands: bool = False
    rater_sees_earlier_ratings: bool = False
    rater_sees_entry_threshold: bool = False
    investigator_sees_total_after_saving: bool = True
    bdi_version: str = "BDI-IA"  # our assumption
    alert_hours: int = 4
    sae_hours: int = 24
    draft_hours: int = 24
    short_hamd_minutes: int = 10
    timezone: str = "Asia/Jerusalem"

    def __post_init__(self):
        if self.bdi_version not in BDI_VERSIONS:
            raise StudyMistake(f"BDI version {self.bdi_version!r} is unknown; choose one of {', '.join(BDI_VERSIONS)}.")


SETTINGS = Settings()

# -- the investigator's signature ------------------------------------------------------------------------------------

#: Visits after which the investigator is asked to sign what the casebook says so far; always once more at the end of
#: the study, before lock (ICH E6(R3) 3.16.1(o): endorsement at milestones).
SIGNED_AFTER = ("BL", "W6")  # our assumption
CASEBOOK_STATEMENT = "I have reviewed this casebook and confirm that its forms are complete and correct."


# -- questions about the above ---------------------------------------------------------------------------------------


def visit(code: str) -> Visit:
    """The visit of that code; an unknown code is a mistake in the caller."""
    try:
        return _VISIT[code]
    except KeyError:
        raise StudyMistake(f"There is no visit {code!r}; the visits are {', '.join(_VISIT)}.") from None


def site(code: str) -> Site:
    """The site of that code."""
    for found in SITES:
        if found.code == code:
            return found
    raise StudyMistake(f"There is no site {code!r}; the sites are {', '.join(s.code for s in SITES)}.")


def step(number: int) -> Step:
    """The rung of that number, 1 to 4."""
    if not 1 <= number <= len(STEPS):
        raise StudyMistake(f"There is no titration step {number}; there are 1 to {len(STEPS)}.")
    return STEPS[number - 1]


def planned_at(visit_code: str) -> tuple[Planned, ...]:
    """The forms of a visit in the order in which they are prompted, required and optional."""
    visit(visit_code)
    return tuple(cell for cell in SCHEDULE if cell.visit == visit_code)


def visits_of(form_code: str) -> tuple[str, ...]:
    """The visits at which a form is planned, in visit order; nothing for a log form."""
    return tuple(v.code for v in VISITS if any(c.form == form_code and c.visit == v.code for c in SCHEDULE))


def visits_before(visit_code: str) -> tuple[str, ...]:
    """The planned visits before this one, in order; before an unplanned visit, whose place is unknown, none."""
    if not visit(visit_code).is_planned:
        return ()
    planned = [v.code for v in VISITS if v.is_planned]
    return tuple(planned[: planned.index(visit_code)])


def needed_to_randomise() -> tuple[Planned, ...]:
    """The required cells of screening and baseline that come before randomisation.

    What depends on being randomised or treated (dose, dispensing, first dose) comes after it.
    """
    after = ("was_randomised", "has_capsules", "is_treated")
    return tuple(c for c in SCHEDULE if c.visit in (SCREENING, BASELINE) and c.required and c.when not in after)


def is_required(form_code: str, visit_code: str) -> bool:
    """Must the form be filled in at the visit (where its condition holds)?"""
    return any(c.required for c in planned_at(visit_code) if c.form == form_code)


def scheduled_forms() -> tuple[str, ...]:
    """Every form code the protocol names: the rows of the schedule, then the log forms."""
    return tuple(dict.fromkeys(cell.form for cell in SCHEDULE)) + LOG_FORMS


# -- self-policing ---------------------------------------------------------------------------------------------------


def read_schedule(text: str) -> tuple[Planned, ...]:
    """Read the table of forms by visits; an unknown visit, mark or condition and a form named twice are mistakes."""
    head, *rows = [line.split() for line in text.strip("\n").splitlines()]
    for code in head:
        if code not in _VISIT:
            raise StudyMistake(f"The schedule names a visit {code!r} that is not declared.")
    cells, seen = [], set()
    for form, *marks in rows:
        condition = marks.pop() if len(marks) == len(head) + 1 else None
        if form in seen:
            raise StudyMistake(f"The schedule names form {form} twice.")
        if len(marks) != len(head) or set(marks) - set("xo."):
            raise StudyMistake(f"The row of form {form} in the schedule needs {len(head)} marks, each x, o or a dot.")
        if condition is not None and condition not in PREDICATES:
            raise StudyMistake(f"Form {form} is due when {condition!r}, which is no known condition.")
        seen.add(form)
        planned = [(at, mark) for at, mark in zip(head, marks, strict=True) if mark != "."]
        cells += [Planned(form, at, mark == "x", condition) for at, mark in planned]
    return tuple(cells)


def _refuse_duplicates(what: str, codes: list) -> None:
    twice = sorted({str(code) for code in codes if codes.count(code) > 1})
    if twice:
        raise StudyMistake(f"{what} declared twice: {', '.join(twice)}.")


_refuse_duplicates("Site", [s.code for s in SITES])
_refuse_duplicates("Arm", [a.code for a in ARMS])
_refuse_duplicates("Visit", [v.code for v in VISITS])
_refuse_duplicates("Visit number", [v.number for v in VISITS])
_VISIT = {v.code: v for v in VISITS}
SCHEDULE = read_schedule(_SCHEDULE)
_refuse_duplicates("Form", [*dict.fromkeys(cell.form for cell in SCHEDULE), *LOG_FORMS])
_refuse_duplicates("Strategy", [s.kind for s in STRATEGIES])
for _code in (*ANALYSIS_WINDOWS, *DISPENSING_VISITS, *WEEKLY, PRIMARY_VISIT):
    visit(_code)
for _lower, _upper in zip(STEPS, STEPS[1:], strict=False):
    if _upper.mg - _lower.mg != UNIT_MG or _upper.first != _lower.last + 1:
        raise StudyMistake(f"Step {_upper.number} does not follow step {_lower.number} by one capsule and one day.")
if STEPS[-1].mg > MAX_MG or STEPS[0].first != FIRST_DOSE_DAY or STEPS[-1].last != LAST_DOSE_DAY:
    raise StudyMistake("The titration steps leave the limits of dose or of treatment days.")
