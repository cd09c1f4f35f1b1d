"""What is wrong with the served trial's definition, and what is missing in it, in sentences (manage.py check_trial).

That a declaration contradicts itself is found when it is read; here is what only shows beside the rest: tables,
documents, roles, and answers that the trial's own checks refuse.
"""

import io
import warnings
from collections.abc import Iterator

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.migrations.exceptions import NodeNotFoundError
from django.utils import timezone

from crf import permissions, spec, trial
from crf.papers import documents
from crf.rehearsal.typical import typical
from crf.spec.outcomes import Kind

P = spec.Purpose
#: What the program does without where no form serves it.
WITHOUT = {
    P.DEMOGRAPHY: "age and sex stand in no table",
    P.ELIGIBILITY: "no criteria are asked before randomisation",
    P.ADVERSE_EVENTS: "no adverse event can be recorded",
    P.SERIOUS_REPORTS: "no clock runs for reports of serious events",
    P.DEVIATIONS: "departures from the protocol are not written down",
    P.MEDICATION: "no concomitant medication is recorded",
    P.INTERCURRENT: "nothing can be left out of the analysis for an intercurrent event",
    P.END_OF_TREATMENT: "it is not recorded how treatment ended",
    P.END_OF_STUDY: "it is not recorded how the study ended, nor that consent was withdrawn",
    P.BLINDING_GUESS: "nobody is asked to guess the arm",
}


def findings() -> tuple[list[str], list[str]]:
    """What is wrong, and what is missing."""
    wrong = [*tables(), *outcomes(), *forms(), *gates(), *strategies(), *typical_answers()]
    return wrong + list(papers() if not wrong else ()), list(missing())


def tables() -> Iterator[str]:
    """The trial's app, and whether its migrations make what the forms declare."""
    if trial.CODE not in apps.app_configs:
        yield f"apps.py does not give the app the label {trial.CODE!r}."
        return
    if not any((trial.FOLDER / "migrations").glob("0*.py")):
        yield f"There is no migration, so no table. {make('makemigrations', trial.CODE)}"
        return
    try:
        silent = io.StringIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # no database need be running
            call_command("makemigrations", trial.CODE, check=True, dry_run=True, skip_checks=True, stdout=silent)
    except NodeNotFoundError as lost:
        yield f"A migration stands on one that is not there any more: {lost.message}"
    except (SystemExit, CommandError):
        yield f"The tables are not what the forms declare. {make('makemigrations', trial.CODE)}"


def papers() -> Iterator[str]:
    """The generated documents."""
    if names := documents.not_current():
        yield f"Documents are not current: {', '.join(names)}. {make('documents')}"
    yield from documents.lost()


def make(*words: str) -> str:
    return f"Run: ECRF_TRIAL={trial.CODE} ECRF_MODE=demo ./manage.py {' '.join(words)}"


def outcomes() -> Iterator[str]:
    """Whether what is compared is rated when it is compared."""
    for outcome in trial.ANALYSIS.outcomes:
        planned = trial.visits_of(outcome.form)
        if trial.ANALYSIS.visit not in planned and outcome.code in trial.ANALYSIS.sequence:
            yield f"The outcome {outcome.code} is tested at {trial.ANALYSIS.visit}, without {outcome.form}."
        if outcome.kind is Kind.CHANGE and trial.BASELINE not in planned:
            yield f"The outcome {outcome.code} is a change from baseline, where {outcome.form} is not planned."
    for code in trial.ANALYSED:
        if not any(code in trial.visits_of(outcome.form) for outcome in trial.ANALYSIS.outcomes):
            yield f"Ratings of visit {code} are analysed, but no outcome is rated there."


def forms() -> Iterator[str]:
    """Whether somebody can open each form, and when."""
    for form in trial.FORMS:
        readers = set(permissions.may_read_form(form)) & {*permissions.SUBJECT_READERS, permissions.R.SAFETY_OFFICER}
        if not readers:
            yield f"Nobody who may look at a casebook reads the form {form.code}."
        if not permissions.may_enter_form(form):
            yield f"Nobody enters the form {form.code}."
        if not form.log and not trial.visits_of(form.code):
            yield f"The form {form.code} is planned at no visit."
        early = [code for code in trial.visits_of(form.code) if code in trial.BEFORE_RANDOMISATION[:-1]]
        if form.after_randomisation and early:
            yield f"The form {form.code} follows randomisation, yet it is planned at {', '.join(early)}."


def gates() -> Iterator[str]:
    for epoch in trial.EPOCHS:
        if epoch.gate and not epoch.before_randomisation:
            yield f"The gate of the epoch {epoch.code} lies after randomisation, where nothing asks for it."


def strategies() -> Iterator[str]:
    """Whether an event that the analysis has a strategy for can be entered."""
    form = trial.serving(P.INTERCURRENT)
    if form is None:
        return
    known = {code for code, _ in form.items["kind"].kind.codes}
    planned = {strategy.kind for strategy in trial.ANALYSIS.strategies}
    if unplanned := sorted(known - planned):
        yield f"The analysis has no strategy for the intercurrent events {', '.join(unplanned)}."


def typical_answers() -> Iterator[str]:
    """Whether the form's own typical answers are possible; the demo and the tests enter them."""
    for form in trial.FORMS:
        for visit in trial.visits_of(form.code) or (None,):
            try:
                answers = typical(form, visit, timezone.localdate())
                values = {name: form.items[name].kind.parse(text) for name, text in answers.items()}
            except (spec.Impossible, spec.DeclarationError) as refused:
                yield f"The typical answers of {form.code} cannot be entered: {refused}"
                break
            if hard := [check.code for check in form.failed(values, visit) if check.hard]:
                yield f"The typical answers of {form.code} are refused by its checks {', '.join(hard)}."
                break


def missing() -> Iterator[str]:
    for purpose, consequence in WITHOUT.items():
        if trial.serving(purpose) is None:
            yield f"No form serves {purpose.value}: {consequence}."
    if trial.DOSING is not None and trial.serving(P.FIRST_DOSE) is None:
        yield "The drug is given, but no form records the first dose: days count from the baseline visit."
    if trial.EARLY_TERMINATION is None:
        yield "No visit is declared as early termination: who leaves is not rated once more."
    if trial.UNSCHEDULED is None:
        yield "No visit is declared as unscheduled: what happens between visits has no place."
    if trial.ANALYSIS.planning_effect is None:
        yield "No planning effect is declared: the size of the sample cannot be re-estimated."
    if not trial.SIGNED_AFTER:
        yield "No visit is declared as signed after: the investigator is never asked to sign."
