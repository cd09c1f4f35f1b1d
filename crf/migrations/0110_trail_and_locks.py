"""The audit trail in its second format, alerts that keep still under a lock, and the two people of a study lock."""

from pathlib import Path

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "0110_trail.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0109_visits_not_settled'),
    ]

    operations = [
        migrations.CreateModel(
            name='LockConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('as_role', models.CharField(max_length=30)),
                ('for_site', models.CharField(blank=True, help_text="the code of the investigator's site", max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='LockRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lock', 'Lock the study'), ('lift', 'Lift the lock of the study')], max_length=4)),
                ('asked_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=300)),
                ('content_hash', models.CharField(max_length=64)),
                ('exceptions', models.JSONField(blank=True, default=list)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('withdrawn', 'Withdrawn')], max_length=9)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='alert',
            name='audit',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='druglevelrecord',
            name='audit',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='levelfile',
            name='audit',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='levelrow',
            name='audit',
        ),
        migrations.AddField(
            model_name='studylock',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alert',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks', '')", func='', hash='7b17e691ad2606caf313bccec73bb3ab2f31748b', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_44760', table='crf_alert', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='druglevelrecord',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'items locks apart', '')", func='', hash='f5ca53f52ad9f588c4aa6f28405fd049418b249e', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_8d581', table='crf_form_druglevel', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='levelfile',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('', 'locks apart', '')", func='', hash='3783cedf7d6fefc8c010e82ae58fa2c10f916844', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_c4738', table='crf_levelfile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='levelrow',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks apart', '')", func='', hash='f350057fbfefa545a88bb762284c5037a1c04713', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_525e1', table='crf_levelrow', when='AFTER')),
        ),
        migrations.AddField(
            model_name='lockconsent',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lockrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lockrequest',
            name='lock',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='crf.studylock'),
        ),
        migrations.AddField(
            model_name='lockrequest',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lockconsent',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='crf.lockrequest'),
        ),
        migrations.AddConstraint(
            model_name='lockrequest',
            constraint=models.UniqueConstraint(models.Case(models.When(settled_at__isnull=True, then=models.Value(1)), default=models.Value(None), output_field=models.IntegerField()), name='one_waiting_lock_request'),
        ),
        migrations.AddConstraint(
            model_name='lockrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='lock_request_settled_by_and_how'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lockrequest',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('', '', '')", func='', hash='f452bb2c5448d94fae6f22914ba35387645866df', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_edaa9', table='crf_lockrequest', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='lockconsent',
            constraint=models.UniqueConstraint(fields=('request', 'by', 'for_site'), name='lock_consent_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lockconsent',
            trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('', '', '')", func='', hash='69ecee466a2bc0a9031f2d48de5b0dd37c0e1106', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_87612', table='crf_lockconsent', when='AFTER')),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8")),
    ]
