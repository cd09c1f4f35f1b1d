"""This trial's tables as a Django app of their own, with migrations of their own."""

from django.apps import AppConfig


class Cp101606Config(AppConfig):
    name = "crf.trials.cp101606"
    label = "cp101606"
    verbose_name = "CP-101,606 in depression that did not respond to paroxetine"
    default_auto_field = "django.db.models.BigAutoField"
