"""A report for programs and for other people's documents: ARS, a row a number, RTF, pictures, all in one file."""

import csv
import dataclasses
import hashlib
import io
import json
import re
import zipfile

import pytest
from django.core.management import CommandError, call_command

from analysis.papers import files
from analysis.reports import blinded
from analysis.reports import results as told
from analysis.reports.document import Figure, Told
from analysis.reports.results import results
from tests import made_up

#: Of the public model (ars_ldm 1.0): each class that we write, with its slots and, after the bar, the required ones.
MODEL = {
    "ReportingEvent": "id name label description version mainListOfContents referenceDocuments analysisSets "
    "analysisGroupings methods analyses outputs | id name mainListOfContents",
    "mainListOfContents": "name contentsList | name contentsList",
    "contentsList": "listItems |",
    "sublist": "listItems |",
    "listItems": "name level order outputId sublist | name level order",
    "referenceDocuments": "id name description | id name",
    "analysisSets": "id name level order | id name level order",
    "analysisGroupings": "id name dataDriven groups | id name dataDriven",
    "groups": "id name level order | id name level order",
    "methods": "id name description operations | id name operations",
    "operations": "id name order | id name order",
    "analyses": "id name version reason purpose methodId analysisSetId dataset orderedGroupings programmingCode "
    "results | id name reason purpose methodId",
    "orderedGroupings": "order groupingId resultsByGroup | order groupingId resultsByGroup",
    "programmingCode": "context code | context",
    "reason": "controlledTerm | controlledTerm",
    "purpose": "controlledTerm | controlledTerm",
    "results": "operationId resultGroups rawValue formattedValue | operationId",
    "resultGroups": "groupingId groupId | groupingId",
    "outputs": "id name version displays fileSpecifications | id name displays",
    "displays": "order display | order display",
    "display": "id name version displaySections | id name",
    "displaySections": "sectionType orderedSubSections |",
    "orderedSubSections": "order subSection | order subSection",
    "subSection": "id text | id text",
    "fileSpecifications": "name fileType | name",
    "fileType": "controlledTerm | controlledTerm",
}
TERMS = {
    "reason": {"SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY"},
    "purpose": {"PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE"},
    "fileType": {"pdf", "rtf", "txt"},
}


@pytest.fixture(scope="module")
def report():
    return made_up.blinded_report()


@pytest.fixture(scope="module")
def made(report):
    return {files.form_of(file.name): file for file in files.every(report)}


def _against_the_model(kind: str, told) -> None:
    if isinstance(told, list):
        for one in told:
            _against_the_model(kind, one)
    elif isinstance(told, dict):
        slots, required = (set(part.split()) for part in MODEL[kind].split("|"))
        assert required <= set(told) <= slots, (kind, set(told) ^ slots)
        if kind in TERMS:
            assert told["controlledTerm"] in TERMS[kind]
        for name, value in told.items():
            if isinstance(value, dict | list):
                _against_the_model(name, value)
            elif name in ("level", "order", "version"):
                assert isinstance(value, int)


def test_the_results_are_a_reporting_event_of_the_public_model(report, made):
    event = json.loads(made["ars"].content)
    _against_the_model("ReportingEvent", event)
    ids = {one["id"] for name in ("analysisSets", "methods", "analysisGroupings", "outputs") for one in event[name]}
    ids |= {one["id"] for method in event["methods"] for one in method["operations"]}
    ids |= {one["id"] for factor in event["analysisGroupings"] for one in factor["groups"]}
    for one in event["analyses"]:
        assert {one["methodId"], one["analysisSetId"]} <= ids
        for result in one["results"]:
            assert result["operationId"] in ids
            assert {group["groupId"] for group in result["resultGroups"]} <= ids
    assert sum(len(one["results"]) for one in event["analyses"]) == len(list(results(report)))


