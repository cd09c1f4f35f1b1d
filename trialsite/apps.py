"""The house itself as a Django app: rights after each migration, checks at each start."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class TrialsiteConfig(AppConfig):
    name = "trialsite"
    verbose_name = "Trial site"

    def ready(self):
        from trialsite import checks as ours
        from trialsite import words
        from trialsite.database import grants

        words.speak()
        post_migrate.connect(grants.after_migrate, dispatch_uid="trialsite.database.grants")
        checks.register(ours.check_database, checks.Tags.database, ours.TAG)
        checks.register(ours.check_environment, ours.TAG)
        checks.register(ours.check_deployment, ours.TAG)
