"""What became of drafts that were left behind; the version of a check that asked; when an attestation was revoked."""

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0106_imports_and_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftSettled',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(max_length=20)),
                ('row_number', models.PositiveSmallIntegerField()),
                ('begun_at', models.DateTimeField()),
                ('kept_at', models.DateTimeField()),
                ('answers_kept', models.PositiveSmallIntegerField(help_text='how many, not which')),
                ('outcome', models.CharField(choices=[('handed_on', 'Handed on'), ('discarded', 'Discarded')], max_length=9)),
                ('reason', models.CharField(max_length=300)),
                ('settled_at', models.DateTimeField()),
                ('handed_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.site')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.subject')),
                ('typed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.visit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='draft_settled_with_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('handed_to__isnull', False), ('outcome', 'handed_on')), models.Q(('handed_to__isnull', True), ('outcome', 'discarded')), _connector='OR'), name='draft_handed_to_somebody_or_discarded')],
            },
        ),
        migrations.AddField(
            model_name='draft',
            name='handed_on_from',
            field=models.ForeignKey(help_text='who typed it and has left', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='query',
            name='check_version',
            field=models.CharField(blank=True, help_text='of the check that asked, as it was then', max_length=10),
        ),
        migrations.AddField(
            model_name='subject',
            name='attestation_revoked_at',
            field=models.DateTimeField(blank=True, help_text='until it is attested anew', null=True),
        ),
        migrations.AddField(
            model_name='subject',
            name='attestation_revoked_by_form',
            field=models.CharField(blank=True, help_text='the form that was changed', max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draftsettled',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks', '')", func='', hash='fcd5be96d4d413c7e02786c03d934d5fd9076ff9', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_13ef8', table='crf_draftsettled', when='AFTER')),
        ),
    ]
