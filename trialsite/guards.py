"""The guard of every table that a casebook is made of: hung anew after every migration, so that no form can lack it.

What it does is SQL (crf/migrations/sql/0103_signature.sql): it refuses to change what is locked, and revokes a
signature together with the change of what was signed. Addresses and second factors, whose tables are another
program's, get their audit trigger here.
"""

#: Runs after the audit trigger, `pgtrigger_audit_...`: triggers run in the order of their names.
NAME = "signed_or_locked"
AUDIT = "pgtrigger_audit_"
VISIT = "VISIT"

#: Tables of the sign-in -> the columns that count; secrets and times of use do not.
ACCOUNTS = {"account_emailaddress": "user_id email verified primary", "mfa_authenticator": "user_id type"}
TRAIL = "trail"


def guarded() -> dict[str, tuple[str, str]]:
    """Table -> its column with the subject's id, and the name by which signatures cover its rows ('' for never)."""
    from crf import spec
    from crf.models import RECORDS, Alert, Query, Signature, Subject, Verification, Visit

    found = {
        Subject._meta.db_table: ("id", ""),
        Visit._meta.db_table: ("subject_id", VISIT),
        Alert._meta.db_table: ("subject_id", ""),
        Query._meta.db_table: ("subject_id", ""),
        Verification._meta.db_table: ("subject_id", ""),
        Signature._meta.db_table: ("subject_id", ""),
    }
    for code, model in RECORDS.items():
        found[model._meta.db_table] = ("subject_id", "" if model.form.discloses is spec.UNBLINDS else code)
    return found


def hang_guards(cursor) -> None:
    """Make the trigger anew on every such table, so that no setting can switch it off (ENABLE ALWAYS)."""
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    there = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT to_regprocedure('public.crf_casebook_guard()') IS NOT NULL")
    if not cursor.fetchone()[0]:  # migrated back to where there was none
        return
    for table, (column, covered_as) in guarded().items():
        if table in there:
            cursor.execute(
                f'DROP TRIGGER IF EXISTS {NAME} ON public."{table}";'
                f'CREATE TRIGGER {NAME} AFTER INSERT OR UPDATE ON public."{table}" FOR EACH ROW'
                f" EXECUTE FUNCTION public.crf_casebook_guard('{column}', '{covered_as}');"
                f'ALTER TABLE public."{table}" ENABLE ALWAYS TRIGGER {NAME};'
            )
    for table, columns in ACCOUNTS.items():
        if table in there:
            cursor.execute(
                f'DROP TRIGGER IF EXISTS {TRAIL} ON public."{table}";'
                f'CREATE TRIGGER {TRAIL} AFTER INSERT OR UPDATE OR DELETE ON public."{table}" FOR EACH ROW'
                f" EXECUTE FUNCTION public.crf_audit('', 'anybody', '{columns}');"
                f'ALTER TABLE public."{table}" ENABLE ALWAYS TRIGGER {TRAIL};'
            )
