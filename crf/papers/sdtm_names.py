"""Where an item goes in SDTM: a variable, or a test of a findings domain; what goes nowhere says so (SDTMIG 3.4).

A declaration names the test code or the variable where the item has one of its own, and `sdtm` those that share a
variable with another form. What follows from the kind of form (the date of an observation, the header of a rating)
stands here.
"""

from crf import spec

DOMAINS = {
    "AE": "Adverse Events",
    "CE": "Clinical Events",
    "CM": "Concomitant/Prior Medications",
    "DA": "Product Accountability",
    "DM": "Demographics",
    "DS": "Disposition",
    "DV": "Protocol Deviations",
    "EC": "Exposure as Collected",
    "EG": "ECG Test Results",
    "EX": "Exposure",
    "FA": "Findings About Events or Interventions",
    "HO": "Healthcare Encounters",
    "IE": "Inclusion/Exclusion Criteria Not Met",
    "LB": "Laboratory Test Results",
    "MH": "Medical History",
    "PE": "Physical Examination",
    "PR": "Procedures",
    "PC": "Pharmacokinetics Concentrations",
    "QS": "Questionnaires",
    "RS": "Disease Response and Clin Classification",
    "SC": "Subject Characteristics",
    "SS": "Subject Status",
    "SU": "Substance Use",
    "SV": "Subject Visits",
    "VS": "Vital Signs",
}
FINDINGS = frozenset({"DA", "EG", "FA", "IE", "LB", "PC", "PE", "QS", "RS", "SC", "SS", "VS"})
NOT_SUBMITTED = "NOT SUBMITTED"

_HEADER = {"rated_on": "{domain}DTC", "rated_by": "{domain}EVALID"}


def name_of(form: type[spec.Form], item: spec.Item) -> str:
    """The item's place in SDTM: AETERM, RSORRES where RSTESTCD = HAMD201, or NOT SUBMITTED."""
    if item.testcd:
        return _own(form.domain, item.testcd)
    if item.name in form.sdtm:
        return form.sdtm[item.name]
    if form.rating and item.name in _HEADER:
        return _HEADER[item.name].format(domain=form.domain)
    if form.dated == item.name and form.domain in FINDINGS:
        return f"{form.domain}DTC"
    return NOT_SUBMITTED


def name_of_score(form: type[spec.Form], score: spec.Score) -> str:
    """A total's place: a derived test, or a parameter of the analysis data set alone."""
    if not score.testcd or not form.domain:
        return NOT_SUBMITTED
    if score.testcd in form.analysis_only:
        return f"ADQS: PARAMCD = {score.testcd}"
    return f"{_own(form.domain, score.testcd)}, {form.domain}DRVFL = Y"


def _own(domain: str, code: str) -> str:
    """A variable begins with its domain's letters, or belongs to a domain without tests; all else is a test code."""
    if domain not in FINDINGS or code.startswith(domain):
        return code
    return f"{domain}ORRES where {domain}TESTCD = {code}"


def domain_in_words(form: type[spec.Form]) -> list[str]:
    """The domain with its name, and the category where the form has one."""
    if not form.domain:
        return []
    if form.domain not in DOMAINS:
        raise spec.DeclarationError(f"The form {form.code} goes to the domain {form.domain}, which has no name here.")
    words = [f"{form.domain} ({DOMAINS[form.domain]})"]
    return words + ([f"{form.domain}CAT = {form.category}"] if form.category else [])
