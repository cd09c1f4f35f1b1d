"""The certificates of a time stamp in the order that DER asks for.

A set in DER is sorted; `openssl ts`, and with it many an authority, writes a chain as it has it. Its signature does not
cover the certificates, so that they are sorted for a parser that is strict, while the answer is kept as it came.
"""

from collections.abc import Iterator

TAGGED = 0xA0  # [0]: of the certificates in signed data


def in_der_order(answer: bytes) -> bytes:
    """The answer of an authority with its certificates sorted; as it is where it holds none, or is no such answer."""
    try:
        first, end = _certificates(answer)
        found = sorted(answer[start:stop] for _, start, _, stop in _parts(answer, first, end))
    except (IndexError, ValueError):
        return answer
    return answer[:first] + b"".join(found) + answer[end:]


def _certificates(answer: bytes) -> tuple[int, int]:
    """Where the certificates begin and end. ValueError where there are none."""
    (response,) = _parts(answer, 0, len(answer))
    _, token = _parts(answer, response[2], response[3])  # status, time stamp token
    _, content = _parts(answer, token[2], token[3])  # kind, [0] signed data
    (signed,) = _parts(answer, content[2], content[3])
    for tag, _, inside, end in _parts(answer, signed[2], signed[3]):
        if tag == TAGGED:
            return inside, end
    raise ValueError("It holds no certificate.")


def _parts(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Each element from `at` to `end`: its tag, where it begins, where its content does, and where it ends."""
    while at < end:
        tag, length, inside = data[at], data[at + 1], at + 2
        if length & 0x80:
            many = length & 0x7F
            if not 1 <= many <= 4:
                raise ValueError("A length that is no DER.")
            length, inside = int.from_bytes(data[inside : inside + many], "big"), inside + many
        if inside + length > end:
            raise ValueError("An element that is longer than what it stands in.")
        yield tag, at, inside, inside + length
        at = inside + length
