"""What is printed, so that all of it comes: characters that no font of ours has are written out, long words may break.

PDF/A answers a character without a glyph, or a private-use one, with an error for the whole document; a word of 4,000
letters would run off the page. Here both are put right for every text of a document at once.
"""

import functools
import re
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

#: The folder with the fonts that are used beside those in the typst package.
FONTS = Path(find_spec("matplotlib").origin).parent / "mpl-data" / "fonts" / "ttf"
#: They turn the direction of what follows, and could make a text read as another.
TURNS_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
KEPT = frozenset("\n\u200b\u00ad")
_ONE_WORD = re.compile(r"\S{32,}")
_PLAIN = re.compile(r"[\n -~]*")
_ODD = re.compile(r"[^\n -~]")
_PIECE = 16  # letters of a long word that stay together
_HASH = re.compile("[0-9a-f]{64}")  # shown where it is compared: as it is, without a break


def printable(data: Any) -> Any:
    """The same data with every text in it made fit to print."""
    match data:
        case str():
            return text(data)
        case dict():
            return {name: printable(value) for name, value in data.items()}
        case list() | tuple():
            return [printable(value) for value in data]
    return data


def text(words: str) -> str:
    """A text as it is printed: what no font has as its number, such as [U+E000]; long words with places to break."""
    if words.isascii() and words.isprintable() and len(words) < 32:
        return words
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    broken = _ONE_WORD.sub(_broken, words)
    return broken if _PLAIN.fullmatch(broken) else "".join(map(_shown_with_a_break, broken))


def with_glyphs(words: str) -> str:
    """The text, or a drawing's source, with what no font has written out; nothing else is changed."""
    return _ODD.sub(lambda found: _shown(found.group()), words)


def _shown_with_a_break(character: str) -> str:
    shown = _shown(character)
    return shown if len(shown) == 1 else f"{shown}\u200b"


def _shown(character: str) -> str:
    if character in KEPT or (" " <= character <= "~"):
        return character
    if character in TURNS_DIRECTION or ord(character) not in _glyphs() or unicodedata.category(character) in _UNSEEN:
        return f"[U+{ord(character):04X}]"
    return character


#: Controls, private use, halves of pairs, and what no character is assigned to.
_UNSEEN = ("Cc", "Co", "Cs", "Cn")


def _broken(found: re.Match) -> str:
    word = found.group()
    if _HASH.fullmatch(word):
        return word
    pieces, start = [], 0
    for place in range(len(word)):
        if place - start >= _PIECE and not unicodedata.combining(word[place]) and word[place] not in "\u200d\ufe0f":
            pieces.append(word[start:place])
            start = place
    return "\u200b".join([*pieces, word[start:]])


@functools.cache
def _glyphs() -> frozenset[int]:
    """The characters that the font of last resort has; the text fonts have hardly any beside them."""
    with TTFont(FONTS / "DejaVuSans.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
