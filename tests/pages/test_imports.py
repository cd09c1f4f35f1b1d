"""Results come from files: rehearsed, all of it or nothing, and every value names where it came from."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crf.actions import imports
from crf.exchange.tables import sha256_of
from crf.models import RECORDS, AuditEntry, ImportedRow, ImportFile, LevelFile, Mail, Site, SiteLimits, StagedFile
from crf.refusals import AlreadySettled, ChangedMeanwhile, NotAllowed, NotYet, Refusal
from tests import trial
from trialsite.database.wall import seeing

pytestmark = pytest.mark.django_db
HEAD = "accession,subject,drawn_on,result,unit,analysed_on,arrived_frozen"
LAB_HEAD = "subject,visit,accession,drawn_on,analyte,result,unit,low,high"


@pytest.fixture
def site(db):
    with seeing(Site.objects.all()):
        yield Site.objects.get(code="JER")


def sample(number="JER-001"):
    return trial.record_of(trial.subject(number), "GLYCINE", "BL")


def named(number: str, accession: str):
    """The sample of this subject bears this accession number."""
    from crf.actions import enter
    from crf.shown import entry

    record = sample(number)
    answers, missing = entry.split(entry.typed_of(record) | {"accession": accession}, record.form)
    enter.save(
        form=record.form,
        subject=trial.subject(number),
        visit=record.visit,
        by=trial.person("ines"),
        answers=answers,
        missing=missing,
        version=record.version,
        reason="Typing error",
    )
    return sample(number)


def row(record, result="210.5", **other):
    on = record.drawn_on.isoformat()
    given = {
        "accession": record.accession,
        "subject": record.subject.number,
        "drawn_on": on,
        "result": result,
        "unit": "umol/L",
        "analysed_on": on,
        "arrived_frozen": "Y",
    } | other
    return ",".join(given[name] for name in HEAD.split(","))


def stage(site, *rows, kind="glycine-results", by="clara", head=HEAD, **other):
    content = "\n".join((head, *rows)).encode()
    given = {"rows_stated": len(rows), "source_system": "Central laboratory, LIMS 4", "name": "results.csv"} | other
    return imports.stage(kind=kind, site=site, content=content, by=trial.person(by), **given)


def outcomes(staged, by="clara"):
    found = imports.rehearse(staged=staged, by=trial.person(by))
    return [(line.outcome.name, " ".join(line.sentences)) for line in found.lines]


def carry_out(staged, by="clara"):
    file, _ = imports.import_staged(staged=staged, shown_sha256=staged.sha256, by=trial.person(by))
    return file


# -- glycine ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("XFR-01")
@pytest.mark.req("XFR-02")
@pytest.mark.req("AUD-20")
def test_a_result_is_imported_and_names_system_file_person_and_time(site):
    record = named("JER-001", "GL-0101")
    staged = stage(site, row(record))
    assert outcomes(staged) == [("NEW", "")]
    assert sample().result is None, "a rehearsal writes nothing"
    file = carry_out(staged)
    stored = sample()
    assert (stored.result, stored.arrived_frozen, stored.changed_by.username) == (D("210.5"), "Y", "clara")
    assert (file.rows, file.new, file.changed, file.same) == (1, 1, 0, 0)
    (imported,) = ImportedRow.objects.filter(form="GLYCINE", record=stored.pk)
    assert (imported.file, imported.row_in_file) == (file, 2)
    assert imported.items == ["result", "analysed_on", "arrived_frozen"]
    written = AuditEntry.objects.filter(table="crf_form_glycine", record=stored.pk).order_by("sequence").last()
    assert written.actor_name == "system:import glycine-results 1.0"
    for told in ("clara", "Central laboratory, LIMS 4", "results.csv", file.sha256, "row 2"):
        assert told in written.reason
    assert AuditEntry.objects.filter(table="crf_importfile", record=file.pk, actor_name="clara").exists()
    assert AuditEntry.objects.filter(table="crf_importedrow", record=imported.pk).exists()
    assert not StagedFile.objects.exists()


@pytest.mark.req("XFR-01")
def test_one_refused_row_keeps_all_others_out(site):
    record = named("JER-001", "GL-0101")
    staged = stage(site, row(record), row(record, accession="GL-9999"))
    assert [outcome for outcome, _ in outcomes(staged)] == ["NEW", "REFUSED"]
    with pytest.raises(NotYet) as refused:
        carry_out(staged)
    assert "Row 3" in refused.value.details[0]
    assert sample().result is None
    assert not ImportFile.objects.exists()


def test_a_row_that_does_not_agree_with_its_sample_is_refused(site):
    record = named("JER-001", "GL-0101")
    other = named("JER-002", "GL-0202")
    wrong = {
        "No sample with the accession number GL-7": row(record, accession="GL-7"),
        "is not one of JER-002": row(record, subject="JER-002"),
        "was drawn on": row(record, drawn_on=(record.drawn_on - timedelta(days=1)).isoformat()),
        "is no subject of": row(record, subject="AFU-001"),
        "unit": row(record, unit="mg/dL"),
        "is not a number": row(record, result="pending"),
        "in the future": row(record, analysed_on="2099-01-01"),
        "analysed before it was drawn": row(other, analysed_on=(other.drawn_on - timedelta(days=1)).isoformat()),
    }
    for sentence, text in wrong.items():
        ((outcome, said),) = outcomes(stage(site, text))
        assert outcome == "REFUSED" and sentence in said, (sentence, said)


def test_a_sample_that_was_not_taken_has_no_result(site):
    from crf.actions import enrol

    subject = enrol.enrol(site=site, screened_on=site.today(), by=trial.person("ines"))
    trial.fill(subject, "BL", "GLYCINE", site.today(), "ines", taken="N", not_taken_because="Refused the needle")
    text = row(sample(), accession="GL-5", subject=subject.number)
    ((outcome, said),) = outcomes(stage(site, text))
    assert (outcome, said) == ("REFUSED", f"No sample was taken from {subject}: the record of the sample says so.")


def test_the_same_sample_twice_in_a_file_is_refused(site):
    record = named("JER-001", "GL-0101")
    found = outcomes(stage(site, row(record), row(record, result="220")))
    assert found[1] == ("REFUSED", "Row 2 gives the same already.")


def test_a_corrected_result_is_shown_as_changed_with_the_old_one(site):
    record = named("JER-001", "GL-0101")
    carry_out(stage(site, row(record)))
    staged = stage(site, row(record, result="211"))
    (line,) = imports.rehearse(staged=staged, by=trial.person("clara")).lines
    assert (line.outcome.name, line.changes) == ("CHANGED", [("Glycine", "210.5", "211")])
    assert carry_out(staged).changed == 1


@pytest.mark.req("XFR-01")
def test_the_same_file_is_recognised_and_the_same_values_are_not_imported_again(site):
    record = named("JER-001", "GL-0101")
    carry_out(stage(site, row(record)))
    with pytest.raises(AlreadySettled, match="This very file was imported on"):
        stage(site, row(record))
    staged = stage(site, row(record) + "\n")
    assert outcomes(staged) == [("SAME", "")]
    with pytest.raises(NotYet):
        carry_out(staged)


@pytest.mark.req("XFR-01")
def test_counts_and_checksum_are_held_against_what_the_sender_states(site):
    text = row(named("JER-001", "GL-0101"))
    with pytest.raises(Refusal, match="holds 1 rows of results, but 2 were stated"):
        stage(site, text, rows_stated=2)
    with pytest.raises(Refusal, match="was changed on its way"):
        stage(site, text, sha256_stated="0" * 64)
    content = "\n".join((HEAD, text)).encode()
    assert stage(site, text, sha256_stated=sha256_of(content)).sha256 == sha256_of(content)


def test_only_the_file_that_was_shown_is_imported(site):
    staged = stage(site, row(named("JER-001", "GL-0101")))
    with pytest.raises(ChangedMeanwhile):
        imports.import_staged(staged=staged, shown_sha256="0" * 64, by=trial.person("clara"))


@pytest.mark.req("INV-05")
@pytest.mark.req("ACC-01")
@pytest.mark.parametrize("person", ["dana", "mona", "ruth", "stefan", "adam", "carl", "sofia", "nora"])
def test_nobody_else_imports_results_of_the_site(site, person):
    with pytest.raises(NotAllowed):
        stage(site, row(sample()), by=person)


# -- safety laboratory -----------------------------------------------------------------------------------------------


def lab_row(of, analyte="ALT", result="130", unit="U/L", visit="W3", **other):
    given = {
        "subject": str(of),
        "visit": visit,
        "accession": "S-77",
        "drawn_on": of.site.today().isoformat(),
        "analyte": analyte,
        "result": result,
        "unit": unit,
        "low": "",
        "high": "",
    } | other
    return ",".join(given[name] for name in LAB_HEAD.split(","))


def stage_lab(site, *rows, **other):
    return stage(site, *rows, kind="laboratory-results", head=LAB_HEAD, **other)


def test_a_panel_is_imported_with_what_follows_from_it(site):
    subject = trial.subject("JER-001")
    carry_out(
        stage_lab(
            site,
            lab_row(subject),
            lab_row(subject, "CREAT", "0.8", "mg/dL"),
            lab_row(subject, "K", "4.1", "mmol/L", low="3.4", high="5.0"),
        )
    )
    rows = RECORDS["LAB"].objects.filter(subject=subject, visit__code="W3").order_by("row_number")
    assert [(one.analyte, one.flag, one.limits_from) for one in rows] == [
        ("ALT", "HIGH", "TEXTBOOK"),
        ("CREAT", rows[1].flag, "TEXTBOOK"),
        ("K", "NORMAL", "REPORT"),
    ]
    assert subject.alerts.filter(kind="laboratory").exists()
    assert ImportedRow.objects.filter(form="LAB").count() == 3


def test_a_rehearsed_panel_raises_no_alert_and_leaves_no_row(site):
    subject, told = trial.subject("JER-001"), Mail.objects.count()
    assert [outcome for outcome, _ in outcomes(stage_lab(site, lab_row(subject)))] == ["NEW"]
    assert Mail.objects.count() == told
    assert not subject.alerts.exists()
    assert not RECORDS["LAB"].objects.filter(subject=subject, visit__code="W3").exists()


def test_laboratory_rows_that_do_not_agree_are_refused(site):
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "LAB", site.today(), "clara", accession="S-1", result="20")
    trial.fill(subject, "W3", "VITALS", site.today(), "clara")
    wrong = {
        "has no visit W9": lab_row(subject, visit="W9"),
        "is no subject of": lab_row(subject, subject="AFU-001"),
        "was drawn on": lab_row(subject, "AST", accession="S-1", drawn_on=(site.today() - timedelta(1)).isoformat()),
        "days away": lab_row(subject, "AST", drawn_on=(site.today() - timedelta(days=9)).isoformat()),
        "analyte": lab_row(subject, "XYZ"),
        "in the future": lab_row(subject, "AST", drawn_on=(site.today() + timedelta(days=3)).isoformat()),
        "is not planned at": lab_row(
            subject, "AST", visit="BL", drawn_on=trial.visit_of(subject, "BL").occurred_on.isoformat()
        ),
    }
    for sentence, text in wrong.items():
        ((outcome, said),) = outcomes(stage_lab(site, text))
        assert outcome == "REFUSED" and sentence in said, (sentence, said)


def test_a_result_that_was_typed_is_changed_and_not_doubled(site):
    subject = trial.subject("JER-001")
    trial.fill(subject, "W3", "LAB", site.today(), "clara", accession="S-77", result="120")
    carry_out(stage_lab(site, lab_row(subject)))
    (record,) = RECORDS["LAB"].objects.filter(subject=subject, visit__code="W3")
    assert (record.result, record.version) == (D("130"), 2)


# -- drug levels and limits ------------------------------------------------------------------------------------------

LEVEL_HEAD = "subject,accession,drawn_on,level,unit"


@pytest.mark.req("BLI-08")
def test_drug_levels_are_imported_by_the_safety_officer_alone_into_tables_of_their_own(site):
    subject = trial.subject("JER-001")
    trial.fill(subject, None, "DRUGLEVEL", site.today(), "sofia", accession="PK-1", level="")
    text = f"JER-001,PK-1,{site.today()},17.9,ug/mL"
    for person in ("clara", "ines", "dana", "mark", "ursula"):
        with pytest.raises(NotAllowed):
            stage(site, text, kind="drug-levels", head=LEVEL_HEAD, by=person)
    carry_out(stage(site, text, kind="drug-levels", head=LEVEL_HEAD, by="sofia"), by="sofia")
    assert trial.record_of(subject, "DRUGLEVEL").level == D("17.9")
    assert LevelFile.objects.count() == 1
    assert not ImportFile.objects.exists() and not ImportedRow.objects.exists()


LIMITS_HEAD = "analyte,sex,youngest,oldest,low,high,unit,valid_from,valid_to"


def test_limits_of_a_site_are_imported_by_the_data_manager_and_hold_from_their_day(site):
    today = site.today()
    text = f"ALT,,18,120,0,55,U/L,{today - timedelta(days=3)},"
    carry_out(stage(site, text, kind="limits-of-normal", head=LIMITS_HEAD, by="dana"), by="dana")
    limits = SiteLimits.objects.get()
    assert (limits.high, limits.source_system, len(limits.file_sha256)) == (D("55"), "Central laboratory, LIMS 4", 64)
    subject = trial.subject("JER-001")
    flags = [
        trial.fill(subject, "W3", "LAB", today - timedelta(days=days), "clara", row=days + 1, result="50").record
        for days in (0, 4)
    ]
    assert [(one.flag, one.limits_from) for one in flags] == [("NORMAL", "SITE"), ("HIGH", "TEXTBOOK")]


# -- the pages -------------------------------------------------------------------------------------------------------


def upload(client, site, content: bytes, kind="glycine-results", rows=1):
    return client.post(
        f"/imports/{kind}/",
        {
            "site": site.pk,
            "source_system": "Central laboratory",
            "rows_stated": rows,
            "file": SimpleUploadedFile("results.csv", content),
        },
    )


def test_a_file_is_uploaded_rehearsed_and_imported_on_the_pages(client, site):
    record = named("JER-001", "GL-0101")
    client.force_login(trial.person("clara"))
    content = "\n".join((HEAD, row(record))).encode()
    answer = upload(client, site, content)
    assert answer.status_code == 302, answer.context["refusal"]
    where = answer.headers["Location"]
    assert where == f"/imports/glycine-results/JER/{sha256_of(content)}/"
    page = client.get(where).content.decode()
    assert "Import all 1 row" in page and "210.5" in page
    assert client.post(where, {"shown": sha256_of(content)}).status_code == 302
    page = client.get(where).content.decode()
    assert "1 new" in page
    assert "results.csv" in client.get("/imports/").content.decode()
    assert sha256_of(content) in client.get("/subjects/JER-001/BL/GLYCINE/").content.decode()
    client.force_login(trial.person("carl"))
    assert client.get(where).status_code == 404
    assert "results.csv" not in client.get("/imports/").content.decode()


def test_a_file_that_cannot_be_read_is_refused_on_the_page_and_another_person_s_is_not_found(client, site):
    staged = stage(site, row(named("JER-001", "GL-0101")))
    client.force_login(trial.person("clara"))
    answer = upload(client, site, b"\x89PNG\x00")
    assert answer.status_code == 409
    assert "Save the file as" in answer.content.decode()
    where = f"/imports/glycine-results/JER/{staged.sha256}/"
    client.force_login(trial.person("ines"))
    assert client.get(where).status_code == 404
    client.force_login(trial.person("clara"))
    assert client.post(f"{where}discard/").status_code == 302
    assert client.get(where).status_code == 404


@pytest.mark.req("BLI-08")
@pytest.mark.parametrize("person", sorted(set(trial.PEOPLE) - {"sofia"}))
def test_nobody_but_the_safety_officer_finds_that_drug_levels_are_imported(client, site, person):
    client.force_login(trial.person(person))
    assert client.get("/imports/drug-levels/").status_code == 404
    assert client.post("/imports/drug-levels/").status_code == 404
    assert "drug" not in client.get("/imports/").content.decode().lower()


@pytest.mark.finding("F-309")
def test_who_imports_is_told_at_once_what_the_rows_led_to_as_it_stands_once_all_are_in(client, site):
    """An alert and a query, with the subject; a coordinator reads them, as on the page of the report."""
    subject = trial.subject("JER-001")
    rows = (lab_row(subject), lab_row(subject, "CREAT", "0.8", "mg/dL"))
    content = "\n".join((LAB_HEAD, *rows)).encode()
    client.force_login(trial.person("clara"))
    where = upload(client, site, content, kind="laboratory-results", rows=2).headers["Location"]
    page = client.post(where, {"shown": sha256_of(content)}, follow=True).content.decode()
    assert "JER-001: Alert: " in page and "A physician must act on it." in page
    with seeing([site]):
        assert page.count("JER-001: Alert: ") == subject.alerts.filter(no_longer_at__isnull=True).count() > 0
