"""`manage.py analyse` called from a test: what it prints, what it writes, what it refuses."""

import io
import json

import pytest
from django.core.management import call_command


def run(file, *options):
    """The text printed."""
    out = io.StringIO()
    call_command("analyse", str(file), *map(str, options), stdout=out)
    return out.getvalue()


def document(file, *options):
    return json.loads(run(file, *options, "--json", "-"))


def refused(file, *options):
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("analyse", str(file), *map(str, options), stdout=out, stderr=err)
    assert (stopped.value.code, out.getvalue()) == (2, "")
    return err.getvalue().strip()


def table(folder, name, text):
    made = folder / name
    made.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
    return made
