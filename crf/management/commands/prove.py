"""`manage.py prove dosing`: go through all states of the served trial's ladder and compare rule, declaration, guard.

Nothing is read of any subject, and nothing written. Exit status 1 where anything differs.
"""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from crf import trial
from crf.rules.proof import Proof, prove
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
            differences = differences_from_guard(trial.LADDER, proof)
            self.stdout.write(f"Decisions asked of the guard: {len(proof.asked_of_guard):,}")
            self.stdout.write(f"Differences between rule and guard: {len(differences)}")
            found += differences
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
        for (history, entry, is_allowed, by_history), breach in zip(some, breaches, strict=True):
            if is_allowed and breach is not None:
                found.append(f"The guard refuses what the rules admit: {_path(history, entry)}: {breach}")
            elif by_history and breach is None:
                found.append(f"The guard admits what the rules refuse by the history alone: {_path(history, entry)}")
    return found


def _path(history, entry) -> str:
    return ", ".join(f"day {one.day} {one.decision} {one.mg}" for one in (*history, entry))
