"""Free text that looks as if it named somebody (PRV-03): a warning, never a refusal.

Patterns find some of what identifies, not all of it, and now and then what does not. Who typed it decides.
"""

import re

from crf import trial

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
#: A number as people write telephone numbers: a plus or a zero, then seven to fourteen digits with blanks or dashes.
TELEPHONE = re.compile(r"(?<![\w.,/])(\+\d|\(?0\d)[\d() /.-]{5,17}\d(?![\w/])")
#: Nine digits in a row: an identity number, or a telephone number without its zero.
LONG_NUMBER = re.compile(r"(?<![\w.,/-])\d{9}(?![\w/-]|[.,]\d)")
ISO_DATE = re.compile(r"\b\d{4}-\d{2}(-\d{2})?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")

_WORD = r"[A-Z\u00C0-\u00DE][a-z\u00DF-\u00FF]+(?:[-'’][A-Z][a-z]+)?"
TITLE = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Doctor|Sister|Rabbi)\b\.?\s+(?P<name>{_WORD})")
SAID = re.compile(rf"\b(?:[Nn]amed?|called|[Nn]ame is|surname)\s*:?\s+(?P<name>{_WORD})")
PAIR = re.compile(rf"(?<![\w'’-])(?P<first>{_WORD})\s+(?P<second>{_WORD})(?![\w'’-])")
#: Hebrew and Arabic have no capitals; a title before a word is what can be seen.
TITLE_HEBREW = re.compile(r"(?<!\w)(?:מר|גב['’׳]|גברת|ד[\"”״]ר|פרופ['’׳]?)\s+[\u05D0-\u05EA]{2,}")
TITLE_ARABIC = re.compile(r"(?<!\w)(?:السيد|السيدة|الدكتور|الدكتورة|د\.)\s+[\u0621-\u064A]{2,}")

#: Words with a capital that are no names of people: days, months, and what clinicians write so. A trial adds its own:
#: names of scales, places and languages, and its sites.
ORDINARY = frozenset(
    """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
October November December Passover Ramadan Hanukkah Purim Sukkot Shavuot Yom Kippur Rosh Hashanah Christmas Easter
Clinical Global Impression Depression Anxiety Rating Scale Inventory
Health Medical Center Centre Hospital Clinic Emergency Room
Department Ward Ministry Ethics Committee Week Visit Day Baseline Screening Follow Up Early Termination
Major Depressive Disorder Episode Adverse Event Serious Blood Pressure Heart Rate Body Mass Index Study Drug
Vitamin Parkinson Alzheimer Tourette Crohn Hodgkin Raynaud Stevens Johnson English
The This That These Those He She It They We His Her Patient Subject Mother Father Wife Husband Son Daughter Brother
Sister After Before During Since Then When While No Not Took Stopped Started Due Because Also And But With Without
For From In On At To As Is Was Had Has
""".split()
    + [*trial.TRIAL.words, *(word for site in trial.SITES for word in site.name.split())]
)

MEDICAL = re.compile(r"(osis|itis|a?emia|algia|pathy|ectomy|azole|pril|olol|pam)$")

NAME = "This looks like a person's name. Write what the person is (mother, doctor on duty), not who."
NUMBER = "This looks like a telephone or identity number. Please leave it out."
ADDRESS = "This looks like an e-mail address. Please leave it out."

#: Our assumption: an item that holds less than this is a code, such as an accession number, not free text.
FREE_TEXT_FROM = 100


def looks_identifying(text: str) -> tuple[str, ...]:
    """What in the text looks as if it identified somebody, a sentence for each kind; () when nothing does."""
    found = []
    if EMAIL.search(text):
        found.append(ADDRESS)
    dateless = ISO_DATE.sub(" ", EMAIL.sub(" ", text))
    if LONG_NUMBER.search(dateless) or any(_digits(match[0]) >= 8 for match in TELEPHONE.finditer(dateless)):
        found.append(NUMBER)
    if _names(text):
        found.append(NAME)
    return tuple(found)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _names(text: str) -> bool:
    if TITLE_HEBREW.search(text) or TITLE_ARABIC.search(text):
        return True
    if any(match["name"] not in ORDINARY for pattern in (TITLE, SAID) for match in pattern.finditer(text)):
        return True
    return any(_is_pair_of_names(match) for match in _overlapping(PAIR, text))


def _is_pair_of_names(pair: re.Match) -> bool:
    """Two words with capitals, of which neither is an ordinary one or ends as diagnoses and drugs do."""
    words = (pair["first"], pair["second"])
    return not set(words) & ORDINARY and not any(MEDICAL.search(word) for word in words)


def _overlapping(pattern: re.Pattern, text: str):
    """Every match, also those that begin inside another: “Yesterday Dana Cohen” holds two pairs."""
    place = 0
    while match := pattern.search(text, place):
        yield match
        place = match.start("second")
