"""Exports are found among all that was done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_membership_digest")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("act", "export_fec")),
                fields=["tenant", "-id"],
                name="tenants_audit_exports",
            ),
        ),
    ]
