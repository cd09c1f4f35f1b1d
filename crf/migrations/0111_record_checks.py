"""The looks at the whole record, kept with what they found."""

import crf.models.audit
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0110_trail_and_locks'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('cause', models.CharField(choices=[('nightly', 'Every night'), ('by_hand', 'By hand'), ('lock', 'Before the study lock'), ('report', 'Before the unblinded report')], max_length=8)),
                ('events', models.BigIntegerField()),
                ('cells', models.BigIntegerField()),
                ('anchored_at', models.DateTimeField(help_text='of the newest anchor that was compared', null=True)),
                ('findings', models.JSONField(default=list, help_text='sentences without any value')),
                ('count', models.PositiveIntegerField(default=0, help_text='findings, also those beyond what is kept')),
            ],
            options={
                'indexes': [models.Index(fields=['-ended_at'], name='record_check_by_time')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordcheck',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('', '', '')", func='', hash='e120546d42eba509fa0dfa9ecb963f153b379412', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_bdb18', table='crf_recordcheck', when='AFTER')),
        ),
    ]
