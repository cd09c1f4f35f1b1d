"""A form without rows that was voided leaves its place free: it can be entered anew there."""

from django.db import migrations, models

import trialsite.database.folding


class Migration(migrations.Migration):
    dependencies = [("dcs_trd", "0002_results_below_or_above_a_limit")]

    operations = [
        trialsite.database.folding.Together(
            operations=[
                migrations.RemoveConstraint(model_name="bdirecord", name="bdi_once"),
                migrations.RemoveConstraint(model_name="bprsrecord", name="bprs_once"),
                migrations.RemoveConstraint(model_name="capsulesrecord", name="capsules_once"),
                migrations.RemoveConstraint(model_name="cgirecord", name="cgi_once"),
                migrations.RemoveConstraint(model_name="consentrecord", name="consent_once"),
                migrations.RemoveConstraint(model_name="contactrecord", name="contact_once"),
                migrations.RemoveConstraint(model_name="demographyrecord", name="demog_once"),
                migrations.RemoveConstraint(model_name="dispensingrecord", name="dispense_once"),
                migrations.RemoveConstraint(model_name="dosingrecord", name="dosing_once"),
                migrations.RemoveConstraint(model_name="eligibilityrecord", name="elig_once"),
                migrations.RemoveConstraint(model_name="endofstudyrecord", name="eos_once"),
                migrations.RemoveConstraint(model_name="endoftreatmentrecord", name="eot_once"),
                migrations.RemoveConstraint(model_name="firstdoserecord", name="firstdose_once"),
                migrations.RemoveConstraint(model_name="glycinerecord", name="glycine_once"),
                migrations.RemoveConstraint(model_name="hamarecord", name="hama_once"),
                migrations.RemoveConstraint(model_name="hamdrecord", name="hamd_once"),
                migrations.RemoveConstraint(model_name="investigatorguessrecord", name="guessi_once"),
                migrations.RemoveConstraint(model_name="pregnancytestrecord", name="preg_once"),
                migrations.RemoveConstraint(model_name="psychiatrichistoryrecord", name="psyhx_once"),
                migrations.RemoveConstraint(model_name="raterguessrecord", name="guessr_once"),
                migrations.RemoveConstraint(model_name="subjectguessrecord", name="guesss_once"),
                migrations.RemoveConstraint(model_name="suicidalityrecord", name="suicide_once"),
                migrations.RemoveConstraint(model_name="ukurecord", name="uku_once"),
                migrations.RemoveConstraint(model_name="vitalsrecord", name="vitals_once"),
                migrations.AddConstraint(
                    model_name="bdirecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="bdi_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bprsrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="bprs_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="capsulesrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="capsules_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="cgirecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="cgi_once",
                        nulls_distinct=False,
                    ),
                ),
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
                    model_name="contactrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="contact_once",
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
                    model_name="dispensingrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="dispense_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="dosingrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="dosing_once",
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
                    model_name="firstdoserecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="firstdose_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="glycinerecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="glycine_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="hamarecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="hama_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="hamdrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="hamd_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="investigatorguessrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="guessi_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="pregnancytestrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="preg_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="psychiatrichistoryrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="psyhx_once",
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
                    model_name="subjectguessrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="guesss_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="suicidalityrecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="suicide_once",
                        nulls_distinct=False,
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ukurecord",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        fields=("subject", "visit", "row_number"),
                        name="uku_once",
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
