"""Demography: no names, no full birth date."""

from crf.spec import OPEN, Check, Form, Integer, Item, Purpose, choice
from crf.spec.people import READERS, SITE_TEAM


class Demography(Form):
    """Year of birth only: the age at consent is known to within a year."""

    code, title, domain = "DEMOG", "Demography", "DM"
    discloses = OPEN
    entered_by, read_by = SITE_TEAM, READERS
    purpose = Purpose.DEMOGRAPHY
    carries_eligibility = True
    withdraws_attestation = True

    birth_year = Item("Year of birth", Integer(1900, 2100))
    sex = Item("Sex at birth", choice(F="Female", M="Male"))
    may_become_pregnant = Item(
        "May become pregnant",
        choice(Y="Yes", MENO="No, after menopause", STER="No, surgically sterile"),
        when=sex.isin("F"),
    )

    checks = (
        Check(
            "DEMOG-01",
            "The year of birth lies after the consent: please correct it.",
            lambda r, others: (
                (signed := others.value("CONSENT", "signed_on", visit="SCR")) is None or r.birth_year <= signed.year
            ),
        ),
    )
    typical = {"birth_year": "1972", "may_become_pregnant": "MENO"}
    sdtm = {"birth_year": "BRTHDTC", "sex": "SEX"}
