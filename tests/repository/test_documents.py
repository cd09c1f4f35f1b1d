"""The committed documents say what the declarations say, and no item that was collected is forgotten."""

import re
import subprocess
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from crf import trial
from crf.papers import checks_document, dictionary, documents
from crf.papers.documents import DICTIONARY, FOLDER


@pytest.fixture(scope="module")
def made():
    return documents.made()


def said(name: str) -> str:
    return (FOLDER / name).read_text()


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_a_committed_document_is_current(made, name):
    assert (FOLDER / name).read_bytes() == made[name], "run: manage.py documents"


def test_every_document_is_committed(made):
    assert {path.name for path in FOLDER.iterdir()} == set(made)


def test_making_them_twice_gives_the_same_bytes(made):
    assert documents.made() == made


def test_no_item_of_the_committed_dictionary_was_renamed_removed_or_changed():
    assert documents.lost() == []


def test_no_item_of_the_last_commit_was_forgotten():
    """The dictionary may have been written anew in the working tree; the last commit remembers."""
    committed = subprocess.run(
        ["git", "show", f"HEAD:crf/documents/{DICTIONARY}"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if committed.returncode:
        pytest.skip("there is no commit to compare with")
    assert dictionary.lost(dictionary.read_csv(committed.stdout)) == []


def test_the_dictionary_has_a_row_for_every_item_and_score():
    expected = {(form.code, name) for form in trial.FORMS for name in (*form.items, *form.scores)}
    assert {(row["form"], row["item"]) for row in dictionary.read_csv(said(DICTIONARY))} == expected


def test_every_check_stands_in_the_list_with_its_sentence_and_version():
    text = said("edit-checks.md")
    for one in checks_document.listed():
        assert f"| {one.code} | {one.check.sentence} |" in text
        assert f"`{one.version}` |" in text


def test_the_schedule_names_every_form_and_every_visit():
    text = said("schedule-of-assessments.md")
    assert [form.code for form in trial.FORMS if not re.search(rf"\({form.code}\)|\| {form.code} \|", text)] == []
    assert [visit.code for visit in trial.VISITS if f"| {visit.code} |" not in text] == []


def test_the_annotated_form_names_every_test_code():
    pages = PdfReader(BytesIO((FOLDER / "annotated-crf.pdf").read_bytes())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    codes = {
        item.testcd for form in trial.FORMS for item in (*form.items.values(), *form.scores.values()) if item.testcd
    }
    assert [code for code in codes if code not in text] == []


# -- the command


def test_it_says_what_is_not_current(tmp_path):
    call_command("documents", folder=tmp_path, stdout=StringIO())
    (tmp_path / "edit-checks.md").write_text("# Old\n")
    with pytest.raises(CommandError, match=r"Not current: edit-checks\.md\. Run: manage\.py documents"):
        call_command("documents", folder=tmp_path, check=True)


def test_it_is_content_when_everything_is_current():
    out = StringIO()
    call_command("documents", check=True, stdout=out)
    assert out.getvalue() == "Every document is current.\n"


def test_it_refuses_to_forget_an_item(tmp_path):
    call_command("documents", folder=tmp_path, stdout=StringIO())
    path = tmp_path / DICTIONARY
    path.write_text(path.read_text().replace("HAMD,mood,", "HAMD,sadness,"))
    with pytest.raises(CommandError, match=r"HAMD\.sadness is gone.*retired=True"):
        call_command("documents", folder=tmp_path)
    assert "sadness" in path.read_text()
    call_command("documents", folder=tmp_path, before_the_first_subject=True, stdout=StringIO())
    assert "sadness" not in path.read_text()


# -- what may not happen to an item


def item(**changes: str) -> dict[str, str]:
    row = dict.fromkeys(dictionary.HEAD, "")
    return (
        row
        | {"form": "X", "item": "mood", "kind": "scale", "answers": "0 = Absent; 1 = Present", "status": "in use"}
        | changes
    )


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ([], "X.mood is gone"),
        ([item(item="sadness")], "X.mood is gone"),
        ([item(kind="date", answers="")], "changed its kind"),
        ([item(unit="kg")], "changed its unit"),
        ([item(answers="0 = Absent")], "lost the answer 1"),
    ],
)
def test_an_item_is_not_lost_or_changed(now, sentence):
    (found,) = dictionary.lost([item()], now)
    assert sentence in found


@pytest.mark.parametrize(
    "now",
    [item(), item(label="Other words"), item(answers="0 = None; 1 = Some; 2 = Much"), item(status="retired")],
    ids=["the same", "a wording", "one more code", "retired"],
)
def test_wording_more_codes_and_retiring_are_free(now):
    assert dictionary.lost([item()], [now]) == []


def test_a_retired_item_is_not_asked_again():
    (found,) = dictionary.lost([item(status="retired")], [item()])
    assert "was retired and is asked again" in found
