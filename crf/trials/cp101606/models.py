"""The tables of this trial's forms, made from their declarations (crf/models/record.py)."""

from crf.models.record import RECORDS

globals().update({model.__name__: model for model in RECORDS.values()})
