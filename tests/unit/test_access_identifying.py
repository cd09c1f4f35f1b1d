"""Nothing identifies a subject: no item asks for it, and free text that looks so is pointed out (PRV-01 to PRV-03)."""

import re

import pytest

from crf import spec, trial
from crf.models import RECORDS, Subject
from crf.rules.identifying import ADDRESS, NAME, NUMBER, looks_identifying
from crf.shown.cautions import is_free_text

ASKS_WHO = re.compile(
    r"\b(sur|first|last|family|given|full|maiden|patient'?s?|subject'?s?) ?name\b|^name\b"
    r"|\binitials of the (subject|patient)|\baddress\b|\bstreet\b|\bpost ?code\b|\bzip\b|\bphone number\b"
    r"|\btelephone number\b|\bmobile\b|\be-?mail\b|\bfax\b|\bdate of birth\b|\bbirth ?date\b|\bbirthday\b"
    r"|\bhospital (number|id)\b|\bmedical record\b|\bpassport\b|\bidentity (card|number)\b|\binsurance\b"
    r"|\bsocial security\b|\bphotograph\b",
    re.I,
)
ITEMS = [(form, item) for form in trial.FORMS for item in form.items.values()]


@pytest.mark.req("PRV-01")
@pytest.mark.parametrize(("form", "item"), ITEMS, ids=[f"{form.code}.{item.name}" for form, item in ITEMS])
def test_no_item_asks_for_what_identifies(form, item):
    asked = f"{item.label} {item.name.replace('_', ' ')} {item.section}"
    assert not ASKS_WHO.search(asked), asked


@pytest.mark.req("PRV-01")
def test_of_birth_only_the_year_is_asked():
    about_birth = [(form.code, item) for form, item in ITEMS if re.search(r"\bborn\b|\bof birth\b", item.label, re.I)]
    assert [(code, item.name, type(item.kind)) for code, item in about_birth] == [("DEMOG", "birth_year", spec.Integer)]


@pytest.mark.req("PRV-01")
def test_the_pattern_finds_what_it_is_for():
    for label in ("Patient name", "Date of birth", "Home address", "Hospital number", "Mobile", "E-mail"):
        assert ASKS_WHO.search(label), label


@pytest.mark.req("PRV-01")
def test_who_made_an_observation_is_asked_as_a_code():
    for form, item in ITEMS:
        if re.search(r"^(rated|decided|seen) by\b|obtained by\b", item.label, re.I):
            assert "no full name" in item.help, f"{form.code}.{item.name}"


@pytest.mark.req("PRV-02")
def test_a_subject_is_a_number_and_no_column_leads_to_the_person():
    """The list of numbers and persons is the site's own, outside the system: there is no column to keep it in."""
    texts = {
        field.name
        for model in (Subject, *RECORDS.values())
        for field in model._meta.get_fields()
        if getattr(field, "concrete", False)
        and field.get_internal_type() in ("CharField", "TextField")
        and not (model is not Subject and field.name in model.form.items)
    }
    assert texts == {
        "number",
        "protocol_version",
        "stratum",
        "kit",
        "source",
        "void_reason",
        "attestation_revoked_by_form",  # the code of a form, and so is the next
        "treatment_ended_form",
        "treatment_ended_because",
        "annulled_reason",
    }


@pytest.mark.req("PRV-02")
def test_the_page_that_gives_a_number_says_where_the_name_belongs(client, db):
    from tests import trial

    client.force_login(trial.person("ines"))
    page = client.get("/subjects/enrol/").content.decode()
    assert "no name" in page and "outside this system" in page


LOOKS_SO = {
    "call her at dana.levi@example.org": {ADDRESS},
    "mother reachable at 052-1234567": {NUMBER},
    "tel +972 52 123 4567": {NUMBER},
    "phone (02) 677-7111": {NUMBER},
    "identity number 203458179": {NUMBER},
    "seen by Dr. Cohen on the ward": {NAME},
    "Prof Katz agreed": {NAME},
    "her sister Miriam Azoulay reports": {NAME},
    "Yesterday Dana Cohen called": {NAME},
    "brother named Yossi": {NAME},
    'שוחחתי עם ד"ר לוי': {NAME},
    "גב' כהן התקשרה": {NAME},
    "السيد محمود": {NAME},
    "Dr Levi, 02-6777111, a@b.co": {NAME, NUMBER, ADDRESS},
}
DOES_NOT = [
    "",
    "Headache since the morning, took paracetamol",
    "Seen on 2026-03-09 and 12/03/2026",
    "blood pressure 120/80",
    "Hamilton Depression Rating Scale not done",
    "kit 481516",
    "The subject felt dizzy. Blood pressure was normal.",
    "1000 mg on days 22-28",
    "HAMD 21 of 63",
    "Stopped Sertraline on Monday",
    "Admitted to Hadassah Medical Center",
    "Week 3 Visit missed",
    "creatinine 0.85 mg/dL, ALT 23, AST 19",
    "Parkinson syndrome excluded",
    "10:30 to 11:45",
    "2026-03-09T10:30",
    "0.5 0.25 0.125",
    "הנבדק דיווח על כאב ראש",
    "Nasal Polyposis",
]


@pytest.mark.req("PRV-03")
@pytest.mark.parametrize("text", LOOKS_SO)
def test_what_looks_like_a_person_is_pointed_out(text):
    assert set(looks_identifying(text)) == LOOKS_SO[text]


@pytest.mark.req("PRV-03")
@pytest.mark.parametrize("text", DOES_NOT)
def test_ordinary_findings_are_left_alone(text):
    assert looks_identifying(text) == ()


@pytest.mark.req("PRV-03")
def test_the_narratives_are_free_text_and_the_codes_are_not():
    def free(form, item):
        return is_free_text(trial.form(form).items[item])

    assert free("AE", "term") and free("AE", "narrative") and free("DEVIATION", "description")
    assert not free("GLYCINE", "accession") and not free("CONSENT", "consent_version")


@pytest.mark.req("PRV-03")
def test_a_long_text_is_judged_quickly():
    import time

    before = time.perf_counter()
    looks_identifying("Aa " * 1300 + "1 " * 600 + "0" * 100)
    assert time.perf_counter() - before < 1
