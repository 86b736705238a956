"""Which claims the withdrawal of a notice waived."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dunning", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="given_up",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
    ]
