"""What an alert asks for besides an action and is not there, and why it is not entered, by whom and when.

Of alerts raised before this release it is told once anything of the subject is saved.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crf", "0006_copies_of_the_site")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="prompts",
            field=models.JSONField(blank=True, default=list, help_text="what it asks for besides an action"),
        ),
        migrations.AddField(
            model_name="alert",
            name="prompts_open",
            field=models.JSONField(blank=True, default=list, help_text="of these, what nothing answers yet"),
        ),
        migrations.AddField(
            model_name="alert", name="prompts_reason", field=models.CharField(blank=True, max_length=500)
        ),
        migrations.AddField(
            model_name="alert",
            name="prompts_settled_at",
            field=models.DateTimeField(
                blank=True, help_text="what was asked for is not entered, for a reason", null=True
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="prompts_settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("prompts_reason", ""),
                        ("prompts_settled_at__isnull", True),
                        ("prompts_settled_by__isnull", True),
                    ),
                    models.Q(
                        ("prompts_settled_at__isnull", False),
                        ("prompts_settled_by__isnull", False),
                        models.Q(("prompts_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="alert_prompts_settled_by_and_why",
            ),
        ),
    ]
