"""Links from an evening mail to one question."""

import django.db.models.deletion
import tenants.constraints
import tenants.ownership
import tenants.scope
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0004_taking_back"),
        ("tenants", "0007_approval_link"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("key_version", models.PositiveSmallIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "approval",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="dunning.approval",
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    tenants.constraints.TenantIsolation(name="dunning_approvallink_isolation"),
                    models.UniqueConstraint(
                        fields=("tenant", "id"), name="dunning_approvallink_key"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "public_id"), name="dunning_approvallink_public_id"
                    ),
                    tenants.constraints.SameTenant(
                        field="approval", name="dunning_approvallink_approval_same_tenant"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "approval", "user"), name="dunning_approvallink_once"
                    ),
                ],
            },
        ),
    ]
