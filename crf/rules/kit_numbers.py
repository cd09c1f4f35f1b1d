"""Numbers on bottles as they are printed and typed: the number of the kit, a dash, and a check digit.

The check digit is Damm's (H. M. Damm, 2004): it finds every single wrong digit and every two neighbours exchanged. A
letter counts as the two digits of its place, A = 10 to Z = 35. It follows from the number alone, so it tells nothing.
"""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def check_digit(kit: str) -> int:
    """The check digit of a kit number of digits, capital letters and dashes."""
    interim = 0
    for sign in kit:
        for digit in "" if sign == "-" else str(int(sign, 36)):
            interim = _DAMM[interim][int(digit)]
    return interim


def labelled(kit: str) -> str:
    """As it is printed on the label: 35937-4."""
    return f"{kit}-{check_digit(kit)}"


def matches(kit: str, typed: str) -> bool:
    """Whether what was typed or scanned is the label of this kit, check digit and all; the dash may be left out."""
    read = "".join(typed.upper().translate(_DASHES).split())
    return read in (labelled(kit), f"{kit}{check_digit(kit)}")


def is_mistyped(typed: str) -> bool:
    """Whether the check digit does not belong to the number before it: a slip, or no label at all."""
    read = "".join(typed.upper().translate(_DASHES).split())
    number, given = read[:-1].rstrip("-"), read[-1:]
    known = all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in number)
    return not number or not known or not (given.isascii() and given.isdigit()) or int(given) != check_digit(number)
