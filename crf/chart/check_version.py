"""The version of a check: a hash of its sentence and of its rule, with all that the rule looks up (CHK-03).

The rule is read as source, so that layout and comments do not count, but a changed helper or a changed limit in
the trial's protocol does. A check whose rule cannot be read is an error, not a check without a version.
"""

import ast
import copy
import functools
import hashlib
import inspect
import sys
from types import FunctionType, ModuleType

from crf import spec, trial

LENGTH = 10
_PROTOCOL = f"crf.trials.{trial.CODE}.protocol"


@functools.cache
def version_of(check: spec.Check) -> str:
    """Ten hexadecimal digits that change when the check does."""
    parts = [
        check.code,
        check.sentence,
        "refuses" if check.hard else "asks",
        "also blank" if check.blank else "answered",
        ",".join(check.items),
        *rule_in_full(check.rule),
    ]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:LENGTH]


def rule_in_full(rule: FunctionType) -> list[str]:
    """The source of the rule, of every function of ours that it calls, and the values it compares with."""
    told: dict[str, str] = {}
    _tell(rule, told)
    return list(told.values())


def _tell(function: FunctionType, told: dict[str, str]) -> None:
    name = f"{function.__module__}.{function.__qualname__}"
    if name in told:
        return
    nodes = source_of(function)
    told[name] = "; ".join(ast.unparse(node) for node in nodes)
    if function.__module__ == _PROTOCOL:  # what the rule itself takes from there is told below
        return
    for dotted in (dotted for node in nodes for dotted in _dotted_names(node)):
        _tell_of(dotted, function, told)


def _dotted_names(node: ast.AST):
    """Names as they stand in the source, each as long as it is: trial.LADDER.early_days, not trial.DOSING too."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute() if all(part.isidentifier() for part in ast.unparse(node).split(".")):
            yield ast.unparse(node)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _dotted_names(child)


def _tell_of(dotted: str, function: FunctionType, told: dict[str, str]) -> None:
    """What a name of the rule's module stands for: another function of ours, or a value."""
    first, *rest = dotted.split(".")
    found = function.__globals__.get(first)
    for part in rest:
        found = getattr(found, part, None)
    match found:
        case None | ModuleType():
            return
        case FunctionType() if found.__module__.split(".")[0] == "crf":
            _tell(found, told)
        case set() | frozenset():
            told[dotted] = f"{dotted} = {sorted(found, key=repr)!r}"
        case _ if not callable(found):
            told[dotted] = f"{dotted} = {found!r}"


def source_of(function: FunctionType) -> list[ast.AST]:
    """The function in its module's source, without its docstring. Lambdas on one line are told together."""
    line = function.__code__.co_firstlineno
    kind = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    found = [node for node in ast.walk(_tree(function.__module__)) if isinstance(node, kind) and node.lineno == line]
    if not found:
        raise spec.DeclarationError(f"The source of the rule {function.__qualname__} at line {line} was not found.")
    return [_without_docstring(node) for node in found]


def _without_docstring(node):
    if isinstance(node, ast.Lambda) or ast.get_docstring(node) is None:
        return node
    bare = copy.copy(node)
    bare.body = node.body[1:]
    return bare


@functools.cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))
