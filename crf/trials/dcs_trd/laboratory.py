"""The tests of the safety laboratory and their limits of normal (PROTOCOL 3 and 5)."""

from crf.spec.laboratory import Analyte, LaboratoryPlan, read_limits
from crf.trials.dcs_trd import protocol

ANALYTES = (
    Analyte("ALT", "Alanine aminotransferase", "U/L", (("ukat/L", "59.988"),)),
    Analyte("AST", "Aspartate aminotransferase", "U/L", (("ukat/L", "59.988"),)),
    Analyte("ALP", "Alkaline phosphatase", "U/L", (("ukat/L", "59.988"),)),
    Analyte("GGT", "Gamma-glutamyl transferase", "U/L", (("ukat/L", "59.988"),)),
    Analyte("LDH", "Lactate dehydrogenase", "U/L", (("ukat/L", "59.988"),)),
    Analyte("BILI", "Bilirubin, total", "umol/L", (("mg/dL", "17.104"),)),
    Analyte("PROT", "Protein, total", "g/L", (("g/dL", "10"),)),
    Analyte("ALB", "Albumin", "g/L", (("g/dL", "10"),)),
    Analyte("CREAT", "Creatinine", "umol/L", (("mg/dL", "88.4"),)),
    Analyte("UREA", "Urea", "mmol/L", (("mg/dL", "0.1665"),)),
    Analyte("URATE", "Urate", "umol/L", (("mg/dL", "59.48"),)),
    Analyte("GLUC", "Glucose", "mmol/L", (("mg/dL", "0.0555"),)),
    Analyte("CHOL", "Cholesterol", "mmol/L", (("mg/dL", "0.02586"),)),
    Analyte("TRIG", "Triglycerides", "mmol/L", (("mg/dL", "0.01129"),)),
    Analyte("SODIUM", "Sodium", "mmol/L"),
    Analyte("K", "Potassium", "mmol/L"),
    Analyte("CL", "Chloride", "mmol/L"),
    Analyte("CA", "Calcium", "mmol/L", (("mg/dL", "0.2495"),)),
    Analyte("PHOS", "Phosphate", "mmol/L", (("mg/dL", "0.3229"),)),
    Analyte("MG", "Magnesium", "mmol/L", (("mg/dL", "0.4114"),)),
    Analyte("HGB", "Haemoglobin", "g/dL", (("g/L", "0.1"), ("mmol/L", "1.6114"))),
    Analyte("HCT", "Haematocrit", "%"),
    Analyte("RBC", "Erythrocytes", "10^12/L"),
    Analyte("MCV", "Mean corpuscular volume", "fL"),
    Analyte("WBC", "Leukocytes", "10^9/L"),
    Analyte("NEUT", "Neutrophils", "10^9/L"),
    Analyte("LYM", "Lymphocytes", "10^9/L"),
    Analyte("EOS", "Eosinophils", "10^9/L"),
    Analyte("PLAT", "Platelets", "10^9/L"),
    Analyte("URPROT", "Urine protein", "g/L", (("mg/dL", "0.01"),)),
    Analyte("URGLUC", "Urine glucose", "mmol/L", (("mg/dL", "0.0555"),)),
)

# Textbook values for adults (our assumption), until a site's laboratory hands in its own.
ADULTS = read_limits("""
    ALT     -  0     40
    AST     -  0     40
    ALP     -  40    130
    GGT     F  0     40
    GGT     M  0     60
    LDH     -  120   250
    BILI    -  0     21
    PROT    -  64    83
    ALB     -  35    52
    CREAT   F  45    84
    CREAT   M  59    104
    UREA    -  2.5   7.8
    URATE   F  140   360
    URATE   M  200   430
    GLUC    -  3.9   5.6
    CHOL    -  0     5.2
    TRIG    -  0     1.7
    SODIUM  -  135   145
    K       -  3.5   5.1
    CL      -  98    107
    CA      -  2.15  2.55
    PHOS    -  0.8   1.5
    MG      -  0.7   1.05
    HGB     F  12    16
    HGB     M  13.5  17.5
    HCT     F  36    46
    HCT     M  41    53
    RBC     F  3.9   5.2
    RBC     M  4.4   5.9
    MCV     -  80    98
    WBC     -  4     10.5
    NEUT    -  1.8   7.5
    LYM     -  1     4
    EOS     -  0     0.5
    PLAT    -  150   400
    URPROT  -  0     0.15
    URGLUC  -  0     0.8
""")

LABORATORY = LaboratoryPlan(
    ANALYTES,
    ADULTS,
    ages=protocol.ENTRY.age,
    days_from_visit=7,  # our assumption, from the week that a panel counts for
    days_from_screening=14,
)


def unit_fits(analyte: str, unit: str) -> bool:
    """Is the unit one that this analyte is reported in? A function, so that a check's version follows the tests."""
    found = next(a for a in ANALYTES if a.code == analyte)
    return unit == found.unit or unit in dict(found.others)
