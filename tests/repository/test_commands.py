"""Management commands: none of them hides a method of Django's."""

import importlib
import pkgutil

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
