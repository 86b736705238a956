"""What was given up, each part with its day."""

import django.db.models.deletion
from django.db import migrations, models

import tenants.constraints
import tenants.ownership
import tenants.scope


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0005_imports"),
        ("tenants", "0003_business_longest_promise"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("written_off_on", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "receivable",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="invoices.receivable",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=tenants.scope.scoped_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "receivable"], name="invoices_writeoff_target")
                ],
                "constraints": [
                    tenants.constraints.TenantIsolation(name="invoices_writeoff_isolation"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="invoices_writeoff_key"),
                    tenants.constraints.SameTenant(
                        field="receivable", name="invoices_writeoff_receivable_same_tenant"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="invoices_writeoff_positive"
                    ),
                ],
            },
        ),
    ]
