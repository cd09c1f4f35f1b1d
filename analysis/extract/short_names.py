"""Names of at most eight characters, for the transport format of SAS. The codebook tells which is which.

The name is the declared SDTM name where there is one, else the item's own name, drawn together. Of two that would be
the same the later one gets letters from a hash of its full name, so that a name never hangs on how many came before.
"""

import hashlib
import re
from collections.abc import Iterable

from analysis.extract.sets import Shape

LONGEST = 8
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def named(shapes: Iterable[Shape]) -> list[Shape]:
    """The same data sets, each and each of its columns with a short name of its own."""
    found, taken = [], set()
    for shape in shapes:
        columns: set[str] = set()
        names = [_free(one.name, one.declared, columns) for one in shape.columns]
        found.append(shape.called(_free(shape.name, "", taken), names))
    return found


def _free(name: str, declared: str, taken: set[str]) -> str:
    plain = re.sub("[^A-Z0-9_]", "", (declared or name).upper())
    short = plain if len(plain) <= LONGEST else drawn_together(name)
    if not short[:1].isalpha():
        short = f"V{short}"[:LONGEST]
    if short in taken:
        short = short[: LONGEST - 3] + _letters(name, 3)
    taken.add(short)
    return short


def drawn_together(name: str) -> str:
    """Of each word of the name the first letter and what follows without vowels, as much of each as has room."""
    words = [word for word in re.split("[^A-Z0-9]+", name.upper()) if word]
    words = [word[0] + re.sub("[AEIOU]", "", word[1:]) for word in words]
    while sum(map(len, words)) > LONGEST:
        longest = max(range(len(words)), key=lambda at: (len(words[at]), at))
        if len(words[longest]) == 1:
            break
        words[longest] = words[longest][:-1]
    return "".join(words)[:LONGEST]


def _letters(name: str, count: int) -> str:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return "".join(_LETTERS[number // 36**place % 36] for place in range(count))
