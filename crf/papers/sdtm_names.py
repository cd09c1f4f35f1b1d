"""Where an item goes in SDTM: a variable, or a test of a findings domain; what goes nowhere says so (SDTMIG 3.4).

A declaration names the test code or the variable where the item has one of its own. What follows from the kind of form
(the date of an observation, the header of a rating) and the few that share a variable with another form stand here.
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
    "IE": "Inclusion/Exclusion Criteria Not Met",
    "LB": "Laboratory Test Results",
    "MH": "Medical History",
    "PC": "Pharmacokinetics Concentrations",
    "QS": "Questionnaires",
    "RS": "Disease Response and Clin Classification",
    "SV": "Subject Visits",
    "VS": "Vital Signs",
}
FINDINGS = frozenset({"DA", "IE", "LB", "PC", "QS", "RS", "VS"})
NOT_SUBMITTED = "NOT SUBMITTED"

#: Totals that only the analysis data set carries (TRIAL 7).
ANALYSIS_ONLY = frozenset({"HAMDX17T", "HAMDX24T"})

#: What neither the declaration nor the kind of form tells.
NAMED: dict[tuple[str, str], str] = {
    ("CONSENT", "signed_on"): "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED; DM.RFICDTC",
    ("CONSENT", "signed_at"): "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED; DM.RFICDTC",
    ("RECONSENT", "asked_on"): "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED",
    ("RECONSENT", "asked_at"): "DSSTDTC where DSDECOD = INFORMED CONSENT OBTAINED",
    ("DEMOG", "birth_year"): "BRTHDTC",
    ("DEMOG", "sex"): "SEX",
    ("PSYHX", "diagnosis"): "MHTERM",
    ("PSYHX", "episode_began"): "MHSTDTC",
    ("CONTACT", "contacted_on"): "SVSTDTC",
    ("CONTACT", "contacted_at"): "SVSTDTC",
    ("CONTACT", "reached"): "SVOCCUR",
    ("VITALS", "measured_at"): "VSDTC",
    ("VITALS", "position"): "VSPOS",
    ("LAB", "drawn_at"): "LBDTC",
    ("GLYCINE", "taken"): "LBSTAT where LBTESTCD = GLY",
    ("GLYCINE", "drawn_at"): "LBDTC",
    ("GLYCINE", "fasting"): "LBFAST",
    ("GLYCINE", "accession"): "LBREFID",
    ("GLYCINE", "not_taken_because"): "LBREASND",
    ("DOSING", "effective_on"): "ECSTDTC",
    ("DOSING", "reason"): "ECADJ",
    ("FIRSTDOSE", "taken_on"): "ECSTDTC; DM.RFXSTDTC",
    ("FIRSTDOSE", "taken_at"): "ECSTDTC; DM.RFXSTDTC",
    ("DRUGLEVEL", "drawn_at"): "PCDTC",
    ("EOT", "last_dose_on"): "DM.RFXENDTC",
    ("EOT", "decided_on"): "DSSTDTC",
    ("EOS", "ended_on"): "DSSTDTC; DM.RFPENDTC",
    ("EOS", "died_on"): "DM.DTHDTC",
}
_HEADER = {"rated_on": "{domain}DTC", "rated_by": "{domain}EVALID"}


def name_of(form: type[spec.Form], item: spec.Item) -> str:
    """The item's place in SDTM: AETERM, RSORRES where RSTESTCD = HAMD201, or NOT SUBMITTED."""
    if item.testcd:
        return _own(form.domain, item.testcd)
    if (form.code, item.name) in NAMED:
        return NAMED[form.code, item.name]
    if form.rating and item.name in _HEADER:
        return _HEADER[item.name].format(domain=form.domain)
    if form.dated == item.name and form.domain in FINDINGS:
        return f"{form.domain}DTC"
    return NOT_SUBMITTED


def name_of_score(form: type[spec.Form], score: spec.Score) -> str:
    """A total's place: a derived test, or a parameter of the analysis data set alone."""
    if not score.testcd:
        return NOT_SUBMITTED
    if score.testcd in ANALYSIS_ONLY:
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
    words = [f"{form.domain} ({DOMAINS[form.domain]})"]
    return words + ([f"{form.domain}CAT = {form.category}"] if form.category else [])
