"""Objects of rows: what a page reads by the thousand is made of its row at once, without a constructor's questions."""

from django.db import models
from django.db.models.base import ModelState


class Loaded(models.Model):
    """A table whose rows are read in great numbers. Columns that were not read are looked up when asked for."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        """As Django's, which sets a row's columns one by one and tells listeners that we have none of."""
        made = cls.__new__(cls)
        made._state = state = ModelState()
        state.adding, state.db = False, db
        made.__dict__.update(zip(field_names, values, strict=True))
        return made
