"""An index of the visits that are not settled yet: work lists and the matrix look for little else."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0108_withdrawal_guard'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['subject', 'code'], name='visit_not_settled'),
        ),
    ]
