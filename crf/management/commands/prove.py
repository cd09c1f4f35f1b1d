"""`manage.py prove dosing`: go through all states of the served trial's ladder and compare declaration, rule, page and
guard of the database; and once more with the arms exchanged, which may change nothing.

Nothing is read of any subject, and nothing written. Exit status 1 where anything differs.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from crf import trial
from crf.chart import dose
from crf.rules import titration
from crf.rules.ladder import planned_step, prescribed_on
from crf.rules.proof import Proof, differences, in_words, prove
from crf.rules.study_day import date_of
from crf.spec.dosing import Ladder
from trialsite.database.guards import ladder_for_the_guard

MOST_TOLD = 20
AT_ONCE = 500  # histories a statement


class Command(BaseCommand):
    help = "Prove that the dosing rules and the database's guard follow from the declared ladder, in every state."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["dosing"])
        parser.add_argument("--without-database", action="store_true", help="do not ask the guard of the database")

    def handle(self, *, without_database, **options):
        if trial.LADDER is None:
            raise CommandError(f"{trial.STUDY_ID} declares no dose ladder, so there is nothing to prove.")
        proof = prove(trial.LADDER)
        self.stdout.write(f"States: {proof.states:,}")
        self.stdout.write(f"Transitions: {proof.transitions:,}")
        self.stdout.write(f"Violations: {len(proof.violations)}")
        found = [str(violation) for violation in proof.violations]
        if not without_database:
            of_guard = differences_from_guard(trial.LADDER, proof)
            self.stdout.write(f"Decisions asked of the guard: {len(proof.asked_of_guard):,}")
            self.stdout.write(f"Differences between rule and guard: {len(of_guard)}")
            found += of_guard
        on_page = differences_from_page(trial.LADDER, proof)
        self.stdout.write(f"Differences between rule and page: {len(on_page)}")
        by_arm = dependence_on_arm(trial.LADDER, proof)
        self.stdout.write(f"Dependence on arm: {len(by_arm)}")
        found += on_page + by_arm
        if found:
            raise CommandError("\n".join(found[:MOST_TOLD]))


def differences_from_guard(ladder: Ladder, proof: Proof) -> list[str]:
    """Where the guard of the database refuses what the rules admit, or admits what the history alone forbids."""
    told, found = json.dumps(ladder_for_the_guard(ladder)), []
    asked = list(proof.asked_of_guard.values())
    for some in (asked[start : start + AT_ONCE] for start in range(0, len(asked), AT_ONCE)):
        histories = [(*history, entry) for history, entry, *_ in some]
        rows = [
            {
                "days": [one.day for one in all_],
                "what": [str(one.decision) for one in all_],
                "mg": [one.mg for one in all_],
            }
            for all_ in histories
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT public.crf_dosing_breach(%s::jsonb,"
                " ARRAY(SELECT jsonb_array_elements_text(one->'days')::integer),"
                " ARRAY(SELECT jsonb_array_elements_text(one->'what')),"
                " ARRAY(SELECT jsonb_array_elements_text(one->'mg')::integer))"
                " FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS all_(one, at) ORDER BY at",
                [told, json.dumps(rows)],
            )
            breaches = [breach for (breach,) in cursor.fetchall()]
        for (history, entry, is_allowed, by_history, _), breach in zip(some, breaches, strict=True):
            if is_allowed and breach is not None:
                found.append(f"The guard refuses what the rules admit: {_path(history, entry)}: {breach}")
            elif by_history and breach is None:
                found.append(f"The guard admits what the rules refuse by the history alone: {_path(history, entry)}")
    return found


DAY_1 = date(2026, 1, 5)  # of nobody: the page has dates where the rules have study days


def differences_from_page(ladder: Ladder, proof: Proof, *, refusals: Callable = dose.refusals) -> list[str]:
    """Where the page of a decision, which has dates and typed answers, refuses or admits what the rules do not."""
    found = []
    for history, entry, is_allowed, _, day in proof.asked_of_guard.values():
        proposal = titration.propose(ladder, history, day=day, panel_day=day)
        in_force, planned = prescribed_on(history, day), planned_step(ladder, day)
        view = dose.DoseView(ladder, day, history, in_force, planned, proposal, (), day)
        values = {
            "decision": entry.decision,
            "prescribed_mg": entry.mg,
            "decided_on": date_of(day, day_1=DAY_1),
            "effective_on": date_of(entry.day, day_1=DAY_1),
            "as_planned": "N",
        }
        refused = refusals(view, values, day_1=DAY_1)
        if bool(refused) is is_allowed:
            verb = "refuses what the rules admit" if refused else "admits what the rules refuse"
            found.append(f"The page {verb}: {_path(history, entry)}")
    return found


def dependence_on_arm(ladder: Ladder, proof: Proof, *, prove: Callable = prove) -> list[str]:
    """Where a decision or a proposal is another once every arm of the declaration stands in another's place.

    Which arm a subject has is in the sealed room alone, which the rules cannot reach; this looks at what they could
    read: the declaration."""
    found = []
    for by in range(1, len(trial.ARMS)):
        with _exchanged(by):
            found += [f"It depends on the arm: {one}" for one in differences(proof, prove(ladder))]
    return found


@contextmanager
def _exchanged(by: int) -> Iterator[None]:
    """The served trial with its arms moved on by so many places."""
    was = {name: getattr(trial, name) for name in ("ARMS", "REFERENCE", "ACTIVE_ARMS")}
    arms = (*trial.ARMS[by:], *trial.ARMS[:by])
    trial.ARMS, trial.REFERENCE, trial.ACTIVE_ARMS = arms, arms[0], arms[1:]
    try:
        yield
    finally:
        for name, value in was.items():
            setattr(trial, name, value)


def _path(history, entry) -> str:
    return in_words((*history, entry))
