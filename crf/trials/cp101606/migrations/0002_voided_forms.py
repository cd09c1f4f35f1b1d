"""A form without rows that was voided leaves its place free: it can be entered anew there."""

from django.db import migrations, models

import trialsite.database.folding


class Migration(migrations.Migration):
    dependencies = [("cp101606", "0001_forms")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.RemoveConstraint(model_name="consentrecord", name="consent_once"),
                migrations.RemoveConstraint(model_name="demographyrecord", name="demog_once"),
                migrations.RemoveConstraint(model_name="dissociationrecord", name="dissoc_once"),
                migrations.RemoveConstraint(model_name="eligibilityrecord", name="elig_once"),
                migrations.RemoveConstraint(model_name="endofstudyrecord", name="eos_once"),
                migrations.RemoveConstraint(model_name="endoftreatmentrecord", name="eot_once"),
                migrations.RemoveConstraint(model_name="hamd17record", name="hamd17_once"),
                migrations.RemoveConstraint(model_name="infusionrecord", name="infusion_once"),
                migrations.RemoveConstraint(model_name="madrsrecord", name="madrs_once"),
                migrations.RemoveConstraint(model_name="paroxetinerecord", name="parox_once"),
                migrations.RemoveConstraint(model_name="raterguessrecord", name="guessr_once"),
                migrations.RemoveConstraint(model_name="runininfusionrecord", name="riinf_once"),
                migrations.RemoveConstraint(model_name="subjectguessrecord", name="guesss_once"),
                migrations.RemoveConstraint(model_name="vitalsrecord", name="vitals_once"),
                migrations.AddConstraint(
                    model_name="consentrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="consent_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="demographyrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="demog_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="dissociationrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="dissoc_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="eligibilityrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="elig_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="endofstudyrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="eos_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="endoftreatmentrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="eot_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="hamd17record",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="hamd17_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="infusionrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="infusion_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="madrsrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="madrs_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paroxetinerecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="parox_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="raterguessrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="guessr_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="runininfusionrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="riinf_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="subjectguessrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="guesss_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="vitalsrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="vitals_once",
                        nulls_distinct=False,
                    ),
                ),
            ]
        )
    ]
