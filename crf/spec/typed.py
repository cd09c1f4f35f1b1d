"""Whether each setting of a declaration is the kind of thing its word asks for: a mistake is a sentence at start.

What the annotations of the words say is what is checked; a function is only seen to be one.
"""

import enum
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from crf.spec.kinds import DeclarationError


def police_types(declared: Any, called: str) -> None:
    """Look through a declaration and all that it is made of. Raises DeclarationError naming the word and the setting.

    `called`: what a sentence calls the thing, such as its class.
    """
    hints = get_type_hints(type(declared))
    for field in fields(declared):
        value, hint = getattr(declared, field.name), hints.get(field.name, Any)
        if not _fits(value, hint):
            raise DeclarationError(f"`{field.name}` of {called} is {value!r}; {_asked(hint)}.")
        for part in _parts(value):
            police_types(part, f"{type(part).__name__} {_name_of(part)}".strip())


def _parts(value: Any) -> list:
    """The declarations inside a setting."""
    if is_dataclass(value) and not isinstance(value, type):
        return [value]
    if isinstance(value, Mapping):
        value = value.values()
    elif isinstance(value, str) or not isinstance(value, Sequence):
        return []
    return [part for part in value if is_dataclass(part) and not isinstance(part, type)]


def _name_of(part: Any) -> str:
    found = getattr(part, "code", None) or getattr(part, "kind", None)
    return found if isinstance(found, str) else ""


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if hint is None or hint is types.NoneType:
        return value is None
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if len(inner) == 2 and inner[1] is Ellipsis:
            return all(_fits(part, inner[0]) for part in value)
        return len(value) == len(inner) and all(map(_fits, value, inner))
    if origin is type:
        return isinstance(value, type) and (inner[0] is Any or issubclass(value, inner[0]))
    if hint is Callable or origin is Callable:
        return callable(value)
    if origin is not None:
        return isinstance(value, origin)
    if hint is int:  # True is no number here
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint) if isinstance(hint, type) else True


def _asked(hint: Any) -> str:
    """What the setting asks for, in words."""
    kinds = [one for one in (get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)) if one]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return "it is one of " + ", ".join(f"{kind.__name__}.{one.name}" for one in kind)
    words = [_word(kind) for kind in kinds]
    return f"it wants {' or '.join(words)}"


def _word(kind: Any) -> str:
    ordinary = {int: "a whole number", str: "a text", bool: "True or False", types.NoneType: "None"}
    if kind in ordinary:
        return ordinary[kind]
    if get_origin(kind) is tuple:
        return "a tuple: parentheses with a comma after each part"
    if get_origin(kind) in (Callable, Mapping) or kind is Callable:
        return "a function" if kind is Callable or get_origin(kind) is Callable else "a dictionary"
    return getattr(kind, "__name__", str(kind))
