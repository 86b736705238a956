"""The tenant’s own words for its letters."""

import django.db.models.deletion
import tenants.constraints
import tenants.ownership
import tenants.scope
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_message_todo"),
        ("dunning", "0005_approval_link"),
        ("tenants", "0005_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "letter",
                    models.CharField(
                        choices=[
                            ("COMING", "Before the due date"),
                            ("COURTEOUS", "First reminder"),
                            ("FIRM", "Firm reminder"),
                            ("LAST_CALL", "Last reminder"),
                            ("THANKS", "Thanks"),
                        ],
                        max_length=9,
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("subject", models.CharField(blank=True, max_length=150)),
                ("opening", models.CharField(blank=True, max_length=2000)),
                ("closing", models.CharField(blank=True, max_length=1000)),
                ("changed_at", models.DateTimeField()),
                (
                    "client",
                    tenants.ownership.TenantKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_words",
                        to="clients.client",
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
                "constraints": [
                    tenants.constraints.TenantIsolation(name="dunning_ownwords_isolation"),
                    models.UniqueConstraint(fields=("tenant", "id"), name="dunning_ownwords_key"),
                    models.UniqueConstraint(
                        fields=("tenant", "public_id"), name="dunning_ownwords_public_id"
                    ),
                    tenants.constraints.SameTenant(
                        field="client", name="dunning_ownwords_client_same_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "client", "letter", "language"),
                        name="dunning_own_words_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closing", ""), ("opening", ""), ("subject", ""), _negated=True
                        ),
                        name="dunning_own_words_say_something",
                    ),
                ],
            },
        ),
    ]
