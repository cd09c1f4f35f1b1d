"""Signature, verification and the lock of a casebook; the database itself revokes what no longer stands."""

from pathlib import Path

import crf.models.audit
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import trialsite.folding
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "0103_signature.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0102_access_guards'),
    ]

    operations = [
        trialsite.folding.Together(
            operations=[
                migrations.CreateModel(
                    name='Signature',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('scope', models.CharField(choices=[('CASEBOOK', 'Casebook'), ('RECORD', 'Form'), ('LABORATORY', 'Laboratory values')], max_length=10)),
                        ('form', models.CharField(blank=True, max_length=20)),
                        ('record', models.BigIntegerField(blank=True, null=True)),
                        ('meaning', models.CharField(max_length=300)),
                        ('content_sha256', models.CharField(max_length=64)),
                        ('covers', models.JSONField()),
                        ('printed_name', models.CharField(help_text='as it was when signing', max_length=200)),
                        ('role', models.CharField(max_length=30)),
                        ('signed_at', models.DateTimeField()),
                        ('overtaken_at', models.DateTimeField(blank=True, help_text='the first further record', null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_because', models.CharField(blank=True, max_length=300)),
                        ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.site')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='crf.subject')),
                        ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.visit')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject', 'signed_at'], name='signature_by_subject')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_because', '')), models.Q(('revoked_at__isnull', False), models.Q(('revoked_because', ''), _negated=True)), _connector='OR'), name='signature_revoked_and_why'), models.CheckConstraint(condition=models.Q(models.Q(('meaning', ''), _negated=True), models.Q(('printed_name', ''), _negated=True), ('content_sha256__regex', '^[0-9a-f]{64}$')), name='signature_says_who_means_what'), models.CheckConstraint(condition=models.Q(models.Q(('form', ''), ('record__isnull', True), ('scope', 'CASEBOOK'), ('visit__isnull', True)), models.Q(models.Q(('scope', 'CASEBOOK'), _negated=True), models.Q(models.Q(('form', ''), _negated=True), ('visit__isnull', False), _connector='OR')), _connector='OR'), name='signature_of_all_or_of_a_part'), models.CheckConstraint(condition=models.Q(models.Q(('scope', 'RECORD'), ('record__isnull', False)), models.Q(models.Q(('scope', 'RECORD'), _negated=True), ('record__isnull', True)), _connector='OR'), name='signature_of_a_record_names_it')],
                    },
                ),
                migrations.CreateModel(
                    name='Verification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('form', models.CharField(max_length=20)),
                        ('record', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField()),
                        ('verified_at', models.DateTimeField()),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('withdrawn_because', models.CharField(blank=True, max_length=300)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.site')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verifications', to='crf.subject')),
                        ('verified_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.visit')),
                        ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject'], name='verification_by_subject')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('form', 'record', 'version'), name='verification_once_a_version'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='verification_withdrawn_by_and_why')],
                    },
                ),
                migrations.CreateModel(
                    name='CasebookLock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('locked_at', models.DateTimeField()),
                        ('reason', models.CharField(max_length=300)),
                        ('content_hash', models.CharField(max_length=64)),
                        ('exceptions', models.JSONField(blank=True, default=list)),
                        ('lifted_at', models.DateTimeField(blank=True, null=True)),
                        ('lifted_reason', models.CharField(blank=True, max_length=300)),
                        ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('locked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.site')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='locks', to='crf.subject')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('subject',), name='one_standing_casebook_lock'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(('lifted_by__isnull', False), models.Q(('lifted_reason', ''), _negated=True)), _connector='OR'), name='casebook_lock_lifted_by_and_why')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='casebooklock',
                    trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks', '')", func='', hash='4579cd73aa399b73334f52003625c58a5aa32a17', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_0dd62', table='crf_casebooklock', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signature',
                    trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks', '')", func='', hash='ba9b148782fb8f9197a5efdd15c78259535302d1', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_b2ed4', table='crf_signature', when='AFTER')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='verification',
                    trigger=pgtrigger.compiler.Trigger(name='audit', sql=crf.models.audit.GuardSql(execute="public.crf_audit('subject_id', 'locks', '')", func='', hash='77fde4948531c46bef8c05e555668c18edd100ff', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_audit_50427', table='crf_verification', when='AFTER')),
                ),
            ],
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8")),
    ]
