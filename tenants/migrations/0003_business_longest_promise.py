"""How far ahead a client may promise to pay."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_business_vat_exemption")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="longest_promise",
            field=models.PositiveSmallIntegerField(default=30),
        ),
    ]
