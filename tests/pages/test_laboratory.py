"""The laboratory form: the server computes, shows it while one types, and names the component in the trail."""

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest

from crf import trial as served
from crf.actions import enter
from crf.chart.others import Others
from crf.models import AuditEntry, Query, Site
from crf.rules import laboratory
from crf.rules.laboratory import COMPONENT
from crf.shown import entry
from crf.trials.dcs_trd.rules.laboratory import laboratory_of
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
LAB = served.form("LAB")


@pytest.fixture
def subject(db):
    """JER-001: a woman, born in 1972."""
    with seeing(Site.objects.all()):
        yield trial.subject("JER-001")


def saved(subject, row=1, visit="W3", **answers):
    return trial.fill(subject, visit, "LAB", subject.site.today(), "clara", row=row, **answers).record


@pytest.mark.req("CHK-05")
def test_standard_result_limits_and_flag_are_computed_on_saving(subject):
    record = saved(subject, analyte="CREAT", result="1.0", unit="mg/dL")
    sex = Others(subject.pk).value("DEMOG", "sex", visit="SCR")
    assert sex == "M" or record.flag == "HIGH"
    assert record.standard_result == D("88.4")
    assert record.limits_from == "TEXTBOOK"
    assert record.result == D("1.0") and record.unit == "mg/dL"


@pytest.mark.req("AUD-20")
def test_the_trail_attributes_what_was_computed_to_the_component_and_what_was_typed_to_the_person(subject):
    record = saved(subject, analyte="ALT", result="130", unit="U/L")
    typed, computed = AuditEntry.objects.filter(table="crf_form_lab", record=record.pk).order_by("sequence")
    assert (typed.actor_name, computed.actor_name, computed.role) == ("clara", COMPONENT, "system")
    assert "flag" not in typed.changes
    assert computed.changes["flag"] == [None, "HIGH"]
    assert set(computed.changes) == {"standard_result", "lower_limit", "upper_limit", "limits_from", "flag"}


@pytest.mark.req("AUD-20")
def test_a_corrected_result_is_computed_anew_and_asks_the_person_for_no_reason_but_the_own(subject):
    record = saved(subject, analyte="ALT", result="130", unit="U/L")
    typed = entry.typed_of(record) | {"result": "13"}
    answers, _ = entry.split(typed, LAB)
    changed = enter.save(
        form=LAB,
        subject=subject,
        visit=record.visit,
        by=trial.person("clara"),
        answers=answers,
        version=record.version,
        reason="Typing error",
    ).record
    assert (changed.flag, changed.standard_result) == ("NORMAL", D("13"))
    last = AuditEntry.objects.filter(table="crf_form_lab", record=record.pk).order_by("sequence").last()
    assert last.actor_name == COMPONENT and last.changes["flag"] == ["HIGH", "NORMAL"]


def test_limits_on_the_report_hold_and_are_not_taken_for_the_site_s_later(subject):
    record = saved(subject, analyte="ALT", result="50", unit="U/L", high="55")
    assert (record.upper_limit, record.limits_from, record.flag) == (D("55"), "REPORT", "NORMAL")
    plain = saved(subject, row=2, analyte="ALT", result="50", unit="U/L")
    assert (plain.low, plain.high, plain.upper_limit, plain.flag) == (None, None, D("40"), "HIGH")


def test_a_result_that_no_limits_are_known_for_is_asked_about(subject, monkeypatch):
    monkeypatch.setattr(laboratory, "PLAN", replace(laboratory.PLAN, limits=()))
    record = saved(subject, analyte="ALT", result="50", unit="U/L")
    assert record.flag is None
    assert Query.objects.filter(form="LAB", record=record.pk).values_list("check_code", flat=True).get() == "LAB-07"


def test_a_corrected_sex_moves_the_limits_of_results_that_were_saved_before(subject):
    demography = trial.record_of(subject, "DEMOG", "SCR")
    was = demography.sex
    other = {"F": "M", "M": "F"}[was]
    record = saved(subject, analyte="HGB", result="13", unit="g/dL")
    typed = entry.typed_of(demography) | {"sex": other, "may_become_pregnant": "MENO" if other == "F" else ""}
    answers, _ = entry.split(typed, served.form("DEMOG"))
    enter.save(
        form=served.form("DEMOG"),
        subject=subject,
        visit=demography.visit,
        by=trial.person("clara"),
        answers=answers,
        version=demography.version,
        reason="Source was misread",
    )
    record.refresh_from_db()
    assert record.flag == {"F": "NORMAL", "M": "LOW"}[other]


@pytest.mark.req("CHK-01")
def test_the_page_shows_what_is_computed_while_one_types(client, subject):
    client.force_login(trial.person("clara"))
    where = "/subjects/JER-001/W3/LAB/"
    assert 'name="flag"' in client.get(where).content.decode()
    sent = {"changes": {"analyte": "ALT", "result": "130", "unit": "U/L", "flag": "NORMAL"}, "version": None}
    kept = client.post(f"{where}draft/", json.dumps(sent), content_type="application/json").json()
    assert kept["computed"]["flag"] == {"code": "HIGH", "text": "▲ High"}
    assert kept["computed"]["upper_limit"]["text"] == "40"
    assert "▲ High" in client.get(where).content.decode()


def test_the_rules_of_dose_and_eligibility_use_what_was_computed(subject):
    saved(subject, visit="W3", row=1, analyte="ALT", result="2.5", unit="ukat/L", high="0.7")
    values = laboratory_of(Others(subject.pk), "W3")
    assert (values.alt, values.alt_upper_limit) == (D("149.97"), D("41.9916"))
