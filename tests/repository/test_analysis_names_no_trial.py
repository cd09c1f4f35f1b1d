"""No form, visit, outcome, arm or site of a trial stands in the analysis: it reads the declaration."""

import ast
from pathlib import Path

import pytest

from crf import trial

HOUSE = Path(__file__).resolve().parents[2]
#: The command line works on any file and has an example of its own.
FILES = sorted(path for path in (HOUSE / "analysis").rglob("*.py") if "command" not in path.parts)
TRIALS = {code: trial.load(code) for code in trial.known_trials()}


def names_of(one) -> set[str]:
    """Codes of a trial that no engine could mean by chance."""
    visits = {visit.code for visit in one.visits}
    outcomes = {name for outcome in one.analysis.outcomes for name in (outcome.code, outcome.label)}
    moderators = {moderator.code for moderator in one.analysis.moderators}
    arms = {name for arm in one.arms for name in (arm.code, arm.label, arm.called)}
    sites = {name for site in one.sites for name in (site.code, site.name)}
    told = {strategy.kind for strategy in one.analysis.strategies if strategy.told_by}
    return {form.code for form in one.forms} | visits | outcomes | moderators | arms | sites | told | {one.study_id}


def texts_of(tree: ast.Module) -> list[tuple[int, str]]:
    """The strings of a module, docstrings apart."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


@pytest.mark.finding("F-106")
@pytest.mark.parametrize("code", TRIALS)
def test_no_name_of_a_trial_stands_in_the_analysis(code):
    names = names_of(TRIALS[code])
    found = []
    for path in FILES:
        tree = ast.parse(path.read_text())
        found += [
            f"{path.relative_to(HOUSE)}:{line}: {text!r}"
            for line, text in texts_of(tree)
            if text in names or any(f" {name} " in f" {text} " for name in names if len(name) > 3)
        ]
        found += [
            f"{path.relative_to(HOUSE)}:{node.lineno}: imports {node.module}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crf.trials")
        ]
    assert not found
