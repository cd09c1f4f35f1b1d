"""CHK-04: the tables of tests/spec/checks hold every check at its boundary.

Each comparison of each rule is shifted by one notch (< becomes <=, == becomes !=, in becomes not in); the rows of the
check must notice. A rule of which a comparison can be shifted unnoticed has no row at that boundary.
"""

import ast
import copy
from types import FunctionType

import pytest

from crf import trial
from crf.chart.check_version import source_of
from tests.spec.rows import OtherRecords
from tests.spec.test_checks import TABLES

pytestmark = pytest.mark.req("CHK-04")

SHIFTED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
CHECKS = [(form, check) for form in trial.FORMS for check in form.checks]


def shifted(node: ast.AST):
    """Copies of the rule, each with one comparison shifted, and the comparison as it stands."""
    comparisons = [part for part in ast.walk(node) if isinstance(part, ast.Compare)]
    for number, comparison in enumerate(comparisons):
        for place, operator in enumerate(comparison.ops):
            other = copy.deepcopy(node)
            found = [part for part in ast.walk(other) if isinstance(part, ast.Compare)][number]
            found.ops[place] = SHIFTED[type(operator)]()
            yield ast.unparse(comparison), other


def as_function(node: ast.AST, known: dict):
    """The shifted source as a function that sees what is known."""
    if isinstance(node, ast.Lambda):
        return eval(compile(ast.fix_missing_locations(ast.Expression(node)), "shifted", "eval"), known)
    exec(compile(ast.fix_missing_locations(ast.Module([node], [])), "shifted", "exec"), known)
    return known[node.name]


def shifted_rules(rule: FunctionType):
    """The rule with one comparison shifted, in itself or in a function of its module that it calls."""
    for node in source_of(rule):
        for comparison, other in shifted(node):
            yield comparison, as_function(other, dict(rule.__globals__))
    for name in rule.__code__.co_names:
        helper = rule.__globals__.get(name)
        if not isinstance(helper, FunctionType) or helper.__module__ != rule.__module__:
            continue
        for node in source_of(helper):
            for comparison, other in shifted(node):
                known = dict(rule.__globals__)
                known[name] = as_function(other, known)
                yield comparison, FunctionType(rule.__code__, known)


def verdicts(form, check) -> list:
    """What the check says of each of its rows; an error is a verdict too."""
    found = []
    for row in (*TABLES[check.code]["passes"], *TABLES[check.code]["fails"]):
        try:
            found.append(check.holds(form, row.answers, row.at, OtherRecords(row.beside)))
        except Exception as error:  # noqa: BLE001 - a shifted rule may compare what cannot be compared
            found.append(type(error))
    return found


@pytest.mark.parametrize(("form", "check"), CHECKS, ids=[check.code for _, check in CHECKS])
def test_a_comparison_that_is_shifted_is_noticed(form, check):
    expected, unnoticed = verdicts(form, check), []
    for comparison, rule in shifted_rules(check.rule):
        altered = copy.copy(check)
        altered.rule, altered.items = rule, check.named_items(form)
        if verdicts(form, altered) == expected:
            unnoticed.append(comparison)
    assert unnoticed == []


def test_every_check_is_covered():
    """The share of checks with rows that pass and rows that fail: 100 %."""
    covered = [check.code for _, check in CHECKS if TABLES[check.code]["passes"] and TABLES[check.code]["fails"]]
    assert len(covered) / len(CHECKS) == 1
