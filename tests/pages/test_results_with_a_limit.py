"""A result below or above a limit, from page and file to flag, alert, trail, print and analysis (F-402)."""

import json
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.collect import datasets
from analysis.extract import copied, of_forms, past
from crf import permissions
from crf import trial as served
from crf.chart.others import Others
from crf.chart.standing import Standing
from crf.models import RECORDS, Alert, AuditEntry, Query, Site
from crf.papers import printed_casebook
from crf.spec import Limited
from tests import trial
from tests.pages.test_imports import LEVEL_HEAD, carry_out, named, outcomes, row, sample, site, stage  # noqa: F401
from tests.pages.test_panel import WHERE, report
from trialsite.database.wall import seeing

pytestmark = [pytest.mark.django_db, pytest.mark.finding("F-402")]
LAB = "/subjects/JER-001/W3/LAB/"


def entered(client, result, **answers):
    """The record of that result, saved by the page of one row."""
    client.force_login(trial.person("clara"))
    typed = report(analyte="ALT", unit="U/L") | {"result": result} | answers
    typed = {name: text for name, text in typed.items() if "__" not in name}
    answer = client.post(LAB, typed)
    assert answer.status_code == 302, answer.context["errors"]
    with seeing(Site.objects.all()):
        return trial.record_of(trial.subject("JER-001"), "LAB", "W3")


def test_it_is_kept_as_reported_and_read_so_everywhere(client, site):  # noqa: F811
    record = entered(client, "<5")
    assert (record.result, record.standard_result) == (Limited("<", D(5)), Limited("<", D(5)))
    assert (record.flag, record.is_complete) == ("NORMAL", True)
    assert 'value="&lt;5"' in client.get(LAB).content.decode()
    with seeing([site]):
        subject = trial.subject("JER-001")
        assert Others(subject.pk).value("LAB", "result", visit="W3") == Limited("<", D(5))
        typed = AuditEntry.objects.filter(table="crf_form_lab", record=record.pk).order_by("sequence").first()
        assert typed.changes["result"] == [None, "<5"]
        readable = permissions.readable_forms(trial.person("dana"), subject.site_id)
        book = printed_casebook.filled(Standing.of(subject), readable, annotated=False, is_synthetic=False)
    assert '"<5"' in json.dumps(book, default=str)


def test_one_that_is_surely_high_is_flagged_and_raises_the_alert(client, site):  # noqa: F811
    assert entered(client, ">300").flag == "HIGH"
    with seeing([site]):
        assert Alert.objects.filter(form="LAB", kind="laboratory").exists()


def test_one_that_can_lie_on_either_side_is_not_flagged_and_is_asked_about(client, site):  # noqa: F811
    record = entered(client, "<100")
    assert record.flag is None
    with seeing([site]):
        asked = Query.objects.filter(form="LAB", record=record.pk).values_list("check_code", flat=True)
        assert list(asked) == ["LAB-08"]


def test_the_draft_and_the_panel_take_it_too(client, site):  # noqa: F811
    client.force_login(trial.person("clara"))
    sent = {"changes": {"ALT": "<5", "AST": "> 300", "K": "<1,250"}, "version": None}
    kept = client.post(f"{WHERE}draft/", json.dumps(sent), content_type="application/json").json()
    assert set(kept["errors"]) == {"K"} and kept["computed"]["AST__flag"]["code"] == "HIGH"
    assert client.post(WHERE, report(ALT="<5", AST="> 300")).status_code == 302
    with seeing([site]):
        found = dict(RECORDS["LAB"].objects.filter(visit__code="W3").values_list("analyte", "result"))
    assert found == {"ALT": Limited("<", D(5)), "AST": Limited(">", D(300))}


def test_such_rows_refuse_no_file_and_count_in_the_analysis_as_is_written_down(site):  # noqa: F811
    first, second = named("JER-001", "GL-0101"), named("JER-002", "GL-0202")
    staged = stage(site, row(first, result="<2.0"), row(second, result="BLQ"))
    assert [outcome for outcome, _ in outcomes(staged)] == ["NEW", "NEW"]
    carry_out(staged)
    assert (str(sample().result), str(sample("JER-002").result)) == ("<2.0", "BLQ")
    values = datasets.collected().moderators.set_index("subject")["value"]
    assert values["JER-001"] == 1 and values.isna()["JER-002"]
    subject = trial.subject("JER-001")
    trial.fill(subject, None, "DRUGLEVEL", site.today(), "sofia", accession="PK-1", level="")
    text = f"JER-001,PK-1,{site.today()},BLQ,ug/mL"
    carry_out(stage(site, text, kind="drug-levels", head=LEVEL_HEAD, by="sofia"), by="sofia")
    assert trial.record_of(subject, "DRUGLEVEL").level == Limited("BLQ")


def test_a_data_set_has_the_number_where_there_is_one_and_the_result_as_reported(client, site):  # noqa: F811
    entered(client, "<5")
    with seeing([site]):
        one = of_forms.form_set(served.form("LAB"))
        rows = [row for raw in copied.batches(one, [site.pk]) for row in one.shaped(raw).to_pylist()]
        then = [raw for _, raw, _ in past.batches(timezone.now(), [one], [site.pk])]
    columns = {column.name: column.origin for column in one.shape.columns}
    (limited,) = [row for row in rows if row["result_reported"] == "<5"]
    assert (limited["result"], limited["standard_result"], limited["standard_result_reported"]) == (None, None, "<5")
    assert all(row["result"] == float(row["result_reported"]) for row in rows if row is not limited) and len(rows) > 2
    assert [row for raw in then for row in one.shaped(raw).to_pylist()] == rows
    assert (columns["result_reported"], columns["standard_result"]) == ("LBORRES", "LBSTRESN")
    assert columns["standard_result_reported"] == "LBSTRESC"


def test_the_table_itself_holds_its_notation_and_its_range(client, site):  # noqa: F811
    record = entered(client, "12.50")
    assert str(record.result) == "12.50"
    with seeing([site]):
        rows = RECORDS["LAB"].objects.filter(pk=record.pk)
        for wrong in ("<", "5 mg", "<5000000", "-1", "<<5", "BLQ5", "5<", "1,5", "1.00001", ""):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(result=wrong)
