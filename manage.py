#!/usr/bin/env python
"""Django's commands. `make run` starts everything; this is for single steps (ECRF_MODE=demo ./manage.py ...)."""

import importlib
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsite.settings")
    from django.core.management import BaseCommand, execute_from_command_line

    from trialsite import declaration
    from trialsite.environment import BadEnvironment

    if sys.argv[1:2] == ["analyse"]:  # reads one file and touches no record: it runs where no trial is set up
        os.environ.setdefault("ECRF_MODE", "demo")
    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        declaration.read()
    except BadEnvironment as refusal:
        sys.exit(str(refusal))
    except declaration.CannotBeServed as refusal:
        sys.exit(f"Wrong: {refusal}")
    # Django's own checks look at the code and read every page's module, two seconds of each command: they are for
    # `make lint` and `manage.py check`. What must hold where a command runs is ours.
    BaseCommand.requires_system_checks = ("trial",)  # TAG of trialsite/checks.py, which needs the settings
    try:
        execute_from_command_line(sys.argv)
    except EOFError:
        sys.exit("This command asks something and nobody is there to answer. Run it in a terminal.")
    except OSError as error:  # a file that is not there, a folder that takes none, a full disk
        if error.filename is None:
            raise
        sys.exit(f"{error.filename}: {error.strerror}.")


if __name__ == "__main__":
    main()
