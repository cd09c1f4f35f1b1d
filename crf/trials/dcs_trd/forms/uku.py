"""UKU side effect rating scale: numbers and short titles (TRIAL 6c). Rated regardless of cause.

Free for academic use; the manual with its definitions is not reproduced here.
"""

from crf.spec import OPEN, Check, Elsewhere, Form, Item, scale
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd import protocol
from crf.trials.dcs_trd.rules import alerts

PSYCHIC, NEUROLOGIC, AUTONOMIC, OTHER, ADDED = "Psychic", "Neurologic", "Autonomic", "Other", "Added by the trial"
DEGREES = scale(0, 3, "None", "Mild", "Moderate", "Severe")
OF_WOMEN = Elsewhere("DEMOG", "sex", ("F",), visit=protocol.SCREENING)
OF_MEN = Elsewhere("DEMOG", "sex", ("M",), visit=protocol.SCREENING)
WOMEN, MEN = ("menorrhagia", "amenorrhoea", "vagina_dry"), ("erection", "ejaculation")


def fits_the_sex(r, others) -> bool:
    """Nothing above 0 that the subject's sex rules out; passes while the sex is not entered."""
    ruled_out = {"M": WOMEN, "F": MEN}.get(others.value("DEMOG", "sex", visit="SCR"), ())
    return not any(getattr(r, name) for name in ruled_out)


