"""The casebook as PDF, by typst: blank or filled, with or without SDTM names. Same data, same bytes.

No clock and no font of the machine is looked at; what the record holds reaches the template as data, never as markup.
"""

import functools
import json
from pathlib import Path

import typst

from crf import trial
from crf.papers.printable import FONTS, printable

TEMPLATE = Path(__file__).with_name("casebook.typ")
FOR_KEEPING = ("a-2a",)  # tagged, for archives; wants the date of the data
FOR_READING = ("ua-1",)  # tagged too; an undated document, such as a blank casebook


def pdf(data: dict) -> bytes:
    """A PDF of what crf/papers/printed_blank.py or printed_casebook.py put together."""
    return _set(json.dumps(printable(data)), FOR_KEEPING) if data["date"] else _undated(json.dumps(printable(data)))


@functools.lru_cache(maxsize=4)
def _undated(data: str) -> bytes:
    """The blank casebook and the annotated form follow from the declaration alone: seconds of work, done once."""
    return _set(data, FOR_READING)


def _set(data: str, standards: tuple[str, ...]) -> bytes:
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=list(standards),
        sys_inputs={"casebook": data},
        timestamp=0,
    )


def frame(*, title: str, subtitle: str, annotated: bool, is_synthetic: bool) -> dict:
    """What every printed casebook says of itself."""
    return {
        "title": title,
        "subtitle": subtitle,
        "study": trial.STUDY_ID,
        "study_title": trial.TITLE,
        "protocol": trial.PROTOCOL_VERSION,
        "annotated": annotated,
        "marks": ["SYNTHETIC DATA"] if is_synthetic else [],
        "date": None,
        "as_of": "",
        "facts": [],
        "notes": [],
    }


@functools.cache
def _fonts() -> typst.Fonts:
    """Those in the typst package, and matplotlib's for letters that those lack (Hebrew, Arabic)."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
