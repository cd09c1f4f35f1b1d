"""What a person is cautioned about while entering, beside the checks: it refuses nothing and asks no query.

It is not written down as a fired check: the record of the first answer would keep the very name it warns of.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from crf import spec, trial
from crf.chart.examine import understood_so_far
from crf.models import RECORDS, Subject
from crf.rules.identifying import FREE_TEXT_FROM, looks_identifying
from crf.rules.same_person import is_possible_duplicate
from crf.spec.purposes import Purpose

CONFIRM = "Nothing was sent yet. If it is right as it is, send it once more."


def cautions(form: type[spec.Form], typed: Mapping[str, str], subject: Subject) -> dict[str, list[str]]:
    """Sentences by item: free text that looks identifying, and another subject that may be the same person."""
    found: dict[str, list[str]] = {}
    for name, item in form.items.items():
        texts = [typed.get(f"{name}__why") or ""] if typed.get(f"{name}__missing") else []
        if is_free_text(item):
            texts.append(typed.get(name) or "")
        if sentences := [sentence for text in texts for sentence in looks_identifying(text)]:
            found[name] = list(dict.fromkeys(sentences))
    if sentences := looks_identifying(typed.get("reason_words") or ""):
        found["reason_words"] = list(sentences)
    is_demography = trial.serves(form, Purpose.DEMOGRAPHY)
    if is_demography and (others := likely_the_same(subject, understood_so_far(form, typed))):
        found.setdefault("birth_year", []).append(
            f"The same sex and year of birth at this site: {', '.join(others)}. Please make sure that this is another "
            "person. Somebody who is screened again is enrolled as a rescreening."
        )
    return found


@dataclass(frozen=True)
class Caution:
    """What looks identifying in texts that are about to go on record: sentences by name, and a mark of these texts.

    A person is warned once: who sends the same texts again, with the mark, has looked and confirms them (PRV-03).
    """

    sentences: dict[str, list[str]]
    mark: str

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Caution | None":
        """None when nothing in the texts looks identifying."""
        found = {name: [*looks_identifying(text), CONFIRM] for name, text in texts.items() if looks_identifying(text)}
        flagged = "\x00".join(f"{name}={texts[name]}" for name in sorted(found))
        return cls(found, hashlib.sha256(flagged.encode()).hexdigest()[:16]) if found else None


def is_free_text(item: spec.Item) -> bool:
    """Whether a sentence fits in; what is shorter is a code, such as an accession number."""
    return isinstance(item.kind, spec.Text) and item.kind.max_length >= FREE_TEXT_FROM


def likely_the_same(subject: Subject, demography: Mapping) -> list[str]:
    """Numbers of other subjects of the site with the same sex and year of birth, but not of the person's screenings."""
    sex, birth_year = demography.get("sex"), demography.get("birth_year")
    if sex is None or birth_year is None:
        return []
    found = (
        RECORDS[trial.code_serving(Purpose.DEMOGRAPHY)]
        .objects.standing()
        .filter(site_id=subject.site_id, birth_year=birth_year)
    )
    known = found.exclude(subject=subject).values_list(
        "subject_id", "subject__number", "subject__rescreen_of_id", "sex", "birth_year", "site_id"
    )
    me = (sex, birth_year, subject.site_id)
    return sorted(
        number
        for pk, number, rescreen_of, *theirs in known
        if is_possible_duplicate(me, tuple(theirs)) and pk != subject.rescreen_of_id and rescreen_of != subject.pk
    )
