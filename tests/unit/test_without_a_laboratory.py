"""A trial that has no laboratory, measures no drug and takes in no files has no such pages, links and rules."""

import subprocess
import sys
from pathlib import Path

import pytest

from crf import trial
from crf.rules.result_files import SPECIFICATIONS
from crf.spec import Purpose

pytestmark = pytest.mark.finding("F-106")
ROOT = Path(trial.__file__).resolve().parents[1]

#: The served trial without the forms of these purposes, in a Python of its own: a trial is chosen once, at start.
SCRIPT = """
import dataclasses, django
from importlib import import_module
from crf.spec import Purpose

definition = import_module("crf.trials.{code}.definition")
gone = [form.code for form in definition.TRIAL.forms if form.purpose in (Purpose.LABORATORY, Purpose.DRUG_LEVEL)]
lines = [line for line in definition.TRIAL.schedule.splitlines() if not line.split() or line.split()[0] not in gone]
definition.TRIAL = dataclasses.replace(
    definition.TRIAL,
    forms=tuple(form for form in definition.TRIAL.forms if form.code not in gone),
    schedule="\\n".join(lines),
    log_forms=tuple(code for code in definition.TRIAL.log_forms if code not in gone),
    laboratory=None,
    imports=(),
)
django.setup()

from django.urls import NoReverseMatch, resolve, reverse, Resolver404
from crf.chart import computed, judgements
from crf.rules.result_files import SPECIFICATIONS
from crf.views import levels, limits, panel

assert gone and not SPECIFICATIONS and levels.FORM is None
assert computed.COMPONENTS == {{}} and judgements.to_judge() == []
for path in ("/limits/", "/limits/new/", "/levels/", "/imports/", "/imports/laboratory-results/"):
    try:
        resolve(path)
    except Resolver404:
        continue
    raise AssertionError(path)
for name in ("panel", "judge_laboratory", "levels", "limits", "imports"):
    try:
        reverse("crf:" + name)
    except NoReverseMatch:
        continue
    raise AssertionError(name)
print("well")
"""


def test_it_starts_and_has_no_such_addresses():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(code=trial.CODE)],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "trialsite.test_settings", "ECRF_TRIAL": trial.CODE, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == "well", done.stderr


@pytest.mark.skipif(trial.serving(Purpose.LABORATORY) is None, reason="The served trial has no laboratory.")
def test_a_trial_with_one_has_the_files_that_follow_from_it():
    assert {"laboratory-results", "limits-of-normal"} <= set(SPECIFICATIONS)
    form = trial.serving(Purpose.LABORATORY)
    assert SPECIFICATIONS["laboratory-results"].form == form.code
    assert set(SPECIFICATIONS["laboratory-results"].names) - {"subject", "visit"} <= set(form.items)
