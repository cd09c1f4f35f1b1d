"""No rule without a caller: what the rooms of the product say in public, the served product comes to (F-108, F-107).

The syntax trees are read. A name at the top of a module is reached when a page, a command, a migration, a trial's
definition or another name that is reached refers to it; an import alone is no use of it, and tests do not count.
Decided is by what a name is bound to, so a namesake elsewhere keeps nothing alive.
"""

import ast
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from crf import trial

pytestmark = pytest.mark.finding("F-108")
ROOT = Path(trial.__file__).resolve().parents[1]
#: Rooms whose public names must be reached. What Django, allauth and gunicorn find by themselves lies in the others.
ROOMS = (
    "crf.spec crf.rules crf.trial crf.trials crf.chart crf.shown crf.papers crf.actions crf.exchange crf.allocation "
    "analysis.collect analysis.derive analysis.stats analysis.reports analysis.papers analysis.command analysis.sealed"
).split()
#: What the loader of a trial takes by its name (crf/trial.py, crf/rehearsal).
LOADED = {"TRIAL", "story", "besides", "PUBLISHED"}
#: Not reached by the product, and here all the same: why.
ALLOWED = {
    ("crf.actions.lock", "lift"): "both people at once, for tests; pages call its two halves",
    ("crf.allocation.sealing", "path_of"): "for who checks one row of the list alone",
    ("crf.allocation.sealing", "root_by_path"): "for who checks one row of the list alone",
    ("analysis.stats.contrasts", "covariance_of_effects"): "compared with other programs, not printed",
    ("analysis.stats.descriptive", "categories"): "not yet printed",
    ("analysis.stats.interval_censored", "masses"): "compared with other programs, not printed",
}
Name = tuple[str, str]


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees() -> dict[str, ast.Module]:
    return {
        _module(path): ast.parse(path.read_text(encoding="utf-8"))
        for room in ("crf", "analysis", "trialsite")
        for path in (ROOT / room).rglob("*.py")
    }


@cache
def defined(module: str) -> dict[str, ast.stmt]:
    """The names at the top of a module, each with the statement that makes it."""
    found: dict[str, ast.stmt] = {}
    for statement in trees()[module].body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[statement.name] = statement
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                found |= {part.id: statement for part in ast.walk(target) if isinstance(part, ast.Name)}
    return found


@cache
def bound(module: str) -> dict[str, str]:
    """What the imports of a module bind: name here -> full name there."""
    is_package = (ROOT / module.replace(".", "/") / "__init__.py").exists()
    package = module if is_package else module.rpartition(".")[0]
    found = {}
    for statement in ast.walk(trees()[module]):
        if isinstance(statement, ast.Import):
            for one in statement.names:
                here = one.asname or one.name.split(".")[0]
                found[here] = one.name if one.asname else here
        elif isinstance(statement, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - statement.level + 1] if statement.level else []
            there = ".".join([*above, *([statement.module] if statement.module else [])])
            found |= {one.asname or one.name: f"{there}.{one.name}" for one in statement.names}
    return found


def origin(full: str, depth: int = 0) -> Name | None:
    """The module and name where a dotted name was made, through packages that only pass it on."""
    parts = full.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module, name = ".".join(parts[:length]), parts[length]
        if module not in trees():
            continue
        if name in defined(module):
            return module, name
        if name in bound(module) and depth < 5:
            return origin(".".join([bound(module)[name], *parts[length + 1 :]]), depth + 1)
    return None


def uses(module: str, node: ast.AST) -> set[Name]:
    found = set()
    for part in ast.walk(node):
        if isinstance(part, (ast.Name, ast.Attribute)) and (words := _dotted(part)):
            first, *rest = words
            there = origin(".".join([bound(module).get(first, f"{module}.{first}"), *rest]))
            if there:
                found.add(there)
    return found


def _dotted(node: ast.expr) -> list[str] | None:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return [*before, node.attr]
    return None


def _is_in(module: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in ROOMS)


def _is_found_by_django(module: str) -> bool:
    return bool({"management", "apps", "models", "migrations", "urls"} & set(module.split(".")))


def _is_registered(module: str, made: ast.ClassDef) -> bool:
    """A kind of output, in a module that the settings name."""
    by = [_dotted(one) for one in made.decorator_list]
    return module in settings.OUTPUT_KINDS and ["register"] in by


def reached() -> set[Name]:
    """Every name of the rooms that the product comes to."""
    todo: set[Name] = set()
    for module, tree in trees().items():
        if not _is_in(module) or _is_found_by_django(module):
            todo |= uses(module, tree)
            todo |= {(module, name) for name in defined(module)}
            continue
        is_form = module.startswith("crf.trials.") and ".forms" in module
        for name, statement in defined(module).items():
            if (module.startswith("crf.trials.") and name in LOADED) or (
                isinstance(statement, ast.ClassDef) and (is_form or _is_registered(module, statement))
            ):
                todo.add((module, name))
        made = {id(statement) for statement in defined(module).values()}
        for statement in tree.body:  # what runs when the module is imported
            if id(statement) not in made and not isinstance(statement, (ast.Import, ast.ImportFrom)):
                todo |= uses(module, statement)
    found: set[Name] = set()
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo |= uses(one[0], defined(one[0])[one[1]]) - found
    return found


def unreached() -> set[Name]:
    there = {
        (module, name) for module in trees() if _is_in(module) for name in defined(module) if not name.startswith("__")
    }
    return there - reached()


def test_the_product_reaches_every_name_of_its_rooms():
    assert {f"{module}.{name}" for module, name in unreached() - set(ALLOWED)} == set()


def test_what_is_allowed_to_wait_still_waits():
    assert set(ALLOWED) - unreached() == set()


def test_a_rule_that_only_an_import_names_is_found(monkeypatch):
    planted = ast.parse("def never_called(day):\n    return day\n")
    passed_on = ast.parse("from crf.rules.planted import never_called\n")
    monkeypatch.setitem(trees(), "crf.rules.planted", planted)
    monkeypatch.setitem(trees(), "crf.views.planted", passed_on)
    assert ("crf.rules.planted", "never_called") in unreached()


@pytest.mark.finding("F-107")
@pytest.mark.parametrize("code", trial.known_trials())
def test_every_setting_of_a_declaration_is_read(code):
    """A field of a declaration that no code outside the declarations reads is a promise without a deed."""
    read = {
        part.attr
        for module, tree in trees().items()
        if not (module.startswith(("crf.trials.", "crf.rules.")) and module.endswith(".protocol"))
        for part in ast.walk(tree)
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load)
    }
    declared, todo, seen = set(), [trial.load(code)], set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if is_dataclass(one) and type(one).__module__.startswith("crf.spec"):
            for field in fields(one):
                declared.add((type(one).__name__, field.name))
                todo.append(getattr(one, field.name))
        elif isinstance(one, (tuple, list, frozenset)):
            todo += list(one)
        elif isinstance(one, dict):
            todo += list(one.values())
    assert {f"{kind}.{name}" for kind, name in declared if name not in read} == set()
