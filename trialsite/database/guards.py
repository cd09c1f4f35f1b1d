"""Guards that follow from declarations, hung anew after every migration, so that no form can lack its own.

What they do is SQL (crf/migrations/sql/signature.sql, frozen_or_locked.sql): they refuse to change what is frozen or
locked, and revoke a signature together with the change of what was signed.
"""

import json

#: Runs after the audit trigger, `pgtrigger_audit_...`: triggers run in the order of their names.
NAME = "signed_or_locked"
#: Runs after it: what is frozen or locked at its own level (crf/migrations/sql/frozen_or_locked.sql).
UNDER_A_HOLD = "under_a_hold"
#: Keeps what waits for a monitor (crf/migrations/sql/to_verify.sql).
TO_VERIFY = "to_verify"
AUDIT = "pgtrigger_audit_"
VISIT = "VISIT"

#: Tables of the sign-in -> the columns that count; secrets and times of use do not.
ACCOUNTS = {"account_emailaddress": "user_id email verified primary"}
TRAIL = "trail"


def guarded() -> dict[str, tuple[str, str]]:
    """Table -> its column with the subject's id, and the name by which signatures cover its rows ('' for never)."""
    from crf import spec
    from crf.models import RECORDS, Alert, Found, Query, Signature, Subject, TakenBack, Verification, Visit

    found = {
        Subject._meta.db_table: ("id", ""),
        Visit._meta.db_table: ("subject_id", VISIT),
        Alert._meta.db_table: ("subject_id", ""),
        Found._meta.db_table: ("subject_id", ""),
        Query._meta.db_table: ("subject_id", ""),
        Verification._meta.db_table: ("subject_id", ""),
        Signature._meta.db_table: ("subject_id", ""),
        TakenBack._meta.db_table: ("subject_id", ""),
    }
    for code, model in RECORDS.items():
        found[model._meta.db_table] = ("subject_id", "" if model.form.discloses is spec.UNBLINDS else code)
    return found


def held_as() -> dict[str, tuple[str, str]]:
    """Table -> its column with the subject's id, and what a row of it is to a freeze or a lock."""
    from crf.models import RECORDS, Query, Subject, Verification, Visit

    known = {Subject._meta.db_table: "SUBJECT", Visit._meta.db_table: VISIT}
    known |= {model._meta.db_table: "ABOUT" for model in (Query, Verification)}
    known |= {model._meta.db_table: code for code, model in RECORDS.items()}
    return {table: (column, known.get(table, "OTHER")) for table, (column, _) in guarded().items()}


def verified_by_monitors() -> dict[str, str]:
    """Code -> table of the forms whose records wait to be verified: those that unblind are read by no monitor."""
    from crf import spec
    from crf.models import RECORDS

    return {code: model._meta.db_table for code, model in RECORDS.items() if model.form.discloses is not spec.UNBLINDS}


def dosing_guard() -> tuple[str, str] | None:
    """The table of dosing decisions and the arguments of its guard, from the declared ladder; None without one."""
    from crf import spec, trial
    from crf.models import RECORDS

    if trial.LADDER is None:
        return None
    table = RECORDS[trial.code_serving(spec.Purpose.DOSING)]._meta.db_table
    return table, f"'{json.dumps(ladder_for_the_guard(trial.LADDER))}'"


def ladder_for_the_guard(ladder) -> dict:
    """What the database is told of a ladder: all that the history of decisions alone is judged by."""
    limits = ("steps_up_at_once", "interruption_same_step", "interruption_one_lower", "interruptions", "reescalations")
    return {
        "doses": list(ladder.doses),
        "after_days": [step.after_days for step in ladder.steps],
        "most_days": [step.most_days for step in ladder.steps],
        **{name: getattr(ladder, name) for name in (*limits, "reescalate_after_days", "unscheduled_changes")},
    }


def begun_after_withdrawal() -> list[str]:
    """The tables of the forms that are still begun once consent was withdrawn."""
    from crf.models import RECORDS

    return sorted(model._meta.db_table for model in RECORDS.values() if model.form.begun_after_withdrawal)


def hang_guards(cursor) -> None:
    """Make the triggers anew on every such table, so that no setting can switch them off (ENABLE ALWAYS)."""
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    there = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT to_regprocedure('public.crf_casebook_guard()') IS NOT NULL")
    if not cursor.fetchone()[0]:  # migrated back to where there was none
        return
    for table, (column, covered_as) in guarded().items():
        if table in there:
            when, function = "AFTER INSERT OR UPDATE", f"public.crf_casebook_guard('{column}', '{covered_as}')"
            _hang(cursor, NAME, table, when, function)
    for table, (column, is_of) in held_as().items():
        if table in there and "crf_hold" in there:
            when, function = "AFTER INSERT OR UPDATE", f"public.crf_hold_guard('{column}', '{is_of}')"
            _hang(cursor, UNDER_A_HOLD, table, when, function)
    for table, columns in ACCOUNTS.items():
        if table in there:
            function = f"public.crf_audit('', 'anybody', '{columns}')"
            _hang(cursor, TRAIL, table, "AFTER INSERT OR UPDATE OR DELETE", function)
    if "crf_toverify" in there:
        for code, table in verified_by_monitors().items():
            if table in there:
                is_new = not _hangs(cursor, TO_VERIFY, table)
                _hang(cursor, TO_VERIFY, table, "AFTER INSERT OR UPDATE", f"public.crf_to_verify('{code}')")
                if is_new:  # what was entered before is gone over once
                    cursor.execute("SELECT public.crf_to_verify_anew(%s)", [code])
        _hang(cursor, TO_VERIFY, "crf_verification", "AFTER INSERT OR UPDATE", "public.crf_verified()")
    dosing = dosing_guard()
    if dosing and dosing[0] in there:
        when, function = "AFTER INSERT OR UPDATE", f"public.crf_dosing_guard({dosing[1]})"
        _hang(cursor, "dosing_guard", dosing[0], when, function)
    if "crf_auditentry" in there:
        new = "NEW.operation = 'INSERT' AND (NEW.\"table\" LIKE 'crf\\_form\\_%' OR NEW.\"table\" = 'crf_visit')"
        function = f"public.crf_withdrawal_guard('{','.join(begun_after_withdrawal())}')"
        _hang(cursor, "withdrawal_guard", "crf_auditentry", "AFTER INSERT", function, when=f"WHEN ({new})")


def _hangs(cursor, name: str, table: str) -> bool:
    cursor.execute("SELECT FROM pg_trigger WHERE tgname = %s AND tgrelid = to_regclass(%s)", [name, f"public.{table}"])
    return cursor.fetchone() is not None


def _hang(cursor, name: str, table: str, event: str, function: str, *, when: str = "") -> None:
    cursor.execute(
        f'DROP TRIGGER IF EXISTS {name} ON public."{table}";'
        f'CREATE TRIGGER {name} {event} ON public."{table}" FOR EACH ROW {when} EXECUTE FUNCTION {function};'
        f'ALTER TABLE public."{table}" ENABLE ALWAYS TRIGGER {name};'
    )
