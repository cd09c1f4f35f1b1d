"""What the engine needs a form for. A form that serves a purpose has the items that the engine reads by name."""

import enum


class Purpose(enum.Enum):
    """The role of a form in the trial. At most one form of a trial has each, but for ELIGIBILITY_TEST and the like."""

    CONSENT = "the consent"
    DEMOGRAPHY = "demography"
    ELIGIBILITY = "eligibility"
    CONTACT = "a contact by telephone"
    DOSING = "dosing decisions"
    DISPENSING = "dispensing"
    RETURNS = "counting what comes back"
    FIRST_DOSE = "the first dose"
    LABORATORY = "the safety laboratory"
    DRUG_LEVEL = "drug levels"
    ADVERSE_EVENTS = "adverse events"
    SERIOUS_REPORTS = "reports of serious events"
    MEDICATION = "concomitant medication"
    DEVIATIONS = "deviations"
    INTERCURRENT = "intercurrent events"
    END_OF_TREATMENT = "the end of treatment"
    END_OF_STUDY = "the end of the study"
    BLINDING_GUESS = "a guess of the arm"


#: The items that the engine reads by name from the form of each purpose.
NEEDED: dict[Purpose, tuple[str, ...]] = {
    Purpose.CONSENT: ("signed_on",),
    Purpose.DEMOGRAPHY: ("birth_year", "sex"),
    Purpose.ELIGIBILITY: ("assessed_on",),
    Purpose.CONTACT: ("reached",),
    Purpose.DOSING: ("decided_on", "decision", "prescribed_mg", "effective_on"),
    Purpose.DISPENSING: ("dispensed_on", "kit"),
    Purpose.RETURNS: ("counted_on", "most_in_a_day", "most_on", "last_taken_on"),
    Purpose.FIRST_DOSE: ("taken_on",),
    Purpose.LABORATORY: (
        *("drawn_on", "drawn_at", "accession", "analyte", "result", "unit", "low", "high"),
        *("standard_result", "lower_limit", "upper_limit", "limits_from", "flag", "significant"),
    ),
    Purpose.DRUG_LEVEL: ("drawn_on", "accession", "level"),
    Purpose.ADVERSE_EVENTS: ("term", "onset", "resolved", "serious", "aware_on", "aware_at"),
    Purpose.SERIOUS_REPORTS: ("event", "report", "sent_to", "sent_on", "sent_at"),
    Purpose.MEDICATION: (),
    Purpose.DEVIATIONS: (
        *("kind", "description", "occurred_on", "found_on", "opened_by", "severity", "at_visit", "action"),
    ),
    Purpose.INTERCURRENT: ("kind", "began_on"),
    Purpose.END_OF_TREATMENT: ("decided_on", "last_dose_on", "reason"),
    Purpose.END_OF_STUDY: ("ended_on", "reason", "consent_withdrawn", "consent_withdrawn_on", "died_on"),
    Purpose.BLINDING_GUESS: ("guess",),
}
#: Purposes that several forms may serve.
SEVERAL = frozenset({Purpose.BLINDING_GUESS})
