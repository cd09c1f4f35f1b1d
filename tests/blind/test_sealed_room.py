"""The sealed room from outside: what PostgreSQL itself refuses, and how much the catalogue tells."""

import re

import psycopg
import pytest
from django.db import connection
from psycopg import errors

from crf.allocation import hatch, refusals
from tests import databases, sealed_room

INVESTIGATOR = 13


def allocate(subject):
    return hatch.allocate(subject_id=subject, stratum="JER", by=INVESTIGATOR)


# -- what PostgreSQL refuses


TABLES = ("list", "stratum", "slot", "code_break", "code_shown", "opening", "viewed", "sham")
UNGUARDED = ("proof",)  # written anew at each migration


@pytest.mark.req("BLI-01")
@pytest.mark.parametrize("table", [*TABLES, *UNGUARDED])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {}",
        "SELECT count(*) FROM {}",
        "INSERT INTO {} DEFAULT VALUES",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DO $$ BEGIN LOCK TABLE {}; END $$",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}",
        "COPY {} TO STDOUT",
        "CREATE TRIGGER mine AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION sealed.refuse()",
        "EXPLAIN ANALYZE SELECT * FROM {}",
    ],
)
def test_the_tables_are_closed_to_the_web(intruder, table, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        intruder.execute(statement.format(f"sealed.{table}"))


@pytest.mark.req("BLI-01")
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE ecrf_sealed",
        "SET ROLE ecrf_owner",
        "SET SESSION AUTHORIZATION ecrf_sealed",
        "SET session_replication_role = replica",
        "SELECT sealed.refuse()",
        "SELECT sealed.guard_slot()",
        "CREATE FUNCTION sealed.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE sealed.mine (a int)",
        "CREATE TEMPORARY TABLE slot (a int)",
        "CREATE OR REPLACE FUNCTION public.crf_study_locked() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "GRANT ecrf_sealed TO ecrf_web",
        "SELECT setval('sealed.code_break_id_seq', 1)",
        "SELECT last_value FROM sealed.code_break_id_seq",
    ],
)
def test_the_web_cannot_become_or_imitate_who_owns_the_room(intruder, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        intruder.execute(statement)


@pytest.mark.req("BLI-01")
def test_the_owner_cannot_read_the_room_by_accident(room, owner):
    with pytest.raises(errors.InsufficientPrivilege):
        owner.execute("SELECT * FROM sealed.slot")


@pytest.mark.req("RND-01")
@pytest.mark.parametrize(
    "call",
    [
        "sealed.allocate(NULL, 1, 1)",
        "sealed.allocate('JER', NULL, 1)",
        "sealed.allocate('JER', 1, NULL)",
        "sealed.request_code_break(NULL, 1, 'why', 'emergency')",
        "sealed.request_code_break(1, NULL, 'why', 'emergency')",
        "sealed.request_code_break(1, 1, 'why', NULL)",
        "sealed.break_code(NULL)",
        "sealed.approve_opening(NULL, 'why')",
    ],
)
def test_a_call_with_null_is_refused(intruder, call):
    with pytest.raises(errors.NullValueNotAllowed):
        intruder.execute(f"SELECT {call}")


@pytest.mark.req("RND-08")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealed.slot SET kit = '99999' WHERE sequence = 5",
        "UPDATE sealed.slot SET subject_id = NULL, allocated_at = NULL, allocated_by = NULL WHERE subject_id = 1",
        "UPDATE sealed.slot SET subject_id = 2 WHERE subject_id = 1",
        "UPDATE sealed.slot SET sealed = leaf WHERE sequence = 5",
        "DELETE FROM sealed.slot WHERE subject_id IS NULL",
        "INSERT INTO sealed.slot SELECT 'JER', 9999, '99999', leaf, 'twelve bytes', sealed FROM sealed.slot LIMIT 1",
        "TRUNCATE sealed.slot",
        "UPDATE sealed.list SET root = nonce || nonce",
        "UPDATE sealed.list SET discarded_at = now(), discarded_by = 'me'",
        "DELETE FROM sealed.list",
        "INSERT INTO sealed.stratum VALUES ('HAI')",
        "UPDATE sealed.code_break SET reason = 'another'",
        "DELETE FROM sealed.code_break",
        "TRUNCATE sealed.code_break CASCADE",
        "DELETE FROM sealed.code_shown",
        "UPDATE sealed.opening SET reason = 'another'",
        "DELETE FROM sealed.opening",
    ],
)
def test_a_list_in_use_and_the_logs_cannot_be_edited_even_by_who_owns_the_room(room, owner, statement):
    allocate(1)
    hatch.break_code(log_id=hatch.request_code_break(subject_id=1, by=INVESTIGATOR, reason="Overdose."))
    with pytest.raises(psycopg.Error) as refused:
        sealed_room.as_sealed(owner, statement)
    assert refused.value.sqlstate == "SR004"


