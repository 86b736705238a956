"""Where an imported debt enters its ladder, and on which day of the first wave."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dunning", "0002_notice_given_up")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="entered_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="starts_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
