"""Why some lines of a business bear no VAT, in its own words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="vat_exemption",
            field=models.CharField(
                blank=True,
                help_text=(
                    "Printed for lines that are exempt: the article of the law, or your words."
                ),
                max_length=300,
            ),
        ),
    ]
