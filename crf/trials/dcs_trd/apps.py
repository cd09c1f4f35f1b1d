"""This trial's tables as a Django app of their own, with migrations of their own."""

from django.apps import AppConfig


class DcsTrdConfig(AppConfig):
    name = "crf.trials.dcs_trd"
    label = "dcs_trd"
    verbose_name = "D-cycloserine in treatment-resistant depression"
    default_auto_field = "django.db.models.BigAutoField"
