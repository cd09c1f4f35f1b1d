"""Migrations that are quick to apply.

Each operation makes Django build the state of all models anew. A form has a CHECK per item: six hundred operations, one
by one, take two minutes. So what belongs to a new table is said when the table is made (Django's own optimizer does it
only when nothing stands between, and the triggers do), and the tables are made together, with one look at the models.
"""

from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    SeparateDatabaseAndState,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.optimizer import MigrationOptimizer

FEW = 5  # operations that are as quick one by one
_ORDER = (CreateModel, AddField)  # first the tables, then what closes circles between them, then all else as it came


class Together(SeparateDatabaseAndState):
    """Operations done in their order, of which each sees the models as after the last: to be read by none before it.

    Never move this: migrations name it.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: list[Operation]):
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self):
        return type(self).__name__, [], {"operations": self.state_operations}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # made anew when next asked for: once, not after every operation
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        # A table is made as it is in the end, so what closes a circle between two tables is in it already.
        made = {one.name_lower for one in self.database_operations if isinstance(one, CreateModel)}
        for operation in self.database_operations:
            if not (isinstance(operation, (AddField, AddConstraint, AddIndex)) and operation.model_name_lower in made):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Add {len(self.state_operations)} things together"


def folded(operations: list[Operation], app_label: str) -> list[Operation]:
    """The same operations, with fields, constraints and indexes of new tables in their CreateModel, and all in one.

    Constraints that take the place of others are done in one too. Migrations that do anything else than add are
    returned as they are: there the order may matter.
    """
    if len(operations) > FEW and all(isinstance(one, RemoveConstraint | AddConstraint) for one in operations):
        return [Together(operations)]
    if not {type(operation).__name__ for operation in operations} <= {
        "CreateModel",
        "AddField",
        "AddConstraint",
        "AddIndex",
        "AddTrigger",
    }:
        return operations
    tables = [operation for operation in operations if isinstance(operation, _ORDER)]
    others = [operation for operation in operations if not isinstance(operation, _ORDER)]
    tables.sort(key=lambda operation: _ORDER.index(type(operation)))
    tables = MigrationOptimizer().optimize(tables, app_label)
    unfinished = {operation.model_name_lower for operation in tables if isinstance(operation, AddField)}
    made = {
        operation.name_lower: operation
        for operation in tables
        if isinstance(operation, CreateModel) and operation.name_lower not in unfinished
    }
    left = []
    for operation in others:
        table = made.get(getattr(operation, "model_name_lower", None))
        if table and isinstance(operation, AddConstraint):
            table.options["constraints"] = [*table.options.get("constraints", ()), operation.constraint]
        elif table and isinstance(operation, AddIndex):
            table.options["indexes"] = [*table.options.get("indexes", ()), operation.index]
        else:
            left.append(operation)
    return [Together(tables + left)] if len(tables + left) > FEW else tables + left
