"""Whether the owner has settled how documents look, also by leaving them as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_exports")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="look_chosen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
