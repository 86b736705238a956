"""Accounts that the accountant chose instead of the usual ones."""

import django.db.models.deletion
from django.db import migrations, models

import tenants.constraints
import tenants.scope


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0007_known_write_offs"),
        ("tenants", "0003_business_longest_promise"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("CLIENTS", "Clients"),
                            ("SALES_GOODS", "Sales of goods"),
                            ("SALES_SERVICES", "Sales of services"),
                            ("SALES_MIXED", "Sales of goods and services"),
                            ("VAT_GOODS", "VAT due when invoiced"),
                            ("VAT_SERVICES", "VAT due when paid"),
                            ("BANK", "Transfers and direct debits"),
                            ("CHEQUES", "Cheques"),
                            ("CASH", "Cash"),
                            ("CARDS", "Cards and online payments"),
                        ],
                        max_length=16,
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("label", models.CharField(max_length=100)),
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
                "constraints": [
                    tenants.constraints.TenantIsolation(name="invoices_account_isolation"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="invoices_account_key"),
                    models.UniqueConstraint(fields=("tenant", "use"), name="invoices_account_use"),
                ],
            },
        ),
    ]
