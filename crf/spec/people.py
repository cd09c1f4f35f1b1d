"""Who there is in a trial: roles, and the groups that enter and read forms."""

INVESTIGATOR, COORDINATOR, RATER, PHARMACIST = "investigator", "coordinator", "rater", "pharmacist"
MONITOR, DATA_MANAGER, MEDICAL_MONITOR = "monitor", "data_manager", "medical_monitor"
SAFETY_OFFICER, STATISTICIAN = "safety_officer", "statistician"
RANDOMISATION_STATISTICIAN, UNBLINDED_STATISTICIAN = "randomisation_statistician", "unblinded_statistician"
SUPPLY_MANAGER = "supply_manager"
AUDITOR, ADMINISTRATOR = "auditor", "administrator"

ROLES = (
    *(INVESTIGATOR, COORDINATOR, RATER, PHARMACIST, MONITOR, DATA_MANAGER, MEDICAL_MONITOR, SAFETY_OFFICER),
    *(STATISTICIAN, RANDOMISATION_STATISTICIAN, UNBLINDED_STATISTICIAN, SUPPLY_MANAGER, AUDITOR, ADMINISTRATOR),
)
#: Nobody of the sponsor's side enters what the site observed (INV-05); the safety officer keeps the drug levels.
ENTERING = frozenset({INVESTIGATOR, COORDINATOR, RATER, PHARMACIST, SAFETY_OFFICER})

# Who enters: the groups that most forms name. In this order a person with several roles acts.
SITE_TEAM = (COORDINATOR, INVESTIGATOR)
RATERS = (RATER, INVESTIGATOR)
ONLY_RATERS = (RATER,)
PHARMACY = (PHARMACIST, COORDINATOR, INVESTIGATOR)
INVESTIGATORS = (INVESTIGATOR,)
SAFETY = (SAFETY_OFFICER,)

# Who reads. A rater reads ratings alone (PROTOCOL 6), a pharmacist what the drug is handed out by.
READERS = (INVESTIGATOR, COORDINATOR, MONITOR, DATA_MANAGER, MEDICAL_MONITOR, AUDITOR)
READERS_AND_RATERS = (*READERS, RATER)
READERS_AND_PHARMACY = (*READERS, PHARMACIST)
