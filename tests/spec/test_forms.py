"""One look at all forms: are the declarations consistent with each other, the schedule and the rules?"""

import re
from dataclasses import replace

import pytest

from crf import trial
from crf.rules.conditions import CONDITIONS
from crf.spec import OPEN, UNBLINDS, Coded, DeclarationError, Form, Item, Text
from crf.spec.people import READERS, SITE_TEAM
from crf.trials.dcs_trd.forms.deviation import KINDS
from crf.trials.dcs_trd.rules import alerts

ALL = pytest.mark.parametrize("form", trial.FORMS, ids=lambda form: form.code)
RATINGS = [form for form in trial.FORMS if form.rating]


def test_form_codes_check_codes_and_titles_are_unique():
    for codes in (
        [form.code for form in trial.FORMS],
        [form.title for form in trial.FORMS],
        [check.code for form in trial.FORMS for check in form.checks],
    ):
        assert len(codes) == len(set(codes))


@ALL
def test_every_form_is_in_the_schedule_or_a_log(form):
    assert form.code in [one.code for one in trial.FORMS]
    assert bool(trial.visits_of(form.code)) is not form.log


@ALL
def test_every_form_says_what_it_is_for_and_where_it_goes(form):
    assert form.__doc__
    assert form.__doc__.strip() != ""
    assert re.fullmatch(r"[A-Z]{2}", form.domain)


@ALL
def test_checks_are_numbered_by_form_and_speak_in_sentences(form):
    assert [check.code for check in form.checks] == [f"{form.code}-{n:02d}" for n in range(1, len(form.checks) + 1)]
    for check in form.checks:
        assert not check.sentence[0].islower()
        assert check.sentence.endswith(".")
        assert check.named_items(form)


@ALL
def test_only_items_of_coded_answers_govern_others(form):
    for item in form.items.values():
        for governing in item.when.items() if item.when else ():
            assert isinstance(governing.kind, Coded)


@ALL
def test_conditions_on_visits_name_visits_of_the_form(form):
    for item in form.items.values():
        named = str(item.when.as_json()) if item.when else ""
        for code in re.findall(r"'(SCR|BL|D4|W\d|FU|ET|UNS)'", named):
            assert code in trial.visits_of(form.code)


@ALL
def test_test_codes_fit_sdtm(form):
    for item in (*form.items.values(), *form.scores.values()):
        assert item.testcd is None or re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", item.testcd)


@ALL
def test_units_stand_apart_from_labels(form):
    for item in form.items.values():
        assert not re.search(r"\((kg|mg|mmHg|cm|h)\)", item.label)


def test_scored_items_and_totals_have_test_codes():
    scored = [item for form in RATINGS for item in form.items.values() if getattr(item.kind, "is_scale", False)]
    totals = [score for form in RATINGS for score in form.scores.values()]
    assert [item.label for item in (*scored, *totals) if item.testcd is None] == []


def test_a_drug_level_is_the_one_form_that_unblinds():
    assert {form.code for form in trial.FORMS if form.discloses is UNBLINDS} <= {"DRUGLEVEL"}
    assert all(form.discloses is OPEN for form in trial.FORMS if form.code != "DRUGLEVEL")


def test_no_item_asks_for_what_identifies_a_person():
    asked = re.compile(r"\b(name of the subject|address|telephone number|e-?mail|identity number|date of birth)\b")
    assert [
        item.label for form in trial.FORMS for item in form.items.values() if asked.search(item.label.lower())
    ] == []


def test_whoever_signs_by_code_is_told_to_give_no_name():
    by = [(form.code, name, item) for form in trial.FORMS for name, item in form.items.items() if name.endswith("_by")]
    typed = [(code, name, item) for code, name, item in by if isinstance(item.kind, Text)]
    assert [f"{code}.{name}" for code, name, item in typed if "staff code" not in item.help] == []


def test_the_conditions_of_the_schedule_are_those_of_the_rules():
    assert set(CONDITIONS) == set(CONDITIONS)


@pytest.mark.parametrize(("form", "items"), [("BPRS", alerts.BPRS_PSYCHOSIS), ("UKU", alerts.UKU_SIGNS)])
def test_alerts_name_items_of_their_form(form, items):
    if trial.is_declared(form):
        assert set(items) <= set(trial.form(form).items)


def test_the_kinds_of_deviation_cover_what_people_see():
    assert {"BEFORECONSENT", "WINDOW", "INELIGIBLE", "BOTTLE", "AFTERSTOP", "OVERDOSE", "OTHER"} <= {
        code for code, _ in KINDS.codes
    }


def test_a_form_that_is_not_in_the_schedule_is_refused():
    class Stray(Form):
        """Belongs nowhere."""

        code, title, discloses = "STRAY", "Stray", OPEN
        entered_by, read_by = SITE_TEAM, READERS
        remark = Item("Remark", Text())

    with pytest.raises(DeclarationError, match="STRAY is not in the schedule"):
        replace(trial.TRIAL, forms=(*trial.FORMS, Stray))


def test_a_log_form_must_be_one_in_the_schedule_too():
    class Hamd(Form):
        """A log here, a visit form there."""

        code, title, discloses, log = "HAMD", "Hamilton", OPEN, True
        entered_by, read_by = SITE_TEAM, READERS
        remark = Item("Remark", Text())

    with pytest.raises(DeclarationError, match="log form in itself or in the schedule, not in both"):
        replace(trial.TRIAL, forms=tuple(Hamd if form.code == "HAMD" else form for form in trial.FORMS))


def test_forms_at_a_visit_are_the_declared_ones_in_prompted_order():
    order = [cell.form for cell in trial.planned_at("W1")]
    assert order == [
        cell.form for cell in trial.planned_at("W1") if cell.form in tuple(form.code for form in trial.FORMS)
    ]
    assert order.index("BDI") < order.index("HAMD") < order.index("CAPSULES") < order.index("DOSING")
