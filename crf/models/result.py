"""The column of a result that may lie below or above a limit: text in one notation, held to its range."""

from decimal import Decimal

from django.db import models
from django.db.models import BooleanField, F, Func

from crf.spec import results


class ResultField(models.CharField):
    """A number or a `Limited`, as `<5`, `>=300`, `BLQ` or `12.50`."""

    description = "a result, perhaps below or above a limit"

    def __init__(self, *args, max_length: int = 30, **kwargs):
        super().__init__(*args, max_length=max_length, **kwargs)

    def from_db_value(self, value, expression, connection):
        return None if value is None else results.stored(value)

    def to_python(self, value):
        return results.stored(value) if isinstance(value, str) and value else value

    def get_prep_value(self, value):
        if value is None or isinstance(value, str):
            return value
        return f"{value:f}" if isinstance(value, Decimal) else str(value)


def within(name: str, kind: results.Result) -> Func:
    """That the column holds a result whose number lies in the range. Only what looks like a number is made one."""
    return Func(
        F(name),
        template=(
            f"(CASE WHEN %(expressions)s !~ '{results.STORED.format(places=kind.places)}' THEN false"
            " WHEN %(expressions)s ~ '[0-9]'"
            f" THEN ltrim(%(expressions)s, '<>=')::numeric BETWEEN {Decimal(kind.low)} AND {Decimal(kind.high)}"
            " ELSE true END)"
        ),
        output_field=BooleanField(),
    )
