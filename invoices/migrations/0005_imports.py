import django.core.serializers.json
import django.db.models.deletion
import tenants.constraints
import tenants.ownership
import tenants.scope
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_message_todo"),
        ("invoices", "0004_paid_list"),
        ("tenants", "0003_business_longest_promise"),
        ("tenants", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("READING", "Being read"),
                            ("READ", "To look at"),
                            ("IMPORTING", "Being imported"),
                            ("IMPORTED", "Imported"),
                            ("UNDOING", "Being undone"),
                            ("UNDONE", "Undone"),
                        ],
                        default="READING",
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=500)),
                ("language", models.CharField(max_length=2)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "client_kind",
                    models.CharField(
                        choices=[
                            ("BUSINESS", "Business"),
                            ("CONSUMER", "Private person"),
                            ("PUBLIC_BODY", "Public body"),
                            ("ASSOCIATION", "Association"),
                        ],
                        default="BUSINESS",
                        max_length=12,
                    ),
                ),
                ("accept_doubts", models.BooleanField(default=False)),
                ("is_partial", models.BooleanField(default=False)),
                (
                    "counts",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "refusals",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "notices",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "made",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "left",
                    models.JSONField(
                        default=list, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("imported_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refused",
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
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "understood",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "mapping",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "batch",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="invoices.importbatch",
                    ),
                ),
                (
                    "file",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.storedfile",
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
            name="ImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("CREATED", "New"),
                            ("UPDATED", "Updated"),
                            ("UNCHANGED", "Unchanged"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "batch",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoices.importbatch",
                    ),
                ),
                (
                    "invoice",
                    tenants.ownership.TenantKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_lines",
                        to="invoices.invoice",
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
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(fields=["tenant", "receivable"], name="invoices_credit_receivable"),
        ),
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(fields=["tenant", "credit_note"], name="invoices_credit_note"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)),
                fields=["tenant", "corrects"],
                name="invoices_invoice_corrects",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("copied_from__isnull", False)),
                fields=["tenant", "copied_from"],
                name="invoices_invoice_copies",
            ),
        ),
        migrations.AddIndex(
            model_name="receivable",
            index=models.Index(
                condition=models.Q(("about__isnull", False)),
                fields=["tenant", "about"],
                name="invoices_receivable_about",
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
            model_name="importbatch",
            index=models.Index(fields=["tenant", "-id"], name="invoices_import_recent"),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(
                condition=models.Q(("state__in", ["READING", "IMPORTING", "UNDOING"])),
                fields=["tenant", "asked_at"],
                name="invoices_import_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=tenants.constraints.TenantIsolation(name="invoices_importbatch_isolation"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_importbatch_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                fields=("tenant", "public_id"), name="invoices_importbatch_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=tenants.constraints.SameTenant(
                field="refused", name="invoices_importbatch_refused_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=tenants.constraints.TenantIsolation(name="invoices_importfile_isolation"),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_importfile_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=tenants.constraints.SameTenant(
                field="batch", name="invoices_importfile_batch_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=tenants.constraints.SameTenant(
                field="file", name="invoices_importfile_file_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(
                fields=("tenant", "batch", "position"), name="invoices_importfile_position"
            ),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(fields=["tenant", "invoice"], name="invoices_importline_invoice"),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=tenants.constraints.TenantIsolation(name="invoices_importline_isolation"),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(
                fields=("tenant", "id"), name="invoices_importline_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=tenants.constraints.SameTenant(
                field="batch", name="invoices_importline_batch_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=tenants.constraints.SameTenant(
                field="invoice", name="invoices_importline_invoice_same_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(
                fields=("tenant", "batch", "invoice"), name="invoices_importline_once"
            ),
        ),
    ]
