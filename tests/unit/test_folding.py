"""Migrations stay quick to apply, and folding changes nothing about what they make."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Q

from tests.databases import connected
from trialsite.database.folding import FEW, Together, folded
from trialsite.database.roles import OWNER


def a_form(name: str, items: int) -> list:
    """As the autodetector writes them: table, circle of keys, then a CHECK per item."""
    columns = [(f"item_{number}", models.IntegerField(null=True)) for number in range(items)]
    checks = [
        models.CheckConstraint(condition=Q(**{f"item_{number}__gte": 0}), name=f"{name}_{number}")
        for number in range(items)
    ]
    key = migrations.AddField(name, "person", models.ForeignKey("made.Person", models.PROTECT))
    return [
        migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *columns]),
        key,
        *[migrations.AddConstraint(name, check) for check in checks],
    ]


FORMS = ("Rating", "Sample", "Visit", "Dose", "Consent", "Query")


def operations() -> list:
    person = migrations.CreateModel("Person", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("Sample", models.Index(fields=["item_1"], name="by_item"))
    return [*(operation for name in FORMS for operation in a_form(name, 4)), person, index]


def state_after(those) -> dict:
    state = ProjectState()
    for operation in those:
        operation.state_forwards("made", state)
    found = {}
    for name, model in state.models.items():
        options = {key: [each.name for each in value] for key, value in model.options.items() if value}
        found[name] = sorted(model.fields), options
    return found


def test_folding_ends_in_the_same_models():
    assert len(operations()) == 38
    (together,) = folded(operations(), "made")
    assert isinstance(together, Together) and len(together.state_operations) == 7
    assert state_after([together]) == state_after(operations())


def test_what_was_folded_makes_the_tables(real_commits, owner):
    (together,) = folded(operations(), "made")
    before, after = ProjectState(), ProjectState()
    together.state_forwards("made", after)
    with connected(real_commits, OWNER), connection.schema_editor() as editor:
        together.database_forwards("made", editor, before, after)
    checks = owner.execute(
        "SELECT count(*) FROM pg_constraint WHERE conrelid::regclass::text ~ '^made_' AND contype = 'c'"
    )
    assert checks.fetchone() == (24,)
    keys = owner.execute("SELECT count(*) FROM pg_constraint WHERE confrelid = 'made_person'::regclass")
    assert keys.fetchone() == (6,)


@pytest.mark.parametrize(
    "other",
    [
        migrations.RunSQL("SELECT 1"),
        migrations.RemoveField("Rating", "item_1"),
        migrations.AlterField("Rating", "item_1", models.TextField()),
    ],
)
def test_where_the_order_may_matter_nothing_is_folded(other):
    those = [*operations(), other]
    assert folded(those, "made") is those


def test_no_migration_of_ours_adds_to_a_table_that_it_makes():
    """Whoever writes a first migration by hand, or with another tool: `manage.py makemigrations` folds it."""
    ours = {
        key: migration
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if type(migration).__module__.startswith(("crf.", "analysis."))
    }
    assert ours
    slow = {}
    for key, migration in ours.items():
        made = {o.name_lower for o in migration.operations if isinstance(o, migrations.CreateModel)}
        added = [
            o
            for o in migration.operations
            if isinstance(o, migrations.AddConstraint | migrations.AddIndex) and o.model_name_lower in made
        ]
        if added:
            slow[key] = len(added)
    assert not slow


def test_constraints_that_take_the_place_of_others_are_folded_and_their_tables_hold_the_new_ones(real_commits, owner):
    (tables,) = folded(operations(), "made")
    wider = [
        models.CheckConstraint(condition=Q(**{f"item_{number}__gte": -1}), name=f"Dose_{number}") for number in range(4)
    ]
    changes = [
        *[migrations.RemoveConstraint("Dose", one.name) for one in wider],
        *[migrations.AddConstraint("Dose", one) for one in wider],
    ]
    (changed,) = folded(changes, "made")
    assert isinstance(changed, Together)
    assert folded(changes[:1], "made") == changes[:1]
    state = ProjectState()
    with connected(real_commits, OWNER), connection.schema_editor() as editor:
        for one in (tables, changed):
            before = state.clone()
            one.state_forwards("made", state)
            one.database_forwards("made", editor, before, state)
    says = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'Dose_2'"
    assert "'-1'" in owner.execute(says).fetchone()[0]


def test_no_migration_of_ours_looks_at_all_models_for_each_of_many_changes():
    """Each operation outside of Together makes Django build the models around its table anew."""
    costly = (migrations.AddConstraint, migrations.RemoveConstraint, migrations.AddField, migrations.AlterField)
    many = {
        key: len(one)
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if type(migration).__module__.startswith(("crf.", "analysis."))
        and len(one := [o for o in migration.operations if isinstance(o, costly)]) > 2 * FEW
    }
    assert not many
