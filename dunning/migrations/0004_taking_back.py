"""What a pause or promise replaced, which clients were agreed to together, disputes withdrawn."""

import django.db.models.deletion
import tenants.constraints
import tenants.ownership
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0003_case_entry"),
    ]

    operations = [
        migrations.AddField(
            model_name="pause",
            name="replaced_by",
            field=tenants.ownership.TenantKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dunning.pause",
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="agreed_with",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="promise",
            name="replaced_by",
            field=tenants.ownership.TenantKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dunning.promise",
            ),
        ),
        migrations.AlterField(
            model_name="dispute",
            name="state",
            field=models.CharField(
                choices=[("OPEN", "Open"), ("RESOLVED", "Resolved"), ("WITHDRAWN", "Withdrawn")],
                default="OPEN",
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=tenants.constraints.SameTenant(
                field="replaced_by", name="dunning_pause_replaced_by_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=tenants.constraints.SameTenant(
                field="replaced_by", name="dunning_promise_replaced_by_same_tenant"
            ),
        ),
    ]