@pytest.mark.req("RND-08")
def test_a_second_list_is_refused_and_an_unused_one_can_be_discarded_leaving_its_root(room, owner, settings):
    first = hatch.commitment()
    with pytest.raises(refusals.ListLoaded):
        sealed_room.fill(owner, settings.ARM_KEY_FILE)
    sealed_room.fill(owner, settings.ARM_KEY_FILE, replace=True)
    assert hatch.commitment() != first
    roots = sealed_room.as_sealed(owner, "SELECT encode(root, 'hex'), discarded_by FROM sealed.list ORDER BY id")
    assert roots == [(first, "a test"), (hatch.commitment(), None)]
    allocate(1)
    with pytest.raises(refusals.ListInUse):
        sealed_room.fill(owner, settings.ARM_KEY_FILE, replace=True)


def test_every_guard_is_always_on_and_every_door_has_a_fixed_search_path(intruder):
    triggers = intruder.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'sealed'::regnamespace)"
    ).fetchall()
    assert len(triggers) >= 2 * len(TABLES) - 1
    assert [trigger for trigger in triggers if trigger[2] != "A"] == []
    functions = intruder.execute(
        "SELECT proname, proconfig, prosecdef, has_function_privilege('ecrf_web', oid, 'EXECUTE')"
        " FROM pg_proc WHERE pronamespace = 'sealed'::regnamespace ORDER BY proname"
    ).fetchall()
    assert {tuple(config) for _, config, *_ in functions} == {("search_path=pg_catalog, pg_temp",)}
    assert [name for name, _, definer, may in functions if may] == [
        "allocate",
        "approve_opening",
        "break_code",
        "code_breaks",
        "commitment",
        "is_nearly_used",
        "is_open",
        "key_mark",
        "next_kits",
        "opened",
        "opened_parameters",
        "reads_levels",
        "request_code_break",
        "sham_of",
        "view_given",
        "view_kits",
    ]
    # One more is asked by a guard of the record, with its owner's rights: whether a kit was given to a subject.
    assert {name for name, _, definer, may in functions if definer and not may} == {"is_kit_of"}
    assert all(definer for _, _, definer, may in functions if may)


# -- what the catalogue tells


CATALOGUE = {
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'sealed'::regnamespace",
    "columns": "SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
    " WHERE relnamespace = 'sealed'::regnamespace",
    "constraints": "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'sealed'::regnamespace",
    "defaults": "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid"
    " WHERE relnamespace = 'sealed'::regnamespace",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'sealed'",
    "comments": "SELECT description FROM pg_description JOIN pg_class c ON c.oid = objoid"
    " WHERE relnamespace = 'sealed'::regnamespace",
    "statements": "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    "settings": "SELECT name || setting FROM pg_settings WHERE name LIKE 'crf%'",
}


@pytest.mark.req("RND-09")
@pytest.mark.parametrize("what", CATALOGUE)
def test_the_catalogue_names_no_arm_block_or_kit(web, room, owner, what):
    allocate(1)
    sealed_room.as_sealed(owner, "ANALYZE sealed.slot")
    text = "\n".join(str(value) for (value,) in web.execute(CATALOGUE[what]).fetchall())
    assert text or what in ("comments", "settings")
    given = {word.lower() for word in re.findall(r"[A-Za-z0-9_]+", text)}
    secret = {arm.lower() for arm in sealed_room.ARMS} | {"arm", "block", "blocks", "block_size", "block_sizes"}
    assert given & (secret | {place.kit for place in room}) == set()


@pytest.mark.req("RND-09")
def test_statistics_of_values_are_hidden_and_only_the_sum_of_places_can_be_counted(web, room, owner):
    """pg_class and pg_stat_* show anyone with SQL how many rows a table has: the length of all lists together, which is
    chosen far above what is planned (decisions/0003). They show no value, and nothing by site."""
    sealed_room.as_sealed(owner, "ANALYZE sealed.slot")
    assert web.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'sealed'").fetchone() == (0,)
    for view in ("pg_statistic", "pg_statistic_ext_data"):
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(f"SELECT * FROM {view}")
    assert web.execute("SELECT reltuples FROM pg_class WHERE oid = 'sealed.slot'::regclass").fetchone() == (len(room),)


@pytest.mark.req("BLI-01")
@pytest.mark.req("RND-09")
def test_the_name_of_an_arm_stands_nowhere_in_the_whole_database(real_commits, owner, settings, tmp_path):
    """Arms of names that occur nowhere else: no cell of any table, the sealed ones too, holds one, in whatever form."""
    settings.ARM_KEY_FILE = tmp_path / "arm.key"
    names = ("Canaryvogel", "Stieglitzchen")
    sealed_room.empty(owner)
    sealed_room.fill(owner, settings.ARM_KEY_FILE, arms=names)
    hatch.allocate(subject_id=1, stratum=sealed_room.STRATA[0], by=1)
    number = hatch.request_code_break(subject_id=1, by=1, reason="Seizure in the ward")
    assert hatch.break_code(log_id=number) in names
    forms = [form for name in names for form in (name, name.encode().hex(), name.upper())]
    with databases.the_cluster().connect(dbname=connection.settings_dict["NAME"]) as everything:
        everything.execute("ANALYZE")  # what the planner keeps of values is looked at too
        tables = everything.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
        ).fetchall()
        assert len(tables) > 100
        for (table,) in tables:
            found = everything.execute(
                f"SELECT count(*) FROM {table} AS t WHERE t::text ~* %s", ["|".join(forms)]
            ).fetchone()[0]
            assert found == 0, table
