"""Authenticator apps and passkeys are on the trail. A migration of its own: their app points at the accounts."""

import crf.models.audit
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crf", "0002_guards"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [
        migrations.CreateModel(
            name="SecondFactor",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("mfa.authenticator",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondfactor",
            trigger=pgtrigger.compiler.Trigger(
                name="audit",
                sql=crf.models.audit.GuardSql(
                    execute="public.crf_audit('', '', 'type user_id')",
                    func="",
                    hash="399adf0a9f715f49426e6019fadc41af28c135be",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audit_05394",
                    table="mfa_authenticator",
                    when="AFTER",
                ),
            ),
        ),
    ]