def test_every_number_is_a_row_with_its_full_value(report, made):
    rows = list(csv.DictReader(io.StringIO(made["ard"].content.decode())))
    assert [float(row["value"]) for row in rows] == [one.value for one in results(report)]
    ends = [row for row in rows if row["statistic"] == "low"]
    assert ends and all(row["printed"].count(" to ") == 1 for row in ends)
    assert {row["marks"] for row in rows} == {"Synthetic data"}


def test_a_table_is_looked_through_twice_and_not_once_a_number(monkeypatch, report):
    looked, kept = [], told.labels_of
    monkeypatch.setattr(told, "labels_of", lambda table: looked.append(table.key) or kept(table))
    assert len(list(results(report))) > 1000  # of a thousand subjects this took minutes
    assert len(looked) == 2 * len(report.numbered)


def test_numbers_inside_of_words_are_not_lost():
    one = Told("7 of 13", events=7, n=13)
    assert str(one) == "7 of 13" and one.numbers == (("events", 7.0), ("n", 13.0))


def test_the_rtf_holds_every_table_row_and_every_figure(report, made):
    said = made["rtf"].content.decode("ascii")
    assert said.count("{") - said.count(r"\{") == said.count("}") - said.count(r"\}")
    tables = [block for _, block in report.numbered if not isinstance(block, Figure)]
    figures = len(report.numbered) - len(tables)
    assert said.count(r"\trhdr") == len(tables)
    assert said.count(r"\row") == sum(len(one.rows) + 1 for one in tables) + len(report.manifest)
    pictures = re.findall(r"\\pngblip\S* ([0-9a-f]+)\}", said)
    assert len(pictures) == figures and all(bytes.fromhex(one).startswith(b"\x89PNG") for one in pictures)
    assert r"\u8722?" in said and "Synthetic data" in said  # a minus sign, and the mark of every page


def test_the_archive_holds_each_form_and_figure_with_its_hash(report, made):
    with zipfile.ZipFile(io.BytesIO(made["zip"].content)) as archive:
        told = json.loads(archive.read("manifest.json"))
        assert set(told["files"]) == set(archive.namelist()) - {"manifest.json"}
        for name, one in told["files"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == one["sha256"]
        for format, file in made.items():
            assert format == "zip" or archive.read(file.name) == file.content
        drawn = [name for name in archive.namelist() if name.startswith("figures/")]
    assert len(drawn) == 2 * sum(isinstance(block, Figure) for _, block in report.numbered)
    assert told["made_of"] == dict(report.manifest)


def test_the_same_data_give_the_same_bytes_in_each_format(report, made):
    again = blinded.build(made_up.trial(1), made_up.circumstances())
    other = {files.form_of(file.name): file.sha256 for file in files.every(again)}
    assert other == {format: file.sha256 for format, file in made.items()} and set(other) == set(files.TYPES)


def test_two_runs_compared_say_what_changed_and_why(report, made, tmp_path, capsys):
    collected = made_up.trial(1)
    scores = collected.scores.copy()
    place = scores.index[(scores["outcome"] == "bdi") & (scores["visit"] == "W6")][0]
    scores.loc[place, "value"] += 3
    later = blinded.build(dataclasses.replace(collected, scores=scores), made_up.circumstances())
    slim = dataclasses.replace(later, sections=tuple(one for one in later.sections if one.key != "variance"))
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    before.write_bytes(made["zip"].content)
    after.write_bytes(files.file(slim, "zip").content)
    call_command("compare_reports", str(before), str(after))
    said = capsys.readouterr().out
    assert "Data read, SHA-256: " in said and "Code, SHA-256" not in said
    assert re.search(r"bdi_visits, Week 6, Mean: \d+\.\d -> \d+\.\d", said)
    assert "hamd21_visits" not in said and "gone: pooled_variance" in said
    call_command("compare_reports", str(before), str(before))
    assert "0 print otherwise, 0 differ behind" in capsys.readouterr().out
    after.write_bytes(b"no archive")
    with pytest.raises(CommandError, match="not the archive of everything"):
        call_command("compare_reports", str(before), str(after))
