"""Instalment plans, and receivables that a plan replaces: the balance knows of both."""

import django.db.models.deletion
import django.db.models.expressions
import tenants.constraints
import tenants.ownership
import tenants.scope
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_message_todo"),
        ("invoices", "0008_account"),
        ("tenants", "0005_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstallmentPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("AGREED", "Agreed"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("DECLINED", "Declined"),
                        ],
                        default="PROPOSED",
                        max_length=9,
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("CASH_FLOW", "Cash flow"),
                            ("LATE_CLIENTS", "Their own clients pay late"),
                            ("SEASON", "A slow season"),
                            ("UNFORESEEN_EXPENSE", "An unforeseen expense"),
                            ("LOST_ORDER", "A lost order"),
                            ("BANK", "A delay of their bank"),
                            ("ADMINISTRATIVE", "An internal delay"),
                            ("DISPUTE_SETTLED", "A dispute that is settled"),
                            ("PERSONAL", "Personal, no detail"),
                            ("OTHER", "Other, no detail"),
                        ],
                        max_length=18,
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("fee", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14)),
                ("grace_days", models.PositiveSmallIntegerField(default=5)),
                ("language", models.CharField(default="fr", max_length=2)),
                ("proposed_on", models.DateField()),
                ("answer_by", models.DateField()),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                ("agreed_on", models.DateField(blank=True, null=True)),
                (
                    "agreed_how",
                    models.CharField(
                        blank=True,
                        choices=[("ONLINE", "Accepted online"), ("TOLD", "The client told me")],
                        max_length=6,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_name", models.CharField(blank=True, max_length=150)),
                ("accepted_capacity", models.CharField(blank=True, max_length=80)),
                ("accepted_ip", models.GenericIPAddressField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("decline_note", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "client",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="clients.client",
                    ),
                ),
                (
                    "document",
                    tenants.ownership.TenantKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.storedfile",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        migrations.CreateModel(
            name="PlanDebt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "plan",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debts",
                        to="invoices.installmentplan",
                    ),
                ),
                (
                    "receivable",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_debts",
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
        ),
        migrations.CreateModel(
            name="PlanPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "plan",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="invoices.installmentplan",
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
        ),
        migrations.RemoveConstraint(
            model_name="receivable",
            name="invoices_receivable_balance",
        ),
        migrations.AddField(
            model_name="receivable",
            name="replaced",
            field=models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=14),
        ),
        migrations.RemoveIndex(model_name="receivable", name="invoices_receivable_open"),
        migrations.RemoveIndex(model_name="receivable", name="invoices_receivable_settled"),
        # PostgreSQL cannot change how a column is generated
        migrations.RemoveField(model_name="receivable", name="balance"),
        migrations.AddField(
            model_name="receivable",
            name="balance",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount"), "-", models.F("allocated")
                            ),
                            "-",
                            models.F("credited"),
                        ),
                        "-",
                        models.F("written_off"),
                    ),
                    "-",
                    models.F("replaced"),
                ),
                output_field=models.DecimalField(decimal_places=2, max_digits=14),
            ),
        ),
        migrations.AddIndex(
            model_name="receivable",
            index=models.Index(
                condition=models.Q(("balance__gt", 0)),
                fields=["tenant", "due_on", "id"],
                name="invoices_receivable_open",
            ),
        ),
        migrations.AddIndex(
            model_name="receivable",
            index=models.Index(
                condition=models.Q(("balance", 0), ("kind", "INSTALLMENT")),
                fields=["tenant", "invoice"],
                name="invoices_receivable_settled",
            ),
        ),
        migrations.AddField(
            model_name="receivable",
            name="plan",
            field=tenants.ownership.TenantKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receivables",
                to="invoices.installmentplan",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="receivable", name="invoices_receivable_replaced_by_same_tenant"
        ),
        migrations.RemoveIndex(model_name="receivable", name="invoices_receivable_replaced"),
        migrations.RemoveField(model_name="receivable", name="replaced_by"),
        migrations.AddField(
            model_name="receivable",
            name="replaced_by",
            field=tenants.ownership.TenantKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced",
                to="invoices.installmentplan",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivable",
            constraint=tenants.constraints.SameTenant(
                field="replaced_by", name="invoices_receivable_replaced_by_same_tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="receivable",
            index=models.Index(
                condition=models.Q(("replaced_by__isnull", False)),
                fields=["tenant", "replaced_by"],
                name="invoices_receivable_replaced",
            ),
        ),
        migrations.AddIndex(
            model_name="receivable",
            index=models.Index(
                condition=models.Q(("plan__isnull", False)),
                fields=["tenant", "plan", "due_on"],
                name="invoices_receivable_plan",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivable",
            constraint=tenants.constraints.SameTenant(
                field="plan", name="invoices_receivable_plan_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allocated__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("allocated"), "+", models.F("credited")
                                ),
                                "+",
                                models.F("written_off"),
                            ),
                            "+",
                            models.F("replaced"),
                        ),
                    ),
                    ("credited__gte", 0),
                    ("replaced__gte", 0),
                    ("written_off__gte", 0),
                ),
                name="invoices_receivable_balance",
            ),
        ),
        migrations.AddIndex(
            model_name="installmentplan",
            index=models.Index(fields=["tenant", "client", "-id"], name="invoices_plan_client"),
        ),
        migrations.AddIndex(
            model_name="installmentplan",
            index=models.Index(
                condition=models.Q(("state", "PROPOSED")),
                fields=["tenant", "answer_by", "id"],
                name="invoices_plan_unanswered",
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=tenants.constraints.TenantIsolation(
                name="invoices_installmentplan_isolation"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_installmentplan_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=models.UniqueConstraint(
                fields=("tenant", "public_id"), name="invoices_installmentplan_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=tenants.constraints.SameTenant(
                field="client", name="invoices_installmentplan_client_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=tenants.constraints.SameTenant(
                field="document", name="invoices_installmentplan_document_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", 0), ("total__gt", 0)), name="invoices_plan_amounts"
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "AGREED"), _negated=True),
                    models.Q(
                        ("accepted_at__isnull", False),
                        ("agreed_on__isnull", False),
                        models.Q(("agreed_how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="invoices_plan_agreed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="installmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on", None), ("state__in", ["PROPOSED", "AGREED"])),
                    models.Q(("ended_on__isnull", False), ("state__in", ["WITHDRAWN", "DECLINED"])),
                    _connector="OR",
                ),
                name="invoices_plan_ended_once",
            ),
        ),
        migrations.AddIndex(
            model_name="plandebt",
            index=models.Index(fields=["tenant", "receivable"], name="invoices_plandebt_of"),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=tenants.constraints.TenantIsolation(name="invoices_plandebt_isolation"),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_plandebt_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=tenants.constraints.SameTenant(
                field="plan", name="invoices_plandebt_plan_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=tenants.constraints.SameTenant(
                field="receivable", name="invoices_plandebt_receivable_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=models.UniqueConstraint(
                fields=("tenant", "plan", "receivable"), name="invoices_plandebt_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="plandebt",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="invoices_plandebt_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=tenants.constraints.TenantIsolation(name="invoices_planpart_isolation"),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_planpart_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=tenants.constraints.SameTenant(
                field="plan", name="invoices_planpart_plan_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=models.UniqueConstraint(
                fields=("tenant", "plan", "position"), name="invoices_planpart_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("position__gte", 1)),
                name="invoices_planpart_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="planpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__isnull", False), ("position", 1), _connector="OR"),
                name="invoices_planpart_first_undated",
            ),
        ),
    ]
