"""Documents that follow from the declarations, committed in the trial's folder: written, and checked as current."""

from pathlib import Path

from crf import trial
from crf.papers import (
    annotated,
    checks_document,
    dictionary,
    imports_document,
    printed_blank,
    schedule_document,
    typeset,
)

FOLDER = trial.FOLDER / "documents"
DICTIONARY = "data-dictionary.csv"


class ItemsLost(Exception):
    """An item of the committed dictionary was renamed, removed or changed; the message holds a sentence for each."""


def made() -> dict[str, bytes]:
    """Every document by its file name, made now. The same declarations give the same bytes."""
    return {
        DICTIONARY: dictionary.as_csv().encode(),
        "data-dictionary.md": dictionary.as_markdown().encode(),
        "schedule-of-assessments.md": schedule_document.as_markdown().encode(),
        "edit-checks.md": checks_document.as_markdown().encode(),
        "import-specification.md": imports_document.as_markdown().encode(),
        "annotated-crf.md": annotated.as_markdown().encode(),
        "annotated-crf.pdf": typeset.pdf(printed_blank.blank(annotated=True)),
    }


def not_current(folder: Path = FOLDER) -> list[str]:
    """The names of documents that are missing or say something else than the declarations do."""
    return [
        name
        for name, content in made().items()
        if not (folder / name).exists() or (folder / name).read_bytes() != content
    ]


def lost(folder: Path = FOLDER) -> list[str]:
    """Sentences about items of the committed dictionary that are no longer what they were."""
    path = folder / DICTIONARY
    return dictionary.lost(dictionary.read_csv(path.read_text())) if path.exists() else []


def write(folder: Path = FOLDER, *, before_the_first_subject: bool = False) -> list[str]:
    """Write what is not current and return its names. Raises ItemsLost, so that no item is forgotten in passing."""
    if not before_the_first_subject and (sentences := lost(folder)):
        raise ItemsLost("\n".join(sentences))
    folder.mkdir(exist_ok=True)
    names = not_current(folder)
    for name, content in made().items():
        if name in names:
            (folder / name).write_bytes(content)
    return names
