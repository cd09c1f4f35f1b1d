"""Management commands: none of them hides a method of Django's."""

import importlib.util
import pkgutil
import sys
from pathlib import Path

import pytest
from django.core.management import BaseCommand

PLACES = ("crf.management.commands", "crf.allocation.management.commands", "analysis.management.commands")
PLACES += ("trialsite.management.commands",)
#: What a command is asked to define.
MEANT = {
    "handle",
    "add_arguments",
    "help",
    "requires_system_checks",
    "requires_migrations_checks",
    "output_transaction",
}
MODULES = [
    module.name
    for place in PLACES
    for module in pkgutil.iter_modules(importlib.import_module(place).__path__, f"{place}.")
]


@pytest.mark.finding("F-801")
@pytest.mark.parametrize("name", MODULES)
def test_no_command_has_a_method_named_like_one_of_its_base(name):
    """`check` of load_allocation hid Django's own: the command ended in a TypeError, but not under call_command."""
    found = importlib.import_module(name).Command
    for ours in found.__mro__:
        if not ours.__module__.startswith("django."):
            hidden = {word for word in vars(ours) if not word.startswith("__")} & set(dir(BaseCommand)) - MEANT
            assert not hidden, f"{name} hides {', '.join(sorted(hidden))} of BaseCommand"


@pytest.mark.finding("F-801")
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "/nowhere/data.zip"), "/nowhere/data.zip: No such file"),
        (PermissionError(13, "Permission denied", "/root/q.json"), "/root/q.json: Permission denied."),
        (EOFError(), "nobody is there to answer"),
    ],
)
def test_a_file_that_cannot_be_read_or_written_and_a_question_to_nobody_are_sentences(monkeypatch, failure, said):
    """Any command: a mistyped folder ended in a traceback, after the data were taken out."""

    def fail(words):
        raise failure

    path = Path(__file__).resolve().parents[2] / "manage.py"
    described = importlib.util.spec_from_file_location("manage", path)
    manage = importlib.util.module_from_spec(described)
    described.loader.exec_module(manage)
    monkeypatch.setattr("django.core.management.execute_from_command_line", fail)
    monkeypatch.setattr(sys, "argv", ["manage.py", "qualify"])
    with pytest.raises(SystemExit, match=said):
        manage.main()
