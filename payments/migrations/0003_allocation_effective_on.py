"""From which day an allocation counts; what is there counts from the day its money came in."""

from django.db import migrations, models

FROM_RECEIPT = """
UPDATE payments_allocation a SET effective_on = p.received_on
FROM payments_payment p WHERE p.tenant_id = a.tenant_id AND p.id = a.payment_id;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="allocation",
            name="effective_on",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(FROM_RECEIPT, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="allocation",
            name="effective_on",
            field=models.DateField(),
        ),
    ]
