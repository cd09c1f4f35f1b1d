"""What was before the trial: psychiatric history, antidepressant trials, medical history (PROTOCOL 3)."""

from crf.spec import OPEN, YES_NO, Check, Decimal, Form, Integer, Item, PartialDate, Text, Values, choice
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd.forms.adverse_event import partial_order_holds

ADEQUATE_WEEKS = 4  # our assumption


class PsychiatricHistory(Form):
    """The illness until now, by DSM-IV."""

    code, title, domain, category = "PSYHX", "Psychiatric history", "MH", "PSYCHIATRIC HISTORY"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS

    diagnosis = Item(
        "Diagnosis by DSM-IV",
        choice(
            SINGLE="Major depressive disorder, single episode",
            RECURRENT="Major depressive disorder, recurrent",
            OTHER="Another diagnosis",
        ),
    )
    other_diagnosis = Item("Which", Text(200), when=diagnosis.isin("OTHER"))
    episodes = Item("Depressive episodes, this one included", Integer(1, 99))
    age_at_onset = Item("Age at first episode", Integer(3, 99), unit="years")
    episode_began = Item("Present episode began", PartialDate())
    psychotic_features = Item("Psychotic features ever", YES_NO)
    admissions = Item("Psychiatric admissions", Integer(0, 99))
    attempts = Item("Suicide attempts in life", Integer(0, 99))
    family_history = Item("Mood disorder in the family", YES_NO)
    comorbid = Item("Other psychiatric diagnoses", Text(300), required=False)

    checks = (
        Check(
            "PSYHX-01",
            "A single episode, yet more than one is counted: please correct one of them.",
            lambda r: not (r.diagnosis == "SINGLE" and r.episodes > 1),
        ),
        Check(
            "PSYHX-02",
            "A recurrent disorder, yet only one episode is counted: please correct one of them.",
            lambda r: not (r.diagnosis == "RECURRENT" and r.episodes == 1),
        ),
        Check(
            "PSYHX-03",
            "The first episode cannot lie after the present one: please check the age at onset.",
            lambda r, others: (
                (born := others.value("DEMOG", "birth_year", visit="SCR")) is None
                or born + r.age_at_onset <= int(r.episode_began[:4])
            ),
        ),
        Check(
            "PSYHX-04",
            "Psychotic features are a reason for exclusion (E2): please check the eligibility form.",
            lambda r, others: not (r.psychotic_features == "Y" and others.value("ELIG", "e2", visit="SCR") == "N"),
        ),
    )

    typical = {
        "diagnosis": "RECURRENT",
        "episodes": "3",
        "age_at_onset": "34",
        "episode_began": "2025-06",
        "psychotic_features": "N",
        "admissions": "0",
        "attempts": "0",
        "family_history": "N",
        "comorbid": "",
    }

    sdtm = {"diagnosis": "MHTERM", "episode_began": "MHSTDTC"}


class AntidepressantTrial(Form):
    """One row an antidepressant trial. A row that says no states that there was none."""

    code, title, domain, category = "ADTRIAL", "Prior antidepressant trial", "CM", "PRIOR ANTIDEPRESSANT"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    carries_eligibility = True

    @staticmethod
    def called(r: Values) -> str:
        return r.drug or ""

    repeating = True

    anything = Item("An antidepressant trial to report", YES_NO)
    drug = Item("Drug", Text(100), testcd="CMTRT", when=anything.isin("Y"))
    this_episode = Item("In the present episode", YES_NO, when=anything.isin("Y"))
    dose = Item("Highest daily dose held", Decimal("0", "5000", 2), unit="mg", testcd="CMDOSE", when=anything.isin("Y"))
    weeks = Item("Weeks at that dose", Integer(0, 520), unit="weeks", when=anything.isin("Y"))
    adherence = Item(
        "Adherence",
        choice(FULL="Nearly all doses", PART="More than half", POOR="Less than half"),
        when=anything.isin("Y"),
    )
    began = Item("Began", PartialDate(), testcd="CMSTDTC", when=anything.isin("Y"))
    ongoing = Item("Ongoing", YES_NO, when=anything.isin("Y"))
    stopped = Item("Ended", PartialDate(), testcd="CMENDTC", when=ongoing.isin("N"))
    effect = Item("Effect", choice(NONE="None", PARTIAL="Partial", GOOD="Good, then lost"), when=anything.isin("Y"))
    adequate = Item("Adequate in dose, time and adherence", YES_NO, when=anything.isin("Y"))

    checks = (
        Check(
            "ADTRIAL-01",
            "The trial ends before it began: please correct one of the dates.",
            lambda r: partial_order_holds(r.began, r.stopped),
            hard=True,
        ),
        Check(
            "ADTRIAL-02",
            "Called adequate with fewer than 4 weeks at the dose: please confirm.",
            lambda r: not (r.adequate == "Y" and r.weeks < ADEQUATE_WEEKS),
        ),
        Check(
            "ADTRIAL-03",
            "Called adequate although less than half of the doses were taken: please confirm.",
            lambda r: not (r.adequate == "Y" and r.adherence == "POOR"),
        ),
    )

    typical = {
        "drug": "Escitalopram",
        "dose": "20",
        "weeks": "8",
        "adherence": "FULL",
        "began": "2025-07",
        "ongoing": "N",
        "effect": "PARTIAL",
        "stopped": "2025-10",
    }
    typical_rows = (
        {"drug": "Escitalopram", "dose": "20", "began": "2025-02", "stopped": "2025-06"},
        {"drug": "Venlafaxine", "dose": "225", "began": "2025-07", "stopped": "2025-12"},
    )


class MedicalHistory(Form):
    """One row a condition. A row that says no states that there is none."""

    code, title, domain, category = "MEDHX", "Medical history", "MH", "MEDICAL HISTORY"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS

    @staticmethod
    def called(r: Values) -> str:
        return r.condition or ""

    repeating = True

    anything = Item("A condition to report", YES_NO)
    condition = Item("Condition", Text(200), testcd="MHTERM", when=anything.isin("Y"))
    began = Item("Began", PartialDate(), testcd="MHSTDTC", when=anything.isin("Y"))
    ongoing = Item("Ongoing", YES_NO, when=anything.isin("Y"))
    stopped = Item("Ended", PartialDate(), testcd="MHENDTC", when=ongoing.isin("N"))
    treated = Item("Under treatment now", YES_NO, when=ongoing.isin("Y"))
    meddra_pt = Item("Preferred term (by import)", Text(100), testcd="MHDECOD", required=False, when=anything.isin("Y"))

    checks = (
        Check(
            "MEDHX-01",
            "The condition ends before it began: please correct one of the dates.",
            lambda r: partial_order_holds(r.began, r.stopped),
            hard=True,
        ),
        Check(
            "MEDHX-02",
            "A seizure or epilepsy is a reason for exclusion (E1): please check the eligibility form.",
            lambda r, others: (
                not names_a_seizure(r.condition) or others.value("ELIG", "e1", visit="SCR") in (None, "Y")
            ),
        ),
    )

    typical = {"anything": "N"}


def names_a_seizure(text: str) -> bool:
    return any(word in text.lower() for word in ("seizure", "epilep", "convuls"))
