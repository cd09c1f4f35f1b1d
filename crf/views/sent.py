"""What a page's script sends, within bounds: nothing of it reaches a deed that is not text, and no number that no
column holds."""

import json
from dataclasses import dataclass

from django.http import JsonResponse

LARGEST_VERSION = 2_000_000_000  # what the column holds
MOST_DIGITS = 9


class Unreadable(Exception):
    """The page sent something that could not be read."""

    @property
    def answer(self) -> JsonResponse:
        sentence = "The page sent something that could not be read. Please reload it."
        return JsonResponse({"sentence": sentence}, status=400)


@dataclass(frozen=True)
class Sent:
    """The changed answers by name, and the version of the record on which they stand."""

    changes: dict[str, str]
    version: int | None


def sent(request) -> Sent:
    """Raises Unreadable on anything but an object of changes, each a text, and a version that can be one."""
    try:
        read = json.loads(request.body, parse_constant=_no_number)
        changes, version = read["changes"], read.get("version")
        if not isinstance(changes, dict) or not all(isinstance(value, str) for value in changes.values()):
            raise Unreadable
        if version is not None:
            version = int(version) if isinstance(version, str) else version
            if isinstance(version, bool) or not isinstance(version, int) or not 0 <= version <= LARGEST_VERSION:
                raise Unreadable
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable from error
    return Sent(changes, version)


def version_of(post) -> int | None:
    """The version that a form was made on, as its hidden field says; None where it says nothing that can be one."""
    said = post.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else None


def _no_number(word: str):
    raise ValueError(word)  # Infinity and NaN are none