class UKU(Form):
    """Rated by the clinician, not by the blinded rater. Covers the past three days.

    The sponsor's codes; CDISC has none. What a sex rules out is not asked.
    """

    code, title, domain, category = "UKU", "UKU side effect rating scale", "QS", "UKU"
    reference = "The past three days"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    rating = True
    languages = protocol.LANGUAGES
    alerts = (alerts.of_uku_seizure, alerts.of_uku_confusion)

    concentration = Item("1.1 Concentration difficulties", DEGREES, testcd="UKU0101", section=PSYCHIC)
    asthenia = Item("1.2 Tiredness", DEGREES, testcd="UKU0102", section=PSYCHIC)
    sleepiness = Item("1.3 Sleepiness", DEGREES, testcd="UKU0103", section=PSYCHIC)
    memory = Item("1.4 Failing memory", DEGREES, testcd="UKU0104", section=PSYCHIC)
    depression = Item("1.5 Depression", DEGREES, testcd="UKU0105", section=PSYCHIC)
    inner_unrest = Item("1.6 Tension, inner unrest", DEGREES, testcd="UKU0106", section=PSYCHIC)
    sleep_longer = Item("1.7 Longer sleep", DEGREES, testcd="UKU0107", section=PSYCHIC)
    sleep_shorter = Item("1.8 Shorter sleep", DEGREES, testcd="UKU0108", section=PSYCHIC)
    dreams = Item("1.9 More dreams", DEGREES, testcd="UKU0109", section=PSYCHIC)
    indifference = Item("1.10 Emotional indifference", DEGREES, testcd="UKU0110", section=PSYCHIC)
    dystonia = Item("2.1 Dystonia", DEGREES, testcd="UKU0111", section=NEUROLOGIC)
    rigidity = Item("2.2 Rigidity", DEGREES, testcd="UKU0112", section=NEUROLOGIC)
    hypokinesia = Item("2.3 Hypokinesia", DEGREES, testcd="UKU0113", section=NEUROLOGIC)
    hyperkinesia = Item("2.4 Hyperkinesia", DEGREES, testcd="UKU0114", section=NEUROLOGIC)
    tremor = Item("2.5 Tremor", DEGREES, testcd="UKU0115", section=NEUROLOGIC)
    akathisia = Item("2.6 Akathisia", DEGREES, testcd="UKU0116", section=NEUROLOGIC)
    epileptic_seizures = Item("2.7 Epileptic seizures", DEGREES, testcd="UKU0117", section=NEUROLOGIC)
    paraesthesia = Item("2.8 Paraesthesia", DEGREES, testcd="UKU0118", section=NEUROLOGIC)
    accommodation = Item("3.1 Accommodation disturbance", DEGREES, testcd="UKU0119", section=AUTONOMIC)
    saliva_more = Item("3.2 More saliva", DEGREES, testcd="UKU0120", section=AUTONOMIC)
    saliva_less = Item("3.3 Less saliva", DEGREES, testcd="UKU0121", section=AUTONOMIC)
    nausea = Item("3.4 Nausea, vomiting", DEGREES, testcd="UKU0122", section=AUTONOMIC)
    diarrhoea = Item("3.5 Diarrhoea", DEGREES, testcd="UKU0123", section=AUTONOMIC)
    constipation = Item("3.6 Constipation", DEGREES, testcd="UKU0124", section=AUTONOMIC)
    micturition = Item("3.7 Micturition disturbance", DEGREES, testcd="UKU0125", section=AUTONOMIC)
    polyuria = Item("3.8 Polyuria, polydipsia", DEGREES, testcd="UKU0126", section=AUTONOMIC)
    dizziness = Item("3.9 Orthostatic dizziness", DEGREES, testcd="UKU0127", section=AUTONOMIC)
    palpitations = Item("3.10 Palpitations", DEGREES, testcd="UKU0128", section=AUTONOMIC)
    sweating = Item("3.11 More sweating", DEGREES, testcd="UKU0129", section=AUTONOMIC)
    rash = Item("4.1 Rash", DEGREES, testcd="UKU0130", section=OTHER)
    pruritus = Item("4.2 Pruritus", DEGREES, testcd="UKU0131", section=OTHER)
    photosensitivity = Item("4.3 Photosensitivity", DEGREES, testcd="UKU0132", section=OTHER)
    pigmentation = Item("4.4 More pigmentation", DEGREES, testcd="UKU0133", section=OTHER)
    weight_gain = Item("4.5 Weight gain", DEGREES, testcd="UKU0134", section=OTHER)
    weight_loss = Item("4.6 Weight loss", DEGREES, testcd="UKU0135", section=OTHER)
    menorrhagia = Item("4.7 Menorrhagia", DEGREES, testcd="UKU0136", section=OTHER, when=OF_WOMEN)
    amenorrhoea = Item("4.8 Amenorrhoea", DEGREES, testcd="UKU0137", section=OTHER, when=OF_WOMEN)
    galactorrhoea = Item("4.9 Galactorrhoea", DEGREES, testcd="UKU0138", section=OTHER)
    gynaecomastia = Item("4.10 Gynaecomastia", DEGREES, testcd="UKU0139", section=OTHER)
    desire_more = Item("4.11 More sexual desire", DEGREES, testcd="UKU0140", section=OTHER)
    desire_less = Item("4.12 Less sexual desire", DEGREES, testcd="UKU0141", section=OTHER)
    erection = Item("4.13 Erectile dysfunction", DEGREES, testcd="UKU0142", section=OTHER, when=OF_MEN)
    ejaculation = Item("4.14 Ejaculatory dysfunction", DEGREES, testcd="UKU0143", section=OTHER, when=OF_MEN)
    orgasm = Item("4.15 Orgastic dysfunction", DEGREES, testcd="UKU0144", section=OTHER)
    vagina_dry = Item("4.16 Dry vagina", DEGREES, testcd="UKU0145", section=OTHER, when=OF_WOMEN)
    headache = Item("4.17 Headache", DEGREES, testcd="UKU0146", section=OTHER)
    physical_dependence = Item("4.18 Physical dependence", DEGREES, testcd="UKU0147", section=OTHER)
    psychic_dependence = Item("4.19 Psychic dependence", DEGREES, testcd="UKU0148", section=OTHER)
    # Confusion is no item of the UKU, but PROTOCOL 7 asks for it; our assumption.
    confusion = Item("Confusion", DEGREES, testcd="UKUX49", section=ADDED)
    interference_doctor = Item(
        "Interference with daily life, judged by the physician", DEGREES, testcd="UKUX50", section=ADDED
    )
    interference_subject = Item(
        "Interference with daily life, judged by the subject", DEGREES, testcd="UKUX51", section=ADDED
    )

    checks = (
        Check(
            "UKU-01",
            "The end lies before the start: please correct one of the times.",
            lambda r: r.started <= r.ended,
            hard=True,
        ),
        Check(
            "UKU-02",
            "A seizure is rated: please record an adverse event; the protocol stops the drug.",
            lambda r: r.epileptic_seizures == 0,
        ),
        Check(
            "UKU-03",
            "An item is rated that the subject's sex rules out: please correct it.",
            fits_the_sex,
            items=WOMEN + MEN,
            blank=True,
        ),
        Check(
            "UKU-04",
            "Both longer and shorter sleep are rated: please confirm.",
            lambda r: not (r.sleep_longer > 0 and r.sleep_shorter > 0),
        ),
        Check(
            "UKU-05",
            "Both weight gain and weight loss are rated: please confirm.",
            lambda r: not (r.weight_gain > 0 and r.weight_loss > 0),
        ),
    )
